"""The command `modpy-wsgi`: one module for each subcommand, listed in COMMANDS.

Exit status: 0 done, 1 an error in the configuration or its surroundings (one line on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .._version import __version__
from ..errors import ConfigError
from . import check, explain, serve, session
from .command import Command

__all__ = ["COMMANDS", "main"]

COMMANDS: tuple[Command, ...] = (serve.COMMAND, check.COMMAND, explain.COMMAND, session.COMMAND)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `argv` (default: the process's arguments); the exit status. Wrong usage leaves by SystemExit(2)."""
    parser = argparse.ArgumentParser(
        prog="modpy-wsgi", description="Runs mod_python applications, unchanged, from their Apache configuration."
    )
    parser.add_argument("--version", action="version", version=f"modpy-wsgi {__version__}")
    choices = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        choice = choices.add_parser(command.name, help=command.help, description=command.description)
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
