"""Every directive that httpd 2.2 and 2.4 know, one table per module (or per family of modules that we leave alone).

Law: a name stands in exactly one table, in one of the three kinds (model.Kind); a name in none of them is no directive.
"""

from __future__ import annotations

from types import ModuleType

from modpy_wsgi.config.directives import (
    access_compat,
    alias,
    allowmethods,
    auth_basic,
    auth_digest,
    authentication,
    authn_anon,
    authn_core,
    authn_file,
    authz_core,
    authz_groupfile,
    authz_host,
    authz_owner,
    authz_user,
    autoindex,
    cache,
    cgi,
    containers,
    core,
    dav,
    dir,  # noqa: A004 - Apache's name of the module
    env,
    expires,
    filters,
    headers,
    include,
    log_config,
    logs,
    lua,
    macro,
    mapping,
    mime,
    mpm,
    negotiation,
    proxy,
    python,
    remoteip,
    rewrite,
    session,
    setenvif,
    tls,
    transport,
    userdir,
)
from modpy_wsgi.config.model import Row

__all__ = ["ALL", "BUILT_IN", "MPM_MODULES", "nearest", "tables"]

_TABLES: tuple[ModuleType, ...] = (
    access_compat,
    alias,
    allowmethods,
    auth_basic,
    auth_digest,
    authentication,
    authn_anon,
    authn_core,
    authn_file,
    authz_core,
    authz_groupfile,
    authz_host,
    authz_owner,
    authz_user,
    autoindex,
    cache,
    cgi,
    containers,
    core,
    dav,
    dir,
    env,
    expires,
    filters,
    headers,
    include,
    log_config,
    logs,
    lua,
    macro,
    mapping,
    mime,
    mpm,
    negotiation,
    proxy,
    python,
    remoteip,
    rewrite,
    session,
    setenvif,
    tls,
    transport,
    userdir,
)


def _collect() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for table in _TABLES:
        for row in table.ROWS:
            name = row.name.lower()
            if name in rows:
                raise AssertionError(f"{row.name} stands in two tables")
            rows[name] = row
    return rows


ALL: dict[str, Row] = _collect()  # by lower-case name; containers start with "<"

# The modules whose directives are implemented here: <IfModule> holds for them without a LoadModule.
BUILT_IN: frozenset[str] = frozenset(name for table in _TABLES for name in getattr(table, "MODULES", ()))

MPM_MODULES = frozenset(
    f"mpm_{name}_module" for name in ("prefork", "worker", "event", "itk", "peruser", "winnt", "motorz", "simple")
)


def tables() -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """The tables as (a module's file as httpd names it, rows)."""
    found: list[tuple[str, tuple[Row, ...]]] = []
    for table in _TABLES:
        name = table.__name__.rpartition(".")[2]
        files = [each for each in getattr(table, "MODULES", ()) if each.endswith(".c")]
        found.append((files[0] if files else f"mod_{name}.c", table.ROWS))
    return tuple(found)


def nearest(name: str) -> str | None:
    """The known directive whose name is most alike, or None if none is."""
    import difflib  # for who has mistyped something

    found = difflib.get_close_matches(name.lower(), ALL, n=1, cutoff=0.7)
    return ALL[found[0]].name if found else None
