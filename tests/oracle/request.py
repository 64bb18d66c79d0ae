"""A request as a case table describes it; it is sent byte for byte, so that odd paths arrive untouched."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from socket import IPPROTO_TCP, SHUT_WR, TCP_NODELAY, socket
from time import sleep
from typing import Any

HOST = "oracle.test:@PORT@"

Headers = tuple[tuple[str, str], ...]


class _Any:
    """Stands in `differs` for an answer that is not compared."""

    def __repr__(self) -> str:
        return "ANY"


ANY = _Any()

SOON = 0.2  # seconds between two pieces of a Talk, so that they are read as two


Fields = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Digest:
    """Credentials of Digest authentication, sent in answer to a challenge that is asked for just before.

    `change` are fields of the header that the client fills in otherwise (None: leaves out); `forge` are changed after
    the response was computed, so that it does not fit them. `first` is the target asked for the challenge, by default
    the request's own; `wait` are seconds between the two. @NONCE@ and @URI@ in a value stand for what is usual there.
    """

    user: str
    password: str
    change: Fields = ()
    forge: Fields = ()
    first: str | None = None
    wait: float = 0.0
    secret: str | None = None  # taken for the MD5 of name, realm and password

    def header(self, method: str, target: str, challenge: str) -> str:
        """The Authorization header (RFC 7616 with MD5; without qop RFC 2069)."""
        found = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))', challenge)
        asked = {name: re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in found}
        usual: dict[str, str | None] = {
            "username": self.user,
            "realm": asked["realm"],
            "nonce": asked["nonce"],
            "uri": target,
            "algorithm": asked.get("algorithm"),
            "opaque": asked.get("opaque"),
            "qop": asked["qop"].partition(",")[0] if "qop" in asked else None,
            "nc": "00000001" if "qop" in asked else None,
            "cnonce": "0a4f113b" if "qop" in asked else None,
        }
        marks = {"@NONCE@": asked["nonce"], "@URI@": target}
        fields = usual | self._filled(self.change, marks)
        fields |= self._filled((("response", self._response(method, fields)), *self.forge), marks)
        bare = ("qop", "nc", "algorithm")
        parts = [
            f"{name}={value}" if name in bare else f'{name}="{_escaped(value)}"'
            for name, value in fields.items()
            if value is not None
        ]
        return "Digest " + ", ".join(parts)

    @staticmethod
    def _filled(changes: Fields, marks: dict[str, str]) -> dict[str, str | None]:
        filled = {}
        for name, value in changes:
            for mark, text in marks.items():
                value = value and value.replace(mark, text)
            filled[name] = value
        return filled

    def _response(self, method: str, fields: Mapping[str, str | None]) -> str:
        secret = self.secret
        if secret is None:
            secret = _md5(f"{self.user}:{fields['realm']}:{self.password}")
        if (fields["algorithm"] or "").lower() == "md5-sess":
            secret = _md5(f"{secret}:{fields['nonce']}:{fields['cnonce']}")
        what = _md5(f"{method}:{fields['uri']}")
        if fields["qop"] is None:
            return _md5(f"{secret}:{fields['nonce']}:{what}")
        return _md5(f"{secret}:{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}:{what}")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Request:
    """One request and what is asked of its answer.

    `log` are pieces of text looked for in the error log that the request wrote. `tidy` rewrites the body before it is
    recorded or compared (both sides). `logs` names files below logs/: the lines that the request wrote there belong to
    its answer, as "log/<name>". `differs` names where we answer otherwise on purpose: field -> (our value,
    "mark: reason"). A field is "status", "body", "framing", "header:<Name>" (None: absent) or "log:<text>" (bool); ANY
    is never compared; the mark is that of docs/differences.md. With "status" among them only the fields named there are
    compared: it is another page. `jar` names the client whose cookies are sent and kept, see jars.py.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    name: str = ""
    protocol: str = "HTTP/1.1"
    host: str | None = HOST
    log: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    tidy: Callable[[str], str] | None = None
    hang_up: bool = False  # close our sending side after the body, so that a body that is too short is seen as such
    raw_headers: bytes = b""
    digest: Digest | None = None
    jar: str | None = None
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

    def before(self) -> "Request | None":
        """The request that is to be sent first, to get a challenge; None if there is none."""
        if self.digest is None:
            return None
        return replace(self, digest=None, target=self.digest.first or self.target)

    def after(self, headers: list[tuple[str, str]]) -> "Request":
        """This request with the answer to the challenge among the headers of the first one's answer, if there is."""
        assert self.digest is not None
        challenge = next((value for name, value in headers if name.lower() == "www-authenticate"), None)
        if challenge is None:
            return replace(self, digest=None)
        sleep(self.digest.wait)
        header = self.digest.header(self.method, self.target, challenge)
        return replace(self, digest=None, headers=(*self.headers, ("Authorization", header)))

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

    def send(self, connection: socket, port: int, taken: Callable[[], None] | None = None) -> None:
        """Send it over a connection just opened. `taken`, where there is one, waits until all that was sent is read."""
        connection.sendall(self.wire(port))
        if self.hang_up:
            connection.shutdown(SHUT_WR)


@dataclass(frozen=True)
class Talk(Request):
    """What a client sends to a connection handler: bytes, and pauses in seconds; then it sends no more.

    What comes back until the connection is closed is the body of its answer. `then` is the HTTP request at the end of
    the bytes, if the handler declines.
    """

    pieces: tuple[bytes | float, ...] = ()
    then: Request | None = None

    def wire(self, port: int) -> bytes:
        """What is asked, for the digest."""
        return repr((self.pieces, self.then and self.then.wire(port))).encode()

    def send(self, connection: socket, port: int, taken: Callable[[], None] | None = None) -> None:
        """Send the pieces, each on its way before the next."""
        connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        for piece in self.pieces:
            if piece == SOON and taken is not None:
                taken()
            elif isinstance(piece, float):
                sleep(piece)
            else:
                connection.sendall(piece)
        if self.then is not None:
            connection.sendall(self.then.wire(port))
        else:
            connection.shutdown(SHUT_WR)


def talk(name: str, *pieces: bytes | float, **options: Any) -> Talk:
    """A talk; `options` are the fields of Request."""
    return Talk("talk", "", name=name, pieces=pieces, **options)


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
