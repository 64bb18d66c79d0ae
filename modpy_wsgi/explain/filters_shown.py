"""The filters of a URL: which they are, in the order in which data flows, and who named them.

Law: what adds filters while a request runs is not known. What an answer's type decides is told as a condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from ..config.directives import core, filters, mime, python
from ..config.filter_names import FilterName
from ..config.request_config import RequestConfig
from ..filters.registry import BUILT_IN, RESOURCE
from ..httpd.types import extensions
from .model import Choice, Place

__all__ = ["filters_of", "missing_filter"]


def filters_of(name: str, config: RequestConfig) -> Iterator[Choice]:
    """The filters of a file `name` under a configuration: those of the body, then those of the answer."""
    named = list(_named(name, config))
    body = [entry for entry in named if entry[1]]
    answer = [entry for entry in named if not entry[1]]
    # The first of a body's filters is nearest to who reads: it is the last that the body flows through.
    for filter_name, is_input, why in (*sorted(body, key=_stage)[::-1], *sorted(answer, key=_stage)):
        way = "of the body" if is_input else "of the answer"
        what = f"{filter_name.upper()} {way}: {_meaning(filter_name, is_input, config)}"
        yield Choice(what, why, Place(filter_name.file or None, filter_name.line or None))


_Named = tuple[FilterName, bool, str]


def _named(name: str, config: RequestConfig) -> Iterator[_Named]:
    """Each with whether it is of the body, and why it is there."""
    settings = config.settings
    for part in extensions(name)[1]:
        for setting, is_input in ((mime.INPUT_FILTERS_BY_EXT, True), (mime.OUTPUT_FILTERS_BY_EXT, False)):
            for filter_name in settings[setting].get(part.lower()) or ():
                yield filter_name, is_input, f"{filter_name.directive} .{part}"
    for always, is_input in ((core.SET_INPUT_FILTER, True), (core.SET_OUTPUT_FILTER, False)):
        for filter_name in settings[always]:
            yield filter_name, is_input, filter_name.directive
    for filter_name, types in settings[filters.BY_TYPE].items():
        yield filter_name, False, f"{filter_name.directive}, if the answer is {' or '.join(sorted(types))}"


def _stage(entry: _Named) -> int:
    built_in = BUILT_IN.get(entry[0])
    by_type = entry[2].startswith("AddOutputFilterByType")
    return RESOURCE if built_in is None or by_type else built_in.stage


def _meaning(name: str, is_input: bool, config: RequestConfig) -> str:
    ref = config.settings[python.INPUT_FILTERS if is_input else python.OUTPUT_FILTERS].get(name)
    if ref is not None:
        return ref.name if "::" in ref.name else f"{ref.name}::{'input' if is_input else 'output'}filter"
    return "built in" if _is_built_in(name, is_input) else "registered for other places only"


def _is_built_in(name: str, is_input: bool) -> bool:
    built_in = BUILT_IN.get(name)
    where = None if built_in is None else built_in.input if is_input else built_in.output
    return where is not None and find_spec(where.partition(":")[0]) is not None


def missing_filter(name: str, config: RequestConfig) -> tuple[str, Place] | None:
    """A filter of a file that nobody provides for it, so that the answer is 500."""
    for filter_name, is_input, _ in _named(name, config):
        registered = config.settings[python.INPUT_FILTERS if is_input else python.OUTPUT_FILTERS]
        if filter_name not in registered and not _is_built_in(filter_name, is_input):
            return filter_name.upper(), Place(filter_name.file or None, filter_name.line or None)
    return None
