"""Characters and classes of characters, as a regular expression of PCRE writes them: \n, \x41, \\d, [^a-z[:digit:]].

Law: a class is the set of bytes that it is to PCRE in the C locale. What PCRE refuses, or gives a meaning that is not
read here, is refused with a ValueError.
"""

from __future__ import annotations

import re
from typing import NoReturn

from modpy_wsgi.config.pcre_nodes import EVERYTHING, mask, span

__all__ = ["CLASSES", "VERTICAL", "both_cases", "bracket", "character"]

_LOWER, _UPPER, _DIGIT = span("a", "z"), span("A", "Z"), span("0", "9")
_SPACE = mask(" \t\n\r\f\v")
VERTICAL = mask("\n\v\f\r\x85")
_GRAPH = span("!", "~")
_POSIX = {
    "alnum": _LOWER | _UPPER | _DIGIT,
    "alpha": _LOWER | _UPPER,
    "ascii": span("\0", "\x7f"),
    "blank": mask(" \t"),
    "cntrl": span("\0", "\x1f") | mask("\x7f"),
    "digit": _DIGIT,
    "graph": _GRAPH,
    "lower": _LOWER,
    "print": _GRAPH | mask(" "),
    "punct": _GRAPH & ~(_LOWER | _UPPER | _DIGIT),
    "space": _SPACE,
    "upper": _UPPER,
    "word": _LOWER | _UPPER | _DIGIT | mask("_"),
    "xdigit": _DIGIT | span("a", "f") | span("A", "F"),
}
# By the letter behind the backslash.
CLASSES = {"d": _DIGIT, "w": _POSIX["word"], "s": _SPACE, "h": mask(" \t\xa0"), "v": VERTICAL}
CLASSES |= {letter.upper(): EVERYTHING & ~bits for letter, bits in CLASSES.items()}
_CONTROLS = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# Letters with another meaning than themselves, where it is not read.
_REFUSED = frozenset("89CEKLNPQRUXcgklopuxHV")
_REFUSED_IN_CLASS = frozenset("ABEGNQRXZz")
_CODE = re.compile(r"x\{0*([0-9A-Fa-f]{1,2})\}|x(?!\{)([0-9A-Fa-f]{0,2})|o\{0*([0-3]?[0-7]{1,2})\}|c([ -~])")
_OCTAL = re.compile(r"[0-7]{1,3}")


def both_cases(bits: int) -> int:
    """With each letter that is in the set, the same in the other case."""
    return bits | (bits & _UPPER) << 32 | (bits & _LOWER) >> 32


def character(text: str, at: int) -> tuple[str, int]:
    """The character that an escape stands for, and its end; `at` is behind the backslash. Raises ValueError."""
    char = text[at : at + 1]
    if not char:
        _refuse("\\ at end of pattern", at)
    found = _CODE.match(text, at)
    if found:
        if found[4]:
            return chr(ord(found[4].upper()) ^ 0x40), found.end()
        return chr(int(found[3], 8) if found[3] else int(found[1] or found[2] or "0", 16)), found.end()
    octal = _OCTAL.match(text, at)
    if octal:
        code = int(octal[0], 8)
        if code > 255:
            _refuse(f"\\{octal[0]} is no byte", at)
        return chr(code), octal.end()
    if char in _REFUSED:
        _refuse(f"\\{char} is not supported", at)
    return _CONTROLS.get(char, char), at + 1


def bracket(text: str, at: int, *, ignore_case: bool) -> tuple[int, int]:
    """The characters of the class whose bracket stands at this place, and its end. Raises ValueError."""
    if _several(text, at, ignore_case) is not None:
        _refuse("a named class outside of brackets", at)
    at += 1
    negated = text.startswith("^", at)
    at += negated
    bits = 0
    first = True
    while first or not text.startswith("]", at):
        first = False
        several = _several(text, at, ignore_case)
        if several is None:
            low, at = _member(text, at)
            high = low
            if text.startswith("-", at) and text[at + 1 : at + 2] not in ("", "]"):
                if _several(text, at + 1, ignore_case) is not None:
                    _refuse("invalid range in character set", at)
                high, at = _member(text, at + 1)
                if high < low:
                    _refuse("range out of order in character set", at)
            bits |= span(low, high)
        else:
            found, at = several
            bits |= found
            if text.startswith("-", at) and text[at + 1 : at + 2] != "]":
                _refuse("invalid range in character set", at)
    if ignore_case:
        bits = both_cases(bits)
    return EVERYTHING & ~bits if negated else bits, at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    """One character of a class, and its end."""
    char = text[at : at + 1]
    if not char:
        _refuse("unterminated character set", at)
    at += 1
    if char != "\\":
        return char, at
    letter = text[at : at + 1]
    if letter == "b":
        return "\b", at + 1
    if letter in _REFUSED_IN_CLASS:
        _refuse(f"\\{letter} in a class", at)
    return character(text, at)


def _several(text: str, at: int, ignore_case: bool) -> tuple[int, int] | None:
    """What stands at this place of a class for several characters, and its end; None if nothing does."""
    if text.startswith("\\", at):
        bits = CLASSES.get(text[at + 1 : at + 2])
        return None if bits is None else (bits, at + 2)
    mark = text[at + 1 : at + 2]
    if not text.startswith("[", at) or mark not in (":", ".", "="):
        return None
    start = at + 2
    at = start
    while not text.startswith(mark + "]", at):  # PCRE's way to look for the end of a name
        if text.startswith((r"\]", "\\\\"), at):
            at += 2
        elif at >= len(text) - 1 or text[at] == "]" or text.startswith("[" + mark, at):
            return None
        else:
            at += 1
    name = text[start:at]
    bare = name.removeprefix("^")
    if mark != ":" or bare not in _POSIX:
        _refuse(f"the class [{mark}{name}{mark}] is not supported", at)
    bits = _POSIX["alpha" if ignore_case and bare in ("lower", "upper") else bare]
    return EVERYTHING & ~bits if name != bare else bits, at + 2


def _refuse(what: str, at: int) -> NoReturn:
    raise ValueError(f"{what} at position {at}")
