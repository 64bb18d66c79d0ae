"""mod_python: the directives of the manual's chapter 5, and those that later releases added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.patterns import Regex
from modpy_wsgi.config.values import joined, nothing, union
from modpy_wsgi.environ import encode

MODULES = ("python_module", "mod_python.c")


class HandlerRef(NamedTuple):
    """One handler of a Python*Handler directive."""

    name: str  # as written, "module" or "module::object"
    directory: str | None  # of the <Directory> or .htaccess it stands in, ends in "/"; None elsewhere and in <Location>
    silent: bool  # from PythonHandlerModule: no error if the module has no such function
    location: str | None  # of the <Location> it stands in, as written
    # Set where the directory is a pattern: what it finds in the path of the file (with a slash at the end) is the
    # directory, `directory` being the text of the pattern.
    pattern: Regex | None


class Import(NamedTuple):
    """A module that is imported when a worker starts."""

    module: str  # "module" or "module::function"
    interpreter: str
    origin: Origin


# By directive, with the extension that `|` limits it to: "PythonHandler", "PythonHandler.py".
HANDLERS: Setting[dict[str, tuple[HandlerRef, ...]]] = Setting("Python*Handler", {}, union)
# By the name that a filter is registered under, in lower case.
INPUT_FILTERS: Setting[dict[str, HandlerRef]] = Setting("PythonInputFilter", {}, union)
OUTPUT_FILTERS: Setting[dict[str, HandlerRef]] = Setting("PythonOutputFilter", {}, union)
PYTHON_CONFIG: Setting[dict[str, str]] = Setting("Python configuration", {}, union)  # as req.get_config() shows it
# "" takes an inherited value away. Names know no case, as in a table; one of the server's own is in lower case.
PYTHON_OPTIONS: Setting[dict[str, str]] = Setting("PythonOption", {}, lambda outer, inner: _overlaid(outer, inner))
PYTHON_IMPORTS: Setting[tuple[Import, ...]] = Setting("PythonImport", (), joined)

IMPORTER_PATH: Final = "mod_python.importer.path"  # the option that mod_python 3.3 had beside PythonPath
CONNECTION_HANDLER = "PythonConnectionHandler"  # of a server; takes its connections before anything is read of them

# PythonHandlerModule stands for all of these (observed in the original: not for connection handlers).
_MODULE_PHASES = (
    "PythonPostReadRequestHandler",
    "PythonTransHandler",
    "PythonHeaderParserHandler",
    "PythonAccessHandler",
    "PythonAuthenHandler",
    "PythonAuthzHandler",
    "PythonTypeHandler",
    "PythonFixupHandler",
    "PythonHandler",
    "PythonInitHandler",
    "PythonLogHandler",
    "PythonCleanupHandler",
)


def _handlers(keys: tuple[str, ...], *, silent: bool = False, extensions: bool = True) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, tuple[HandlerRef, ...]]:
        names, mark, limit = args[0].partition("|")
        suffixes = limit.split() if mark else [""]
        if mark and not extensions:
            raise ValueError("cannot be limited to extensions, as the file is not known yet")
        if not names.split():
            raise ValueError("no handler is named")
        if not suffixes:
            raise ValueError("no extension follows the '|'")
        refs = tuple(
            HandlerRef(name, origin.directory, silent, origin.location, origin.directory_pattern)
            for name in names.split()
        )
        result = dict(so_far or {})
        for key in keys:
            for suffix in suffixes:
                result[key + suffix] = result.get(key + suffix, ()) + refs
        return result

    return value


def _config(name: str) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, str]:
        return {**(so_far or {}), name: args[0]}

    return value


def _option(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, str]:
    name = args[0]
    if name.lower().startswith(_OWN):
        name = name.lower()
    if name == IMPORTER_PATH and len(args) == 2 and origin.htaccess:  # which may be allowed options, and no more
        raise ValueError(f"{IMPORTER_PATH} is not heeded in a .htaccess: use PythonPath")
    return _overlaid(so_far or {}, {name: args[1] if len(args) == 2 else ""})


_OWN = ("mod_python.", "modpy_wsgi.")


def _overlaid(outer: Mapping[str, str], inner: Mapping[str, str]) -> dict[str, str]:
    """Options on top of others, whose spelling stays where a name is spelled in two ways."""
    known = {encode(name).lower(): name for name in outer}  # of bytes, so of ASCII alone, as in a table
    return {**outer, **{known.get(encode(name).lower(), name): value for name, value in inner.items()}}


def _import(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Import, ...]:
    module, interpreter = args
    return (*(so_far or ()), Import(module, interpreter, origin))


def _filter(name: str, setting: Setting[dict[str, HandlerRef]]) -> Row:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, HandlerRef]:
        handler = args[0]
        known_as = (args[1] if len(args) == 2 else handler).lower()
        ref = HandlerRef(handler, origin.directory, False, origin.location, origin.directory_pattern)
        return {**(so_far or {}), known_as: ref}

    return Row(name, Args.TAKE12, Where.CONF, setting=setting, value=value, usage=f"{name} handler [name]")


def _phase(name: str) -> Row:
    return Row(
        name,
        Args.RAW,
        Where.ANY,
        Override.ALL,
        setting=HANDLERS,
        value=_handlers((name,)),
        usage=f"{name} handler ... [| .extension ...]",
    )


def _early_phase(name: str) -> Row:
    value = _handlers((name,), extensions=False)
    return Row(name, Args.RAW, Where.RSRC, setting=HANDLERS, value=value, usage=f"{name} handler ...")


def _setting(name: str, args: Args, usage: str) -> Row:
    return Row(
        name,
        args,
        Where.ANY,
        Override.ALL,
        setting=PYTHON_CONFIG,
        value=_config(name),
        usage=f"{name} {usage}",
    )


ROWS = (
    _early_phase(CONNECTION_HANDLER),
    _early_phase("PythonPostReadRequestHandler"),
    _early_phase("PythonTransHandler"),
    _phase("PythonHeaderParserHandler"),
    _phase("PythonInitHandler"),
    _phase("PythonAccessHandler"),
    _phase("PythonAuthenHandler"),
    _phase("PythonAuthzHandler"),
    _phase("PythonTypeHandler"),
    _phase("PythonFixupHandler"),
    _phase("PythonHandler"),
    _phase("PythonLogHandler"),
    _phase("PythonCleanupHandler"),
    Row(
        "PythonHandlerModule",
        Args.RAW,
        Where.ANY,
        Override.ALL,
        setting=HANDLERS,
        value=_handlers(_MODULE_PHASES, silent=True),
        usage="PythonHandlerModule module",
    ),
    _setting("PythonAutoReload", Args.FLAG, "On|Off"),
    _setting("PythonDebug", Args.FLAG, "On|Off"),
    _setting("PythonEnablePdb", Args.FLAG, "On|Off"),
    _setting("PythonInterpPerDirectory", Args.FLAG, "On|Off"),
    _setting("PythonInterpPerDirective", Args.FLAG, "On|Off"),
    _setting("PythonInterpreter", Args.TAKE1, "name"),
    _setting("PythonPath", Args.TAKE1, '"expression for the list of directories"'),
    Row(
        "PythonOption",
        Args.TAKE12,
        Where.ANY,
        Override.ALL,
        setting=PYTHON_OPTIONS,
        value=_option,
        usage="PythonOption key [value]",
    ),
    Row(
        "PythonImport",
        Args.TAKE2,
        Where.RSRC,
        setting=PYTHON_IMPORTS,
        value=_import,
        usage="PythonImport module interpreter",
    ),
    Row(
        "PythonOptimize",
        Args.FLAG,
        Where.RSRC,
        value=nothing,
        note="has no effect: whether Python optimizes is decided before the server runs (python -O, PYTHONOPTIMIZE)",
        usage="PythonOptimize On|Off",
    ),
    _filter("PythonInputFilter", INPUT_FILTERS),
    _filter("PythonOutputFilter", OUTPUT_FILTERS),
)
