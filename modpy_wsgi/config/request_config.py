"""What holds for a request, merged.

Law: one object for each combination of what matches; what is asked of it on every request is an attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .directives import alias, cgi, core, env, filters, python
from .directives import dir as directory
from .head_rules import has_request_rules, head_rules
from .model import Setting, Settings

if TYPE_CHECKING:
    from .directory import Directory
    from .host_config import HostConfig

__all__ = ["RequestConfig", "Walk"]

_FILTERS: tuple[Setting[Any], ...] = (core.SET_INPUT_FILTER, core.SET_OUTPUT_FILTER, filters.BY_TYPE)
_OF_FIXUP = (core.FORCE_TYPE, core.ACCEPT_PATH_INFO, env.ENV, alias.REDIRECT_HERE)


class Walk(NamedTuple):
    """What the walk to a file has come to, before its name and the URL have a say."""

    directory: Directory
    sections: tuple[tuple[int, ...], tuple[int, ...]]  # positions of Directory (of the file's name), of DirectoryMatch
    settings: Settings


class RequestConfig:
    """All that holds for a request: the merged settings, and what is asked of them on every request, ready.

    Frozen but for `plan`, `interpreter`, `files`, `forms`, `listing` and `pages`, which are filled in at first use and
    depend on nothing else; `interpreter` stays None where it is another for each directory or directive.
    """

    __slots__ = (
        "access",
        "actions",
        "authorization",
        "auto_reload",
        "by_python",
        "debug",
        "debugger",
        "default_charset",
        "fallback",
        "fileless",
        "files",
        "filters",
        "fixups",
        "forms",
        "handlers",
        "head",
        "host",
        "interpreter",
        "listing",
        "names_clients",
        "of_directory",
        "options",
        "pages",
        "per_directive",
        "per_directory",
        "plan",
        "prepares",
        "python_interpreter",
        "python_path",
        "request_headers",
        "set_handler",
        "settings",
        "walk",
    )

    def __init__(
        self,
        host: HostConfig,
        settings: Settings,
        *,
        fileless: bool = False,
        by_python: bool = False,
        of_directory: bool = False,
        walk: Walk | None = None,
    ) -> None:
        self.host = host
        self.walk = walk
        # No file is looked for: a <Location> answers by a Python handler, or a PythonTransHandler has named none.
        self.fileless = fileless
        self.by_python = by_python  # the latter: no <Directory> was asked, and so nobody but Python handlers answers
        self.of_directory = of_directory  # it is one for all that is in a directory: no Files and Location sections
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
        self.set_handler = settings[core.SET_HANDLER] or None
        self.options = settings[core.OPTIONS]
        self.names_clients = core.HOSTNAME_LOOKUPS in settings
        self.default_charset = settings[core.ADD_DEFAULT_CHARSET]
        self.fixups = any(setting in settings for setting in _OF_FIXUP) or len(settings[alias.REDIRECTS]) > len(
            host.base[alias.REDIRECTS]
        )
        self.fallback = settings[directory.FALLBACK]
        self.actions = (cgi.ACTIONS in settings or cgi.SCRIPTS in settings) and not by_python
        self.request_headers = has_request_rules(settings)
        self.head = head_rules(settings)  # Header and Expires; None where there are none
        # Whether there is something to do before the content: filters to insert, rules to be told that it has come,
        # others than Python handlers to be kept from it.
        self.prepares = self.head is not None or by_python or any(settings[setting] for setting in _FILTERS)
        self.plan: Any = None
        self.interpreter: Any = None
        self.files: Any = None  # how files are sent, worked out at first use
        self.filters: Any = None  # those that join before the content, worked out at first use
        self.forms: Any = None  # what the site says of its forms, worked out at first use
        self.listing: Any = None  # what it says of the entries of its directory, worked out at first use
        self.pages: Any = None  # what it says of its pages of PSP, worked out at first use
        self.access: Any = None  # Order, Allow and Deny, the same
        self.authorization: Any = None  # Require, the same
