"""One .htaccess file into settings.

Law: nothing of it holds unless all of it could be followed; whoever asks must deny access on any error.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from modpy_wsgi.config.directives import core
from modpy_wsgi.config.directives.options import Nonfatal
from modpy_wsgi.config.filters_used import check_filters
from modpy_wsgi.config.lexer import MAX_HTACCESS_LINE, decode
from modpy_wsgi.config.load import settings_of
from modpy_wsgi.config.model import Names, Override, Settings
from modpy_wsgi.config.override import Rules
from modpy_wsgi.config.parser import Node, Reader, read_file
from modpy_wsgi.config.refusal import Wrong, refuse
from modpy_wsgi.errors import ConfigError

__all__ = ["MAX_FILE", "htaccess_nodes", "parse_htaccess", "read_htaccess", "rules_of", "settings_of_htaccess"]

MAX_FILE = 16 * 1024 * 1024  # bytes; httpd has no limit, but it keeps nothing of what it reads. A million lines fit in


def read_htaccess(
    path: str,
    *,
    allow: Override,
    allow_list: frozenset[str] = frozenset(),
    allow_options: frozenset[str] | None = None,
    nonfatal: Nonfatal = Nonfatal.NONE,
    names: Names | None = None,
    warn: Callable[[str], None] = lambda line: None,
) -> Settings:
    """The settings of the file, under what AllowOverride and AllowOverrideList say there.

    `names` are those of the site (Site.names): modules, defines and variables that conditions and ${NAME} refer to.
    `warn` gets the lines for the error log. Raises ConfigError for what cannot be followed, and OSError if the file
    cannot be read (FileNotFoundError and NotADirectoryError if there is none).
    """
    return parse_htaccess(
        read_file(path, MAX_FILE + 1),
        path,
        rules=Rules(allow, allow_list, allow_options, nonfatal),
        names=names or Names(),
        warn=warn,
    )


def parse_htaccess(
    data: bytes, path: str, *, rules: Rules, names: Names, warn: Callable[[str], None], wrong: Wrong = refuse
) -> Settings:
    """The same for a file already read, one byte more of it than may be at most."""
    if len(data) > MAX_FILE:
        raise ConfigError(f"larger than {MAX_FILE} bytes", path)
    nodes = htaccess_nodes(data, path, names=names, warn=warn, wrong=wrong)
    return settings_of_htaccess(nodes, path, rules=rules, names=names, warn=warn, wrong=wrong)


def rules_of(settings: Settings) -> Rules:
    """What the settings of a directory allow in its .htaccess."""
    return Rules(
        settings[core.ALLOW_OVERRIDE],
        settings[core.ALLOW_OVERRIDE_LIST],
        settings[core.ALLOW_OPTIONS],
        settings[core.NONFATAL],
    )


def htaccess_nodes(
    data: bytes, path: str, *, names: Names, warn: Callable[[str], None], wrong: Wrong = refuse
) -> list[Node]:
    """The directives of a file already read, as they stand."""
    reader = Reader(
        server_root=names.server_root,
        defines=set(names.defines),
        variables=dict(names.variables),
        modules=set(names.modules),
        line_limit=MAX_HTACCESS_LINE,
        on_read_allowed=False,
        wrong=wrong,
    )
    nodes = reader.text(decode(data), path)
    for line in reader.warnings:
        warn(line)
    return nodes


def settings_of_htaccess(
    nodes: list[Node], path: str, *, rules: Rules, names: Names, warn: Callable[[str], None], wrong: Wrong = refuse
) -> Settings:
    """What the directives of a file set."""
    folder = posixpath.dirname(path)
    try:
        settings = settings_of(
            nodes,
            directory=folder.rstrip("/") + "/",
            server_root=names.server_root,
            rules=rules,
            warn=warn,
            wrong=wrong,
            traced=names.traced,
        )
        check_filters(settings, names.filters, wrong)
        return settings
    except RecursionError:
        raise ConfigError("nested too deeply", path) from None
