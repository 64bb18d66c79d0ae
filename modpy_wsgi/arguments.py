"""Calling a site's function with the fields of a form (manual 6.1.2, reference section 7: util.apply_fs_data).

Law: a field never replaces an argument that the server gives (`req`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from .config.cache import Bounded

if TYPE_CHECKING:
    from .forms import FieldStorage

__all__ = ["apply_fs_data", "call_with_fields", "code_of"]

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
        init = getattr(function, "__init__", None)
        return (init.__code__, True) if isinstance(init, FunctionType) else (None, False)
    call = getattr(type(function), "__call__", None)  # noqa: B004 - the method itself is wanted
    return (call.__code__, True) if isinstance(call, FunctionType) else (None, False)


def apply_fs_data(function: Callable[..., Any], fs: FieldStorage, /, **given: Any) -> Any:
    """Call `function` with those fields of `fs` that it has parameters for; with `**kw` it gets all of them.

    A field that was sent once is passed as its value (a file as its Field), one sent several times as a list. `given`
    are arguments of the caller's, passed where there is a parameter for them. Returns what the function returns.
    """
    return call_with_fields(function, fs, given)


def call_with_fields(function: Callable[..., Any], fs: FieldStorage, given: dict[str, Any]) -> Any:
    """The same, with what is given as a dict."""
    code, bound = (function.__code__, False) if type(function) is FunctionType else code_of(function)
    if code is None:
        return function()
    kept = _known.get((id(code), bound))
    _, positional, named, takes_all = kept if kept is not None and kept[0] is code else _learn(code, bound)
    fields = _values(fs)
    fields.update(given)
    if positional:
        args = []
        for name in positional:
            if name not in fields:
                break  # parameters behind it cannot be given either
            args.append(fields.pop(name))
        function = partial(function, *args)
    if takes_all:
        return function(**fields)
    chosen = {}
    for name in named:
        if name in fields:
            chosen[name] = fields[name]
    return function(**chosen)


def _values(fs: FieldStorage) -> dict[str, Any]:
    """The fields by name: a value, or a list of them."""
    fields: dict[str, Any] = {}
    repeated: set[str] | None = None
    entries: Any = getattr(fs, "_entries", None)  # not made into fields yet; a form may be a look-alike, too
    for entry in fs.list if entries is None else entries:
        if type(entry) is tuple:
            name, value = entry
        else:
            name = entry.name
            value = entry.value if entry.filename is None else entry
        if name not in fields:
            fields[name] = value
        elif repeated is not None and name in repeated:
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
            repeated = {name} if repeated is None else repeated | {name}
    return fields


_Parameters = tuple[CodeType, tuple[str, ...], tuple[str, ...], bool]


def _learn(code: CodeType, bound: bool) -> _Parameters:
    """Keep of a code: the names of the parameters that go by position only, of those that can be named, without `self`;
    and whether it takes all others as well (**kw)."""
    first = 1 if bound else 0
    names = code.co_varnames
    positional = names[first : code.co_posonlyargcount]
    named = names[max(first, code.co_posonlyargcount) : code.co_argcount + code.co_kwonlyargcount]
    return _known.replace((id(code), bound), (code, positional, named, bool(code.co_flags & _VARIADIC_KEYWORDS)))


# Python makes a new tuple of a code's names each time that it is asked for them.
_known: Bounded[tuple[int, bool], _Parameters] = Bounded()
