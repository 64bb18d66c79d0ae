"""What becomes of each directive: implemented, the server's business, not implemented; and handlers nobody provides.

Law: the tables of directives decide, and the loader's own errors are told as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..config.arguments import arguments
from ..config.directives import ALL
from ..config.model import Kind
from ..config.parser import Node
from ..errors import ConfigError
from ..httpd.content import handler_of_type, provided
from ..serving.places import directives
from .findings import DirectiveUse, Report, Severity

__all__ = [
    "NamedHandler",
    "actions_of",
    "count",
    "error",
    "named_handlers",
    "tell_handlers",
    "tell_server_directives",
    "warning",
]

# (names of directives, what to do instead of one that is not implemented); the first that matches is told.
_INSTEAD = (
    (r"Rewrite", "write it with Alias, Redirect or a PythonTransHandler, or leave it to the server in front"),
    (r"SSL", "leave it to the server in front"),
    (r"Proxy|<Proxy|Balancer", "let the server in front send these URLs on"),
    (r"<If$|<ElseIf|<Else$", "write the sections that you need as <Location>, <Files> or <Directory>"),
    (r"Auth|Require|<Require", "check users in a PythonAuthenHandler, or in the server in front"),
    (r"Dav", "serve WebDAV from another server"),
    (r"RemoteIP", "let the server in front set X-Forwarded-For, and tell the WSGI server to believe it"),
    (
        r"(Add|Set)?(Input|Output)Filter|Filter|Substitute|Ext",
        "write it as a Python function, and register that with PythonOutputFilter or PythonInputFilter",
    ),
    (r"Use$|<Macro", "write the lines of the macro out"),
)

# Handlers that show something of httpd itself; a site goes on without them.
_OF_HTTPD = frozenset({"server-status", "server-info", "balancer-manager", "ldap-status", "imap-file", "perl-status"})
_FOR_HANDLERS = {
    "php": "run PHP behind the server in front",
    "fcgid-script": "let the server in front run it",
    "wsgi-script": "give the application to the WSGI server itself",
}
_OF_A_FOLDER = "correct the name: until then all requests for this folder and those below are answered 500"
_WHERE = re.compile(r"(?s)(.+?):(\d+): (.*)")


@dataclass(frozen=True, slots=True)
class NamedHandler:
    """A handler that a directive names and nobody provides."""

    handler: str
    directive: str
    file: str
    line: int
    everywhere: bool  # SetHandler: no extension is asked


def count(nodes: Iterable[Node], report: Report) -> None:
    """Count each directive, by what becomes of it."""
    for node in directives(nodes):
        row = ALL.get(node.name.lower())
        if row is None:
            continue
        use = report.directives.get(row.name)
        if use is None:
            use = report.directives[row.name] = DirectiveUse(
                row.name, row.kind.name.lower(), row.note, node.file, node.line
            )
        use.count += 1


def tell_server_directives(report: Report) -> None:
    """A note on each directive that is accepted and does nothing here."""
    for use in report.directives.values():
        if use.name.lower() in report.unsupported:  # with these words, at least
            use.kind = Kind.UNSUPPORTED.name.lower()
        if use.kind == Kind.SERVER.name.lower():
            more = f" ({use.count} times)" if use.count > 1 else ""
            message = f"{_shown(use.name)} is {Kind.SERVER.value}{more}: {use.note}"
            report.add("server-directive", message, use.file, use.line)


def _shown(name: str) -> str:
    return f"{name}>" if name.startswith("<") else name


def error(problem: ConfigError, report: Report, rule: str = "configuration") -> None:
    """An error of the loader."""
    suggestion = ""
    word = re.match(r"<?\w+", problem.message)
    if Kind.UNSUPPORTED.value in problem.message:
        name = word[0] if word else ""
        suggestion = next((text for names, text in _INSTEAD if re.match(names, name)), "")
        rule = "unsupported-directive"
        report.unsupported.add(name.lower())
    elif problem.message.startswith("unknown directive"):
        suggestion = "" if rule == "configuration" else _OF_A_FOLDER
        rule = "unknown-directive"
    elif " not allowed " in problem.message:
        suggestion = "move it where it may stand, see docs/directives.md"
    report.add(rule, problem.message, problem.file, problem.line, suggestion)


def warning(line: str, report: Report, severity: Severity = Severity.WARNING) -> None:
    """A line for the start-up log, with its place taken off."""
    found = _WHERE.fullmatch(line)
    if found is None:
        report.add("configuration-warning", line, severity=severity)
    else:
        report.add("configuration-warning", found[3], found[1], int(found[2]), severity=severity)


def actions_of(nodes: Iterable[Node]) -> frozenset[str]:
    """The handlers and media types, in lower case, that an Action leads on from."""
    words = [node.args.split() for node in directives(nodes) if node.name == "Action"]
    return frozenset([each[0].strip('"').lower() for each in words if each])


def named_handlers(nodes: Iterable[Node]) -> Iterable[NamedHandler]:
    """The handlers that SetHandler, AddHandler, AddType and ForceType name, and nobody provides."""
    for node in directives(nodes):
        name_of = _NAMING.get(node.name)
        row = ALL.get(node.name.lower())
        if name_of is None or row is None:
            continue
        try:
            first = arguments(row.args, node.args)[0][0]
        except (ValueError, IndexError):  # told by the loader
            continue
        handler = name_of(first)
        if handler and not provided(handler):
            everywhere = node.name in ("SetHandler", "ForceType")
            yield NamedHandler(handler, node.name, node.file, node.line, everywhere)


_NAMING: dict[str, Callable[[str], str | None]] = {
    "SetHandler": lambda word: None if word.lower() == "none" else word,
    "AddHandler": lambda word: word.lower(),
    "AddType": lambda word: handler_of_type(word.lower()),
    "ForceType": lambda word: handler_of_type(word.lower()),
}


def tell_handlers(named: Iterable[NamedHandler], met: Counter[str], report: Report) -> None:
    """Findings on handlers nobody provides. `met`: how many files of the site have each.

    It is an error where a file of the site is answered 500 because of it, or a whole section may be.
    """
    for each in named:
        name = each.handler.lower()
        files = met[each.handler]
        severity = Severity.ERROR if files or each.directive != "AddHandler" else Severity.WARNING
        if name in _OF_HTTPD or (each.directive == "AddType" and not files):
            severity = Severity.WARNING
        what = f"{files} files of the site are" if files else "what it is for is"
        if files == 1:
            what = "1 file of the site is"
        suggestion = next((text for word, text in _FOR_HANDLERS.items() if word in name), "")
        if name in _OF_HTTPD:
            suggestion = "take it out: the WSGI server has its own ways to be watched"
        message = f"{each.directive}: nobody provides the handler {each.handler!r}: {what} answered 500"
        report.add("handler-not-provided", message, each.file, each.line, suggestion, severity)
