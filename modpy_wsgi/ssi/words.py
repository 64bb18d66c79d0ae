"""What stands in attributes: variables, entities, and the codings of #echo and #set.

Law: text is str by the project's rule (UTF-8, other bytes as surrogates); what a coding makes of bytes goes back by the
same rule. As in C a text ends at a NUL. Sources: mod_include, as observed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from urllib.parse import quote_plus, unquote_to_bytes

from ..environ import encode, escape

__all__ = ["decode_entities", "escape_markup", "recoded", "shell_escaped", "substituted", "unescape_url"]

_SPECIAL = re.compile(r"\\\$|\$(?:\{([^}]*)(\}?)|([A-Za-z0-9_]*))", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/]*")
_SHELL = re.compile(r"[&;`'\"|*?~<>^()\[\]{}$\\\n]")
_ENTITY = re.compile(r"&([^;]*);")
_NUMBER = re.compile(r"#[0-9]*", re.ASCII)

# The entities of ISO-8859-1 that have names in HTML 2.0: what they stand for is a byte.
_LATIN = """
    Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml
    ETH Ntilde Ograve Oacute Ocirc Otilde Ouml - Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig
    agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml
    eth ntilde ograve oacute ocirc otilde ouml - oslash ugrave uacute ucirc uuml yacute thorn yuml
"""
_NAMES = {"lt": 60, "gt": 62, "amp": 38, "quot": 34}
_NAMES |= {name: 192 + place for place, name in enumerate(_LATIN.split()) if name != "-"}


def substituted(text: str, value: Callable[[str], str | None], *, keep: bool = False) -> str:
    """The text with its variables, `$name` and `${name}`. What is not there leaves nothing, or with `keep` its name.

    A backslash before the $ takes its meaning from it. Behind a `${` without its end nothing is left.
    """
    if "$" not in text:
        return text
    parts: list[str] = []
    at = 0
    for found in _SPECIAL.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        braced, closed, plain = found.groups()
        if found[0] == "\\$":
            parts.append("$")
        elif braced is not None and not closed:
            return "".join(parts)
        elif braced or plain:
            replaced = value(braced or plain)
            parts.append(replaced if replaced is not None else found[0] if keep else "")
        else:
            parts.append(found[0])
    return "".join([*parts, text[at:]])


def _byte(value: int) -> str:
    """The text that one byte is."""
    return chr(value) if value < 128 else chr(0xDC00 + value)


def decode_entities(text: str) -> str:
    """Entities as the bytes of ISO-8859-1 that they stand for. Unknown ones stay, numbers of no character go."""
    if "&" not in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("#"):
            digits = name[1:]
            value = int(digits[:6] or 0) if digits.isascii() and digits.isdigit() else 0
            if value <= 8 or 11 <= value <= 31 or 127 <= value <= 160 or value >= 256:
                return ""
            return _byte(value)
        value = _NAMES.get(name, 0)
        return _byte(value) if value else f"&{decode_entities(found[0][1:])}"

    return _joined(_ENTITY.sub(replaced, text))


def _joined(text: str) -> str:
    """Text in which bytes that were put together may have become characters."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def escape_markup(text: str) -> str:
    """Text as markup, as httpd escapes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def unescape_url(text: str) -> str:
    """Escapes decoded; what is none stays."""
    return _text(unquote_to_bytes(encode(text).encode("latin-1")))


def _from_base64(text: str) -> str:
    letters = _BASE64.match(text)
    assert letters is not None
    found = letters[0]
    found = found[: len(found) - (len(found) % 4 == 1)]
    return _text(base64.b64decode(found + "=" * (-len(found) % 4)))


_DECODINGS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "url": unescape_url,
    "urlencoded": lambda text: unescape_url(text.replace("+", " ")),
    "entity": decode_entities,
    "base64": _from_base64,
}
_LOWER = re.compile("%[0-9A-F]{2}")


def _form_encoded(text: str) -> str:
    quoted = quote_plus(text, safe=".-*_", errors="surrogateescape").replace("~", "%7e")
    return _LOWER.sub(lambda found: found[0].lower(), quoted)


_ENCODINGS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "url": escape,
    "urlencoded": _form_encoded,
    "entity": escape_markup,
    "base64": lambda text: base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii"),
}
_WORDS = re.compile(r"[^, \t]+")


def recoded(text: str, decodings: str, encodings: str) -> str:
    """A text decoded and encoded, in one or several steps each. Raises LookupError for a step that is none."""
    for words, steps in ((decodings, _DECODINGS), (encodings, _ENCODINGS)):
        for word in _WORDS.findall(words):
            step = steps.get(word.lower())
            if step is None:
                raise LookupError(word)
            text = step(text)
    return text


def shell_escaped(text: str) -> str:
    """A text with a backslash before all that means something to a shell (httpd's ap_escape_shell_cmd)."""
    return _SHELL.sub(lambda found: f"\\{found[0]}", text)
