"""Debian's `envvars` beside the configuration: a shell script, read here without ever being run.

Law: only assignments (also with `export`, and `: ${NAME:=value}`), `unset`, and `if [ ... ]` with the simple tests are
followed; loops, functions and `case` are passed over, and so is any line that would run something, with a warning if it
sets a variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["read_envvars"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
_BLOCKS = {"case": "esac", "for": "done", "while": "done", "until": "done", "{": "}"}


class _NotFollowed(Exception):  # noqa: N818 - no error: the line is passed over
    """The line needs more of the shell than is understood here."""


def read_envvars(path: str, environ: Mapping[str, str], warn: Callable[[str], None]) -> dict[str, str]:
    """The variables that the file sets, as they would be on top of `environ`; empty if there is no such file.

    `warn` gets one line for each assignment that could not be followed.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return {}
    script = _Script(dict(environ))
    # apache2ctl tells the script which of several configurations it belongs to.
    script.values.setdefault("APACHE_CONFDIR", str(Path(path).parent))
    lines = text.replace("\\\n", "").splitlines()
    for number, line in enumerate(lines, 1):
        for command in _commands(line):
            try:
                script.run(command)
            except _NotFollowed:
                if "=" in command:
                    warn(f"{path}:{number}: not followed: {command}")
    return {name: script.values[name] for name in script.changed if name in script.values}


def _commands(line: str) -> list[str]:
    """A line cut at its semicolons, without its comment."""
    parts: list[str] = []
    start = at = 0
    quote = ""
    while at < len(line):
        char = line[at]
        if char == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == ";":
            parts.append(line[start:at])
            start = at + 1
        elif char == "#" and (at == 0 or line[at - 1] in " \t;"):
            line = line[:at]
        at += 1
    parts.append(line[start:])
    return [part.strip() for part in parts if part.strip()]


class _Script:
    """The variables, and which of the surrounding `if` branches holds."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.changed: dict[str, None] = {}
        # For each open `if`: whether the present branch runs, and whether one has run (or cannot be decided).
        self.branches: list[tuple[bool, bool]] = []
        self.passing: list[str] = []  # the words that end what is passed over

    def run(self, command: str) -> None:
        first, _, rest = command.partition(" ")
        if self.passing:
            if first == self.passing[-1]:
                self.passing.pop()
            elif first in _BLOCKS:
                self.passing.append(_BLOCKS[first])
            return
        if first in _BLOCKS or re.match(r"(?:function\s+)?[A-Za-z_][\w-]*\s*\(\s*\)", command, re.ASCII):
            if not command.endswith("}"):
                self.passing.append(_BLOCKS.get(first, "}"))
            return
        if first in ("then", "else", "do") and first != "else":
            command = rest.strip()
            first, _, rest = command.partition(" ")
            if not command:
                return
        if first == "if":
            runs = self._runs() and self._test(rest)
            self.branches.append((runs, runs or not self._runs()))
        elif first in ("elif", "else", "fi"):
            self._branch(first, rest)
        elif self._runs():
            self._simple(first, rest, command)

    def _runs(self) -> bool:
        return not self.branches or self.branches[-1][0]

    def _branch(self, word: str, rest: str) -> None:
        if not self.branches:
            return
        _, done = self.branches.pop()
        if word == "elif":
            runs = not done and self._test(rest)
            self.branches.append((runs, done or runs))
        elif word == "else":
            self.branches.append((not done, True))
            if rest.strip():
                self.run(rest.strip())

    def _test(self, text: str) -> bool:
        """`[ ... ]`; a test that is not understood fails, so that the `else` branch holds."""
        try:
            words = self._words(text)
        except _NotFollowed:
            return False
        if words[:1] == ["["] and words[-1:] == ["]"]:
            words = words[1:-1]
        elif words[:1] == ["test"]:
            words = words[1:]
        else:
            return False
        negated = words[:1] == ["!"]
        return self._judge(words[1:] if negated else words) is not negated

    def _judge(self, words: list[str]) -> bool:
        if len(words) == 3 and words[1] in ("=", "==", "!="):
            return (words[0] == words[2]) is (words[1] != "!=")
        if len(words) == 2 and words[0] in ("-n", "-z"):
            return bool(words[1]) is (words[0] == "-n")
        if len(words) == 2 and words[0] in ("-e", "-f", "-d", "-r"):
            path = Path(words[1])
            return path.is_dir() if words[0] == "-d" else path.is_file() if words[0] == "-f" else path.exists()
        return len(words) == 1 and bool(words[0])

    def _simple(self, first: str, rest: str, command: str) -> None:
        if first == "unset":
            for name in rest.split():
                self.values.pop(name, None)
        elif first == ":":
            self._words(rest)  # for the sake of ${NAME:=value}
        elif first == "export" or _ASSIGNMENT.match(command):
            at = len("export") if first == "export" else 0
            found: list[tuple[str, str]] = []
            while at < len(command):
                while command[at : at + 1].isspace():
                    at += 1
                match = _ASSIGNMENT.match(command, at)
                value, at = self._word(command, match.end() if match else at)
                if match:
                    found.append((match[1], value))
                    self._set(match[1], value)
                elif first != "export" and value:
                    # NAME=value command: holds for that command only, which is not run
                    for name, _ in found:
                        self.values.pop(name, None)
                    raise _NotFollowed
        elif "=" in command and not command.startswith((".", "[")):
            raise _NotFollowed

    def _set(self, name: str, value: str) -> None:
        self.values[name] = value
        self.changed[name] = None

    def _words(self, text: str) -> list[str]:
        words: list[str] = []
        at = 0
        text = text.strip()
        while at < len(text):
            word, at = self._word(text, at)
            words.append(word)
            while text[at : at + 1].isspace():
                at += 1
        return words

    def _word(self, text: str, at: int, end: str = "") -> tuple[str, int]:
        """The word that starts at `at`, expanded, and where it ends (at a space, or before the character `end`)."""
        out: list[str] = []
        quote = ""
        while at < len(text):
            char = text[at]
            if quote == "'":
                if char == "'":
                    quote = ""
                else:
                    out.append(char)
            elif char == quote:
                quote = ""
            elif char in "\"'" and not quote:
                quote = char
            elif char == "\\" and at + 1 < len(text):
                at += 1
                out.append(text[at] if not quote or text[at] in '$`"\\' else "\\" + text[at])
            elif char == "$":
                value, at = self._expansion(text, at + 1)
                out.append(value)
                continue
            elif char == "`" or (char in "&|<>()" and not quote):
                raise _NotFollowed
            elif not quote and (char == end or (char.isspace() and not end)):
                break
            else:
                out.append(char)
            at += 1
        return "".join(out), at

    def _expansion(self, text: str, at: int) -> tuple[str, int]:
        name = _NAME.match(text, at)
        if name:
            return self.values.get(name[0], ""), name.end()
        if text[at : at + 1] != "{":
            if text[at : at + 1] in ("(", "$", "?", "!", "@", "*", "#", "-") or text[at : at + 1].isdigit():
                raise _NotFollowed
            return "$", at
        name = _NAME.match(text, at + 1)
        if name is None:
            raise _NotFollowed
        operator = re.compile(r"(:?[-=+]|##?|%%?)?").match(text, name.end())
        mark = (operator[1] if operator else "") or ""
        word, close = self._word(text, name.end() + len(mark), "}")
        if text[close : close + 1] != "}" or (word and not mark):
            raise _NotFollowed
        return self._operated(name[0], mark, word), close + 1

    def _operated(self, name: str, mark: str, word: str) -> str:
        value = self.values.get(name)
        if mark[-1:] in ("-", "=", "+"):
            missing = value is None or (not value and mark[0] == ":")
            if mark[-1] == "+":
                return "" if missing else word
            if missing and mark[-1] == "=":
                self._set(name, word)
            return word if missing else value or ""
        value = value or ""
        if mark:
            lengths = list(range(len(value) + 1))
            if mark in ("##", "%%"):
                lengths.reverse()
            for length in lengths:
                part = value[:length] if mark[0] == "#" else value[len(value) - length :]
                if fnmatchcase(part, word):
                    return value[length:] if mark[0] == "#" else value[: len(value) - length]
        return value
