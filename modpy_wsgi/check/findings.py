"""What `check` has found: rules, findings, and the report that gathers them.

Law: each finding has a rule, a place and what to do about it. A report is bounded: what is beyond is counted only.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["MAX_FINDINGS", "RULES", "DirectiveUse", "Finding", "Report", "Rule", "Severity", "printable"]

MAX_FINDINGS = 10_000  # of one report, some MB; a broken generator can write a broken .htaccess into every folder


class Severity(enum.Enum):
    """How bad it is, by the words of SARIF."""

    ERROR = "error"  # stops the start, or breaks a part of the site
    WARNING = "warning"  # may be meant so, may be not
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding."""

    name: str
    severity: Severity
    title: str
    suggestion: str  # where nothing better is known


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `line` is None where it is about a file as a whole; `file` where it is about none."""

    rule: Rule
    message: str
    file: str | None = None
    line: int | None = None
    suggestion: str = ""
    severity: Severity = field(default=Severity.NOTE)

    @property
    def place(self) -> str:
        """`file:line`, as far as it is known."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
RULES: dict[str, Rule] = {
    name: Rule(name, severity, title, suggestion)
    for name, severity, title, suggestion in (
        (
            "configuration",
            _ERROR,
            "A directive that cannot be followed",
            "correct it: the server does not start with it",
        ),
        (
            "unknown-directive",
            _ERROR,
            "A name that is no directive",
            "correct the name: the server does not start with it",
        ),
        (
            "unsupported-directive",
            _ERROR,
            "A directive that decides access or content and is not implemented",
            "take it out if the site can do without it, or let the server in front do it",
        ),
        (
            "htaccess",
            _ERROR,
            "A .htaccess that cannot be followed",
            "correct it: until then all requests for this folder and those below are answered 500",
        ),
        (
            "configuration-warning",
            _WARNING,
            "The configuration can be followed, but hardly as it was meant",
            "see whether it is meant so",
        ),
        (
            "handler-not-provided",
            _ERROR,
            "A handler that nobody provides",
            "take it out, or let the server in front answer there",
        ),
        (
            "cgi-program",
            _ERROR,
            "A CGI program that cannot start",
            "mend it: it is answered 500",
        ),
        (
            "handler-import",
            _ERROR,
            "A Python handler that cannot be imported",
            "mend the module: what it handles is answered 500",
        ),
        (
            "handler-missing",
            _ERROR,
            "A Python handler whose module has no such function",
            "name the function (module::function), or add it to the module",
        ),
        (
            "handler-not-tried",
            _WARNING,
            "A Python handler that was not imported",
            "import it by hand, under the account and with the path of the site",
        ),
        (
            "python2",
            _ERROR,
            "A module in Python 2",
            "convert it: 2to3 -w FILE, or fissix -w FILE where Python brings no 2to3 any more",
        ),
        ("syntax", _ERROR, "A module that is no Python", "mend it, or take it away if nobody imports it"),
        ("psp-page", _ERROR, "A page of PSP that cannot be compiled", "mend it: until then it is answered 500"),
        ("compiled", _ERROR, "A compiled module of another Python", "build it anew from its source"),
        ("no-source", _WARNING, "A compiled module without its source", "put its source beside it"),
        (
            "htaccess-ignored",
            _NOTE,
            "A .htaccess that is not read",
            "allow with AllowOverride what it needs, or take it away",
        ),
        ("not-looked-at", _WARNING, "A part of the site that was not looked at", "look at it by hand"),
        ("server-directive", _NOTE, "A directive that is the server's business", "nothing has to be done"),
    )
}


@dataclass(slots=True)
class DirectiveUse:
    """How often a directive was found, where first, and what becomes of it."""

    name: str
    kind: str
    note: str
    file: str
    line: int
    count: int = 0


@dataclass(slots=True)
class Report:
    """All findings, and what was looked at."""

    findings: list[Finding] = field(default_factory=list)
    directives: dict[str, DirectiveUse] = field(default_factory=dict)
    counts: Counter[Severity] = field(default_factory=Counter)
    files: int = 0  # of the site
    modules: int = 0  # compiled, to see whether they are Python 3
    imported: int = 0
    unsupported: set[str] = field(default_factory=set)  # names of directives that were refused for that, lower case
    _seen: set[tuple[str, str, str]] = field(default_factory=set)

    def add(
        self,
        rule: str,
        message: str,
        file: str | None = None,
        line: int | None = None,
        suggestion: str = "",
        severity: Severity | None = None,
    ) -> None:
        """Keep a finding, each only once. `severity` is that of the rule, if none is given."""
        kind = RULES[rule]
        finding = Finding(kind, message, file, line, suggestion or kind.suggestion, severity or kind.severity)
        key = (rule, finding.place, message)
        if key in self._seen:
            return
        self.counts[finding.severity] += 1
        if len(self.findings) < MAX_FINDINGS:
            self._seen.add(key)
            self.findings.append(finding)

    def sorted(self) -> Iterator[Finding]:
        """The findings, the worst first, else in the order in which they were found."""
        for severity in Severity:
            yield from (finding for finding in self.findings if finding.severity is severity)

    @property
    def left_out(self) -> int:
        """How many findings were not kept."""
        return self.counts.total() - len(self.findings)

    def status(self, *, strict: bool) -> int:
        """The exit status: 1 if something stops or breaks the site, and with `strict` if there is any warning."""
        return int(bool(self.counts[Severity.ERROR] or (strict and self.counts[Severity.WARNING])))


def printable(text: str) -> str:
    """Text in one line that does nothing to a terminal: file names and messages of a site may hold anything."""
    return "".join([c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text])
