"""Modules that are not needed, and accepted where they are off: mod_vhost_alias, mod_speling, mod_ident."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *accepted(
        "none",
        "the name of the host is not made a directory",
        """
        VirtualDocumentRoot   1 server
        VirtualDocumentRootIP 1 server
        VirtualScriptAlias    1 server
        VirtualScriptAliasIP  1 server
        """,
    ),
    *accepted(
        "0",
        "misspelled names are not found",
        """
        CheckSpelling flag any       Options
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning where CheckSpelling is off",
        """
        CheckBasenameMatch flag any       Options
        CheckCaseOnly      flag any       Options
        """,
    ),
    *accepted(
        "0",
        "clients are not asked for the name of their user",
        """
        IdentityCheck flag conf
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning where IdentityCheck is off",
        """
        IdentityCheckTimeout 1 conf
        """,
    ),
)
