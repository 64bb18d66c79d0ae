"""mod_dav and its stores."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *accepted(
        "off",
        "nothing can be written over HTTP",
        """
        Dav 1 directory
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning where Dav is off",
        """
        DavBasePath      1    directory
        DavDepthInfinity flag conf
        DavGenericLockDB 1    directory
        DavLockDB        1    server
        DavLockDiscovery flag conf
        DavMinTimeout    1    conf
        """,
    ),
)
