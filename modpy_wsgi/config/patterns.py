"""Regular expressions and shell patterns of a configuration, as patterns of Python's `re`.

Law: a pattern either means what it means to httpd (PCRE with its defaults DOTALL and DOLLAR_ENDONLY, bytes without
UTF mode, hence ASCII classes; searched, not anchored) or is refused with a ValueError: never something nearly alike.
As to httpd everything is bytes, a pattern is to be searched in what `environ.encode` makes of a text: a character for
each byte. To "." an e-acute is two.
"""

from __future__ import annotations

import re
from re import Pattern

from modpy_wsgi.environ import encode

__all__ = ["compile_regex", "compile_wildcard", "has_wildcard"]

_POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "ascii": r"\x00-\x7f",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
}
# Escapes that mean the same in both, in and outside of a class.
_SAME_ESCAPES = frozenset("dDsSwWnrtfaxb0123456789")
_SAME_OUTSIDE = _SAME_ESCAPES | {"A", "B"}
_OTHER_ESCAPES = {
    "e": r"\x1b",
    "h": r"[ \t]",
    "H": r"[^ \t]",
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "N": r"[^\n]",
    "v": r"[\n\x0b\f\r]",
}
_OTHER_IN_CLASS = {"e": r"\x1b", "h": r" \t", "v": r"\n\x0b\f\r"}
_REFUSED_ESCAPES = frozenset("cCgGKRXpPkouUlLEV")
_INLINE_FLAGS = re.compile(r"\(\?([imsx]*)(?:-([imsx]+))?([:)])")
_NAMED_GROUP = re.compile(r"\(\?P?(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')", re.ASCII)
_SAME_GROUPS = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>")
_COUNT = re.compile(r"\{\d+(?:,\d*)?\}", re.ASCII)
_CHARACTER = re.compile(r"\\x\{([0-9A-Fa-f]{1,2})\}")


def compile_regex(text: str, *, ignore_case: bool = False) -> Pattern[str]:
    """The pattern for a regular expression written for httpd; use `search`, as httpd does not anchor.

    Raises ValueError for one that is broken or uses what only PCRE has.
    """
    flags = re.DOTALL | re.ASCII | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile(_Translation(encode(text)).result(), flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"regular expression '{text}': {error}") from None


class _Translation:
    """One pass over a regular expression, rewriting what the two dialects spell or understand differently."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        # For each open group: whether `$` means the end of a line in it, and how many scoped groups it opened itself.
        self.multiline = [False]
        self.scoped = [0]
        self.group_start = 0

    def result(self) -> str:
        text = self.text
        while self.at < len(text):
            char = text[self.at]
            step = _STEPS.get(char)
            if step is None:
                self.out.append(char)
                self.at += 1
            else:
                step(self)
        if len(self.scoped) > 1:
            raise re.error("missing ), unterminated subpattern")
        self.out.append(")" * self.scoped[0])
        return "".join(self.out)

    def dollar(self) -> None:
        # DOLLAR_ENDONLY (CVE-2017-15715): never before a line break at the end, as Python's $ would.
        self.out.append("$" if self.multiline[-1] else r"\Z")
        self.at += 1

    def brace(self) -> None:
        count = _COUNT.match(self.text, self.at)
        # To PCRE a brace that is no repetition is a brace; Python would read {,3} as one.
        self.out.append(count[0] if count else r"\{")
        self.at = count.end() if count else self.at + 1

    def escape(self) -> None:
        text, at = self.text, self.at
        char = text[at + 1 : at + 2]
        self.at += 2
        if not char:
            raise re.error("\\ at end of pattern")
        if char == "Q":
            end = text.find(r"\E", self.at)
            stop = len(text) if end < 0 else end
            self.out.append(re.escape(text[self.at : stop]))
            self.at = stop if end < 0 else stop + 2
        elif char == "x" and (code := _CHARACTER.match(text, at)):
            self.out.append(f"\\x{int(code[1], 16):02x}")
            self.at = code.end()
        elif char in _OTHER_ESCAPES:
            self.out.append(_OTHER_ESCAPES[char])
        elif char in _REFUSED_ESCAPES:
            raise re.error(f"\\{char} is not supported")
        elif char.isalnum() and char.isascii() and char not in _SAME_OUTSIDE:
            self.out.append(char)  # to PCRE an unknown escaped letter is that letter
        else:
            self.out.append("\\" + char)

    def bracket(self) -> None:
        """A character class: [ is escaped (Python reserves it), POSIX names are spelled out."""
        text = self.text
        at = self.at + 1
        out = ["["]
        if text[at : at + 1] == "^":
            out.append("^")
            at += 1
        if text[at : at + 1] == "]":
            out.append(r"\]")
            at += 1
        while True:
            char = text[at : at + 1]
            if not char:
                raise re.error("unterminated character set")
            at += 1
            if char == "]":
                break
            if char == "[":
                end = text.find(":]", at)
                name = text[at + 1 : end] if text[at : at + 1] == ":" and end > 0 else None
                if name is None or not name.strip("^").isalpha():
                    out.append(r"\[")
                    continue
                if name not in _POSIX_CLASSES:
                    raise re.error(f"the class [:{name}:] is not supported")
                out.append(_POSIX_CLASSES[name])
                at = end + 2
            elif char == "\\":
                at = self._escape_in_class(at, out)
            else:
                # Doubled -, &, ~ and | are reserved by Python inside of a class.
                out.append("\\" + char if char in "&~|" else char)
        out.append("]")
        self.out.append("".join(out))
        self.at = at

    def _escape_in_class(self, at: int, out: list[str]) -> int:
        char = self.text[at : at + 1]
        code = _CHARACTER.match(self.text, at - 1)
        if not char:
            raise re.error("unterminated character set")
        if code:
            out.append(f"\\x{int(code[1], 16):02x}")
            return code.end()
        if char in _OTHER_IN_CLASS:
            out.append(_OTHER_IN_CLASS[char])
        elif char in _REFUSED_ESCAPES or char in "HNQ":
            raise re.error(f"\\{char} in a class is not supported")
        elif char.isalnum() and char.isascii() and char not in _SAME_ESCAPES:
            out.append(char)
        else:
            out.append("\\" + char)
        return at + 1

    def open(self) -> None:
        text, at = self.text, self.at
        inline = _INLINE_FLAGS.match(text, at)
        named = _NAMED_GROUP.match(text, at)
        opens = True
        multiline = self.multiline[-1]
        if inline and inline[3] and (inline[1] or inline[2]):
            on, off, end = inline.groups()
            # "x" would make Python skip spaces that the line of the configuration cannot break; the same in PCRE.
            multiline = (multiline or "m" in on) and "m" not in (off or "")
            self.out.append("(?" + on + ("-" + off if off else "") + ":")
            self.at = inline.end()
            if end == ")":  # up to the end of the group that it stands in
                opens = False
                self.scoped[-1] += 1
                self.multiline[-1] = multiline
                if at == self.group_start:
                    self.group_start = self.at
                elif _has_alternative(text, self.at):
                    raise re.error("an option in the middle of alternatives is not supported")
        elif named:
            self.out.append(f"(?P<{named[1] or named[2]}>")
            self.at = named.end()
        elif text.startswith("(?#", at):
            end = text.find(")", at)
            if end < 0:
                raise re.error("missing ), unterminated comment")
            self.at = end + 1
            opens = False
        elif text.startswith("(?(", at) or text.startswith("(?P=", at):
            # a condition or a back reference: its own parenthesis is closed here
            end = text.find(")", at)
            if end < 0:
                raise re.error("missing ), unterminated subpattern")
            self.out.append(text[at : end + 1])
            self.at = end + 1
            opens = text.startswith("(?(", at)
        elif (text.startswith("(?", at) and not text.startswith(_SAME_GROUPS, at)) or text.startswith("(*", at):
            raise re.error(f"'{text[at : at + 4]}' is not supported")
        else:
            group = next((start for start in _SAME_GROUPS if text.startswith(start, at)), "(")
            self.out.append(group)
            self.at = at + len(group)
        if opens:
            self.multiline.append(multiline)
            self.scoped.append(0)
            self.group_start = self.at

    def close(self) -> None:
        if len(self.scoped) == 1:
            raise re.error("unbalanced parenthesis")
        self.multiline.pop()
        self.out.append(")" * (self.scoped.pop() + 1))
        self.at += 1


_STEPS = {
    "$": _Translation.dollar,
    "{": _Translation.brace,
    "\\": _Translation.escape,
    "[": _Translation.bracket,
    "(": _Translation.open,
    ")": _Translation.close,
}


def _has_alternative(text: str, at: int) -> bool:
    """Whether the group that goes on at `at` has another alternative: an option reaches into it, a scope cannot."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                return False
        elif char == "|" and depth == 0:
            return True
        at += 1
    return False


def has_wildcard(text: str) -> bool:
    """Whether httpd takes the text for a shell pattern (apr_fnmatch_test)."""
    nesting = False
    at = 0
    while at < len(text):
        char = text[at]
        if char in "?*":
            return True
        if char == "\\":
            at += 1
        elif char == "[":
            nesting = True
        elif char == "]" and nesting:
            return True
        at += 1
    return False


def compile_wildcard(text: str) -> Pattern[str]:
    """The pattern for a shell pattern, anchored at both ends: * ? and [...] never match a slash, \\ escapes."""
    text = encode(text)
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            while text[at : at + 1] == "*":
                at += 1
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "\\" and at < len(text):
            out.append(re.escape(text[at]))
            at += 1
        elif char == "[":
            at = _wildcard_class(text, at, out)
        else:
            out.append(re.escape(char))
    return re.compile(r"\A" + "".join(out) + r"\Z", re.DOTALL)


def _wildcard_class(text: str, at: int, out: list[str]) -> int:
    """Appends the class whose bracket stands before `at`; a bracket that nothing closes stands for itself."""
    start = at
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    members: list[str] = []
    while True:
        char = text[at : at + 1]
        if not char:
            out.append(r"\[")
            return start
        if char == "]" and members:
            break
        at += 1
        if char == "\\" and at < len(text):
            char = text[at]
            at += 1
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high = text[at + 1]
            at += 2
            if high == "\\" and at < len(text):
                high = text[at]
                at += 1
            if char <= high:
                members.append(f"{re.escape(char)}-{re.escape(high)}")
            else:
                members.append("")  # an empty range, as in apr
        else:
            members.append(re.escape(char))
    inside = "".join(members)
    if negated:
        out.append(f"(?!/)[^{inside}]" if inside else "[^/]")
    else:
        out.append(f"(?!/)[{inside}]" if inside else r"(?!)")
    return at + 1
