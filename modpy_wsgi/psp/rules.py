"""What a site says of its pages, by PythonOption: whether their text is literal, and where they are kept on disk.

Law: the names of these options count in whatever case they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..config.directives.python import PYTHON_OPTIONS
from ..config.request_config import RequestConfig

__all__ = ["LITERAL_TEXT", "Rules", "literally", "rules_of"]

LITERAL_TEXT = "modpy_wsgi.psp.literal_text"
_ON_DISK = ("mod_python.psp.cache_database_filename", "pspdbmcache")  # the second until mod_python 3.2


class Rules(NamedTuple):
    """What a site says of its pages."""

    literal_text: bool  # the text of pages means what it says, backslashes and line ends included
    on_disk: str | None  # the name of the cache on disk


def rules_of(config: RequestConfig) -> Rules:
    """The rules that hold for a request."""
    rules: Rules | None = config.pages
    if rules is None:
        options = config.settings[PYTHON_OPTIONS]
        rules = config.pages = _rules(options)
    return rules


def _rules(given: Mapping[str, str]) -> Rules:
    options = {name.lower(): value for name, value in given.items() if value}
    on_disk = next((options[name] for name in _ON_DISK if name in options), None)
    return Rules(literally(options.get(LITERAL_TEXT)), on_disk)


def literally(value: str | None) -> bool:
    """Whether a value of the option LITERAL_TEXT says that text is literal."""
    return value is not None and value.lower() in ("on", "1", "yes", "true")
