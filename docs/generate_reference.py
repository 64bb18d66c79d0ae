"""Writes what the code says of itself into the documentation: members and functions, and what becomes of directives.

    python docs/generate_reference.py

Only what stands between `<!-- name -->` and `<!-- end -->` is replaced. A test holds that nothing would change.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from modpy_wsgi import apache, constants
from modpy_wsgi.config.directives import _TABLES, ALL
from modpy_wsgi.config.model import Kind, Override, Row, Where
from modpy_wsgi.connection import mp_conn
from modpy_wsgi.filters.filter import mp_filter
from modpy_wsgi.finfo import mp_finfo
from modpy_wsgi.members import lazy
from modpy_wsgi.phases import PHASES
from modpy_wsgi.request import mp_request
from modpy_wsgi.server import mp_server

FOLDER = Path(__file__).resolve().parent
PAGES = ("directives.md", "filters.md", "handlers.md")
PART = re.compile(r"<!-- (?!end )([a-z ]+) -->\n.*?<!-- end -->", re.DOTALL)


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; `head` has the titles, with bars between."""
    lines = [f"| {head} |", "|" + "---|" * (len(re.findall(r"(?<!\\)\|", head)) + 1)]
    lines += ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


# Objects and functions


def members(kind: type) -> dict[str, Any]:
    """The public members of a class and of what it is made of, by name."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__[:-1]):
        found.update({name: value for name, value in vars(base).items() if not name.startswith("_")})
    return dict(sorted(found.items()))


def first_line(thing: Any) -> str:
    """The first line of a docstring, as Markdown that shows it as it stands."""
    text = inspect.getdoc(thing)
    assert text, thing
    return re.sub(r"(`[^`]*`)|([<*])", lambda found: found[1] or f"\\{found[2]}", text.partition("\n")[0])


def call(name: str, function: Any) -> str:
    """A function as it is called: names and defaults, no types."""
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self"
    ]
    text = str(inspect.Signature(parameters))
    return name + text.replace(", /)", ")").replace("(/)", "()")


def is_writable(member: Any) -> bool:
    """Whether a handler may assign it."""
    return member.fset is not None if isinstance(member, property) else type(member) is lazy


def data(kind: type) -> str:
    """The members that are read."""
    rows = [
        (code(name), "yes" if is_writable(member) else "", first_line(member))
        for name, member in members(kind).items()
        if not inspect.isfunction(member)
    ]
    return table("member | may be set | what it is", rows)


def methods(kind: type) -> str:
    """The members that are called."""
    rows = [
        (code(call(name, member)), first_line(member))
        for name, member in members(kind).items()
        if inspect.isfunction(member)
    ]
    return table("method | what it does", rows)


def functions() -> str:
    """The functions and classes of mod_python.apache."""
    names = sorted(set(apache.__all__) - set(constants.APACHE_NAMES), key=str.lower)
    rows = []
    for name in names:
        thing = getattr(apache, name)
        rows.append((code(call(name, thing) if inspect.isfunction(thing) else name), first_line(thing)))
    return table("name | what it does", rows)


def phases() -> str:
    """The table of phases."""
    names = {constants.OK: "OK", constants.DECLINED: "DECLINED"}
    rows = [
        (
            code(phase.directive),
            code(phase.function),
            ", ".join(name for result, name in names.items() if result in phase.goes_on),
            "yes" if phase.by_extension else "",
            "yes" if phase.dynamic else "",
        )
        for phase in PHASES
    ]
    return table("directive | function | the next handler runs after | `\\| .ext` | `add_handler`", rows)


# Directives

PLACES = {
    Where.SERVER: "server",
    Where.VHOST: "virtual host",
    Where.DIRECTORY: "section",
    Where.HTACCESS: ".htaccess",
}
CLASSES = {
    Override.AUTHCONFIG: "AuthConfig",
    Override.FILEINFO: "FileInfo",
    Override.INDEXES: "Indexes",
    Override.LIMIT: "Limit",
    Override.OPTIONS: "Options",
}


def shown(row: Row) -> str:
    """The name of a directive; of a section with its bracket."""
    return f"{row.name}>" if row.name.startswith("<") else row.name


def places(row: Row) -> str:
    """Where it may stand."""
    if row.where is Where.ANY:
        return "anywhere"
    return ", ".join(word for place, word in PLACES.items() if place in row.where)


def classes(row: Row) -> str:
    """Under which AllowOverride a .htaccess may have it."""
    if Where.HTACCESS not in row.where:
        return ""
    return "any" if row.override is Override.ALL else ", ".join(w for o, w in CLASSES.items() if o in row.override)


def harmless_words(row: Row) -> tuple[str, str] | None:
    """Of a directive that is accepted with some words only: these, and why it is refused with others."""
    if row.value is None or not row.value.__qualname__.startswith("only."):
        return None
    kept = inspect.getclosurevars(row.value).nonlocals
    words = ", ".join(code({"0": "Off", "1": "On"}.get(word, word)) for word in sorted(kept["words"]))
    return words, kept["reason"].removeprefix(f"{Kind.UNSUPPORTED.value}: ")


def rows_of(kind: Kind) -> Iterator[tuple[str, Row]]:
    """(title of the table, row), in the order of the tables."""
    for module in _TABLES:
        for row in module.ROWS:
            if row.kind is kind:
                yield first_line(module).partition(":")[0].partition(". ")[0].rstrip("."), row


def implemented() -> str:
    """Directives that do what they do in httpd."""
    by_title: dict[str, list[Row]] = {}
    for title, row in rows_of(Kind.IMPLEMENTED):
        if harmless_words(row) is None:
            by_title.setdefault(title, []).append(row)
    parts = []
    for title, rows in by_title.items():
        cells = [(code(row.usage or shown(row)), places(row), classes(row)) for row in rows]
        parts.append(f"### {title}\n\n" + table("directive | where | AllowOverride", cells))
    return "\n".join(parts)


def in_part() -> str:
    """Directives that are accepted with some words only."""
    found = [(row, harmless_words(row)) for row in ALL.values() if row.kind is Kind.IMPLEMENTED]
    cells = [(code(shown(row)), places(row), classes(row), *words) for row, words in found if words is not None]
    heads = "directive | where | AllowOverride | accepted with | because"
    return table(heads, sorted(cells, key=lambda row: row[0].lower()))


def by_reason(kind: Kind) -> str:
    """All others of a kind, by what is said of them and where they may stand."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for _, row in rows_of(kind):
        assert row.note, f"{row.name}: nothing says why"
        reasons.setdefault((row.note, places(row), classes(row)), []).append(shown(row))
    order = {reason: number for number, reason in enumerate(dict.fromkeys(key[0] for key in reasons))}
    groups = sorted(reasons.items(), key=lambda group: order[group[0][0]])
    cells = [(*key, " ".join(map(code, sorted(names, key=str.lower)))) for key, names in groups]
    return table("because | where | AllowOverride | directives", cells)


MAKERS: dict[str, Callable[[], str]] = {
    "request members": lambda: data(mp_request),
    "request methods": lambda: methods(mp_request),
    "connection members": lambda: data(mp_conn),
    "server members": lambda: data(mp_server),
    "server methods": lambda: methods(mp_server),
    "finfo members": lambda: data(mp_finfo),
    "filter members": lambda: data(mp_filter),
    "filter methods": lambda: methods(mp_filter),
    "functions": functions,
    "phases": phases,
    "implemented": implemented,
    "in part": in_part,
    "not implemented": lambda: by_reason(Kind.UNSUPPORTED),
    "left to the server": lambda: by_reason(Kind.SERVER),
}


def filled(page: str) -> str:
    """A page with its generated parts as they ought to be."""
    return PART.sub(lambda part: f"<!-- {part[1]} -->\n\n{MAKERS[part[1]]()}\n<!-- end -->", page)


def main() -> None:
    """Write the pages anew."""
    for name in PAGES:
        path = FOLDER / name
        path.write_text(filled(path.read_text()))


if __name__ == "__main__":
    main()
