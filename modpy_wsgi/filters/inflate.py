"""INFLATE for answers and DEFLATE for bodies of requests: what arrives as gzip, unpacked.

Law: never more than a piece is unpacked at once, and a body that grows beyond all measure (DeflateInflateRatioLimit,
DeflateInflateLimitRequestBody) is an error for who reads it; so is one that is cut short or does not match its sum.
Sources: the documentation of mod_deflate, and the original's answers (tests/golden/filters.json).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from ..config.directives import filters as directives
from .encodings import alter_tag, without_gzip

if TYPE_CHECKING:
    from .filter import mp_filter

__all__ = ["declines", "inflate_answer", "inflate_request"]

PIECE = 8096  # bytes unpacked at once, as by mod_deflate: so often is the ratio looked at
BLOCK = 65536  # bytes read at once, and about as many handed on
_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for: with gzip's head and sum


class _Gunzip:
    """A gzip stream being unpacked."""

    def __init__(self, limits: directives.Inflate | None = None) -> None:
        self.limits = limits or directives.Inflate()
        self.hits = 0  # in a row, of the limit on the ratio
        self._inflater = zlib.decompressobj(_GZIP)
        self._waiting = b""
        self._full = False  # zlib may hold more than it gave
        self.total_in = 0
        self.total_out = 0

    @property
    def done(self) -> bool:
        """Whether the stream has come to its end."""
        return self._inflater.eof

    @property
    def waits(self) -> bool:
        """Whether there is more to unpack of what arrived."""
        return bool(self._waiting) or self._full

    def feed(self, data: bytes) -> None:
        """Take more of the stream. OSError for what stands behind its end."""
        if self.done:
            raise OSError("something stands behind the end of the gzip stream")
        self._waiting += data

    def next(self) -> bytes:
        """Unpack a piece of what arrived. OSError if it is no gzip, or does not match its sum."""
        given = len(self._waiting)
        try:
            data = self._inflater.decompress(self._waiting, PIECE)
        except zlib.error as error:
            raise OSError(f"no gzip stream: {error}") from None
        self._waiting = self._inflater.unconsumed_tail
        self._full = len(data) == PIECE
        self.total_in += given - len(self._waiting)
        self.total_out += len(data)
        if self._inflater.unused_data:
            raise OSError("something stands behind the end of the gzip stream")
        return data


def inflate_request(filter: mp_filter) -> None:  # noqa: A002 - the manual's name
    """Unpack a body that its client has compressed."""
    req = filter.req
    if filter.state is None:
        left, is_gzip = without_gzip(req.headers_in.get("Content-Encoding"))
        if not is_gzip or req.main is not None:
            filter.disable()
            return
        filter.state = _Gunzip(directives.Inflate(**req._config.settings[directives.INFLATE]))
        del req.headers_in["Content-Encoding"]  # what is read is not encoded, nor as long as it was sent
        if left is not None:
            req.headers_in["Content-Encoding"] = left
    stream: _Gunzip = filter.state
    made = 0
    while made < BLOCK:
        if not stream.waits:
            data = filter.read(BLOCK)
            if data is None:
                if stream.total_in and not stream.done:
                    raise OSError("the gzip stream is cut short")
                filter.close()
                return
            stream.feed(data)
        piece = stream.next()
        made += len(piece)
        _check(stream)
        filter.write(piece)


def _check(stream: _Gunzip) -> None:
    """OSError for a body that is, or is about to be, out of all proportion."""
    limits = stream.limits
    if limits.body and stream.total_out > limits.body:
        raise OSError(f"unpacked it is larger than DeflateInflateLimitRequestBody {limits.body}")
    if stream.total_in and stream.total_out // stream.total_in >= limits.ratio:
        stream.hits += 1
        if stream.hits > limits.burst:
            raise OSError(f"unpacked it is more than DeflateInflateRatioLimit {limits.ratio} times as large")
    else:
        stream.hits = 0


def inflate_answer(filter: mp_filter) -> None:  # noqa: A002
    """Unpack an answer that is compressed, whatever the client takes."""
    req = filter.req
    data = filter.read()
    if filter.state is None:
        if not _uncode(req):
            filter.write(data or b"")
            filter.remove()
            return
        filter.state = _Gunzip()
        if data and not data.startswith(_MAGIC[: len(data)]):  # said to be encoded, and is not
            filter.write(data)
            filter.remove()
            return
        alter_tag(req, "gunzip", directives.Deflate(**req._config.host.base[directives.DEFLATE]).alter_tag)
    stream: _Gunzip = filter.state
    while data:
        stream.feed(data)
        while stream.waits:
            filter.write(stream.next())
        data = filter.read()
    if data is None:
        if stream.total_in and not stream.done:
            raise OSError("the gzip stream is cut short")
        filter.close()


def declines(req: Any, size: int | None) -> bool:
    """Whether an answer is not said to be packed."""
    said = (req._content_encoding, req.headers_out.get("Content-Encoding"), req.err_headers_out.get("Content-Encoding"))
    return not any(without_gzip(each)[1] for each in said)


def _uncode(req: Any) -> bool:
    """Take gzip out of what is said about the answer. Whether it was there."""
    left, found = without_gzip(req._content_encoding)
    if found:
        req._content_encoding = left
    for table in (req.headers_out, req.err_headers_out):
        if found:
            break
        left, found = without_gzip(table.get("Content-Encoding"))
        if found:
            del table["Content-Encoding"]
            if left is not None:
                table["Content-Encoding"] = left
    if found:
        for name in ("Content-Length", "Content-MD5"):
            del req.headers_out[name]
    return found
