"""An answer: read from the wire, freed of what changes from run to run, recorded as JSON, compared.

Law: an answer is made the same way for both servers; only then are two of them equal or not.
"""

import gzip
import hashlib
import re
import time
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from .request import ANY, Request, dechunk

# Headers that are the server's own business (hop by hop, or of the WSGI server), so they say nothing about us.
UNMATCHED = {"date", "server", "connection", "keep-alive", "transfer-encoding"}

LONGEST_BODY = 6000  # a longer one is recorded by its digest
CLOCK = 300.0  # seconds; a date in a header that is nearer than that is "now"

Json = dict[str, Any]


@dataclass
class Answer:
    """What came back. `framing` is "length", "chunked", "close" or "none" (no body allowed), `log` lines written."""

    status: str
    headers: list[tuple[str, str]]
    framing: str
    body: bytes
    log: list[str] = field(default_factory=list)
    logs: dict[str, list[str]] = field(default_factory=dict)


def read_response(raw: bytes, method: str) -> Answer:
    """Parse one HTTP response that ended with the connection. Interim 1xx responses are skipped."""
    if not raw:
        return Answer("no answer", [], "none", b"")
    top, _, rest = raw.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/"):
        return Answer("HTTP/0.9", [], "close", raw)
    status = lines[0].partition(" ")[2]
    if status.startswith("1"):
        return read_response(rest, method)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
    fields = {name.lower(): value for name, value in headers}
    if method == "HEAD" or status[:3] in ("204", "304"):
        return Answer(status, headers, "none", rest)
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return Answer(status, headers, "chunked", dechunk(rest))
    return Answer(status, headers, "length" if "content-length" in fields else "close", rest)


@dataclass(frozen=True)
class Blur:
    """Replaces the folder and port of one run by @ROOT@ and @PORT@."""

    root: Path
    port: int

    def text(self, text: str) -> str:
        """`text` without the traces of this run."""
        text = text.replace(str(self.root), "@ROOT@")
        return re.sub(rf"(?<!\d){self.port}(?!\d)", "@PORT@", text)


def record(answer: Answer, request: Request, blur: Blur) -> Json:
    """The answer as it stands in a golden file."""
    answer = _without_boundary(answer)
    body = _body_text(answer.body, request, blur)
    headers = []
    ages = [_MAX_AGE.search(value) for name, value in answer.headers if name.lower() == "cache-control"]
    lifetime = next((int(age[1]) for age in ages if age), 0)
    for name, value in sorted(answer.headers, key=lambda pair: pair[0].lower()):
        if name.lower() in UNMATCHED:
            continue
        if name.lower() == "content-length" and value == str(len(answer.body)) and isinstance(body, str):
            value = str(len(body.encode("utf-8", "surrogateescape")))  # the folder's name may be longer elsewhere
        if name.lower() == "allow":
            value = ",".join(sorted(value.replace(" ", "").split(",")))  # httpd's order is that of a seeded hash table
        if name.lower() in ("www-authenticate", "authentication-info"):
            value = _ONCE.sub(r'\1="@ONCE@"', value)  # what the server makes up, and what is computed of it
        if lifetime and name.lower() == "expires" and _is_now(value, lifetime):
            value = f"@NOW@ + {lifetime}"
        headers.append(f"{name}: {'@NOW@' if _is_now(value) else blur.text(value)}")
    entry: Json = {"status": answer.status, "headers": headers, "framing": answer.framing, "body": _readable(body)}
    if request.logs:
        entry["logs"] = {name: [_line(blur.text(line)) for line in answer.logs[name]] for name in request.logs}
    if request.log:
        entry["log"] = {piece: any(piece in blur.text(line) for line in answer.log) for piece in request.log}
    return entry


def _line(line: str) -> str:
    """A line of a log without what changes from run to run: between ~ are numbers and words, between ` digits and
    names of days and months."""
    line = _CLF.sub("[@CLF@]", line)
    line = _LOOSE.sub(lambda found: _WORD.sub("A", _NUMBER.sub("N", found.group())), line)
    return _STRICT.sub(lambda found: _NAME.sub("Aaa", _DIGIT.sub("9", found.group())), line)


_CLF = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]")
_LOOSE, _STRICT = re.compile("~[^~]*~"), re.compile("`[^`]*`")
_WORD, _NUMBER = re.compile("[A-Za-z]{3,}"), re.compile("[0-9]+")
_NAME, _DIGIT = re.compile("[A-Z][a-z]{2}"), re.compile("[0-9]")
_ONCE = re.compile(r'\b(nonce|nextnonce|rspauth|opaque)="[^"]*"')
_BOUNDARY = re.compile("multipart/byteranges; boundary=([0-9a-f]{1,16})")  # a random number's digits


def _without_boundary(answer: Answer) -> Answer:
    """The answer with a boundary of byte ranges that is the same each time."""
    for _, value in answer.headers:
        found = _BOUNDARY.fullmatch(value)
        if found:
            body = answer.body.replace(found[1].encode(), b"@BOUNDARY@")
            headers = []
            for name, text in answer.headers:
                if name.lower() == "content-length":
                    text = "@LENGTH@" if not answer.body else text.replace(str(len(answer.body)), str(len(body)))
                headers.append((name, text.replace(found[1], "@BOUNDARY@")))
            return replace(answer, headers=headers, body=body)
    return answer


_MAX_AGE = re.compile(r"max-age=([0-9]{1,12})(?![0-9])")


def _is_now(value: str, later: int = 0) -> bool:
    """Whether a date is about now, or so many seconds later."""
    try:
        return value.endswith(" GMT") and abs(parsedate_to_datetime(value).timestamp() - time.time() - later) < CLOCK
    except ValueError:
        return False


def _body_text(body: bytes, request: Request, blur: Blur) -> str | Json:
    if request.tidy is unpacked:
        return unpacked(body)
    if len(body) > LONGEST_BODY and request.tidy is None:
        return {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode("ascii")}
    text = blur.text(text)
    return request.tidy(text) if request.tidy else text


def _readable(body: str | Json) -> str | list[str] | Json:
    """Several lines become a list, so that a change shows as a changed line."""
    if isinstance(body, str) and "\n" in body.rstrip("\n"):
        return body.splitlines(keepends=True)
    return body


def differences(golden: Json, ours: Json, request: Request) -> list[str]:
    """What is not as it should be, one line each; empty if all is well."""
    wanted = _flat(golden)
    got = _flat(ours)
    meant = {field: value for field, (value, _reason) in request.differs.items()}
    if "status" in meant:
        wanted = {}
    wanted.update({_field(name): value for name, value in meant.items()})
    if "status" in meant:
        got = {name: value for name, value in got.items() if name in wanted}
    lines = []
    for name in sorted(wanted.keys() | got.keys()):
        want, have = wanted.get(name), got.get(name)
        if want is ANY or want == have:
            continue
        lines.append(f"{name}: wanted {_shown(want)}, got {_shown(have)}")
    return lines


def _shown(value: Any) -> str:
    """A stock page is shown by its title."""
    if not isinstance(value, str):
        return repr(value)
    return repr(_PAGE.sub(r"[page \1]", value))


_PAGE = re.compile(r"<!DOCTYPE HTML PUBLIC.*?<title>(.*?)</title>.*?</html>\n", re.DOTALL)


def _field(name: str) -> str:
    return name.lower() if name.startswith("header:") else name


def _flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    body = entry["body"]
    flat: dict[str, Any] = {
        "status": entry["status"],
        "framing": entry["framing"],
        "body": "".join(body) if isinstance(body, list) else body,
    }
    grouped: dict[str, list[str]] = {}
    for line in entry["headers"]:
        name, _, value = line.partition(": ")
        grouped.setdefault(f"header:{name.lower()}", []).append(value)
    for name, values in grouped.items():
        flat[name] = values[0] if len(values) == 1 else values
    for name, lines in entry.get("logs", {}).items():
        flat[f"log/{name}"] = lines
    for piece, seen in entry.get("log", {}).items():
        flat[f"log:{piece}"] = seen
    return flat


_FRAME = re.compile(r"^\s*File (?:\"|&quot;)")
_MARKS = re.compile(r"^\s*[\^~][\^~ ]*$")


def own_frames(text: str) -> str:
    """A tidy: keeps of a traceback only the frames of the site's own files, without position marks and blank lines."""
    kept: list[str] = []
    foreign = False
    for line in text.split("\n"):
        if _FRAME.match(line):
            foreign = "@ROOT@" not in line
        elif not line.startswith("    ") and line.strip():
            foreign = False
        if not foreign and line.strip() and not _MARKS.match(line):
            kept.append(line)
    return "\n".join(kept)


def hide(pattern: str, by: str) -> Any:
    """A tidy: replaces what `pattern` matches, for values that nobody can foresee."""
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(by, text)


def unpacked(body: bytes) -> str:
    """A tidy for what may be gzip: what it holds, as how it is packed is a matter of the library."""
    try:
        text = gzip.decompress(body).decode() if body.startswith(b"\x1f\x8b") else body.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return b64encode(body).decode("ascii")
    return text if len(text) <= LONGEST_BODY else hashlib.sha256(text.encode()).hexdigest()


def both(*tidies: Any) -> Any:
    """A tidy: several, one after the other."""

    def run(text: str) -> str:
        for tidy in tidies:
            text = tidy(text)
        return text

    return run


class Logs:
    """The logs of a site that is up: what was written to them since the last look."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "logs"
        self._positions: dict[str, int] = {}
        self.new(())

    def new(self, names: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
        """The new lines of the error log, and those of the logs named. What others have got is passed over."""
        found: dict[str, list[str]] = {}
        for name in {"error.log", *names, *(path.name for path in self._folder.glob("*.log"))}:
            lines, self._positions[name] = log_lines(self._folder / name, self._positions.get(name, 0))
            found[name] = lines
        return found["error.log"], {name: found[name] for name in names}


def log_lines(path: Path, start: int) -> tuple[list[str], int]:
    """Lines of an error log after byte `start`, and where it ends now."""
    if not path.exists():
        return [], start
    data = path.read_bytes()
    return data[start:].decode("utf-8", "replace").splitlines(), len(data)


def titles(requests: Sequence[Request]) -> list[str]:
    """A unique name for each request: repeated ones are numbered."""
    seen: dict[str, int] = {}
    names = []
    for request in requests:
        count = seen[request.label] = seen.get(request.label, 0) + 1
        names.append(request.label if count == 1 else f"{request.label} #{count}")
    return names
