"""Under which interpreter a handler runs, and which names a configuration can lead to (manual 4.1, 5.4.4 to 5.4.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from .config.directives import core, python
from .config.hosts import Hosts
from .config.model import Override, Settings
from .config.request_config import RequestConfig

if TYPE_CHECKING:
    from .request import mp_request

__all__ = ["MAIN", "interpreter_name", "names_in_use"]

MAIN = "main_interpreter"


def interpreter_name(req: mp_request, config: RequestConfig, directory: str | None) -> str:
    """The name for a handler; `directory` is that of its directive.

    PythonInterpreter comes first, then PythonInterpPerDirectory, PythonInterpPerDirective, and the host's ServerName.
    """
    if config.python_interpreter is not None:
        return config.python_interpreter
    if config.per_directory:
        filename = req.filename
        return filename[: filename.rindex("/") + 1] if filename else MAIN
    if config.per_directive:
        return directory or MAIN
    name: str = config.host.server.server_hostname
    return name


class _Findings(NamedTuple):
    """What some settings say about interpreters."""

    handlers: bool  # whether any Python handler is named
    overridable: bool  # whether a .htaccess could name handlers and interpreters
    named: frozenset[str]  # by PythonInterpreter
    flagged: bool  # whether PythonInterpPerDirectory or PythonInterpPerDirective is on

    def __or__(self, other: _Findings) -> _Findings:
        return _Findings(
            self.handlers or other.handlers,
            self.overridable or other.overridable,
            self.named | other.named,
            self.flagged or other.flagged,
        )


def names_in_use(hosts: Hosts) -> tuple[list[str], bool]:
    """The interpreter names that requests can lead to, and whether more may appear while serving."""
    main = hosts.main
    shared = _findings(section.settings for section in main.host.sections)
    names: dict[str, None] = {}
    dynamic = False
    for host in (main, *hosts.virtual):
        if not hosts.reachable(host):
            continue
        found = shared | _findings([host.base])
        if host is not main:
            found |= _findings(section.settings for section in host.host.sections)
        if not (found.handlers or found.overridable):
            continue
        names.update(dict.fromkeys(sorted(found.named)))
        if "PythonInterpreter" not in host.base[python.PYTHON_CONFIG]:
            names[host.server.server_hostname] = None
        dynamic = dynamic or found.overridable or found.flagged
    for entry in main.base[python.PYTHON_IMPORTS]:
        names[entry.interpreter] = None
    return list(names), dynamic


def _findings(parts: Iterable[Settings]) -> _Findings:
    handlers = overridable = flagged = False
    named: set[str] = set()
    for settings in parts:
        config = settings[python.PYTHON_CONFIG]
        handlers = handlers or bool(settings[python.HANDLERS])
        overridable = overridable or _overridable(settings)
        flagged = (
            flagged or config.get("PythonInterpPerDirectory") == "1" or config.get("PythonInterpPerDirective") == "1"
        )
        if "PythonInterpreter" in config:
            named.add(config["PythonInterpreter"])
        files = settings[core.FILES_SECTIONS]
        if files:
            inner = _findings(section.settings for section in files)
            handlers, overridable = handlers or inner.handlers, overridable or inner.overridable
            flagged = flagged or inner.flagged
            named |= inner.named
    return _Findings(handlers, overridable, frozenset(named), flagged)


def _overridable(settings: Settings) -> bool:
    """Whether a .htaccess could name an interpreter."""
    return settings[core.ALLOW_OVERRIDE] is not Override.NONE or bool(settings[core.ALLOW_OVERRIDE_LIST])
