"""Names of charsets that forms come in, and text that was taken for another one.

Law: Python remembers every codec that it was asked for in vain, so what a client made up is not looked up.
"""

from __future__ import annotations

from encodings.aliases import aliases

__all__ = ["UTF8", "known_charset", "reread"]

UTF8 = "utf-8"

_CHARSETS = frozenset(aliases) | frozenset(aliases.values())


def known_charset(name: str) -> str | None:
    """A name of a charset as Python's own name for it; None if it is none that Python knows."""
    known = name.strip().lower().replace("-", "_")
    if known in ("utf_8", "utf8"):
        return UTF8
    return aliases.get(known, known) if known in _CHARSETS else None


def reread(text: str, charset: str) -> str:
    """Text that was decoded as UTF-8 (with surrogateescape), as what its bytes mean in another charset."""
    try:
        return text.encode("utf-8", "surrogateescape").decode(charset, "replace")
    except (LookupError, UnicodeError):  # a codec that makes no text of bytes
        return text
