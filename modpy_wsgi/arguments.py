"""Calling a site's function with the fields of a form (manual 6.1.2, reference section 7: util.apply_fs_data).

Law: a field never replaces an argument that the server gives (`req`).
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from types import CodeType, FunctionType, MethodType, MethodWrapperType
from typing import TYPE_CHECKING, Any

from ._fast.query import by_name
from .config.cache import Bounded

if TYPE_CHECKING:
    from .forms import FieldStorage

__all__ = [
    "Parameters",
    "apply_fs_data",
    "call",
    "called_for",
    "can_be_called",
    "code_of",
    "fields_of",
    "parameters_of",
]

_VARIADIC_KEYWORDS = 0x08  # CO_VARKEYWORDS


def code_of(function: Any) -> tuple[CodeType | None, bool]:
    """The code that runs when `function` is called, and whether its first argument is given already (self).

    None for what has no Python code: builtins, classes written in C.
    """
    if isinstance(function, FunctionType):
        return function.__code__, False
    if isinstance(function, MethodType):
        return code_of(function.__func__)[0], True
    if isinstance(function, type):
        making = type(function).__call__
        if isinstance(making, FunctionType):  # of a metaclass
            return making.__code__, True
        init = getattr(function, "__init__", None)
        return (init.__code__, True) if isinstance(init, FunctionType) else (None, False)
    call = _call_of(function)
    return code_of(call) if isinstance(call, MethodType) else (None, False)


def can_be_called(thing: Any) -> bool:
    """Whether it can be: as its class says, or by a `__call__` of its own, as old classes had it (see called_for)."""
    return callable(thing) or callable(_call_of(thing))


def called_for(thing: Any, ask: Callable[[Any], object] | None = None) -> Any:
    """What is called for it: itself, or a `__call__` that is no method of it, be it in the object or in its class.

    With that sites make trees of objects and functions, and give each place in them a page. `ask` is called with each
    object on the way behind the first, and raises what is to stop it.
    """
    for _ in range(_DEEPEST):
        if isinstance(thing, _CALLED_ITSELF):
            break
        call = _call_of(thing)
        if call is None or isinstance(call, (MethodType, MethodWrapperType)):
            break
        thing = call
        if ask is not None:
            ask(thing)
    return thing


def _call_of(thing: Any) -> Any:
    """Its `__call__`, in the object or in its class; None if it has none, whatever its `__getattr__` says to that."""
    try:
        return getattr(thing, "__call__", None)  # noqa: B004 - one of its own is looked for
    except Exception:  # `__getattr__ = dict.__getitem__` makes rows of a database objects, and raises KeyError
        return None


_CALLED_ITSELF = (FunctionType, MethodType, type)
_DEEPEST = 100  # one may be its own


def apply_fs_data(function: Callable[..., Any], fs: FieldStorage, /, **given: Any) -> Any:
    """Call `function` with those fields of `fs` that it has parameters for; with `**kw` it gets all of them.

    A field that was sent once is passed as its value (a file as its Field), one sent several times as a list. `given`
    are arguments of the caller's, passed where there is a parameter for them. Returns what the function returns.
    """
    function = called_for(function)
    parameters = parameters_of(function)
    if parameters is None:
        return function()
    fields = fields_of(fs)
    fields.update(given)
    return call(function, parameters, fields)


def call(function: Callable[..., Any], parameters: Parameters, fields: dict[str, Any]) -> Any:
    """Call a function that has these parameters with those fields that there is one for. The dict is used up."""
    if parameters.all_of is not None and len(fields) >= len(parameters.by_position):
        try:
            every = parameters.all_of(fields)
        except KeyError:
            pass
        else:
            return function(*every)
    args = _by_position(parameters, fields)
    if fields and not parameters.takes_all:
        fields = {name: fields[name] for name in parameters.named if name in fields}
    return function(*args, **fields)


def _by_position(parameters: Parameters, fields: dict[str, Any]) -> list[Any]:
    """The arguments that are given by position, taken out of the fields; those behind a missing one cannot be."""
    args = []
    for name in parameters.by_position:
        if name not in fields:
            break
        args.append(fields.pop(name))
    return args


def fields_of(fs: FieldStorage) -> dict[str, Any]:
    """The fields by name: a value, or a list of them."""
    try:
        entries: Any = fs._entries  # not made into fields yet
    except AttributeError:  # a form may be a look-alike, too
        entries = None
    if entries is None:
        entries = fs.list
    try:
        return by_name(entries)
    except TypeError:  # not all of them are names and values
        return by_name([entry if type(entry) is tuple else _pair(entry) for entry in entries])


def _pair(field: Any) -> tuple[str, Any]:
    """The name of a field, and its value; a file is a value of its own."""
    return field.name, field.value if field.filename is None else field


class Parameters:
    """How a function of this code is called, without the argument that is given already (self)."""

    __slots__ = ("all_of", "by_position", "code", "named", "takes_all")

    def __init__(self, code: CodeType, bound: bool, direct: bool) -> None:
        """`direct`: what is called is what the code says; a class passes on what it is called with as it likes."""
        first = 1 if bound else 0
        names = code.co_varnames
        self.code = code
        self.by_position = names[first : code.co_argcount if direct else code.co_posonlyargcount]
        self.named = names[max(first, code.co_posonlyargcount) : code.co_argcount + code.co_kwonlyargcount]
        self.takes_all = bool(code.co_flags & _VARIADIC_KEYWORDS)
        # Takes all at once that are given by position, if no other is given: most often all of them are there.
        only_these = direct and not (self.takes_all or code.co_kwonlyargcount)
        self.all_of = _taker(self.by_position) if only_these else None


def _taker(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]] | None:
    """What takes all of these out of a dict at once. Raises KeyError."""
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda fields: (fields[names[0]],)) if names else None


def parameters_of(function: Callable[..., Any]) -> Parameters | None:
    """Those of what is called; None if it has no Python code."""
    if type(function) is FunctionType:
        code = function.__code__
        kept = _of_functions.get(id(code))
        return kept if kept is not None and kept.code is code else _learn(code, False, True)
    found, bound = code_of(function)
    if found is None:
        return None
    direct = isinstance(function, MethodType) and isinstance(function.__func__, FunctionType)
    kept = _of_others.get((id(found), bound, direct))
    return kept if kept is not None and kept.code is found else _learn(found, bound, direct)


def _learn(code: CodeType, bound: bool, direct: bool) -> Parameters:
    """Keep what a code says."""
    parameters = Parameters(code, bound, direct)
    if direct and not bound:
        return _of_functions.replace(id(code), parameters)
    return _of_others.replace((id(code), bound, direct), parameters)


# By their code, which they hold, so that no other can have its id. Python makes a new tuple of a code's names each time
# that it is asked for them.
_of_functions: Bounded[int, Parameters] = Bounded()
_of_others: Bounded[tuple[int, bool, bool], Parameters] = Bounded()
