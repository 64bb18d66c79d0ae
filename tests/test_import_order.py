"""Law 1 of the design: imports run one way. Read from the sources, so that nothing hides in a branch or a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("modpy_wsgi", "mod_python", "_apache")

# From the bottom to the top; a module may import from its own layer and from those before it. Names stand for
# modules and for packages with all that is in them.
LAYERS: dict[str, tuple[str, ...]] = {
    "words": ("_version", "constants", "errors", "phases", "current", "locks", "_fast"),
    "tools": (
        *("accept", "environ", "finfo", "log", "log_pipe", "log_syslog", "log_targets", "markup", "members"),
        *("known_files", "own_files", "preconditions", "stamps", "stream", "validators"),
    ),
    "configuration": ("config", "httpd_names", "processing"),
    "modules of the site": (
        *("import_statements", "import_traceback", "importer", "interpreter", "interpreter_ground"),
        *("interpreters", "module_space", "reload"),
        *("site_finder", "site_loaders", "site_path", "site_sys", "stand_in"),
    ),
    "objects": (
        *("server", "connection", "hlist", "cgi_variables", "challenge", "basic_auth", "wsgi_gateway"),
        *("global_locks", "lock_files", "redis_client", "redis_locks", "raw_connection", "past_http"),
        *("response", "header_rules", "signature"),
        *("request", "request_state", "request_head", "request_members", "request_body", "request_output"),
        "request_methods",
    ),
    "dispatch": ("interpreter_names", "dispatch", "connection_dispatch"),
    "filters": ("filters",),
    "the server's share": ("httpd", "plan", "completion", "delivery", "locate", "redirects", "subrequests", "cgi"),
    "standard handlers": (
        *("arguments", "forms", "handlers", "psp", "util", "ssi"),
        *("cookie_text", "cookie_signing", "cookies", "python2_marshal", "session"),
    ),
    "application": ("app", "factory", "__init__"),
    "around it": ("testing", "serving", "wsgi", "apache", "httpdconf", "basic_config"),
    "before migrating": ("check", "explain"),
    "command line": ("cli", "__main__"),
    "names of mod_python": ("mod_python", "_apache"),
}
RANK = {name: rank for rank, names in enumerate(LAYERS.values()) for name in names}


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    found: dict[str, Path] = {}
    for package in PACKAGES:
        for path in [*(ROOT / package).rglob("*.py"), *(ROOT / package).rglob("*.pyx"), *ROOT.glob(f"{package}.py")]:
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import that can run: those of functions too, those for type checkers not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and is_type_checking(child.test):
            for other in child.orelse:
                yield from statements(ast.Module([other], []))
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        else:
            yield from statements(child)


def imported(name: str, source: str, is_package: bool) -> set[str]:
    """The project's modules that a module imports."""
    found: set[str] = set()
    package = name if is_package else name.rpartition(".")[0]
    for statement in statements(ast.parse(source)):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        else:
            base = statement.module or ""
            if statement.level:
                above = package.split(".")[: len(package.split(".")) - statement.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in statement.names)]
            # `from . import x` names the package only to reach a module in it.
            if any(each in MODULES for each in names[1:]):
                names = [each if each in MODULES else base for each in names[1:]]
        found |= {each for each in names if each in MODULES}
    return found - {name}


IMPORTS = {
    name: imported(name, path.read_text(), path.name == "__init__.py")
    for name, path in MODULES.items()
    if path.suffix == ".py"
}


def rank(name: str) -> int:
    """The layer of a module."""
    first, _, rest = name.partition(".")
    word = rest.partition(".")[0] or "__init__" if first == "modpy_wsgi" else first
    assert word in RANK, f"{name} stands in no layer: give it one"
    return RANK[word]


@pytest.mark.parametrize("name", IMPORTS)
def test_imports_run_one_way(name: str) -> None:
    names = list(LAYERS)
    upwards = {
        f"{other} ({names[rank(other)]})": f"{name} ({names[rank(name)]})"
        for other in IMPORTS[name]
        if rank(other) > rank(name)
    }
    assert not upwards


def test_no_circle() -> None:
    """Within a layer there is an order as well: nothing imports itself by way of others."""
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in sorted(IMPORTS.get(name, ())):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(IMPORTS):
        visit(name, ())


def test_compiled_code_knows_nothing_of_the_project_but_its_errors() -> None:
    for path in (ROOT / "modpy_wsgi/_fast").iterdir():
        if path.suffix in (".py", ".pyx", ".pxd", ".pyi"):
            lines = [line.split() for line in path.read_text().splitlines()]
            named = {words[1] for words in lines if len(words) > 1 and words[0] in ("from", "import", "cimport")}
            foreign = {name for name in named if name.startswith(("..", "modpy_wsgi"))}
            known = ("modpy_wsgi._fast.", "modpy_wsgi.errors", "..errors")
            assert not [name for name in foreign - {"modpy_wsgi._fast"} if not name.startswith(known)], path


def test_the_names_of_mod_python_hold_no_logic() -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    for name in MODULES:
        if not name.startswith("modpy_wsgi"):
            tree = ast.parse(MODULES[name].read_text())
            assert all(isinstance(node, allowed) for node in tree.body), name
            assert not [node for node in ast.walk(tree) if isinstance(node, (ast.Call, ast.Lambda))], name


# The test is tested.

SOURCES = {
    "relative": ("from .config import model", {"modpy_wsgi.config.model"}),
    "a name of a module": ("from .errors import ConfigError", {"modpy_wsgi.errors"}),
    "a sibling": ("from . import constants, errors", {"modpy_wsgi.constants", "modpy_wsgi.errors"}),
    "the package": ("from . import Application", {"modpy_wsgi"}),
    "absolute": ("import modpy_wsgi.config.load", {"modpy_wsgi.config.load"}),
    "in a function": ("def f():\n    from .app import Application", {"modpy_wsgi.app"}),
    "in a branch": ("try:\n    pass\nexcept OSError:\n    import modpy_wsgi.app", {"modpy_wsgi.app"}),
    "for type checkers": ("if TYPE_CHECKING:\n    from .app import Application", set()),
    "otherwise": ("if TYPE_CHECKING:\n    pass\nelse:\n    from .app import Application", {"modpy_wsgi.app"}),
    "the standard library": ("import os\nfrom email import utils", set()),
}


@pytest.mark.parametrize(("source", "wanted"), SOURCES.values(), ids=SOURCES)
def test_imports_are_found(source: str, wanted: set[str]) -> None:
    assert imported("modpy_wsgi.somewhere", source, False) == wanted


def test_every_module_is_looked_at() -> None:
    assert {"modpy_wsgi.app", "modpy_wsgi", "mod_python.apache", "_apache", "modpy_wsgi._fast.table"} <= set(MODULES)
    assert len(IMPORTS) > 80
