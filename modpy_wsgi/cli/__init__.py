"""The command `modpy-wsgi`: a module for each subcommand, of which only the one asked for is imported.

Exit status: 0 done, 1 an error in the configuration or its surroundings (one line on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from .._version import __version__
from ..errors import ConfigError

if TYPE_CHECKING:
    from .command import Command

__all__ = ["COMMANDS", "main"]

# One line for each, by the name of the command and of its module here.
COMMANDS = {
    "serve": "serve a site on gunicorn",
    "check": "tell what stands in the way of a site",
    "explain": "tell the way of one request through a site",
    "session": "take over sessions",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `argv` (default: the process's arguments); the exit status. Wrong usage leaves by SystemExit(2)."""
    parser = argparse.ArgumentParser(
        prog="modpy-wsgi", description="Runs mod_python applications, unchanged, from their Apache configuration."
    )
    parser.add_argument("--version", action="version", version=f"modpy-wsgi {__version__}")
    choices = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    given = sys.argv[1:] if argv is None else argv
    asked = next((word for word in given if not word.startswith("-")), None)  # no option before a command has a value
    for name, line in COMMANDS.items():
        if name != asked:
            choices.add_parser(name, help=line)
            continue
        command: Command = import_module(f".{name}", __name__).COMMAND
        choice = choices.add_parser(name, help=line, description=command.description)
        command.add_arguments(choice)
        choice.set_defaults(run=command.run, usage_error=choice.error)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:  # argparse's own message would show the usage of `modpy-wsgi` alone
        arguments.usage_error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        status: int = arguments.run(arguments)
    except ConfigError as error:
        sys.stderr.write(f"modpy-wsgi: {error}\n")
        return 1
    return status
