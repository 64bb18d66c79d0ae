"""What holds for a request, merged.

Law: one object for each combination of what matches; what is asked of it on every request is an attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .directives import alias, core, env, python
from .model import Settings

if TYPE_CHECKING:
    from .host_config import HostConfig

__all__ = ["RequestConfig"]


class RequestConfig:
    """All that holds for a request: the merged settings, and what is asked of them on every request, ready.

    Frozen but for `plan`, `interpreter`, `files` and `forms`, which are filled in at first use and depend on nothing
    else; `interpreter` stays None where it is another for each directory or directive.
    """

    __slots__ = (
        "auto_reload",
        "debug",
        "debugger",
        "default_charset",
        "fileless",
        "files",
        "fixups",
        "forms",
        "handlers",
        "host",
        "interpreter",
        "options",
        "per_directive",
        "per_directory",
        "plan",
        "python_interpreter",
        "python_path",
        "set_handler",
        "settings",
    )

    def __init__(self, host: HostConfig, settings: Settings, *, fileless: bool = False) -> None:
        self.host = host
        self.fileless = fileless  # a <Location> answers by a Python handler: no file is looked for
        self.settings = settings
        self.handlers = settings[python.HANDLERS]
        python_config = settings[python.PYTHON_CONFIG]
        self.debug = python_config.get("PythonDebug") == "1"
        self.auto_reload = python_config.get("PythonAutoReload") != "0"
        self.debugger = python_config.get("PythonEnablePdb") == "1"
        self.python_path = python_config.get("PythonPath")
        self.python_interpreter = python_config.get("PythonInterpreter")
        self.per_directory = python_config.get("PythonInterpPerDirectory") == "1"
        self.per_directive = python_config.get("PythonInterpPerDirective") == "1"
        self.set_handler = settings[core.SET_HANDLER]
        self.options = settings[core.OPTIONS]
        self.default_charset = settings[core.ADD_DEFAULT_CHARSET]
        self.fixups = any(setting in settings for setting in (core.FORCE_TYPE, env.ENV, alias.REDIRECTS))
        self.plan: Any = None
        self.interpreter: Any = None
        self.files: Any = None  # how files are sent, worked out at first use
        self.forms: Any = None  # what the site says of its forms, worked out at first use
