"""A request as a case table describes it; it is sent byte for byte, so that odd paths arrive untouched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

HOST = "oracle.test:@PORT@"

Headers = tuple[tuple[str, str], ...]


class _Any:
    """Stands in `differs` for an answer that is not compared."""

    def __repr__(self) -> str:
        return "ANY"


ANY = _Any()


@dataclass(frozen=True)
class Request:
    """One request and what is asked of its answer.

    `log` are pieces of text looked for in the error log that the request wrote. `tidy` rewrites the body before it is
    recorded or compared (both sides). `differs` names where we answer otherwise on purpose: field -> (our value,
    "mark: reason"). A field is "status", "body", "framing", "header:<Name>" (None: absent) or "log:<text>" (bool); ANY
    is never compared; the mark is that of docs/differences.md. With "status" among them only the fields named there are
    compared: it is another page.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    name: str = ""
    protocol: str = "HTTP/1.1"
    host: str | None = HOST
    log: tuple[str, ...] = ()
    tidy: Callable[[str], str] | None = None
    hang_up: bool = False  # close our sending side after the body, so that a body that is too short is seen as such
    raw_headers: bytes = b""
    differs: Mapping[str, tuple[Any, str]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What the request is called in the golden file and in pytest."""
        return self.name or f"{self.method} {self.target}"

    def fields(self, port: int) -> list[tuple[str, str]]:
        """The header fields in the order sent."""
        filled = [(name, value.replace("@PORT@", str(port))) for name, value in self.headers]
        given = {name.lower() for name, _ in filled}
        if self.host is not None and "host" not in given:
            filled.insert(0, ("Host", self.host.replace("@PORT@", str(port))))
        if self.body and not given & {"content-length", "transfer-encoding"}:
            filled.append(("Content-Length", str(len(self.body))))
        if "connection" not in given:
            filled.append(("Connection", "close"))
        return filled

    def content(self) -> bytes:
        """The body as an application reads it: without the framing of a chunked one."""
        if not any(name.lower() == "transfer-encoding" and value.lower() == "chunked" for name, value in self.headers):
            return self.body
        return dechunk(self.body)

    def wire(self, port: int) -> bytes:
        """The bytes that go over the socket."""
        lines = [f"{self.method} {self.target.replace('@PORT@', str(port))} {self.protocol}"]
        lines += [f"{name}: {value}" for name, value in self.fields(port)]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n" + self.raw_headers + b"\r\n" + self.body


def dechunk(data: bytes) -> bytes:
    """The content of a chunked body."""
    body = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size.partition(b";")[0] or b"0", 16)
        if length == 0:
            return body
        body, data = body + data[:length], data[length + 2 :]
    return body + b"[the last chunk is missing]"


def request(method: str, target: str, headers: Mapping[str, str] | Headers = (), **options: Any) -> Request:
    """Any method; `options` are the fields of Request."""
    pairs = tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)
    return Request(method, target, pairs, **options)


def get(target: str, headers: Mapping[str, str] | Headers = (), **options: Any) -> Request:
    """GET."""
    return request("GET", target, headers, **options)


def head(target: str, headers: Mapping[str, str] | Headers = (), **options: Any) -> Request:
    """HEAD."""
    return request("HEAD", target, headers, **options)


def post(target: str, body: bytes, headers: Mapping[str, str] | Headers = (), **options: Any) -> Request:
    """POST of a body; Content-Length is added."""
    return request("POST", target, headers, body=body, **options)


def basic(user: str, password: str) -> dict[str, str]:
    """The Authorization header of HTTP Basic."""
    from base64 import b64encode

    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")}
