"""Applications from what administrators and developers have: an Apache configuration, or a folder and a handler."""

from __future__ import annotations

import os
from collections.abc import Iterable

from .app import WSGI, Application
from .config.lexer import quote
from .config.load import load_site, site_of
from .config.parser import Reader, tree_of
from .config.sections import literal
from .errors import ConfigError

__all__ = ["from_httpd_conf", "make_app"]


def from_httpd_conf(
    path: str | os.PathLike[str],
    *,
    defines: Iterable[str] = (),
    fallback: WSGI | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Application:
    """An Application from an Apache configuration.

    `path` is the httpd.conf, `defines` are the names of `-D`, `before` and `after` directives as httpd's `-C` and `-c`
    take them. Raises ConfigError (with file and line) and OSError.
    """
    site = load_site(os.fspath(path), defines=tuple(defines), before=tuple(before), after=tuple(after))
    return Application(site, fallback=fallback)


def make_app(
    root: str | os.PathLike[str],
    *,
    handler: str,
    options: dict[str, str] | None = None,
    debug: bool = False,
    auto_reload: bool = True,
    fallback: WSGI | None = None,
) -> Application:
    """An Application for one directory and one handler, without an Apache configuration.

    `handler` is what PythonHandler takes ("module", "module::object"), `options` are PythonOptions. Every URL is
    answered by the handler, as under SetHandler. Raises ConfigError.
    """
    directory = os.path.abspath(os.fspath(root))
    lines = [
        f"DocumentRoot {_quoted(directory)}",
        f"<Directory {_quoted(literal(directory))}>",
        "SetHandler mod_python",
        f"PythonHandler {handler}",
        f"PythonDebug {'On' if debug else 'Off'}",
        f"PythonAutoReload {'On' if auto_reload else 'Off'}",
        *[f"PythonOption {_quoted(key)} {_quoted(value)}" for key, value in (options or {}).items()],
        "</Directory>",
        '<FilesMatch "^\\.ht">',
        "Require all denied",
        "</FilesMatch>",
    ]
    if not handler.strip() or "\n" in handler or handler.endswith("\\"):
        raise ConfigError(f"no handler: {handler!r}")
    if not os.path.isdir(directory):
        raise ConfigError(f"no directory: {directory!r}")
    reader = Reader(server_root=directory)  # which knows no variables: what looks like one is meant as it stands
    site = site_of(tree_of(reader, reader.text("\n".join(lines), "<make_app>")))
    return Application(site, fallback=fallback)


def _quoted(text: str) -> str:
    if "\n" in text or "\r" in text or "\0" in text:
        raise ConfigError(f"a line break or NUL in {text!r}")
    return quote(text)
