"""DEFLATE for answers: gzip, where the client takes it (httpd's mod_deflate).

Law: what is flushed the client can read at once. An answer that is encoded already, that is a part, or that is too
small to gain is left as it is. What is compressed is another representation: Vary says so, and so does the entity tag.
Sources: the documentation of mod_deflate; which answers are left alone was observed (tests/golden/filters.json).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from ..accept import read_wishes
from ..config.directives import filters as directives
from .encodings import alter_tag, encodings_of

if TYPE_CHECKING:
    from .filter import mp_filter

__all__ = ["declines", "deflate"]

SMALL = 68  # bytes up to which a whole answer is sent as it is: what gzip adds is hardly saved
MIN_WINDOW = 9  # bits: zlib has none smaller, and the directive goes down to 1
# A whole answer of so many bytes looks back no farther than a window of so many bits, and fills no more tables. For a
# larger one zlib clears twice as much memory with each answer.
PAGE, PAGE_WINDOW, PAGE_MEMORY = 16000, 14, 8
_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"  # gzip, deflated, no time, made by Unix: as mod_deflate writes it


class _Gzip:
    """A gzip stream in the making."""

    def __init__(self, level: int, window: int, memory: int) -> None:
        self._deflater = zlib.compressobj(level, zlib.DEFLATED, -window, memory)
        self._sum = 0
        self.total_in = 0
        self.total_out = 0
        self._head = _HEAD

    def compress(self, data: bytes) -> bytes:
        """What there is to send after more data."""
        self._sum = zlib.crc32(data, self._sum)
        self.total_in += len(data)
        return self._counted(self._deflater.compress(data))

    def flush(self) -> bytes:
        """What makes all so far readable."""
        return self._counted(self._deflater.flush(zlib.Z_SYNC_FLUSH))

    def finish(self) -> bytes:
        """The end."""
        data = self._counted(self._deflater.flush())
        return data + self._sum.to_bytes(4, "little") + (self.total_in & 0xFFFFFFFF).to_bytes(4, "little")

    def _counted(self, data: bytes) -> bytes:
        self.total_out += len(data)
        if data and self._head:
            data, self._head = self._head + data, b""
        return data


def deflate(filter: mp_filter) -> None:  # noqa: A002 - the manual's name
    """Compress an answer."""
    if filter.state is None and not _begin(filter):
        return
    made: _Gzip = filter.state
    data = filter.read()
    while data:
        filter.write(made.compress(data))
        data = filter.read()
    if data is None:
        filter.write(made.finish())
        _note(filter.req, made)
        filter.close()
    elif filter.flushing:
        filter.write(made.flush())


def _begin(filter: mp_filter) -> bool:  # noqa: A002
    """Decide at the first piece. Whether there is more to do."""
    req = filter.req
    first = filter.read()
    if first is None:  # of nothing nothing becomes
        filter.close()
        return False
    if len(first) <= SMALL:
        while (more := filter.read()) and len(first) <= SMALL:
            first += more
        if more is None and len(first) <= SMALL:
            filter.write(first)
            filter.close()
            return False
        first += more or b""
    if not _wanted(req):
        filter.write(first)
        filter.remove()
        return False
    settings = directives.Deflate(**req._config.host.base[directives.DEFLATE])
    headers = req.headers_out
    headers["Content-Encoding"] = "gzip"
    req._content_encoding = None  # which named none
    del headers["Content-Length"], headers["Content-MD5"]
    alter_tag(req, "gzip", settings.alter_tag)
    window, memory = settings.window, settings.memory
    if filter._at_end and len(first) <= PAGE:
        window, memory = min(window, PAGE_WINDOW), min(memory, PAGE_MEMORY)
    made = filter.state = _Gzip(settings.level, max(MIN_WINDOW, window), memory)
    if first:
        filter.write(made.compress(first))
    return True


def declines(req: Any, size: int | None) -> bool:
    """Whether an answer is left as it is."""
    return (size is not None and size <= SMALL) or not _wanted(req)


def _wanted(req: Any) -> bool:
    """Whether an answer is to be compressed. Says in Vary that this depends on the client, where it does."""
    env = req.subprocess_env  # where no-gzip and force-gzip count with any value, and the third one with 1 only
    headers = req.headers_out
    if req.main is not None or "no-gzip" in env or "Content-Range" in headers:
        return False
    if env.get("gzip-only-text/html") == "1" and not (req._content_type or "").startswith("text/html"):
        return False
    said = (headers.get("Content-Encoding"), req.err_headers_out.get("Content-Encoding"))
    if encodings_of(*said, req._content_encoding):
        return False
    headers.add("Vary", "Accept-Encoding")
    wishes = read_wishes(req.headers_in.get("Accept-Encoding") or "")
    return "force-gzip" in env or any(wish.name == "gzip" and wish.quality > 0 for wish in wishes)


def _note(req: Any, made: _Gzip) -> None:
    """Leave what DeflateFilterNote asks for, for the access log."""
    notes = req._config.host.base[directives.DEFLATE].get("notes", {})
    for name, kind in notes.items():
        total_in, total_out = made.total_in, made.total_out
        figures = {"input": total_in, "output": total_out, "ratio": total_out * 100 // total_in if total_in else 0}
        req.notes[name] = str(figures[kind]) if total_in else "-"
