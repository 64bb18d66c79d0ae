"""Which modules a source text imports: read from its statements, without running it.

Law: reading may name too much (a name that is no module), never run anything; what is only known at run time
(`import_module(name)` with a computed name) is not seen here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["imported_names"]

# Functions that import the module whose name they are given: importlib.import_module, apache.import_module, __import__.
_IMPORTING_FUNCTIONS = frozenset({"__import__", "import_module"})


def imported_names(source: str | bytes, name: str, *, is_package: bool) -> frozenset[str]:
    """Return the dotted names of all modules that a module may import, at its top level or inside its functions.

    In: the text of the module, its own dotted name, and whether it is a package (both needed for relative imports).
    Out: absolute dotted names with all their parents. `from pkg import x` names both `pkg` and `pkg.x`, since only the
    import itself knows whether x is a module. A text that does not parse imports nothing.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    package = name if is_package else name.rpartition(".")[0]
    names: set[str] = set()
    for dotted in _dotted_names(tree, package):
        parts = dotted.split(".")
        names.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    names.discard("")
    return frozenset(names)


def _dotted_names(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node.module or "", node.level, package)
            yield base
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names if alias.name != "*")
        elif isinstance(node, ast.Call) and node.args:
            function = node.func
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            argument = node.args[0]
            if (
                called in _IMPORTING_FUNCTIONS
                and isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
            ):
                bare = argument.value.lstrip(".")
                yield _absolute(bare, len(argument.value) - len(bare), package)


def _absolute(name: str, level: int, package: str) -> str:
    if not level:
        return name
    parts = package.split(".") if package else []
    base = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return ".".join([*base, name] if name else base)
