"""The way of a request, found by the code that would serve it: host, translation, walk, sections, plan.

Law: nothing of the site is run, and nothing is written. Who the client is and what it sends is not known, so access is
not judged: what is asked is shown.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote

from ..check.answering import PythonCall, file_handler, python_calls
from ..check.hosts import silent_hosts
from ..config.decisions import DECISIONS
from ..config.directives import (
    alias,
    core,
    dir,  # noqa: A004 - Apache's name of the module
)
from ..config.directives.userdir import USER_DIRS
from ..config.host_config import HostConfig
from ..config.hosts import Hosts
from ..config.model import Setting, Site
from ..config.request_config import RequestConfig
from ..constants import PYTHON_HANDLERS
from ..environ import check_head, encode, escape, normalise, read_path
from ..errors import BadRequest
from ..httpd import userdir
from ..httpd.translate import Target, document_root, target_of
from ..httpd.walk import walk
from ..interpreter_names import interpreter_name
from ..phases import CONNECTION, HANDLER, INIT, POST_READ_REQUEST, TRANS
from ..serving.reach import by_address_only, shown_addresses
from ..stamps import FileStatus
from .answer import named_handler, redirected, section_redirect, sent_to, tell_answer
from .asked import Asked
from .filters_shown import filters_of
from .model import Choice, Handler, Place, Way
from .plan_shown import phases_shown
from .sections_shown import of_file, of_host, of_locations
from .settings_shown import last_place, place_of, settings_shown

__all__ = ["explain"]

MAX_LISTED = 100_000  # entries of a folder that are looked at for MultiViews
MAX_VARIANTS = 20  # of which are told


def explain(site: Site, request: Asked) -> Way:
    """The way of a request through a site that was loaded with `traced`."""
    way = Way(request.method, request.url)
    hosts = silent_hosts(site)
    if any(by_address_only(site)):
        way.notes.append("some virtual hosts are found by the address a request comes in through: ask for them by it")
    try:
        _go(way, hosts, request)
    except BadRequest as error:
        way.ends(error.status, str(error))
    return way


def _go(way: Way, hosts: Hosts, request: Asked) -> None:
    environ = request.environ()
    host = hosts.find(environ, environ["RAW_URI"])
    way.host = _host(hosts, host, request)
    way.notes += _connection_handler(hosts.first(environ))
    check_head(environ)
    way.path = read_path(environ, host.base[core.ALLOW_ENCODED_SLASHES], host.base[core.MERGE_SLASHES])
    if way.path == "*":
        way.answer = Choice("the server as a whole", "OPTIONS *")
        return None
    target = target_of(host, way.path)
    early = tuple(each for each in _early_calls(host))
    if early:
        names = ", ".join(each.call.shown for each in early)
        way.notes.append(f"{names} may send the request elsewhere before a file is looked for, and change all below")
    if target.redirects:
        way.sections = list(of_host(host))
        return redirected(way, target.redirects[0])
    way.target = _target(host, target)
    filename = target.filename
    if target.of_user:
        found, url = userdir.find(host, way.path)
        place = _last_of_host(host, USER_DIRS)
        if url is not None:
            return sent_to(way, 302, "UserDir", url, url, place)
        if found is not None:
            filename = normalise(found)
            way.target = Choice(filename, "UserDir", place)
    if target.config is not None:
        way.file = Choice(target.filename, "not looked for: a <Location> answers by a Python handler")
        way.sections = [*of_host(host), *of_locations(host, target)]
        _finish(way, target.config, None, "")
        return None
    return _look(way, host, target, filename)


# -- the host, and where the path leads -------------------------------------------------------------------------------


def _host(hosts: Hosts, host: HostConfig, request: Asked) -> Choice:
    if host is hosts.main:
        why = "there are no virtual hosts" if not hosts.virtual else "no virtual host is for this address and port"
        name = host.host.names[0] if host.host.names else ""
        return Choice(f"main server {name}".strip(), why)
    own = host.host
    name = request.host.lower().rstrip(".")
    why = "the first for this address: none bears the name"
    inherited = host.base[core.SERVER_NAME]
    if name in own.names or (inherited is not None and name == inherited.host.lower()):
        why = f"it is called {name}"
    elif own.wild_names and host is not hosts.first(request.environ()):
        why = f"{' '.join(own.wild_names)} fits the name"
    called = own.names[0] if own.names else "(no name)"
    return Choice(f"<VirtualHost {shown_addresses(own)}> {called}", why, place_of(own.origin))


def _connection_handler(first: HostConfig) -> Iterator[str]:
    """What stands before HTTP, at an address whose first host is this one."""
    for found in python_calls(RequestConfig(first, first.base), CONNECTION, None)[:1]:
        place = "" if found.origin is None else f" ({place_of(found.origin)})"
        yield f"{CONNECTION.directive} {found.call.shown}{place} takes the connection: HTTP follows only if it declines"


def _last_of_host(host: HostConfig, setting: Setting[Any]) -> Place:
    decisions = host.base[DECISIONS].get(setting, ())
    return place_of(decisions[-1].origin) if decisions else Place()


def _target(host: HostConfig, target: Target) -> Choice:
    if target.early.settings[alias.ALIAS_HERE] is not None:
        return Choice(target.filename, "Alias of the <Location>", last_place(target.early, alias.ALIAS_HERE))
    for rule in host.base[alias.ALIASES]:
        handler = f", handler {target.handler}" if target.handler else ""
        if rule.regex is not None and rule.regex.search(encode(target.uri)):
            return Choice(target.filename, f"AliasMatch{handler}", place_of(rule.origin))
        if rule.regex is None and target.context == (rule.prefix or "", rule.target):
            return Choice(target.filename, f"Alias {rule.prefix}{handler}", place_of(rule.origin))
    place = _last_of_host(host, core.DOCUMENT_ROOT)
    why = "DocumentRoot" if place.file else f"DocumentRoot, which is not set: {document_root(host)}"
    return Choice(target.filename, why, place)


def _early_calls(host: HostConfig) -> Iterator[PythonCall]:
    config = RequestConfig(host, host.base)
    for phase in (POST_READ_REQUEST, INIT, TRANS):
        yield from python_calls(config, phase, None)


# -- the file ---------------------------------------------------------------------------------------------------------


def _look(way: Way, host: HostConfig, target: Target, filename: str, *, stands: bool = False) -> None:
    """The walk to the file, and what stands in its place; `stands` is whether this one does already."""
    file, rest, found, directory = walk(host, filename)
    name = file[len(directory.path) :]
    exists = found is not None and not rest if name else filename[-1] == "/"
    config = directory.config(name, target.location, exists)
    way.path_info = rest
    way.file = Choice(file, _what(found, rest))
    way.sections = [*of_host(host), *of_file(directory, name, config, exists), *of_locations(host, target)]
    if not stands and section_redirect(config, way.path) is None and _in_its_place(way, host, target, config, found):
        return
    _finish(way, config, found, name, handler=target.handler)


def _what(found: FileStatus | None, rest: str) -> str:
    if found is None:
        return "there is no such file"
    kind = "a folder" if stat.S_ISDIR(found.st_mode) else f"a file of {found.st_size} bytes"
    return f"{kind}; the rest of the path is {rest}" if rest else kind


def _in_its_place(way: Way, host: HostConfig, target: Target, config: RequestConfig, found: FileStatus | None) -> bool:
    """Whether something else answers: the index of a folder; for no file its variants, or FallbackResource."""
    settings = config.settings
    names: tuple[str, ...] = settings[dir.DIRECTORY_INDEX]
    name = way.file.what.rpartition("/")[2]
    handler = file_handler(name, settings) or target.handler
    if found is None:
        variants = _variants(way.file.what) if name and "MultiViews" in config.options else []
        if variants:
            _finish(way, config, None, name, told=False)
            way.answer = Choice(", ".join(variants), "MultiViews: the one that the client likes best, if any fits")
            return True
        names = (config.fallback,) if config.fallback is not None and handler is None else ()
        return _take_first(way, host, names, dir.FALLBACK, config, 0)
    if not stat.S_ISDIR(found.st_mode) or way.path_info:
        return False
    if not way.path.endswith("/"):
        if not settings[dir.DIRECTORY_SLASH]:
            return False
        _finish(way, config, None, "", told=False)
        way.ends(301, f"to {escape(way.path)}/, as it is a folder (DirectorySlash)")
        return True
    if handler is not None and settings[dir.CHECK_HANDLER]:
        return False
    redirect = settings[dir.INDEX_REDIRECT]
    if _take_first(way, host, names, dir.DIRECTORY_INDEX, config, redirect):
        return True
    if not names or config.fallback is None or handler is not None:
        return False
    return _take_first(way, host, (config.fallback,), dir.FALLBACK, config, redirect)


def _variants(filename: str) -> list[str]:
    """The names of files beside, which only add extensions."""
    folder, _, name = filename.rpartition("/")
    try:
        with os.scandir(f"{folder}/") as listing:
            found = [each.name for each in islice(listing, MAX_LISTED) if each.name.startswith(f"{name}.")]
    except OSError:
        return []
    return sorted(found)[:MAX_VARIANTS]


def _found(host: HostConfig, target: Target) -> tuple[FileStatus | None, alias.Redirect | None]:
    """What is where a path leads, and the Redirect that it meets."""
    if target.redirects:
        return None, target.redirects[0]
    if target.config is not None:
        return None, None
    file, rest, found, directory = walk(host, target.filename)
    config = directory.config(file[len(directory.path) :], target.location, found is not None and not rest)
    return found, section_redirect(config, target.uri)


def _take_first(
    way: Way, host: HostConfig, names: tuple[str, ...], setting: Setting[Any], config: RequestConfig, redirect: int
) -> bool:
    """Go on with the first of the names that is a file, or end with the status `redirect` there. Whether one is.

    Raises BadRequest if one is refused, and there is none.
    """
    refused: BadRequest | None = None
    for name in names:
        path = unquote(name.partition("?")[0], errors="surrogateescape")
        try:
            inner = target_of(host, normalise(path if path[:1] == "/" else way.path[: way.path.rfind("/") + 1] + path))
            found, rule = _found(host, inner)
        except BadRequest as error:  # another may be there
            refused = refused or error
            continue
        if rule is not None and 300 <= rule.status < 400:
            _finish(way, config, None, "", told=False)
            redirected(way, rule)
            return True
        if rule is not None:
            refused = refused or BadRequest(rule.status, f"Redirect of {inner.uri}")
            continue
        if found is None or not stat.S_ISREG(found.st_mode):
            continue
        place = last_place(config, setting)
        way.index = Choice(inner.filename, f"{setting.name} {name}", place)
        if redirect:
            _finish(way, config, None, "", told=False)
            way.ends(redirect, f"to {inner.uri}", last_place(config, dir.INDEX_REDIRECT))
            return True
        way.notes.append("the request itself passes its own phases up to fixup before that file answers")
        _look(way, host, inner, inner.filename, stands=True)
        return True
    if refused is not None:
        raise refused
    return False


class _Named:
    """As much of a request as the choice of an interpreter asks for."""

    def __init__(self, filename: str | None) -> None:
        self.filename = filename


def _finish(
    way: Way,
    config: RequestConfig,
    found: FileStatus | None,
    name: str,
    *,
    handler: str | None = None,
    told: bool = True,
) -> None:
    filename = way.file.what if not config.fileless else None

    def shown(call: PythonCall) -> Handler:
        interpreter = interpreter_name(_Named(filename), config, call.call.directory)  # type: ignore[arg-type]
        place = Place() if call.origin is None else place_of(call.origin)
        return Handler(call.call.shown, call.phase.directive, interpreter, place, call.extension)

    python = not told or named_handler(name, config, handler) in PYTHON_HANDLERS
    way.phases = list(phases_shown(config, filename, shown, python=python))
    way.filters = list(filters_of(name, config))
    way.settings = list(settings_shown(config.settings))
    rule = section_redirect(config, way.path)
    if rule is not None:  # of a section: one of the server's own was followed before
        redirected(way, rule)
    elif told:
        tell_answer(way, config, found, name, handler)
    if any(phase.handlers for phase in way.phases if phase.name != HANDLER.directive):
        way.notes.append("handlers of earlier phases may add handlers, set req.handler, and end the request")
