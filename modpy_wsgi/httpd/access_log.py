r"""The log of requests: when one is over, a line to each CustomLog, TransferLog and GlobalLog of its virtual host.

Law: a format is compiled once, into functions that each show one thing of a request. A line is passed on whole, in one
write. Nothing that a client or a handler says can forge one: quotes, backslashes, control characters and bytes beyond
ASCII are escaped as httpd does it (an e-acute is `\xc3\xa9`). Logging never breaks a request: what a log cannot take is
lost, and the standard error is told why once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from .._fast.line import Form
from ..config.directives.log_config import DEFAULT_FORMAT, FORMATS, LOGS, LogFile, form_of
from ..config.log_formats import Item, parse_access
from ..errors import ConfigError
from ..log import escape
from ..log_targets import LineTarget, line_target
from .log_expressions import NAMES, expression_of
from .log_text import Shown, encoded
from .log_values import Value, value_of

if TYPE_CHECKING:
    from ..config.host_config import HostConfig
    from ..request import mp_request

__all__ = ["AccessLogs", "Line", "Outlet", "attach", "compiled"]

LOOK_AGAIN: Final = 1.0  # seconds between two looks at whether a log was rotated
RETRY_AFTER: Final = 10.0  # seconds until a log that failed is tried again

Line = Callable[["mp_request", "mp_request"], bytes]  # the request that came in, and the one it was redirected to last


def compiled(form: str) -> Line:
    """The function that makes lines of a format. Raises ValueError for a format that is none."""
    texts, shown = [""], ""
    values: dict[str, Value] = {}
    for item in (*parse_access(form), Item("", "\n")):
        if item.name:
            name = f"value{len(values)}"
            values[name] = _value(item)
            req = "first" if item.first else "last"
            if item.statuses:
                shown += f"{name}({req}), "
            else:
                shown += f"{expression_of(item.name, item.argument, req, name)}, "
            texts.append("")
        else:
            texts[-1] += item.argument
    # One function, with each call at a place of its own: Python learns to do that faster than a loop of calls.
    line: Line = eval(  # noqa: S307 - of names and literals
        f"lambda first, last: filled(({shown}))", {"filled": Form(map(encoded, texts)).filled, **NAMES, **values}
    )
    return line


def _value(item: Item) -> Value:
    value = value_of(item.name, item.argument)
    if not item.statuses:
        return value
    statuses, negated = item.statuses, item.negated

    def conditional(req: mp_request) -> Shown:
        last = req
        while last._next is not None:
            last = last._next
        return value(req) if (last._status in statuses) is not negated else None

    return conditional


class Outlet:
    """A target of one log or several, with its state of health."""

    def __init__(self, log: LogFile) -> None:
        """Raises ConfigError for a target that can never work."""
        self.log = log
        try:
            self.target: LineTarget = line_target(log.target)
        except ValueError as error:
            raise ConfigError(f"{log.directive}: {error}", *log.place) from None
        self._look_at = 0.0
        self._failed_at: float | None = None
        self._told = False

    def open(self) -> None:
        """Open it now: before a fork, or while it is allowed. Raises ConfigError."""
        try:
            self.target.open()
        except OSError as error:
            text = f"{self.log.directive} {self.log.target}: {error.strerror or error}"
            raise ConfigError(text, *self.log.place) from error

    def write(self, line: bytes) -> None:
        """Pass on a line. Raises nothing."""
        now = time.monotonic()
        if self._failed_at is not None:
            if now - self._failed_at < RETRY_AFTER:
                return
            self._failed_at = None
        try:
            if now >= self._look_at:
                self._look_at = now + LOOK_AGAIN
                self._follow()
            self.target.pass_on(line)
        except OSError as error:
            self._failed_at = now
            self._tell(error)

    def _follow(self) -> None:
        """Open the log again if its name leads elsewhere. Where that is not allowed, what is open goes on."""
        if self.target.moved():
            try:
                self.target.reopen()
            except OSError:
                return

    def _tell(self, error: Exception) -> None:
        if not self._told and sys.stderr is not None:
            self._told = True
            try:
                print(escape(f"modpy_wsgi: the log {self.log.target} takes no lines: {error}"), file=sys.stderr)
            except (OSError, ValueError):  # nobody is left to tell
                return


class _Log:
    """A directive of one host: what its lines show, when, and where they go."""

    __slots__ = ("line", "negated", "outlet", "variable")

    def __init__(self, line: Line, log: LogFile, outlet: Outlet) -> None:
        self.line = line
        self.variable = log.variable
        self.negated = log.negated
        self.outlet = outlet


class AccessLogs:
    """The logs of one virtual host."""

    def __init__(self, logs: Iterable[_Log]) -> None:
        self._logs = tuple(logs)

    def write(self, req: mp_request) -> None:
        """Write of a request, the one that came in. Raises nothing but what is a defect here."""
        last = req
        while last._next is not None:
            last = last._next
        for log in self._logs:
            if log.variable is not None:
                variables = req._known_variables
                if (variables is not None and log.variable in variables) is log.negated:
                    continue
            log.outlet.write(log.line(req, last))


def attach(hosts: Iterable[HostConfig]) -> tuple[Outlet, ...]:
    """Give each host its logs; None where it has none. Returns where they lead. Raises ConfigError."""
    outlets: dict[LogFile | str, Outlet] = {}
    lines: dict[str, Line] = {}
    for host in hosts:
        found = []
        for log in host.base[LOGS]:
            form = form_of(host.base[FORMATS], host.base[DEFAULT_FORMAT], log.form)
            if form not in lines:
                lines[form] = compiled(form)
            key = log if log.target.startswith("|") else log.target  # each piped log has a program of its own
            if key not in outlets:
                outlets[key] = Outlet(log)
            found.append(_Log(lines[form], log, outlets[key]))
        host.logs = AccessLogs(found) if found else None
    return tuple(outlets.values())
