"""The access matrix: never open where Apache is closed, and otherwise as Apache answered (tests/golden/matrix)."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `tests.oracle`, as on the command line

from tests.oracle.answer import Answer
from tests.oracle.matrix import asking, recorded, verdict
from tests.oracle.matrix.families import families
from tests.oracle.matrix.model import Ask, Family, Group, digest

FAMILIES = {family.name: family for family in families()}
GROUPS = {f"{family.name}/{group.name}": (family, group) for family in FAMILIES.values() for group in family.groups}
SHOWN = 20  # differences of one group; the rest are counted


@cache
def wanted(family: str) -> dict[str, tuple[str, dict[Ask, str]]]:
    """Apache's answers."""
    return recorded.read(family)


@cache
def got(family: str) -> dict[str, list[str] | Exception]:
    """Our answers."""
    return asking.ask_ours(FAMILIES[family])


@pytest.mark.parametrize("name", GROUPS)
def test_nothing_is_open_that_apache_keeps_closed(name: str) -> None:
    family, group = GROUPS[name]
    report = verdict.report(group, golden(family, group), got(family.name)[group.name])
    if report:
        pytest.fail("\n".join([*report[:SHOWN], f"{len(report)} differ, under:", group.excerpt()]), pytrace=False)


def golden(family: Family, group: Group) -> dict[Ask, str]:
    """The recorded answers, which must be those to the questions as they now stand."""
    found = wanted(family.name).get(group.name)
    assert found is not None, "not recorded yet: run `make oracle`"
    assert found[0] == digest(group), "the group has changed since it was recorded: run `make oracle`"
    assert found[1].keys() == set(group.asks)
    return found[1]


def test_nothing_is_recorded_that_is_not_asked() -> None:
    assert {path.stem for path in recorded.FOLDER.glob("*")} == set(FAMILIES)
    for name, family in FAMILIES.items():
        assert list(wanted(name)) == [group.name for group in family.groups]


# The judge is judged, by answers made up for it.

VERDICTS = {
    "equal": ("403", "403", None),
    "shown": ("403", "200 =shut/secret.txt", verdict.OPEN),
    "done": ("401 ?Basic", "204", verdict.OPEN),
    "another file": ("200 =open/page.txt", "200 =shut/secret.txt", verdict.OPEN),
    "beside an error": ("404", "404 =shut/secret.txt", verdict.OPEN),
    "more than wanted": ("200 =a", "200 =a =b", verdict.OPEN),
    "a redirection instead": ("403", "301 >/shut/", verdict.OTHER),
    "another error": ("403", "404", verdict.OTHER),
    "another scheme": ("401 ?Basic", "401 ?Digest", verdict.OTHER),
    "closed": ("200 =open/page.txt", "403", verdict.OTHER),
}


@pytest.mark.parametrize(("apache", "ours", "severity"), VERDICTS.values(), ids=VERDICTS)
def test_severity(apache: str, ours: str, severity: str | None) -> None:
    assert verdict.severity(Ask("GET", "/"), apache, ours) == severity


@pytest.mark.parametrize("entry", verdict.LISTED, ids=lambda entry: entry.reason.partition(":")[0])
def test_what_is_listed_is_never_open(entry: verdict.Listed) -> None:
    assert verdict.severity(Ask("TRACE", "/"), "403", "200 =shut/secret.txt") == verdict.OPEN
    assert not entry.holds("", Ask("GET", "/"), "403", "404")


def test_a_difference_is_shown_with_its_rules() -> None:
    group = Group("one", "Require all denied", (Ask("GET", "/a"), Ask("GET", "/b", "ann")))
    apache = dict.fromkeys(group.asks, "403")
    assert verdict.report(group, apache, ["403", "403"]) == []
    assert verdict.report(group, apache, ["404", "200"]) == [
        "OPEN where Apache is closed: GET /b as ann: wanted 403, got 200",
        "GET /a: wanted 403, got 404",
    ]
    assert verdict.report(group, apache, ValueError("why")) == ["the group does not start: why"]


def test_answer_is_told_in_short() -> None:
    headers = [("Location", "http://g0.test/a"), ("WWW-Authenticate", 'Basic realm="x"'), ("X-Other", "1")]
    answer = Answer("401 Unauthorized", headers, "length", b"<p><<shut/secret.txt>>\n<<b>>")
    assert verdict.short(answer, "g0.test") == "401 >/a ?Basic =shut/secret.txt =b"


def test_what_is_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    asks = tuple(
        Ask(method, target, who) for target in ("/a?:b", "/c") for who in ("", "ann") for method in ("GET", "PUT")
    )
    group = Group("all, (sorts): of", "", (*asks, Ask("GET", "/d"), Ask("POST", "/e")))
    answers = ["200 =a b", "403", "200 =a b", "405", "301 >/x", "401 ?Basic", "403", "403", "404", "500"]
    family = Family("one", (group,))
    assert recorded.write(family, {group.name: answers})
    assert recorded.write(family, {group.name: answers}) == []
    assert recorded.read("one") == {group.name: (digest(group), dict(zip(group.asks, answers, strict=True)))}


def test_questions_are_the_same_every_time() -> None:
    assert [digest(group) for family in families() for group in family.groups] == [
        digest(group) for family in families.__wrapped__() for group in family.groups
    ]
