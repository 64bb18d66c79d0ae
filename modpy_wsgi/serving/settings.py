"""What the configuration asks of the server: a Site in, a ServingPlan out.

Law: pure. Nothing is opened, looked up or printed here; what could not be followed to the letter stands in `notes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..config.directives import core, mpm, tls
from ..config.directives import python as python_directives
from ..config.model import Host, Setting, Site
from ..errors import ConfigError
from ..processing import PREFORK_PROCESSES, THREADED_PROCESSES
from .listeners import EVERY_IPV4, Carries, carries_handlers, leads_to_tls, listeners

__all__ = ["DEFAULT_BIND", "LOOPBACK", "MODULE", "ONE_PROCESS", "Overrides", "ServingPlan", "bind_address", "plan"]

LOOPBACK = "127.0.0.1"
DEFAULT_BIND = f"{LOOPBACK}:8000"  # httpd refuses to start without Listen; a trial run should not

# One worker waits for the disk or the database while another computes: two for each processor, and one. The bound
# keeps a large machine from starting more interpreters than a site of this age is likely to need; StartServers asks
# for more.
WORKERS_PER_CPU = 2
AUTOMATIC_WORKERS_MOST = 16

THREADS_MOST = 64  # httpd's ThreadLimit

GRACEFUL_SECONDS = 30  # httpd waits for ever, which no service manager does
NO_LIMIT = 2**31 - 1

ONE_PROCESS = frozenset({"ONE_PROCESS", "DEBUG"})  # httpd's -X defines the latter

REQUEST_LINE_MOST = 8190  # gunicorn accepts no longer one

MODULE = "mpm_gunicorn"  # by which LogLevel and the lines of the error log name the server's own messages

# APLOG_* -> the names gunicorn knows
LOG_LEVELS = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")


class Overrides(NamedTuple):
    """What the command line says instead of the configuration; empty or None leaves the configuration's word."""

    binds: tuple[str, ...] = ()
    workers: int | None = None
    threads: int | None = None
    tls: bool = False  # whether listeners for https are opened; else the front server ends TLS


AS_CONFIGURED = Overrides()


class ServingPlan(NamedTuple):
    """How a site is to be served. Times are in seconds, sizes in bytes."""

    binds: tuple[str, ...]  # "host:port", "[v6]:port" or "unix:/path"
    workers: int  # for requests; 0 where all addresses are for connection handlers
    threads: int  # of each worker; 1 keeps code that is not thread-safe alone in its process
    for_handlers: int  # further workers, for the connections of a PythonConnectionHandler: 1 or 0
    single: bool  # one worker, one request at a time, in the foreground: for a debugger
    timeout: int  # how long a client may stay silent; 0: for ever
    keepalive: int  # how long a connection waits for its next request; 0: closed after each
    graceful_timeout: int  # how long running requests may take to end at a stop or reload
    max_requests: int  # a worker is replaced after so many; 0: never
    limit_request_line: int
    limit_request_fields: int
    limit_request_field_size: int
    pid_file: str | None
    user: str | None  # name or number; None: unchanged
    group: str | None
    log_level: str  # of the server's own messages
    notes: tuple[str, ...]


def bind_address(text: str, *, alone: str = EVERY_IPV4) -> str:
    """An address as Listen and --bind take it (`8000`, `host:8000`, `[::1]:8000`, `unix:/path`) in the form of a plan.

    A port alone is one of the host `alone`: of every IPv4 address, as it is in httpd. Raises ValueError.
    """
    if text.startswith("unix:"):
        if not text[len("unix:") :].strip("/"):
            raise ValueError(f"{text!r} names no socket")
        return text
    host, separator, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is no address: want PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError(f"{text!r}: an IPv6 address is written [{host}]:{port}")
    if not separator:
        return f"{alone}:{port}"
    return f"{EVERY_IPV4 if host in ('', '*') else host}:{port}"


def plan(site: Site, overrides: Overrides = AS_CONFIGURED, *, cpus: int, root: bool) -> ServingPlan:
    """What `site` asks of the server, on a machine with `cpus` processors, as root or not.

    Raises ConfigError where nothing is left to listen on.
    """
    settings = site.main.settings
    notes = list(site.warnings)
    single = not ONE_PROCESS.isdisjoint(site.defines)
    workers, threads = (1, 1) if single else _size(site, overrides, cpus)
    user, group = (settings[mpm.USER], settings[mpm.GROUP]) if root else (None, None)
    if root and user is None:
        notes.append("workers run as root: the configuration has no User")
    if not single and _anywhere(site, "PythonEnablePdb"):
        notes.append("PythonEnablePdb has an effect only with -D ONE_PROCESS, as in mod_python")
    pause: float = settings[core.KEEP_ALIVE_TIMEOUT]
    graceful = settings[mpm.GRACEFUL_SHUTDOWN_TIMEOUT]
    most = settings[mpm.MAX_CONNECTIONS_PER_CHILD] or 0
    binds = overrides.binds or _binds(site, overrides, notes)
    notes += _handlers_left_out(site, binds)
    carrying = [bind for bind in binds if not single and _carries_handlers(site, bind)]
    if len(carrying) == len(binds):
        workers = 0
    return ServingPlan(
        binds=binds,
        workers=workers,
        threads=threads,
        for_handlers=int(bool(carrying)),
        single=single,
        timeout=settings[core.TIMEOUT],
        keepalive=max(1, round(pause)) if settings[core.KEEP_ALIVE] and not single else 0,
        graceful_timeout=GRACEFUL_SECONDS if graceful is None else graceful or NO_LIMIT,
        max_requests=max(0, most),
        limit_request_line=min(max(1, settings[core.LIMIT_REQUEST_LINE]), REQUEST_LINE_MOST),
        limit_request_fields=max(0, settings[core.LIMIT_REQUEST_FIELDS]),
        limit_request_field_size=max(1, settings[core.LIMIT_REQUEST_FIELD_SIZE]),
        pid_file=settings[mpm.PID_FILE],
        user=_account(user),
        group=_account(group),
        log_level=LOG_LEVELS[min(settings[core.LOG_LEVELS].get(MODULE, settings[core.LOG_LEVEL]), 7)],
        notes=tuple(notes),
    )


def _size(site: Site, overrides: Overrides, cpus: int) -> tuple[int, int]:
    """(workers, threads).

    ThreadsPerChild stands only in configurations for a threaded MPM; without it the site ran under prefork, and its
    code may rely on being alone in its process. httpd starts StartServers processes and grows to MaxRequestWorkers as
    needed; here the number is fixed: what httpd would start with, or what the machine keeps busy if that is more, and
    never more than httpd could have grown to.
    """
    settings = site.main.settings
    configured = settings[mpm.THREADS_PER_CHILD]
    threads = overrides.threads or min(max(configured or 1, 1), THREADS_MOST)
    if overrides.workers:
        return overrides.workers, threads
    most = settings[mpm.SERVER_LIMIT] or (THREADED_PROCESSES if configured else PREFORK_PROCESSES)
    requests = settings[mpm.MAX_REQUEST_WORKERS]
    if requests:
        most = min(most, -(-requests // threads))
    automatic = min(WORKERS_PER_CPU * cpus + 1, AUTOMATIC_WORKERS_MOST)
    return max(1, min(max(settings[mpm.START_SERVERS] or 0, automatic), most)), threads


def _binds(site: Site, overrides: Overrides, notes: list[str]) -> tuple[str, ...]:
    wanted = listeners(site)
    if not wanted:
        notes.append(f"the configuration has no Listen: listening on {DEFAULT_BIND}")
        return (DEFAULT_BIND,)
    binds: dict[str, None] = {}
    for listener in wanted:
        if not overrides.tls and listener.carries is not Carries.HANDLER and leads_to_tls(site, listener):
            # plain HTTP on a port where clients expect TLS would send passwords in the clear
            notes.append(f"Listen {listener.port} https: not opened, TLS is the front server's business (or --tls)")
        elif listener.tls and not listener.has_certificate:
            if listener.settings[tls.SSL_ENGINE]:
                where = listener.base.origin
                raise ConfigError(
                    f"SSLEngine on {listener.bind}: no SSLCertificateFile", where.file or None, where.line or None
                )
            notes.append(f"Listen {listener.port} https: not opened, no SSLCertificateFile is there for it")
        else:
            binds[listener.bind] = None
    if not binds and not any(listener.carries is Carries.HANDLER for listener in wanted):
        raise ConfigError("each Listen is for https, the front server's business: add one for http, or give --tls")
    # An IPv6 wildcard takes IPv4 connections as well (IPV6_V6ONLY is off where Linux's default stands), and both
    # together cannot be bound.
    every = f"{EVERY_IPV4}:"
    return tuple(bind for bind in binds if not (bind.startswith(every) and f"[::]:{bind[len(every) :]}" in binds))


def _handlers_left_out(site: Site, binds: tuple[str, ...]) -> Iterator[str]:
    """A line for each connection handler that no connection comes to."""
    name = python_directives.CONNECTION_HANDLER
    for listener in listeners(site):
        handlers = listener.settings[python_directives.HANDLERS].get(name)
        if listener.carries is not Carries.HANDLER or not handlers:
            continue
        if not any(bind.rpartition(":")[2] == str(listener.port) for bind in binds):
            yield f"Listen {listener.port} for {name} {handlers[0].name}: not opened, as --bind says where to listen"
        if len(handlers) > 1:
            yield f"{name} {' '.join(each.name for each in handlers)}: the first alone is asked, as in mod_python"


def _carries_handlers(site: Site, bind: str) -> bool:
    host, _, port = bind.rpartition(":")
    return carries_handlers(site, *((host.strip("[]"), int(port)) if port.isdigit() else ("", 0)))


def _account(value: str | None) -> str | None:
    """`User #1000` -> "1000"."""
    return value[1:] if value is not None and value.startswith("#") else value


def _anywhere(site: Site, flag: str) -> bool:
    """Whether a Python flag is On in the main server, a virtual host or one of their sections."""
    return any(_holds(host, python_directives.PYTHON_CONFIG, flag) for host in (site.main, *site.hosts))


def _holds(host: Host, setting: Setting[dict[str, str]], flag: str) -> bool:
    return any(part[setting].get(flag) == "1" for part in (host.settings, *(s.settings for s in host.sections)))
