"""Type maps: a file that names the variants of a document, one of which is sent in its place (AddHandler type-map).

Law: the variant is looked up as a subrequest first and answered as an internal redirect, through every phase, so that
nothing that closes it is passed by; a map that cannot be read is an error. Source: mod_negotiation, as observed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..accept import read_wishes
from ..config.request_config import RequestConfig
from ..constants import (
    HTTP_FORBIDDEN,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_VARIANT_ALSO_VARIES,
    OK,
    TYPE_MAP_HANDLERS,
)
from ..environ import escape
from ..preconditions import conditions_met
from .choice import AS_GET, choose, quoted
from .files import send_file
from .negotiation import Variant
from .open_file import FLAGS
from .ranges import accepted

if TYPE_CHECKING:
    from ..request import mp_request
    from ..stamps import FileStatus

__all__ = ["answer"]

MAX_MAP = 1_048_576  # bytes of a map; httpd reads it anew for each request, and so do we
MAX_ENTRIES = 1000  # variants of one document


class Malformed(Exception):  # noqa: N818 - what it is
    """A type map that cannot be read; the message says why."""


class Entry(NamedTuple):
    """One variant as the map has it."""

    headers: dict[str, str]  # names in lower case
    body: bytes | None


def answer(req: mp_request, config: RequestConfig) -> int:
    """Send the best variant of a map. Returns OK or a status."""
    found = req._stat
    if found is None or not stat.S_ISREG(found.st_mode) or (req.method not in AS_GET and req.method != "POST"):
        return send_file(req, config)  # which knows what to say
    folder = (req._filename or "").rpartition("/")[0]
    try:
        entries = read_map(_content(req, found))
    except OSError as error:
        req._application.log_request(req, f"cannot access type map file: {req.filename}: {error}")
        return HTTP_FORBIDDEN
    except Malformed as error:
        req._application.log_request(req, f"{error}: {req.filename}")
        return HTTP_INTERNAL_SERVER_ERROR
    own = (req._filename or "").rpartition("/")[2]
    variants = [made for entry in entries if (made := _variant(entry, folder, own)) is not None]
    local = all("/" not in variant.name and variant.body is None for variant in variants)
    transparent = local and req.method in AS_GET and not req._path_info
    status, best = choose(req, config, variants, transparent=transparent)
    if best is None:
        return status
    if best.body is not None:
        return _send_body(req, config, best)
    status = _look_at(req, best) if transparent else OK
    if status != OK:
        for header in ("Vary", "TCN"):  # there was no choice
            del req.err_headers_out[header]
        return status
    return _send_other(req, best)


def _content(req: mp_request, found: FileStatus) -> str:
    assert req._filename is not None
    descriptor = os.open(req._filename, FLAGS)
    try:
        now = os.fstat(descriptor)
        if (now.st_dev, now.st_ino) != (found.st_dev, found.st_ino) or not stat.S_ISREG(now.st_mode):
            raise PermissionError("it was replaced")
        if now.st_size > MAX_MAP:
            raise Malformed(f"a type map of more than {MAX_MAP} bytes")
        data = b""
        while len(data) < now.st_size and (more := os.read(descriptor, now.st_size - len(data))):
            data += more
        return data.decode("utf-8", "surrogateescape")
    finally:
        os.close(descriptor)


def read_map(text: str) -> list[Entry]:
    """The entries of a map. Raises Malformed."""
    entries: list[Entry] = []
    headers: dict[str, str] = {}
    body: bytes | None = None
    last = ""
    lines = iter(text.splitlines(keepends=True))
    for line in lines:
        if line.startswith("#"):
            continue
        if not line.strip():
            if headers:
                entries.append(Entry(headers, body))
            headers, body, last = {}, None, ""
            if len(entries) > MAX_ENTRIES:
                raise Malformed(f"a type map of more than {MAX_ENTRIES} variants")
            continue
        if line[0] in " \t" and last:
            headers[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or " " in name.strip():
            raise Malformed(f"Syntax error in type map, no ':' in {line.strip()!r} for header")
        last = name.strip().lower()
        if last == "body":
            body = _body(value.strip(), lines)
        headers[last] = value.strip()
    if headers:
        entries.append(Entry(headers, body))
    return entries


def _body(mark: str, lines: Iterator[str]) -> bytes:
    kept: list[str] = []
    for line in lines:
        if mark and line.startswith(mark):
            return "".join(kept).encode("utf-8", "surrogateescape")
        kept.append(line)
    raise Malformed(f"Syntax error in type map, no end tag {mark!r} found for Body: content")


def _variant(entry: Entry, folder: str, own: str) -> Variant | None:
    headers = entry.headers
    name = headers.get("uri", "").partition(";")[0].strip() if entry.body is None else own
    kind = headers.get("content-type")
    if not name or not kind:
        return None
    wish = read_wishes(kind)[0]
    size = -1 if entry.body is None else len(entry.body)
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 19:
        size = int(length)
    elif size < 0 and "/" not in name:
        try:
            size = os.stat(f"{folder}/{name}").st_size
        except (OSError, ValueError):
            size = -1
    languages = tuple([each.strip() for each in headers.get("content-language", "").lower().split(",") if each.strip()])
    return Variant(
        name,
        wish._replace(quality=1.0),
        languages,
        headers.get("content-encoding", "").lower(),
        size,
        None,
        source=wish.quality,
        description=headers.get("description", ""),
        body=entry.body,
        written=kind.partition(";")[0].strip().lower() + (f"; charset={wish.charset}" if wish.charset else ""),
    )


def _target(req: mp_request, best: Variant) -> str:
    """The variant's URI; its name is a URI already."""
    uri = req.uri
    if req._path_info and uri.endswith(req._path_info):
        uri = uri[: -len(req._path_info)]
    return best.name if best.name.startswith("/") else escape(uri[: uri.rfind("/") + 1]) + best.name


def _look_at(req: mp_request, best: Variant) -> int:
    """What a subrequest for the variant says: OK, or why it may not be sent."""
    found, status = req._application.look_up(req, _target(req, best))
    req._application.let_go(found)
    if status != OK:
        return status
    if found._handler in TYPE_MAP_HANDLERS or "TCN" in found.err_headers_out:
        return HTTP_VARIANT_ALSO_VARIES
    req.err_headers_out["Content-Location"] = quoted(best.name)
    return OK


def _send_other(req: mp_request, best: Variant) -> int:
    """Go on as the variant."""
    target = _target(req, best) + escape(req._path_info or "")
    args = req.args
    if args is not None:
        target += f"&{args}" if "?" in target else f"?{args}"
    req._application.redirect(req, target)
    return OK


def _send_body(req: mp_request, config: RequestConfig, best: Variant) -> int:
    """Send a variant that stands in the map itself."""
    assert best.body is not None
    assert req._stat is not None
    req._content_type = best.written
    req._content_languages = best.languages
    req._content_encoding = best.encoding or None
    req.update_mtime(req._stat.st_mtime)
    req.headers_out["Accept-Ranges"] = accepted(config)
    status = conditions_met(req)
    if status != OK:
        req._status = status
        return OK
    req._say(best.body)
    return OK
