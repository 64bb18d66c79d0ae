"""What Python 2 wrote with marshal, for the cookies and pickles that its applications left behind.

Law: bytes in, plain objects out, or ValueError; nothing is run, and nothing is deeper than MAX_DEPTH. `marshal.loads`
of Python 3 no longer knows Python 2's references, and takes its text for bytes. Text is UTF-8 with surrogateescape, as
everywhere. Code objects are refused: no cookie has a use for one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

__all__ = ["MAX_DEPTH", "loads"]

MAX_DEPTH = 200  # far more than anybody nests, far less than the stack bears

_NULL = object()  # the end of a dict
_CONSTANTS: dict[int, Any] = {
    ord("N"): None,
    ord("T"): True,
    ord("F"): False,
    ord("S"): StopIteration,
    ord("."): Ellipsis,
    ord("0"): _NULL,
}
_LONG_BITS = 15


def loads(data: bytes) -> Any:
    """The object that `marshal.dumps` of Python 2 wrote. Raises ValueError."""
    reader = _Reader(data)
    try:
        found = reader.object(0)
    except (struct.error, IndexError, TypeError, OverflowError) as error:
        raise ValueError(f"bad marshal data: {error}") from None
    if found is _NULL:
        raise ValueError("bad marshal data: nothing")
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.interned: list[str] = []

    def take(self, length: int) -> bytes:
        end = self.place + length
        if length < 0 or end > len(self.data):
            raise ValueError("bad marshal data: too short")
        piece = self.data[self.place : end]
        self.place = end
        return piece

    def number(self) -> int:
        value: int = struct.unpack("<i", self.take(4))[0]
        return value

    def text(self) -> str:
        return self.take(self.number()).decode("utf-8", "surrogateescape")

    def object(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("bad marshal data: too deep")
        kind = self.take(1)[0]
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        read = _KINDS.get(kind)
        if read is None:
            raise ValueError(f"bad marshal data: {bytes([kind])!r} is no data")
        return read(self, depth)

    def items(self, depth: int) -> list[Any]:
        count = self.number()
        if count < 0 or count > len(self.data) - self.place:  # each takes a byte at least
            raise ValueError("bad marshal data: too short")
        found = [self.object(depth + 1) for _ in range(count)]
        if _NULL in found:
            raise ValueError("bad marshal data: nothing in a sequence")
        return found

    def mapping(self, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        while (key := self.object(depth + 1)) is not _NULL:
            value = self.object(depth + 1)
            if value is _NULL:
                raise ValueError("bad marshal data: a key without a value")
            found[key] = value
        return found

    def long(self, depth: int) -> int:
        count = self.number()
        digits = struct.unpack(f"<{abs(count)}H", self.take(2 * abs(count)))
        total = 0
        for digit in reversed(digits):
            total = total << _LONG_BITS | digit
        return -total if count < 0 else total

    def old_float(self) -> float:
        return float(self.take(self.take(1)[0]).decode("ascii", "replace"))

    def float(self) -> float:
        value: float = struct.unpack("<d", self.take(8))[0]
        return value

    def intern(self, depth: int) -> str:
        self.interned.append(self.text())
        return self.interned[-1]


_KINDS: dict[int, Callable[[_Reader, int], Any]] = {
    ord("i"): lambda reader, depth: reader.number(),
    ord("I"): lambda reader, depth: struct.unpack("<q", reader.take(8))[0],
    ord("l"): _Reader.long,
    ord("f"): lambda reader, depth: reader.old_float(),
    ord("g"): lambda reader, depth: reader.float(),
    ord("x"): lambda reader, depth: complex(reader.old_float(), reader.old_float()),
    ord("y"): lambda reader, depth: complex(reader.float(), reader.float()),
    ord("s"): lambda reader, depth: reader.text(),
    ord("t"): _Reader.intern,
    ord("R"): lambda reader, depth: reader.interned[reader.number()],
    ord("u"): lambda reader, depth: reader.take(reader.number()).decode("utf-8", "surrogatepass"),
    ord("("): lambda reader, depth: tuple(reader.items(depth)),
    ord("["): lambda reader, depth: reader.items(depth),
    ord("{"): _Reader.mapping,
    ord("<"): lambda reader, depth: set(reader.items(depth)),
    ord(">"): lambda reader, depth: frozenset(reader.items(depth)),
}
