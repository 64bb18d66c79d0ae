"""The command `modpy-httpd`: httpd's command line, so that init scripts and control scripts go on working.

Law: what httpd prints and ends with, on the same stream; each error is one line. Observed on Debian's apache2 2.4.
"""

from __future__ import annotations

import contextlib
import getopt
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from ..constants import APLOG_INFO, APLOG_WARNING, LOG_LEVEL_NAMES
from ..errors import ConfigError
from ..serving.settings import ONE_PROCESS, Overrides, plan
from ..serving.source import Source
from . import httpd_shows as shows

__all__ = ["main"]

OPTIONS = "C:c:D:d:E:e:f:k:vVlLtTSMh?X"
ACTIONS = ("start", "restart", "graceful", "graceful-stop", "stop")
SIGNALS = {
    "stop": signal.SIGTERM,
    "graceful-stop": signal.SIGWINCH,
    "restart": signal.SIGHUP,
    "graceful": signal.SIGUSR1,
}
FOREGROUND = ONE_PROCESS | {"FOREGROUND", "NO_DETACH"}

# Where configurations are, if nobody says where: of a build from source, Red Hat's, Debian's.
USUAL = ("/usr/local/apache2/conf/httpd.conf", "/etc/httpd/conf/httpd.conf", "/etc/apache2/apache2.conf")

USAGE = """\
Usage: {0} [-D name] [-d directory] [-f file]
       {1} [-C "directive"] [-c "directive"]
       {1} [-k start|restart|graceful|graceful-stop|stop]
       {1} [-v] [-V] [-h] [-l] [-L] [-t] [-T] [-S] [-M] [-X]
Options:
  -D name            : define a name for use in <IfDefine name> directives
  -d directory       : specify an alternate initial ServerRoot
  -f file            : specify an alternate ServerConfigFile
  -C "directive"     : process directive before reading config files
  -c "directive"     : process directive after reading config files
  -e level           : show startup errors of level (see LogLevel)
  -E file            : log startup errors to file
  -v                 : show version number
  -V                 : show compile settings
  -h                 : list available command line options (this page)
  -l                 : list compiled in modules
  -L                 : list available configuration directives
  -t -D DUMP_VHOSTS  : show parsed vhost settings
  -t -D DUMP_RUN_CFG : show parsed run settings
  -S                 : a synonym for -t -D DUMP_VHOSTS -D DUMP_RUN_CFG
  -t -D DUMP_MODULES : show all loaded modules
  -M                 : a synonym for -t -D DUMP_MODULES
  -t -D DUMP_INCLUDES: show all included configuration files
  -t                 : run syntax check for config files
  -T                 : start without DocumentRoot(s) check
  -X                 : debug mode (only one worker, do not detach)
"""


class _UsageError(Exception):
    """The command line is wrong; the text says how, or is empty."""


class Asked:
    """What a command line says."""

    def __init__(self) -> None:
        self.action = "start"
        self.file: str | None = None
        self.root: str | None = None
        self.defines: list[str] = []
        self.before: list[str] = []
        self.after: list[str] = []
        self.test = False
        self.level = APLOG_WARNING
        self.errors_to: str | None = None
        self.show: str | None = None  # -v, -V, -l, -L, -h: answered without a configuration

    def source(self) -> Source:
        """The configuration. Raises ConfigError if there is none."""
        file = self.file
        if file is not None and self.root is not None:
            file = os.path.join(self.root, file)  # as httpd: relative to ServerRoot
        elif file is None and self.root is not None:
            file = os.path.join(self.root, "conf/httpd.conf")
        elif file is None:
            file = next((each for each in USUAL if os.path.isfile(each)), USUAL[0])
        try:
            with open(file, "rb"):
                pass
        except OSError as error:
            raise ConfigError(f"Could not open configuration file {file}: {error.strerror}") from None
        return Source(
            conf=Path(file).absolute(),
            server_root=None if self.root is None else os.path.abspath(self.root),
            defines=frozenset(self.defines),
            before=tuple(self.before),
            after=tuple(self.after),
            as_httpd=True,
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `argv` (default: the process's arguments); the exit status, as httpd's: 0, or 1 for anything wrong."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = Path(sys.argv[0]).name.removesuffix(".py") if argv is None else "modpy-httpd"
    if name in ("httpd", "__main__"):  # python -m modpy_wsgi.cli.httpd
        name = "modpy-httpd"
    try:
        asked = _read(arguments)
    except _UsageError as error:
        if str(error):
            sys.stderr.write(f"{name}: {error}\n")
        sys.stderr.write(USAGE.format(name, " " * len(name)))
        return 1
    if asked.show is not None:
        sys.stdout.write(shows.OF_PROGRAM[asked.show]())
        return 0
    if asked.errors_to is not None and not _lead_errors_to(asked.errors_to, name):
        return 1
    try:
        return _run(asked)
    except ConfigError as error:
        sys.stderr.write(f"{_shown(error, name)}\n")
        return 1


def _read(arguments: list[str]) -> Asked:
    try:
        options, rest = getopt.getopt(arguments, OPTIONS)
    except getopt.GetoptError as error:
        lacks = "requires argument" in error.msg
        raise _UsageError(f"{'option requires an argument' if lacks else 'illegal option'} -- {error.opt}") from None
    asked = Asked()
    for option, value in options:
        _take(asked, option, value)
    if rest:
        raise _UsageError
    return asked


def _take(asked: Asked, option: str, value: str) -> None:
    """One option. Raises _UsageError."""
    lists = {"-D": asked.defines, "-C": asked.before, "-c": asked.after}
    if option in lists:
        lists[option].append(value)
    elif option == "-d":
        asked.root = value
    elif option == "-f":
        asked.file = value
    elif option == "-E":
        asked.errors_to = value
    elif option == "-e":
        if value.lower() not in LOG_LEVEL_NAMES:
            raise _UsageError
        asked.level = LOG_LEVEL_NAMES.index(value.lower())
    elif option == "-k":
        if value not in ACTIONS:
            raise _UsageError("illegal option -- k")
        asked.action = value
    elif option in ("-h", "-?"):
        raise _UsageError
    elif option == "-X":
        asked.defines.append("DEBUG")
    elif option in ("-t", "-S", "-M"):
        asked.test = True
        asked.defines += {"-S": ["DUMP_VHOSTS", "DUMP_RUN_CFG"], "-M": ["DUMP_MODULES"]}.get(option, [])
    elif option in shows.OF_PROGRAM and asked.show is None:
        asked.show = option


def _lead_errors_to(path: str, name: str) -> bool:
    """-E: what is told until the server runs goes to a file, the lines of others than Python too."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        sys.stderr.write(f"{name}: could not open error log file {path}: {error.strerror}\n")
        return False
    sys.stderr.flush()
    os.dup2(number, 2)
    os.close(number)
    return True


def _shown(error: ConfigError, name: str) -> str:
    """One line, which begins as httpd's where a place in a file is known."""
    if error.file is None or error.line is None:
        return f"{name}: {error.message}"
    return f"AH00526: Syntax error on line {error.line} of {error.file}: {error.message}"


def _run(asked: Asked) -> int:
    from ..serving.certificates import Certificates
    from ..serving.checks import checked

    source = asked.source()
    if asked.test:
        application = source.load()
        site = application.site
        made = plan(site, Overrides(tls=True), cpus=os.cpu_count() or 1, root=os.geteuid() == 0)
        Certificates(site, application.hosts).check_all(made.binds)
        dumps = [show(site) for define, show in shows.OF_SITE.items() if define in asked.defines]
        sys.stdout.write("".join(dumps))
        if not dumps:
            _tell(checked(site, made, starting=False, served_here=True).notes, asked)
            sys.stderr.write("Syntax OK\n")
        return 0
    return _start(asked, source) if asked.action == "start" else _signal(asked, source)


def _tell(notes: Sequence[str], asked: Asked) -> None:
    if asked.level >= APLOG_WARNING:
        sys.stderr.writelines(f"{note}\n" for note in notes)


def _start(asked: Asked, source: Source) -> int:
    try:
        from ..serving.gunicorn import Server
    except ImportError as error:
        raise ConfigError(f"serving needs gunicorn ({error}): pip install 'modpy-wsgi[serve]'") from error
    from ..serving.daemon import detach
    from ..serving.pid_file import State, found

    def say(text: str) -> None:
        if asked.level >= APLOG_INFO:
            sys.stderr.write(text)
            sys.stderr.flush()

    server = Server(source, Overrides(tls=True), say=say)
    site = server.application.site
    if not site.main.settings[shows.LISTEN]:
        raise ConfigError("no listening sockets available: the configuration has no Listen")
    _tell(server.plan.notes, asked)
    if server.pid_file is not None and "GUNICORN_PID" not in os.environ:
        with contextlib.suppress(OSError):  # which check() tells of
            state, pid, _ = found(server.pid_file.path)
            if state is State.RUNNING:
                sys.stdout.write(f"httpd (pid {pid}) already running\n")
                return 0
        try:
            server.pid_file.check()
        except ConfigError as error:  # not the fault of the line that names it
            raise ConfigError(error.message) from None
    server.check_binds()
    if FOREGROUND.isdisjoint(site.defines) and "GUNICORN_FD" not in os.environ:
        server.detached = detach()
    server.run()
    return 0


def _signal(asked: Asked, source: Source) -> int:
    """-k with anything but start. The configuration says where the pid file is, and has to be right."""
    from ..serving.pid_file import State, found

    site = source.site()
    made = plan(site, Overrides(tls=True), cpus=1, root=False)
    assert made.pid_file is not None, "there is one without a directive"
    try:
        state, pid, holder = found(made.pid_file)
    except OSError as error:
        raise ConfigError(f"Error retrieving pid file {made.pid_file}: {error.strerror}") from None
    if state is State.BAD:
        raise ConfigError(
            f"Error retrieving pid file {made.pid_file}: it holds no number. Remove it if it is corrupted."
        )
    if state is State.FOREIGN:
        raise ConfigError(f"PidFile {made.pid_file} names process {pid}, which is no server of this kind: left alone")
    if state is State.HELD:
        raise ConfigError(f"PidFile {made.pid_file} is locked by process {holder}, which it does not name: left alone")
    if state is State.RUNNING:
        try:
            os.kill(pid, SIGNALS[asked.action])
        except OSError as error:
            raise ConfigError(f"sending signal to server (pid {pid}): {error.strerror}") from None
        return 0
    if asked.action in ("restart", "graceful"):
        sys.stdout.write("httpd not running, trying to start\n")
        sys.stdout.flush()
        return _start(asked, source)
    sys.stdout.write(f"httpd ({'no pid file' if state is State.NONE else f'pid {pid}?'}) not running\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
