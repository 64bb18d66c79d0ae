"""A session as bytes: signed, with its version, and bound to its name.

Law: nothing is made of bytes whose signature does not hold, least of all by pickle. What is read is what was written,
of the very same types: JSON where it can say that, pickle where it cannot.

    MPS1  kind  HMAC-SHA256 (32 bytes)  [created, accessed, timeout] as JSON, line feed  the rest as JSON or pickle

The kind is J or P. The signature is of the kind, the session's name and what follows. The three times can be read
without the rest, by who looks for sessions that are over.
"""

from __future__ import annotations

import hmac
import json
import pickle
from typing import Any, Final, NamedTuple

__all__ = ["Corrupt", "Stamps", "Unreadable", "pack", "stamps_of", "unpack"]

MAGIC: Final = b"MPS1"
_MAC_LENGTH: Final = 32
_HEAD_LENGTH: Final = len(MAGIC) + 1 + _MAC_LENGTH
_MAX_DEPTH: Final = 60  # of what goes into JSON
_MAX_BITS: Final = 4096  # of a number; Python reads none of more than 4300 digits

_to_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_from_json = json.JSONDecoder().decode  # of text: json.loads would first look which encoding bytes are in
_STAMPS = ("_created", "_accessed", "_timeout")
_ATOMS = frozenset({str, bool, float, type(None)})


class Corrupt(Exception):  # noqa: N818 - what it is
    """A record that was not written here, or not for this session, or not to its end."""


class Unreadable(Exception):  # noqa: N818
    """A record that was written here and can no longer be read: a class of the site is gone, say."""


class Stamps(NamedTuple):
    """When a session was made and last used, in seconds since the epoch, and how long it lives without being used."""

    created: float
    accessed: float
    timeout: float

    def over(self, now: float, grace: float = 0) -> bool:
        """Whether it is over. A time in the future, by a clock that was wrong, counts as now."""
        return max(now - self.accessed, 0) > self.timeout + grace


def pack(sid: str, record: dict[str, Any], key: bytes) -> bytes:
    """The bytes of a session's record, which is what BaseSession.do_save gets.

    Raises TypeError for times that are no numbers, and what pickle raises for what it cannot pickle.
    """
    times = [record[name] for name in _STAMPS]
    if not all(type(time) in (int, float) for time in times):
        raise TypeError("the times of a session must be numbers")
    rest = {name: value for name, value in record.items() if name not in _STAMPS}
    kind, data = b"P", None
    if _fits(rest):
        try:
            kind, data = b"J", _to_json(rest).encode("utf-8")
        except UnicodeEncodeError:  # a lone surrogate, which JSON might join with its neighbour
            kind = b"P"
    if data is None:
        data = pickle.dumps(rest, pickle.DEFAULT_PROTOCOL)
    body = _to_json(times).encode("ascii") + b"\n" + data
    return b"".join((MAGIC, kind, _mac(sid, kind, body, key), body))


def unpack(sid: str, data: bytes, key: bytes) -> dict[str, Any]:
    """The record of a session. Raises Corrupt and Unreadable."""
    kind, body = _verified(sid, data, key)
    stamps, rest = _split(body)
    try:
        record = _from_json(rest.decode("utf-8")) if kind == b"J" else pickle.loads(rest)  # noqa: S301 - its signature held
    except Exception as error:  # by the site's classes, any
        raise Unreadable(f"a record can no longer be read: {type(error).__name__}: {error}") from error
    record.update(zip(_STAMPS, stamps, strict=True))
    return dict(record)


def stamps_of(sid: str, data: bytes, key: bytes) -> Stamps:
    """The times in a record. Raises Corrupt."""
    return _split(_verified(sid, data, key)[1])[0]


def _verified(sid: str, data: bytes, key: bytes) -> tuple[bytes, bytes]:
    if len(data) < _HEAD_LENGTH or not data.startswith(MAGIC):
        raise Corrupt("it is no record of a session")
    kind, body = data[len(MAGIC) : len(MAGIC) + 1], data[_HEAD_LENGTH:]
    if not hmac.compare_digest(data[len(MAGIC) + 1 : _HEAD_LENGTH], _mac(sid, kind, body, key)):
        raise Corrupt("its signature does not hold")
    if kind not in (b"J", b"P"):
        raise Corrupt("its kind is unknown")
    return kind, body


def _mac(sid: str, kind: bytes, body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"%b%b %b\n%b" % (MAGIC, kind, sid.encode("utf-8", "surrogatepass"), body), "sha256")


def _split(body: bytes) -> tuple[Stamps, bytes]:
    times, _, rest = body.partition(b"\n")
    return Stamps(*_from_json(times.decode("ascii"))), rest


def _fits(record: dict[str, Any]) -> bool:
    """Whether JSON gives back the same: of these types and no subclass, and no list or dict in two places."""
    seen: set[int] = set()
    level: list[Any] = [record]
    for _ in range(_MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            kind = type(value)
            if kind in _ATOMS:
                continue
            if kind is int:
                if value.bit_length() > _MAX_BITS:
                    return False
            elif (kind is not dict and kind is not list) or id(value) in seen:
                return False
            else:
                seen.add(id(value))
                if kind is dict:
                    if not all(type(name) is str for name in value):
                        return False
                    below += value.values()
                else:
                    below += value
        if not below:
            return True
        level = below
    return False
