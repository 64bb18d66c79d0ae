"""What `modpy-httpd` shows: -v, -V, -l, -L of the program, and -S, -M and the other dumps of a configuration.

Law: httpd's form, which scripts read, filled with what is true here.
"""

from __future__ import annotations

import grp
import ipaddress
import os
import pwd
import struct
import sys
from collections.abc import Callable, Iterator

from .._version import __version__
from ..config.directives import BUILT_IN, core, mpm, tables
from ..config.model import ANY_ADDRESS, Host, Override, Row, Site, Where
from ..httpd_names import HTTPD_VERSION_TEXT
from ..server import make_servers, mp_server

__all__ = ["LISTEN", "OF_PROGRAM", "OF_SITE"]

LISTEN = core.LISTEN
_NOBODY = 2**32 - 1
_PYTHON = sys.version.partition(" ")[0]


# -- the program ------------------------------------------------------------------------------------------------------


def _version() -> str:
    return (
        f"Server version: Apache/{HTTPD_VERSION_TEXT} compatible (modpy_wsgi {__version__})\n"
        f"Server built:   for Python {_PYTHON}\n"
    )


def _settings() -> str:
    try:
        from gunicorn import __version__ as gunicorn
    except ImportError:
        gunicorn = "(not installed)"
    return (
        f"{_version()}"
        f"Server loaded:  Python {_PYTHON}, gunicorn {gunicorn}\n"
        f"Architecture:   {struct.calcsize('P') * 8}-bit\n"
        "Server MPM:     gunicorn\n"
        "  threaded:     yes (variable thread count)\n"
        "    forked:     yes (fixed process count)\n"
        "Server compiled with....\n"
        ' -D DEFAULT_PIDLOG="logs/httpd.pid"\n'
        ' -D DEFAULT_ERRORLOG="logs/error_log"\n'
        ' -D SERVER_CONFIG_FILE="conf/httpd.conf"\n'
    )


def _compiled_in() -> str:
    names = sorted(name for name in BUILT_IN if name.endswith(".c"))
    return "Compiled in modules:\n" + "".join(f"  {name}\n" for name in names)


def _directives() -> str:
    lines: list[str] = []
    for module, rows in tables():
        for row in rows:
            lines.append(f"{row.name} ({module})\n\t{row.form}\n\tAllowed in {_allowed(row)}\n")
    return "".join(lines)


def _allowed(row: Row) -> str:
    inside, outside = bool(row.where & Where.DIRECTORY), bool(row.where & Where.RSRC)
    place = "anywhere" if inside and outside else f"only {'in' if inside else 'out'}side"
    places = "" if inside and outside else " <Directory>, <Files>, <Location>, or <If>"
    shown = f"*.conf {place}{places}"
    if not row.where & Where.HTACCESS:
        return shown
    classes = [each.name for each in Override if each.name and each in row.override and each is not Override.ALL]
    names = {"AUTHCONFIG": "AuthConfig", "FILEINFO": "FileInfo"}
    words = " or ".join(names.get(name, name.capitalize()) for name in classes if name)
    everything = row.override is Override.ALL or not words
    return f"{shown} and in .htaccess\n\twhen AllowOverride {'is not None' if everything else f'includes {words}'}"


OF_PROGRAM: dict[str, Callable[[], str]] = {"-v": _version, "-V": _settings, "-l": _compiled_in, "-L": _directives}


# -- a configuration --------------------------------------------------------------------------------------------------


def _hosts(site: Site) -> str:
    servers = dict(zip((id(host) for host in site.hosts), make_servers(site)[1:], strict=True))
    groups: dict[tuple[str, int | None], list[Host]] = {}
    for host in site.hosts:
        for address in host.addresses:
            name = "*" if address.host in ANY_ADDRESS else address.host
            groups.setdefault((name, address.port), []).append(host)
    lines = ["VirtualHost configuration:\n"]
    for (name, port), hosts in sorted(groups.items(), key=lambda item: _bucket(item[0][0])):
        lines += _group(name, port, hosts, servers)
    return "".join(lines)


def _bucket(address: str) -> int:
    """Where httpd has an address in its table, whose order is that of the dump; those for all come last."""
    try:
        packed = ipaddress.ip_address(address).packed
    except ValueError:
        return 256
    (key,) = struct.unpack("=I", packed[-4:])
    key ^= key >> 16
    return int((key >> 8 ^ key) % 256)


def _group(address: str, port: int | None, hosts: list[Host], servers: dict[int, mp_server]) -> Iterator[str]:
    shown = f"[{address}]" if ":" in address else address
    shown = f"{shown}:{'*' if port is None else port}"

    def name_of(host: Host) -> str:
        return f"{servers[id(host)].server_hostname} ({host.origin.file}:{host.origin.line})"

    if len(hosts) == 1:
        yield f"{shown:<22} {name_of(hosts[0])}\n"
        return
    yield f"{shown:<22} is a NameVirtualHost\n{'':8} default server {name_of(hosts[0])}\n"
    for host in hosts:
        yield f"{'':8} port {'*' if port is None else port} namevhost {name_of(host)}\n"
        server = servers[id(host)]
        for alias in server.names:
            yield f"{'':16} alias {alias}\n"
        for alias in server.wild_names:
            yield f"{'':16} wild alias {alias}\n"


def _run_settings(site: Site) -> str:
    settings = site.main.settings
    root = settings[core.SERVER_ROOT]
    values = [
        f'ServerRoot: "{root}"',
        f'Main DocumentRoot: "{settings[core.DOCUMENT_ROOT] or ""}"',
        f'Main ErrorLog: "{settings[core.ERROR_LOG] or ""}"',
        f'PidFile: "{settings[mpm.PID_FILE] or ""}"',
    ]
    for define in sorted(site.defines):
        value = site.names.variables.get(define)
        values.append(f"Define: {define}" if value is None else f"Define: {define}={value}")
    for what, name, number in (
        ("User", settings[mpm.USER], _number_of(settings[mpm.USER], lambda text: pwd.getpwnam(text).pw_uid)),
        ("Group", settings[mpm.GROUP], _number_of(settings[mpm.GROUP], lambda text: grp.getgrnam(text).gr_gid)),
    ):
        values.append(f'{what}: name="{name or "#-1"}" id={number}')
    return "".join(f"{value}\n" for value in values)


def _number_of(name: str | None, look_up: Callable[[str], int]) -> int:
    if name is None:
        return _NOBODY
    if name.startswith("#"):
        return int(name[1:]) if name[1:].isdigit() else _NOBODY
    try:
        return look_up(name)
    except KeyError:
        return _NOBODY


def _modules(site: Site) -> str:
    loaded = site.names.modules
    static = sorted(name for name in BUILT_IN if name.endswith("_module") and name not in loaded)
    shared = sorted(name for name in loaded if name.endswith("_module"))
    lines = [f" {name} (static)\n" for name in static] + [f" {name} (shared)\n" for name in shared]
    return "Loaded Modules:\n" + "".join(lines)


def _files(site: Site) -> str:
    read = [file for file in site.files if os.path.isfile(file)]
    return "Included configuration files:\n" + "".join(
        f"  {'(*) ' if not number else '    '}{file}\n" for number, file in enumerate(read)
    )


# By the name that -D asks for it with, in httpd's order.
OF_SITE: dict[str, Callable[[Site], str]] = {
    "DUMP_VHOSTS": _hosts,
    "DUMP_RUN_CFG": _run_settings,
    "DUMP_MODULES": _modules,
    "DUMP_INCLUDES": _files,
}
