"""`modpy-wsgi session import`: takes over the sessions that the original left behind."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from ..config.directives.python import PYTHON_OPTIONS
from ..errors import ConfigError
from ..redis_client import redis_of
from ..serving.account import account
from ..serving.source import Source
from ..session import dbm, files, names
from ..session.importing import NotSessions, import_sessions
from ..session.keys import KEY_FILE_OPTION, KEY_OPTION, given_key
from ..session.redis_session import RedisStore
from .command import Command
from .output import say

__all__ = ["COMMAND"]

TRUST = "--trust-pickles"
RISK = (
    "sessions of mod_python are pickles: whoever could write to them can have any code run when they are read. "
    f"If nobody but the server could, say {TRUST}"
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser(
        "import",
        help="take over the sessions that mod_python left behind",
        description="Reads the session files or the session database of mod_python, and keeps what is not over yet as "
        "this configuration says. Nothing that is here already is changed, nothing that is read is removed.",
    )
    action.add_argument("source", type=Path, metavar="FROM", help="the folder mp_sess, or the database mp_sess.dbm")
    action.add_argument(TRUST, action="store_true", help="yes, nobody but the server could write to them")
    action.add_argument(
        "-f", "--file", type=Path, metavar="CONF", help="the configuration: its PythonOptions outside of sections count"
    )
    action.add_argument(
        "-o",
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a PythonOption, besides those of CONF",
    )
    action.add_argument("--user", metavar="NAME", help="the user that the server's processes run as; needed as root")
    action.add_argument("--dry-run", action="store_true", help="read them, keep nothing")
    action.set_defaults(usage_error=action.error)


def _options(arguments: argparse.Namespace) -> dict[str, str]:
    options: dict[str, str] = {}
    if arguments.file is not None:
        configured = Source(conf=arguments.file).site().main.settings[PYTHON_OPTIONS]
        options.update(configured)
    for text in arguments.option:
        name, mark, value = text.partition("=")
        if not mark:
            arguments.usage_error(f"argument -o/--option: {text!r} has no '='")
        options[name] = value
    return options


def _log(message: str) -> None:
    sys.stderr.write(f"modpy-wsgi: {message}\n")


def _store(options: dict[str, str]) -> Any:
    kind = names.option(options, "mod_python.session.session_type")
    if kind == "FileSession":
        return files.store_for(options, _log)
    if kind == "DbmSession":
        return dbm.store_for(options, _log)
    if kind == "RedisSession":
        key = given_key(options)
        if key is None:
            raise ConfigError(f"RedisSession needs PythonOption {KEY_FILE_OPTION} or {KEY_OPTION}")
        return RedisStore(redis_of(options), key, _log)
    told = "is not said" if kind is None else f"is {kind}"
    raise ConfigError(f"mod_python.session.session_type {told}: want FileSession, DbmSession or RedisSession")


def _become(name: str) -> None:
    try:
        who = account(name, None)
    except LookupError as error:
        raise ConfigError(str(error)) from None
    if os.geteuid() == who.uid:
        return
    if os.geteuid() != 0:
        raise ConfigError(f"--user {name}: only root can become another user")
    os.initgroups(who.name or name, who.gid)
    os.setgid(who.gid)
    os.setuid(who.uid)


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.trust_pickles:
        raise ConfigError(RISK)
    options = _options(arguments)
    if arguments.user is not None:
        _become(arguments.user)
    elif os.geteuid() == 0 and not arguments.dry_run:
        raise ConfigError(
            "as root, say --user NAME: sessions must belong to the user that the server's processes run as"
        )
    try:
        outcome = import_sessions(arguments.source, None if arguments.dry_run else _store(options))
    except (NotSessions, OSError) as error:
        raise ConfigError(str(error)) from None
    for line in outcome.wrong:
        _log(f"not imported: {line}")
    counts = f"{outcome.over} were over, {outcome.known} known already, {len(outcome.wrong)} not readable"
    say(
        f"{outcome.imported} sessions {'could be' if arguments.dry_run else ''} imported; {counts}\n".replace("  ", " ")
    )
    return 1 if outcome.wrong else 0


COMMAND = Command(
    description="Looks after sessions.",
    add_arguments=_add_arguments,
    run=_run,
)
