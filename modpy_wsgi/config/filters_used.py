"""The filters that a configuration names, against those that there are.

Law: a name that nobody registers and that is not built in is an error where it stands: at the start, and in a
.htaccess when it is read. A filter is never left out, as what it takes away would be shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from modpy_wsgi.config.directives import core, filters, mime, python
from modpy_wsgi.config.every_settings import every_settings, with_files
from modpy_wsgi.config.filter_names import BUILT_IN_INPUT, BUILT_IN_OUTPUT, LACKING, FilterName
from modpy_wsgi.config.model import Host, Settings
from modpy_wsgi.config.refusal import Wrong
from modpy_wsgi.errors import ConfigError

__all__ = ["check_filters", "registered"]

MAX_SHOWN_NAME = 60  # a line without a space may be megabytes long

Known = tuple[frozenset[str], frozenset[str]]  # the names that Python filters have: of input, of output


def registered(*hosts: Host) -> Known:
    """The names that PythonInputFilter and PythonOutputFilter give, wherever: httpd has one register for all."""
    inputs: set[str] = set()
    outputs: set[str] = set()
    for settings in every_settings(*hosts):
        inputs |= settings[python.INPUT_FILTERS].keys()
        outputs |= settings[python.OUTPUT_FILTERS].keys()
    return frozenset(inputs), frozenset(outputs)


def check_filters(settings: Settings, known: Known, wrong: Wrong) -> None:
    """Tell `wrong` of each name in the settings of one section, or of one .htaccess, that nobody provides."""
    told: set[tuple[str, str, int]] = set()
    for section in with_files(settings):
        for name, is_input in _named(section):
            key = (name, name.file, name.line)
            if key not in told and name not in _provided(known, is_input):
                told.add(key)
                shown = name.upper() if len(name) <= MAX_SHOWN_NAME else f"{name.upper()[:MAX_SHOWN_NAME]}..."
                message = f"{name.directive}: nobody provides the {_KINDS[is_input]} filter '{shown}'"
                wrong(ConfigError(f"{message}: {_reason(name, known, is_input)}", name.file, name.line))


_KINDS = ("output", "input")


def _provided(known: Known, is_input: bool) -> frozenset[str]:
    return known[0] | BUILT_IN_INPUT if is_input else known[1] | BUILT_IN_OUTPUT


def _reason(name: str, known: Known, is_input: bool) -> str:
    if name in _provided(known, not is_input):
        return f"it is one for {_KINDS[not is_input]}"
    if name in LACKING:
        return "it is one of httpd's that is not implemented"
    return f"no Python{_KINDS[is_input].capitalize()}Filter registers it"


def _named(settings: Settings) -> Iterator[tuple[FilterName, bool]]:
    for setting, is_input in ((core.SET_INPUT_FILTER, True), (core.SET_OUTPUT_FILTER, False)):
        for name in settings[setting]:
            yield name, is_input
    for by_extension, is_input in ((mime.INPUT_FILTERS_BY_EXT, True), (mime.OUTPUT_FILTERS_BY_EXT, False)):
        for names in settings[by_extension].values():
            for name in names or ():
                yield name, is_input
    for name in settings[filters.BY_TYPE]:
        yield name, False
