"""Which filters a request has, and when they join it.

Law: as in httpd. Those of AddInputFilter and AddOutputFilter join where the file's type is found out, unless a
PythonTypeHandler did that; those of SetInputFilter, SetOutputFilter and AddOutputFilterByType just before the content.
So the error page of a phase before has fewer of them. An internal redirect begins with none; an index file has its own.
What a name means is looked up then; a name that means nothing ends the request, and no filter is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..config.directives import core, mime, python
from ..config.directives import filters as directives
from ..config.filter_names import LACKING
from ..config.request_config import RequestConfig
from ..constants import HTTP_INTERNAL_SERVER_ERROR, HTTP_OK, OK
from ..filters import requests
from ..filters.registry import RESOURCE, Spec, find, python_filter
from .types import extensions

if TYPE_CHECKING:
    from ..config.directives.python import HandlerRef
    from ..filters.filter import mp_filter
    from ..request import mp_request

__all__ = ["add_by_name", "at_content", "by_extension", "has_extension_work", "leave_extension", "register"]


def has_extension_work(config: RequestConfig) -> bool:
    """Whether an extension has filters."""
    settings = config.settings
    return bool(settings[mime.INPUT_FILTERS_BY_EXT] or settings[mime.OUTPUT_FILTERS_BY_EXT])


def by_extension(req: mp_request, config: RequestConfig) -> int:
    """Those that the extensions of the file's name have. OK, or a status."""
    if config is req._config:
        for names, is_input in _of_extensions(req, config):
            status = _add_all(req, names, is_input)
            if status:
                return status
    return OK


def leave_extension(req: mp_request, config: RequestConfig) -> None:
    """Take these out again: another file stands for the name, and has those of its own."""
    for names, is_input in _of_extensions(req, config):
        chain = req._input_filters if is_input else req._filters
        if chain is not None:
            chain.remove(names)


def _of_extensions(req: mp_request, config: RequestConfig) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The names of filters that each extension has, and whether they are for the body."""
    filename = req._filename
    if req._typed_by_phase or not filename or filename[-1] == "/":
        return
    if req._path_info and config.settings[mime.USE_PATH_INFO]:
        filename += req._path_info
    for part in extensions(filename[filename.rfind("/") + 1 :])[1]:
        extension = part.lower()
        for setting, is_input in ((mime.INPUT_FILTERS_BY_EXT, True), (mime.OUTPUT_FILTERS_BY_EXT, False)):
            names = config.settings[setting].get(extension)
            if names:
                yield names, is_input


class _Ready(NamedTuple):
    """The filters that join before the content, in the order of their stages."""

    into: tuple[Spec, ...]
    out_of: tuple[Spec, ...]


def at_content(req: mp_request, config: RequestConfig) -> int:
    """Those of the section, and those of types. OK, or a status."""
    ready: _Ready | None = config.filters
    if ready is None or req._own_filters is not None:
        ready = _ready(req, config)
        if ready is None:
            return HTTP_INTERNAL_SERVER_ERROR
        if req._own_filters is None and not any(ref.pattern for ref in _refs(config)):
            config.filters = ready
    if ready.into or req._filters is not None:
        requests.add_ready(req, ready.into, ready.out_of)
    elif ready.out_of:
        requests.start(req, ready.out_of)
    return OK


def _refs(config: RequestConfig) -> Iterable[HandlerRef]:
    settings = config.settings
    return (*settings[python.INPUT_FILTERS].values(), *settings[python.OUTPUT_FILTERS].values())


def _ready(req: mp_request, config: RequestConfig) -> _Ready | None:
    settings = config.settings
    into = [_found(req, name, True) for name in settings[core.SET_INPUT_FILTER]]
    out_of = [_found(req, name, False) for name in settings[core.SET_OUTPUT_FILTER]]
    for name, types in settings[directives.BY_TYPE].items():
        spec = _found(req, name, False)
        if spec is not None:
            declines = partial(_type_declines, spec, types)
            spec = Spec(name, RESOURCE, _of_type, (spec, types), spec.handler, spec.directory, declines=declines)
        out_of.append(spec)
    if None in into or None in out_of:
        return None
    return _Ready(*[tuple(sorted(filter(None, specs), key=_stage)) for specs in (into, out_of)])


_stage = attrgetter("stage")


def add_by_name(req: mp_request, name: str, is_input: bool) -> None:
    """req.add_input_filter and req.add_output_filter. ValueError for a filter of httpd that is not implemented."""
    name = name.lower()
    spec = find(req, name, is_input)
    if spec is not None:
        requests.add(req, spec, is_input)
    elif name in LACKING:
        raise ValueError(f"the filter {name!r} of httpd is not implemented")
    else:  # observed on the original: the handler is not told
        req._application.log_request(req, f"an unknown filter was not added: {name}")


def register(req: mp_request, name: str, ref: HandlerRef, is_input: bool) -> None:
    """req.register_input_filter and req.register_output_filter: a name for the rest of this request."""
    name = name.lower()
    if req._own_filters is None:
        req._own_filters = {}
    req._own_filters[name, is_input] = python_filter(name, ref, is_input, req._filename)


def _add_all(req: mp_request, names: Iterable[str], is_input: bool) -> int:
    for name in names:
        spec = _found(req, name, is_input)
        if spec is None:
            return HTTP_INTERNAL_SERVER_ERROR
        requests.add(req, spec, is_input)
    return OK


def _found(req: mp_request, name: str, is_input: bool) -> Spec | None:
    try:
        spec = find(req, name, is_input)
    except ImportError as error:
        req._application.log_request(req, f"the filter {name!r} cannot be used: {error}")
        return None
    if spec is None:
        kind = "input" if is_input else "output"
        req._application.log_request(req, f"nobody registers the {kind} filter {name!r} for this place: {req.uri}")
    return spec


def _of_type(filter: mp_filter) -> None:  # noqa: A002
    """A filter of AddOutputFilterByType: at the first piece the answer's status and type decide (mod_filter)."""
    spec, types = filter._spec.what
    if not _fits(filter.req, types):
        filter.remove()
        return
    filter._spec = spec
    spec.run(filter)


def _fits(req: Any, types: frozenset[str]) -> bool:
    media_type = (req._content_type or "").partition(";")[0].split()
    may = req._status == HTTP_OK or "filter-errordocs" in req.subprocess_env
    return bool(may and media_type and media_type[0] in types)


def _type_declines(spec: Spec, types: frozenset[str], req: Any, size: int | None) -> bool:
    """Whether an answer is of another type, or the filter itself leaves it alone."""
    return not _fits(req, types) or (spec.declines is not None and spec.declines(req, size))
