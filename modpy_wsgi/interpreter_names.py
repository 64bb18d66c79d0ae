"""Under which interpreter a handler runs, and which names a configuration can lead to (manual 4.1, 5.4.4 to 5.4.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .config.directives import core, python
from .config.hosts import Hosts
from .config.model import Override, Settings
from .config.resolve import RequestConfig

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


def names_in_use(hosts: Hosts) -> tuple[list[str], bool]:
    """The interpreter names that requests can lead to, and whether more may appear while serving."""
    names: dict[str, None] = {}
    dynamic = False
    for host in (hosts.main, *hosts.virtual):
        if not hosts.reachable(host):
            continue
        parts = [host.base, *[section.settings for section in host.sections()]]
        for section in host.sections():
            parts.extend(nested.settings for nested in section.settings[core.FILES_SECTIONS])
        parts.extend(nested.settings for nested in host.base[core.FILES_SECTIONS])
        overridable = any(_overridable(settings) for settings in parts)
        if not overridable and not any(settings[python.HANDLERS] for settings in parts):
            continue
        configs = [settings[python.PYTHON_CONFIG] for settings in parts]
        named = [config["PythonInterpreter"] for config in configs if "PythonInterpreter" in config]
        names.update(dict.fromkeys(named))
        if "PythonInterpreter" not in host.base[python.PYTHON_CONFIG]:
            names[host.server.server_hostname] = None
        dynamic |= overridable or any(
            config.get(flag) == "1"
            for config in configs
            for flag in ("PythonInterpPerDirectory", "PythonInterpPerDirective")
        )
    for entry in hosts.main.base[python.PYTHON_IMPORTS]:
        names[entry.interpreter] = None
    return list(names), dynamic


def _overridable(settings: Settings) -> bool:
    """Whether a .htaccess could name an interpreter."""
    return settings[core.ALLOW_OVERRIDE] is not Override.NONE or bool(settings[core.ALLOW_OVERRIDE_LIST])
