"""Who would answer for a file, and by which Python handlers, as far as the configuration alone decides it.

Law: nothing of the site is run or asked; a handler that changes these things while a request is served is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..config.decisions import DECISIONS, Decision
from ..config.directives import ALL, core, mime, python
from ..config.model import Origin, Settings
from ..config.request_config import RequestConfig
from ..constants import PYTHON_HANDLERS
from ..dispatch import Call
from ..httpd.content import handler_of_type
from ..phases import BY_DIRECTIVE, HANDLER, INPUT_FILTER, OUTPUT_FILTER, Phase

__all__ = [
    "PUBLISHERS",
    "PythonCall",
    "file_handler",
    "filter_calls_of",
    "is_page",
    "is_published",
    "python_calls",
    "python_calls_of",
]

PUBLISHERS = frozenset({"mod_python.publisher", "modpy_wsgi.handlers.publisher"})
PAGES = frozenset({"mod_python.psp", "modpy_wsgi.psp.handler"})


class PythonCall(NamedTuple):
    """A Python handler of a configuration."""

    phase: Phase
    extension: str  # ".py" for those of "| .py", else ""
    call: Call
    origin: Origin | None  # of its directive, where that was kept


def file_handler(name: str, settings: Settings) -> str | None:
    """The handler of a file, by SetHandler, or by the extensions of its name; None for the file itself."""
    forced = settings[core.SET_HANDLER]
    if forced:
        return forced
    found = media_type = None
    handlers, types = settings[mime.HANDLERS_BY_EXT], settings[mime.TYPES_BY_EXT]
    for part in name.split(".")[1:]:
        found = handlers.get(part.lower()) or found
        media_type = types.get(part.lower()) or media_type
    if found is None and media_type is not None:
        return handler_of_type(media_type)
    return found


def _split(key: str) -> tuple[str, str]:
    end = key.index("Handler") + len("Handler")
    return key[:end], key[end:]


def _origins(decisions: tuple[Decision, ...]) -> dict[tuple[str, python.HandlerRef], Origin]:
    """Where each handler is named: the directives, asked again for what they say."""
    found: dict[tuple[str, python.HandlerRef], Origin] = {}
    for decision in decisions:
        value = ALL[decision.name.lower()].value
        assert value is not None
        for key, refs in value(None, decision.args, decision.origin).items():
            for ref in refs:
                found[key, ref._replace(pattern=None)] = decision.origin
    return found


def python_calls_of(settings: Settings, filename: str | None) -> Iterator[PythonCall]:
    """All Python handlers that hold under some settings; `filename` tells which directory a pattern stands for."""
    handlers = settings[python.HANDLERS]
    if not handlers:
        return
    origins = _origins(settings[DECISIONS].get(python.HANDLERS, ()))
    for key, refs in handlers.items():
        directive, extension = _split(key)
        phase = BY_DIRECTIVE[directive]
        for ref in refs:
            origin = origins.get((key, ref._replace(pattern=None)))
            yield PythonCall(phase, extension, Call.of(ref, phase, filename), origin)


def filter_calls_of(settings: Settings, filename: str | None) -> Iterator[PythonCall]:
    """All Python filters that are registered under some settings."""
    for setting, phase in ((python.INPUT_FILTERS, INPUT_FILTER), (python.OUTPUT_FILTERS, OUTPUT_FILTER)):
        origins = {decision.args[-1].lower(): decision.origin for decision in settings[DECISIONS].get(setting, ())}
        for name, ref in settings[setting].items():
            yield PythonCall(phase, "", Call.of(ref, phase, filename), origins.get(name))


def python_calls(config: RequestConfig, phase: Phase, filename: str | None) -> list[PythonCall]:
    """The Python handlers of one phase for a file: those for its extension, else the plain ones."""
    calls = [each for each in python_calls_of(config.settings, filename) if each.phase is phase]
    _, dot, extension = (filename or "").rpartition("/")[2].partition(".")
    if dot and phase.by_extension:
        own = [each for each in calls if each.extension == f".{extension}"]
        if own:
            return own
    return [each for each in calls if not each.extension]


def is_published(filename: str, config: RequestConfig) -> bool:
    """Whether a URL of this file has the publisher import it as a page."""
    return _handled(filename, config, PUBLISHERS)


def is_page(filename: str, config: RequestConfig) -> bool:
    """Whether a URL of this file has it run as a page of PSP."""
    return _handled(filename, config, PAGES)


def _handled(filename: str, config: RequestConfig, modules: frozenset[str]) -> bool:
    handler = file_handler(filename.rpartition("/")[2], config.settings)
    if handler not in PYTHON_HANDLERS:
        return False
    return any(each.call.module in modules for each in python_calls(config, HANDLER, filename))
