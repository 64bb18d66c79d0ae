"""docs/differences.md tells of every difference that the recorded cases allow, and of none that is no more."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import _apache
from mod_python import apache
from modpy_wsgi.request import mp_request
from tests.oracle.cases import load, subjects
from tests.oracle.matrix import verdict

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "differences.md").read_text()
REASON = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*): \S.{9,}")
COLUMNS = 4  # the original, here, why, mark


def reasons() -> Iterator[tuple[str, str]]:
    """(where, reason) of every deliberate difference in the case tables."""
    for subject in subjects():
        for case in load(subject):
            for asked in case.requests:
                for field, (_, reason) in asked.differs.items():
                    yield f"{subject}/{case.name}: {asked.label}: {field}", reason
            if case.starts:
                yield f"{subject}/{case.name}: starts", case.starts[1]
    for entry in verdict.LISTED:
        yield "matrix", entry.reason


def rows() -> list[list[str]]:
    """The cells of the page's tables, without heads."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if row[-1] != "mark" and set(row[-1]) != {"-"}]


MARKS = [row[-1].strip("`") for row in rows() if row[-1]]


def test_reasons_begin_with_a_mark() -> None:
    wrong = [f"{where}: {reason}" for where, reason in reasons() if not REASON.fullmatch(reason)]
    assert not wrong


def test_every_recorded_difference_is_explained() -> None:
    used = {reason.partition(":")[0]: where for where, reason in reasons()}
    assert not {mark: where for mark, where in used.items() if mark not in MARKS}


def test_every_mark_is_recorded() -> None:
    assert set(MARKS) <= {reason.partition(":")[0] for _, reason in reasons()}
    assert len(set(MARKS)) == len(MARKS), "a mark stands in two rows"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[-1] or row[0][:40])
def test_rows_are_complete(row: list[str]) -> None:
    assert len(row) == COLUMNS
    assert row[1], "what happens here"
    assert row[2], "why"


ABSENT = re.findall(
    r"`((?:mod_python|_apache|apache|req)\.\w+)`", PAGE.partition("## Not there yet")[2].partition("\n## ")[0]
)


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_there_yet_is_not_there(name: str) -> None:
    owner, _, member = name.partition(".")
    if owner == "mod_python":
        assert importlib.util.find_spec(name) is None
    else:
        assert not hasattr({"req": mp_request, "apache": apache, "_apache": _apache}[owner], member)
