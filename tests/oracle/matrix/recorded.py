"""The recorded answers: one text file per family in tests/golden/matrix, made to be read and diffed.

A group begins with its name in brackets and the digest of its questions. A line is a path (and who asks), and the
answers to the methods: `/shut/secret.txt as ann bob: 200 =shut/secret.txt (GET POST), 405 (PUT)`. A lone GET is not
named, nor is who asks where it is nobody.

Law: what is written is what is read: both directions stand here.
"""

import re
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

from .model import Ask, Family, Group, digest

FOLDER = Path(__file__).resolve().parents[2] / "golden" / "matrix"

Answers = dict[str, list[str]]  # name of a group -> the answers to its questions, in order

_HEAD = re.compile(r"\[(.*)\] ([0-9a-f]{8})")
_PART = re.compile(r"(?:^|, )([^()]*?) \(([^()]*)\)")
_ONLY_GET = "GET"
_NOBODY = "-"


def path(family: str) -> Path:
    """Where the answers of a family stand."""
    return FOLDER / f"{family}.txt"


def write(family: Family, answers: Answers) -> list[str]:
    """Store the answers of a family; returns the lines that are new or gone, marked by + and -."""
    text = "".join(_block(group, answers[group.name]) for group in family.groups)
    file = path(family.name)
    before = file.read_text() if file.exists() else ""
    if before == text:
        return []
    FOLDER.mkdir(exist_ok=True)
    file.write_text(text)
    found = unified_diff(before.splitlines(), text.splitlines(), "recorded", "now", n=0, lineterm="")
    return [line for line in found if line[0] in "+-"][2:]


def _block(group: Group, answers: Sequence[str]) -> str:
    lines = [f"[{group.name}] {digest(group)}"]
    for target, people in _by_target(group, answers).items():
        alike: dict[str, list[str]] = {}
        for who, told in people.items():
            alike.setdefault(_told(told), []).append(who or _NOBODY)
        for text, names in alike.items():
            asked = target if names == [_NOBODY] else f"{target} as {' '.join(names)}"
            lines.append(f"{asked}: {text}")
    return "\n".join(lines) + "\n\n"


def _told(told: Sequence[tuple[str, str]]) -> str:
    """The answers to the methods of one path, the same one only once."""
    if [method for method, _ in told] == [_ONLY_GET]:
        return told[0][1]
    by_answer: dict[str, list[str]] = {}
    for method, answer in told:
        by_answer.setdefault(answer, []).append(method)
    return ", ".join(f"{answer} ({' '.join(methods)})" for answer, methods in by_answer.items())


def _by_target(group: Group, answers: Sequence[str]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for ask, answer in zip(group.asks, answers, strict=True):
        found.setdefault(ask.target, {}).setdefault(ask.who, []).append((ask.method, answer))
    return found


def read(family: str) -> dict[str, tuple[str, dict[Ask, str]]]:
    """Name of a group -> the digest of what was asked, and the answers."""
    groups: dict[str, tuple[str, dict[Ask, str]]] = {}
    file = path(family)
    found: dict[Ask, str] = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        if head := _HEAD.fullmatch(line):
            found = {}
            groups[head[1]] = (head[2], found)
        elif line:
            asked, _, text = line.partition(": ")
            target, _, names = asked.partition(" as ")
            parts = _PART.findall(text) if text.endswith(")") else [(text, _ONLY_GET)]
            for who in names.split() or [_NOBODY]:
                for answer, methods in parts:
                    for method in methods.split():
                        found[Ask(method, target, "" if who == _NOBODY else who)] = answer
    return groups
