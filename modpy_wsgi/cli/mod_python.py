"""The command `mod_python` of mod_python 3.4 and later: a new site, its configuration, and its server.

Law: the original's words and options; the server is modpy-httpd. Exit status: 0 done, 1 an error, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import platform
import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .._version import __version__
from ..basic_config import write_basic_config
from ..constants import MOD_PYTHON_VERSION
from ..httpd_names import HTTPD_VERSION_TEXT
from . import httpd

__all__ = ["main"]

PROG = "mod_python"
# Our command -> httpd's way to do it
ACTIONS = {"start": "start", "stop": "graceful-stop", "restart": "graceful"}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `argv` (default: the process's arguments); the exit status. Wrong usage leaves by SystemExit(2)."""
    parser = argparse.ArgumentParser(prog=PROG, description="Makes and runs sites of mod_python.")
    commands = parser.add_subparsers(title="commands", metavar="<command>", required=True)
    for name, (help_text, add, run) in _COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=f"{help_text[:1].upper()}{help_text[1:]}.")
        add(command)
        command.set_defaults(run=run, command=name)
    arguments = parser.parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except OSError as error:
        sys.stderr.write(f"{PROG}: {error.filename or ''}: {error.strerror or error}\n")
        return 1
    return status


def _add_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="<directory>")
    parser.add_argument("--listen", default="8888", help="[address:]port (default: 8888)")
    parser.add_argument("--pythonpath", default="", help="folders of modules, separated by colons")
    parser.add_argument("--pythonhandler", required=True, help="the handler of all requests, mod_python.publisher say")
    parser.add_argument("--pythonoption", dest="pythonoptions", action="append", default=[], metavar="'KEY VALUE'")


def _create(arguments: argparse.Namespace) -> int:
    comments = []
    if arguments.pythonhandler == "mod_python.wsgi":
        comments = ['PythonOption mod_python.wsgi.base_uri ""']
    path = write_basic_config(
        arguments.directory,
        listen=arguments.listen,
        pythonhandler=arguments.pythonhandler,
        pythonpath=[os.path.abspath(each) for each in arguments.pythonpath.split(":") if each],
        pythonoptions=arguments.pythonoptions,
        mp_comments=comments,
    )
    if path is None:
        return 1
    written = os.path.join(os.path.dirname(path), "httpd.conf")
    sys.stdout.write(
        f"\nCreated! Please look over {path!r}.\n"
        "Remember to generate the Apache httpd config by running\n"
        f"{PROG} genconfig {path} > {written}\n"
        f"From here on you can tweak {path!r} and re-generate Apache config at any time.\n"
    )
    return 0


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="<httpd.conf>")


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="<src>", help="the Python file that prints the configuration")


def _genconfig(arguments: argparse.Namespace) -> int:
    if not os.path.isfile(arguments.file):
        sys.stderr.write(f"{PROG}: {arguments.file}: no such file\n")
        return 1
    runpy.run_path(arguments.file, run_name="__main__")
    return 0


def _control(arguments: argparse.Namespace) -> int:
    return httpd.main(["-f", str(Path(arguments.file).absolute()), "-k", ACTIONS[arguments.command]])


def _version(arguments: argparse.Namespace) -> int:
    rows = (
        ("mod_python:", f"{MOD_PYTHON_VERSION} (modpy_wsgi {__version__})"),
        ("python:", "".join(sys.version.splitlines())),
        ("", repr(sys.executable)),
        ("httpd:", f"{HTTPD_VERSION_TEXT} compatible"),
        ("platform:", platform.platform()),
    )
    sys.stdout.write("".join(f"{name:<13}{value}\n" for name, value in rows))
    return 0


def _add_nothing(parser: argparse.ArgumentParser) -> None:
    """version takes no arguments."""


_Add = Callable[[argparse.ArgumentParser], None]
_Run = Callable[[argparse.Namespace], int]
_COMMANDS: dict[str, tuple[str, _Add, _Run]] = {
    "create": ("make a skeleton of a site in <directory>", _add_create, _create),
    "genconfig": ("run <src>, which prints a configuration", _add_source, _genconfig),
    "start": ("start the server with the configuration <httpd.conf>", _add_file, _control),
    "stop": ("stop it, once its running requests have ended", _add_file, _control),
    "restart": ("have it read the configuration again, without losing a request", _add_file, _control),
    "version": ("print versions", _add_nothing, _version),
}

if __name__ == "__main__":
    sys.exit(main())
