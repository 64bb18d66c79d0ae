"""What the name of a filter stands for: a Python function of the site, or a filter that is built in.

Law: a filter is a callable that takes the filter object (filter.py), whoever wrote it. It is called again and again as
data flows: `filter.read()` gives what there is (b"" when that is used up, None at the end of the stream), and
`filter.write()`, `flush()` and `close()` hand on.

To build one in, add a row to `BUILT_IN`: name, stage, and "module:callable" for each direction. The module is imported
when a request first meets the name. What a built-in filter may use beyond the manual's members:

* any attribute that it sets on the filter object, which is the same for all calls of one answer (`filter.state` is None
  at first, for this);
* `filter.flushing`, true when who wrote wants what there is to be sent now. What a built-in filter has written is
  handed on at the end of the call, and flushed if that was asked for; so is the end of the stream, if it forgot;
* `filter.remove()`, which hands on everything as it is, now and from now on: for what is not to be filtered;
* `filter._at_end`, true when the next read() will give None;
* `filter._alone`, true where no code of the site's can run between what it reads;
* `filter.include(uri)`, which hands on what was written and then what a subrequest for `uri` answers;
* `filter.req`, whose headers may be changed until the first byte was handed on. Content-Length is seen to.

A fourth text in the row may name a function of the request and of the answer's length (None: not known) that says,
before anything flows, whether an answer is left alone: a file is then sent as if the filter were not there, with its
length and its ranges, and without being read here.

An exception is logged and ends the answer, as for Python filters. Within one answer there is no concurrency.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..config.directives import python
from ..dispatch import Call
from ..phases import INPUT_FILTER, OUTPUT_FILTER
from .flow import CONTENT_SET, RESOURCE
from .running import run_built_in, run_python

if TYPE_CHECKING:
    from ..config.directives.python import HandlerRef
    from ..request import mp_request

__all__ = ["BUILT_IN", "CONTENT_SET", "RESOURCE", "BuiltIn", "Spec", "find"]


class BuiltIn(NamedTuple):
    """A filter that is built in; None where there is none for a direction."""

    stage: int
    output: str | None = None
    input: str | None = None
    declines: str | None = None  # of an output filter: whether it leaves an answer alone whose head is known


BUILT_IN: dict[str, BuiltIn] = {
    "deflate": BuiltIn(
        CONTENT_SET,
        output="modpy_wsgi.filters.deflate:deflate",
        input="modpy_wsgi.filters.inflate:inflate_request",
        declines="modpy_wsgi.filters.deflate:declines",
    ),
    "includes": BuiltIn(RESOURCE, "modpy_wsgi.ssi:includes"),
    "inflate": BuiltIn(
        RESOURCE - 1,
        output="modpy_wsgi.filters.inflate:inflate_answer",
        declines="modpy_wsgi.filters.inflate:declines",
    ),
}


class Spec(NamedTuple):
    """What a name stands for: enough to make a filter object of it."""

    name: str
    stage: int
    run: Callable[[Any], None]  # calls `what` with the filter object, and sees to its errors
    what: Any  # a Call for the site's function, or the function itself
    handler: str = ""  # as configured
    directory: str | None = None
    is_python: bool = False
    declines: Callable[[Any, int | None], bool] | None = None


def find(req: mp_request, name: str, is_input: bool) -> Spec | None:
    """What `name` (in lower case) stands for, for this request; None if nothing does.

    Raises ImportError for a built-in filter whose module is missing.
    """
    own = req._own_filters
    if own is not None and (name, is_input) in own:
        spec: Spec = own[name, is_input]
        return spec
    settings = req._config.settings
    ref = settings[python.INPUT_FILTERS if is_input else python.OUTPUT_FILTERS].get(name)
    if ref is not None:
        return python_filter(name, ref, is_input, req._filename)
    built_in = BUILT_IN.get(name)
    where = None if built_in is None else built_in.input if is_input else built_in.output
    if built_in is None or where is None:
        return None
    declines = None if built_in.declines is None or is_input else _imported(built_in.declines)
    return Spec(name, built_in.stage, run_built_in, _imported(where), name, declines=declines)


def _imported(where: str) -> Callable[..., Any]:
    module, _, function = where.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def python_filter(name: str, ref: HandlerRef, is_input: bool, filename: str | None) -> Spec:
    """A filter of the site: the function `ref` names, under the name `name`."""
    call = Call.of(ref, INPUT_FILTER if is_input else OUTPUT_FILTER, filename)
    return Spec(name, RESOURCE, run_python, call, ref.name, call.directory, is_python=True)
