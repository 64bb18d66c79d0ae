"""What an answer says about access, in a few words, and how two of them compare.

Law: what is open where Apache is closed has no exception. Any other difference is a failure unless it is in LISTED,
where each has the mark of its row in docs/differences.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from ..answer import Answer
from .model import Ask, Group

_SAID = re.compile(rb"<<([^<>]*)>>")

OPEN = "OPEN"
OTHER = "other"


def short(answer: Answer, host: str) -> str:
    """Status; where a redirection leads; how one may ask again; which files of the tree were shown."""
    words = [answer.status.partition(" ")[0]]
    for name, value in answer.headers:
        if name.lower() == "location":
            words.append(">" + value.removeprefix(f"http://{host}"))
        elif name.lower() == "www-authenticate":
            words.append("?" + value.partition(" ")[0])
    words += ["=" + said.decode("latin-1") for said in _SAID.findall(answer.body)]
    return " ".join(words)


class Listed(NamedTuple):
    """A meant difference: `reason` begins with its mark, `holds` gets the rules, the question and both answers."""

    reason: str
    holds: Callable[[str, Ask, str, str], bool]


def _refused_by_method(conf: str, ask: Ask, wanted: str, got: str) -> bool:
    chosen = ask.target.endswith(("/", "..", ".")) or "FallbackResource" in conf
    return ask.method not in ("GET", "HEAD") and chosen and got == "403"


def _is_named(wanted: str, got: str) -> bool:
    return wanted[:3] == "405" and got[:3] == "501"


def _shows_itself(conf: str, ask: Ask, wanted: str, got: str) -> bool:
    page = wanted.rpartition(" =")[2].rpartition("/")[2]
    is_itself = unquote(ask.target).rstrip("/.").endswith(page) and "=" not in got
    return is_itself and "ErrorDocument" in conf and (wanted[:3] == got[:3] or _is_named(wanted, got))


def taken_away(target: str) -> bool:
    """Whether a path has `%2f` or `%00`, and a `..` that may take it away."""
    return bool(_DOTS.search(target)) and ("%2f" in target.lower() or "%00" in target)


_DOTS = re.compile(r"/(\.|%2[eE])(\.|%2[eE])(/|%|\?|$)")

LISTED = (
    Listed(
        "trace: a WSGI application does not see the request as it was sent",
        lambda conf, ask, wanted, got: ask.method == "TRACE" and wanted.startswith("200") and got == "405",
    ),
    Listed("index-method: the rules for the method of the request count for an index, too", _refused_by_method),
    Listed(
        "named-methods: nobody asks for a method that httpd does not know but by its name in a <Limit>",
        lambda conf, ask, wanted, got: ask.method == "BREW" and _is_named(wanted, got) and wanted[3:] == got[3:],
    ),
    Listed(
        "fallback-challenge: a browser could not ask for the password",
        lambda conf, ask, wanted, got: wanted == "401" and got == "401 ?Basic",
    ),
    Listed("own-error-page: a page that nobody may see is no page for those who may not", _shows_itself),
    Listed(
        "encoded-away: what a path must not hold is refused before the path is made simpler",
        lambda conf, ask, wanted, got: got == "404" and taken_away(ask.target),
    ),
)


def severity(ask: Ask, wanted: str, got: str, conf: str = "") -> str | None:
    """None if ours is as it should be, OPEN if it shows or does what Apache keeps closed, else OTHER."""
    if wanted == got:
        return None
    if _opens(wanted, got):
        return OPEN
    return None if any(entry.holds(conf, ask, wanted, got) for entry in LISTED) else OTHER


def _opens(wanted: str, got: str) -> bool:
    if got.startswith("2") and not wanted.startswith("2"):
        return True
    shown = {word for word in wanted.split() if word.startswith("=")}
    return any(word.startswith("=") and word not in shown for word in got.split())


def report(group: Group, wanted: Mapping[Ask, str], got: Sequence[str] | Exception) -> list[str]:
    """The differences of a group, one line each, what is open first."""
    if isinstance(got, Exception):
        return [f"the group does not start: {got}"]
    lines: dict[str, list[str]] = {OPEN: [], OTHER: []}
    for ask, ours in zip(group.asks, got, strict=True):
        found = severity(ask, wanted[ask], ours, group.conf)
        if found:
            who = f" as {ask.who}" if ask.who else ""
            mark = "OPEN where Apache is closed: " if found == OPEN else ""
            lines[found].append(f"{mark}{ask.method} {ask.target}{who}: wanted {wanted[ask]}, got {ours}")
    return lines[OPEN] + lines[OTHER]
