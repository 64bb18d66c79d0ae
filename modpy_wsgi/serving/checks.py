"""What only the machine can tell of a plan: accounts, folders, addresses. Site and plan in, the plan with notes out.

Law: what would keep the server from starting raises ConfigError, with file and line; what would not is a note. Nothing
is changed, but a folder is made when the server starts.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

from .. import __file__ as own_file
from .. import global_locks
from ..config.directives import core, log_config, mpm, python
from ..config.lexer import words
from ..config.model import Site
from ..errors import ConfigError
from ..log_targets import DESCRIPTORS
from .account import Account, account, unreadable
from .places import Place, directives, last_of, own_directives
from .reach import by_address_only, is_local, unreachable
from .settings import ServingPlan

__all__ = ["checked", "workers_account"]

MOST_PLACES = 5  # in one note


def checked(site: Site, plan: ServingPlan, *, starting: bool, served_here: bool = False) -> ServingPlan:
    """The plan, with notes on what this machine makes of it. Raises ConfigError.

    `starting` is whether the server starts now. If it does not, all is said that can be known: what only a part of the
    site would stumble over raises ConfigError as well, and what this process may not do is a note. `served_here`: it
    will be served by this package's own server, so nothing is said of others.
    """
    notes = [*plan.notes]
    notes += _account_notes(site, plan)
    for path in _files(site, plan):
        notes += _file_notes(*path, starting)
    notes += _lock_notes(site)
    notes += unreachable(site, plan.binds, is_local)
    for note in _python_paths(site):
        if not starting:
            raise note
        notes.append(str(note))
    if not (starting or served_here):
        notes += _other_servers(site)
    return plan._replace(notes=tuple(notes))


def workers_account(site: Site, plan: ServingPlan) -> Account | None:
    """What the workers become; None if they stay what the first process is. Raises ConfigError."""
    if plan.user is None and plan.group is None:
        return None
    try:
        return account(plan.user or str(os.geteuid()), plan.group)
    except LookupError as error:
        raise ConfigError(str(error), *last_of(site.tree, str(error).partition(" ")[0])) from None


def _account_notes(site: Site, plan: ServingPlan) -> Iterator[str]:
    who = workers_account(site, plan)
    if who is None:
        user = site.main.settings[mpm.USER]
        if user is not None and os.geteuid():
            yield f"{last_of(site.tree, 'User')}User {user}: only root can become another user, workers stay this one"
        return
    if os.geteuid() or not who.uid:
        return
    files = {os.__file__: "Python's standard library", own_file: "modpy-wsgi"}
    place = last_of(site.tree, "User")
    for file in unreadable(who, [file for file in files if os.path.isfile(file)]):
        yield (
            f"{place}User {plan.user} cannot read {files[file]} in {os.path.dirname(file)}: "
            "what is not imported when the server starts, the site's handlers cannot import"
        )


def _files(site: Site, plan: ServingPlan) -> Iterator[tuple[str, str, Place]]:
    """(directive, path, place) of each file that the server is to write."""
    if plan.pid_file is not None:
        yield "PidFile", plan.pid_file, last_of(site.tree, "PidFile")
    for host in (site.main, *site.hosts):
        path = host.settings[core.ERROR_LOG]
        if path is not None and not path.lower().startswith(("|", "syslog")) and path not in DESCRIPTORS:
            yield "ErrorLog", path, last_of(own_directives(site, host), "ErrorLog")
        for log in host.settings[log_config.LOGS]:
            if not log.target.startswith("|") and log.target not in DESCRIPTORS:
                yield log.directive, log.target, Place(*log.place)


def _file_notes(what: str, path: str, place: Place, starting: bool) -> Iterator[str]:
    """The folder is made if only the last is missing: a fresh /run has no apache2."""
    folder = Path(path).parent
    if Path(path).is_dir():
        raise ConfigError(f"{what} {path}: is a directory", *place)
    if starting:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{what} {path}: {error.strerror}", *place) from error
    elif not folder.is_dir():
        if folder.exists() or not folder.parent.is_dir():
            raise ConfigError(f"{what} {path}: no directory {folder}", *place)
        folder = folder.parent
    if os.access(folder, os.W_OK) or os.access(path, os.W_OK):
        return
    if starting:
        raise ConfigError(f"{what} {path}: permission denied", *place)
    yield f"{place}{what} {path}: this user may not write it"


def _lock_notes(site: Site) -> Iterator[str]:
    """On the folder for the files of locks; without it a site runs as long as it locks nothing."""
    settings = site.main.settings
    option = global_locks.DIRECTORY_OPTION
    value = settings[python.PYTHON_OPTIONS].get(option)
    if value and not os.path.isdir(os.path.join(settings[core.SERVER_ROOT], value)):
        named = [node for node in site.tree if node.name == "PythonOption" and words(node.args)[:1] == [option]]
        place = Place(named[-1].file, named[-1].line) if named else Place()
        yield f"{place}PythonOption {option} {value}: no such folder, so no lock across processes can be taken"


def _python_paths(site: Site) -> Iterator[ConfigError]:
    for node in directives(site.tree):
        if node.name == "PythonPath":
            expression = words(node.args)[0]
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    compile(expression.lstrip(" \t"), "PythonPath", "eval")
            except (SyntaxError, ValueError) as error:  # ValueError: a NUL
                yield ConfigError(f"PythonPath {expression}: {error.args[0]}", node.file, node.line)


def _other_servers(site: Site) -> Iterator[str]:
    places = [f"{host.origin.file}:{host.origin.line}" for host in by_address_only(site)]
    if places:
        yield f"under uWSGI and waitress, which tell no addresses, no request can reach {_some(places)}"
    handlers = list(_connection_handlers(site))
    if handlers:
        yield (
            f"{_some(handlers)}: connection handlers run under modpy-wsgi serve, gunicorn's ConnectionWorker, and on "
            "raw sockets of uWSGI; other servers answer 503 at their addresses"
        )


def _connection_handlers(site: Site) -> Iterator[str]:
    """The places of the directives."""
    name = python.CONNECTION_HANDLER
    for host in (site.main, *site.hosts):
        if name in host.settings[python.HANDLERS]:
            yield str(last_of(own_directives(site, host), name)).removesuffix(": ")


def _some(places: list[str]) -> str:
    more = len(places) - MOST_PLACES
    return ", ".join(places[:MOST_PLACES]) + (f" and {more} more" if more > 0 else "")
