"""mod_log_config: which logs are written of requests, and what their lines show."""

from __future__ import annotations

from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import known, row
from modpy_wsgi.config.log_formats import CLF, parse_access
from modpy_wsgi.config.model import Args, Kind, Origin, Row, Setting, Value, Where
from modpy_wsgi.config.values import Several, absolute, union

MODULES = ("log_config_module", "mod_log_config.c", "logio_module", "mod_logio.c")


class LogFile(NamedTuple):
    """A log of requests, as CustomLog and its relatives name it."""

    directive: str
    target: str  # an absolute path, or "|program"
    form: str | None  # a format or the nickname of one; None: what LogFormat without a nickname says
    variable: str | None  # it is written to only if this variable is set,
    negated: bool  # or only if it is not
    everywhere: bool  # by virtual hosts with logs of their own, too
    place: tuple[str, int]  # file and line


def _of_both(outer: tuple[LogFile, ...], inner: tuple[LogFile, ...]) -> tuple[LogFile, ...]:
    """A virtual host with logs of its own writes no others but those of GlobalLog."""
    return inner + tuple([log for log in outer if log.everywhere])


LOGS: Setting[tuple[LogFile, ...]] = Setting("CustomLog", (), _of_both)
FORMATS: Setting[dict[str, str]] = Setting("LogFormat nickname", {}, union)  # nicknames in lower case
DEFAULT_FORMAT: Setting[str] = Setting("LogFormat", CLF)  # a format or a nickname


def _condition(clause: str) -> tuple[str, bool]:
    """The variable of an env= clause, and whether it must not be set."""
    kind, mark, name = clause.partition("=")
    if kind.lower() == "expr" and mark:
        raise ValueError(f"'{clause}': expressions that are judged per request are not evaluated")
    if kind.lower() != "env" or not mark:
        raise ValueError(f"'{clause}': error in condition clause")
    negated = name.startswith("!")
    name = name.removeprefix("!")
    if not name:
        raise ValueError("missing environment variable name")
    return name, negated


def _log(directive: str, *, everywhere: bool = False) -> Value:
    """A directive that adds a log."""

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[LogFile, ...]:
        form = args[1] if len(args) > 1 else None
        if form is not None:
            parse_access(form)
        variable, negated = _condition(args[2]) if len(args) > 2 and args[2] else (None, False)
        target = args[0] if args[0].startswith("|") else absolute(args[0], origin)
        place = (origin.file, origin.line)
        return (*(so_far or ()), LogFile(directive, target, form, variable, negated, everywhere, place))

    return value


def _format(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    parse_access(args[0])
    if len(args) > 1:
        return Several({FORMATS: {**(so_far or {}), args[1].lower(): args[0]}})
    return Several({DEFAULT_FORMAT: args[0]})


def form_of(formats: dict[str, str], default: str, form: str | None) -> str:
    """The format that a log has in the end: a nickname stands for what it was given last."""
    wanted = default if form is None else form
    return formats.get(wanted.lower()) or (CLF if wanted.lower() == "clf" else wanted)


_FORM = "file|'|command' format|nickname [env=[!]variable]"

ROWS: tuple[Row, ...] = (
    row("CustomLog", Args.TAKE23, Where.RSRC, LOGS, _log("CustomLog"), _FORM),
    row("GlobalLog", Args.TAKE23, Where.GLOBAL, LOGS, _log("GlobalLog", everywhere=True), _FORM),
    row("TransferLog", Args.TAKE1, Where.RSRC, LOGS, _log("TransferLog"), "file|'|command'"),
    row("LogFormat", Args.TAKE12, Where.RSRC, FORMATS, _format, "format|nickname [nickname]"),
    *known(Kind.SERVER, "each line is written at once", "BufferedLogs flag server"),
)
