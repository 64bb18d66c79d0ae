"""The tree of directives into a frozen site.

Law: a site is read whole or not at all, and frozen. How directives take effect stands in taking.py, what containers do
in section_containers.py.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from modpy_wsgi.config.directives import core, mime
from modpy_wsgi.config.envvars import read_envvars
from modpy_wsgi.config.every_settings import every_settings
from modpy_wsgi.config.filters_used import check_filters, registered
from modpy_wsgi.config.model import Host, Settings, Site, Where
from modpy_wsgi.config.override import Rules
from modpy_wsgi.config.parser import Node, Reader, Tree, tree_of
from modpy_wsgi.config.place import Place, Warn
from modpy_wsgi.config.refusal import Wrong, refuse
from modpy_wsgi.config.section_containers import CONTAINERS, names_of
from modpy_wsgi.config.taking import walk

__all__ = ["load_site", "load_text", "settings_of", "site_of"]


def settings_of(
    nodes: Iterable[Node],
    *,
    directory: str,
    server_root: str,
    rules: Rules,
    warn: Warn,
    wrong: Wrong = refuse,
    traced: bool = False,
) -> Settings:
    """The settings of a .htaccess in `directory`, given its directives. Raises ConfigError."""
    place = Place(
        Where.HTACCESS,
        "",
        CONTAINERS,
        server_root,
        warn,
        values={},
        sections=[],
        hosts=[],
        directory=directory,
        rules=rules,
        wrong=wrong,
        traced=traced,
    )
    walk(nodes, place)
    mime.complete(place.values)
    return Settings(place.values)


# httpd acts on these while it reads, and keeps no trace of them in the tree that apache.config_tree() shows.
_READ_AND_GONE = frozenset({"DefaultRuntimeDir", "LoadFile", "LoadModule", "ServerRoot"})


def site_of(tree: Tree, *, wrong: Wrong = refuse, traced: bool = False) -> Site:
    """The site that a tree of directives describes. Raises ConfigError.

    `wrong` and `traced` as for `load_site`.
    """
    warnings = list(tree.warnings)
    place = Place(
        Where.SERVER,
        "",
        CONTAINERS,
        tree.names.server_root,
        warnings.append,
        values={},
        sections=[],
        hosts=[],
        wrong=wrong,
        traced=traced,
    )
    walk(tree.nodes, place)
    mime.complete(place.values, server=True)
    place.values[core.SERVER_ROOT] = tree.names.server_root
    names, wild = names_of(place.values)
    main = Host(Settings(place.values), tuple(place.sections), (), names, wild)
    filters = registered(main, *place.hosts)
    for settings in every_settings(main, *place.hosts):
        check_filters(settings, filters, wrong)
    for host in (main, *place.hosts):
        root = host.settings[core.DOCUMENT_ROOT]
        if root is not None and not os.path.isdir(root):
            warnings.append(f"DocumentRoot '{root}' is not a directory, or is not readable")
        types = host.settings[mime.TYPES_CONFIG]
        if mime.TYPES_CONFIG in host.settings and not os.path.isfile(types):
            warnings.append(f"TypesConfig '{types}' is not there: the types that Python knows are used")
    return Site(
        main=main,
        hosts=tuple(place.hosts),
        files=tree.files,
        defines=tree.names.defines,
        warnings=tuple(warnings),
        tree=tuple(node for node in tree.nodes if node.name not in _READ_AND_GONE),
        names=tree.names._replace(traced=traced, filters=filters),
    )


def load_site(
    path: str | os.PathLike[str],
    *,
    defines: Iterable[str] = (),
    server_root: str | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
    wrong: Wrong = refuse,
    traced: bool = False,
) -> Site:
    """Reads a configuration from its main file (and Debian's `envvars` beside it).

    `defines` are httpd's -D, `before` and `after` the directives of -C and -c, `server_root` its -d.
    Raises ConfigError. To tell of a site, and not to serve it: `wrong` is given each error in the place of raising it,
    and with `traced` all settings hold DECISIONS (decisions.py).
    """
    path = str(Path(path).absolute())
    folder = posixpath.dirname(path)
    if server_root is None:
        # <root>/conf/httpd.conf is where httpd looks by itself; Debian's apache2.conf stands in the root.
        server_root = posixpath.dirname(folder) if posixpath.basename(folder) == "conf" else folder
    environ = dict(os.environ)
    warnings: list[str] = []
    environ.update(read_envvars(posixpath.join(folder, "envvars"), environ, warnings.append))
    reader = Reader(server_root=server_root, defines=set(defines), variables=environ, warnings=warnings, wrong=wrong)
    nodes = reader.text("\n".join(before), "-C directive")
    nodes += reader.file(path)
    nodes += reader.text("\n".join(after), "-c directive")
    return site_of(tree_of(reader, nodes), wrong=wrong, traced=traced)


def load_text(
    text: str,
    *,
    file: str = "<text>",
    server_root: str = "/",
    defines: Iterable[str] = (),
) -> Site:
    """Reads a configuration given as text. Raises ConfigError."""
    reader = Reader(server_root=server_root, defines=set(defines), variables=dict(os.environ))
    return site_of(tree_of(reader, reader.text(text, file)))
