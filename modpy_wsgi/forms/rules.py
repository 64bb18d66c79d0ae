"""What a site says of its forms: how much is taken, and how it is to be read, each by a PythonOption.

Law: what is over a limit is answered 413 before more of it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .._fast import multipart
from ..config.directives.python import PYTHON_OPTIONS
from ..config.request_config import RequestConfig
from ..errors import ConfigError
from .charsets import UTF8, known_charset
from .spool import MAX_FORM_MEMORY, MAX_MEMORY

__all__ = ["Limits", "Rules", "rules_of"]


class Limits(NamedTuple):
    """The limits of one form. The body as a whole is limited by LimitRequestBody."""

    fields: int = multipart.MAX_FIELDS
    files: int = multipart.MAX_FILES
    text: int = multipart.MAX_TEXT  # bytes of all values together that are no files: they stay in memory
    headers: int = multipart.MAX_HEADERS  # of each part
    header_size: int = multipart.MAX_HEADER_SIZE  # bytes of each
    boundary: int = multipart.MAX_BOUNDARY  # bytes
    spool: int = MAX_MEMORY  # bytes of a file that stay in memory before it goes to disk
    spool_total: int = MAX_FORM_MEMORY  # and of all files of a form together


class Rules:
    """What a site says of its forms."""

    __slots__ = ("charset", "limits", "never_many", "separators")

    def __init__(self, limits: Limits, separators: str, charset: str) -> None:
        self.limits = limits
        self.separators = separators  # of a query string
        self.charset = charset
        # Letters of a text that cannot have too many fields, where its separators are those that legacy pages expect.
        self.never_many = limits.fields if separators == SEPARATORS else 0


SEPARATORS = "&;"  # legacy pages expect both

_OPTIONS = {name: f"modpy_wsgi.form.{name}" for name in Limits._fields}


def rules_of(config: RequestConfig) -> Rules:
    """The rules that hold for a request, by its PythonOptions. Raises ConfigError."""
    rules: Rules | None = config.forms
    if rules is None:
        options = config.settings[PYTHON_OPTIONS]
        rules = config.forms = _rules(options)
    return rules


def _rules(options: Mapping[str, str]) -> Rules:
    changed: dict[str, int] = {}
    for name, option in _OPTIONS.items():
        text = options.get(option)
        if text:
            if not (text.isascii() and text.isdigit()):
                raise ConfigError(f"PythonOption {option} {text!r}: not a number")
            changed[name] = int(text)
    separators = options.get("modpy_wsgi.query_separators") or SEPARATORS
    if not set(separators) <= {"&", ";"}:
        raise ConfigError(f"PythonOption modpy_wsgi.query_separators {separators!r}: only & and ; can be separators")
    charset = options.get("modpy_wsgi.charset")
    known = known_charset(charset) if charset else UTF8
    if known is None:
        raise ConfigError(f"PythonOption modpy_wsgi.charset {charset!r}: no charset that Python knows")
    return Rules(Limits()._replace(**changed), separators, known)
