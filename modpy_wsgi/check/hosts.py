"""The hosts of a site that is only looked at.

Law: as the application has them, but nothing is written to the site's logs.
"""

from __future__ import annotations

import os

from ..config.hosts import Hosts
from ..config.model import Site
from ..log import ErrorLog
from ..server import make_servers

__all__ = ["silent_hosts"]


def silent_hosts(site: Site) -> Hosts:
    """The main server and the virtual hosts; what they log goes nowhere."""
    hosts = Hosts(site)
    nowhere = ErrorLog(os.devnull)
    for host, server in zip((hosts.main, *hosts.virtual), make_servers(site, main_log=nowhere), strict=True):
        server._log = nowhere
        host.server = server
    return hosts
