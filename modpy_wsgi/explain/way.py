"""The way of a request, found by the code that would serve it: host, translation, walk, sections, plan.

Law: nothing of the site is run, and nothing is written. Who the client is and what it sends is not known, so access is
not judged: what is asked is shown.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

from ..check.answering import PUBLISHERS, PythonCall, file_handler, python_calls
from ..check.hosts import silent_hosts
from ..config.decisions import DECISIONS, Decision
from ..config.directives import alias, core, mime
from ..config.directives import dir as directory_settings
from ..config.directory import Directory
from ..config.host_config import HostConfig
from ..config.hosts import Hosts
from ..config.model import Origin, Section, Setting, Settings, Site, replace
from ..config.request_config import RequestConfig
from ..config.values import extension
from ..constants import METHOD_NUMBERS, PYTHON_HANDLERS
from ..environ import check_head, encode, escape, normalise, read_path
from ..errors import BadRequest
from ..httpd.content import provided
from ..httpd.translate import Target, document_root, target_of
from ..httpd.walk import walk, with_htaccess
from ..interpreter_names import interpreter_name
from ..phases import HANDLER, INIT, POST_READ_REQUEST, TRANS
from ..serving.reach import shown_addresses
from .asked import Asked
from .model import Choice, Decided, Handler, Place, SectionShown, Way
from .plan_shown import phases_shown

__all__ = ["explain"]

MAX_VALUE = 200  # characters of a value that is shown

_UNSAID: tuple[object, ...] = (None, (), frozenset(), "", False)


def explain(site: Site, request: Asked) -> Way:
    """The way of a request through a site that was loaded with `traced`."""
    way = Way(request.method, request.url)
    hosts = silent_hosts(site)
    try:
        _go(way, hosts, request)
    except BadRequest as error:
        _end(way, error.status, str(error))
    return way


def _end(way: Way, status: int, why: str, place: Place = Place()) -> None:  # noqa: B008 - frozen
    way.status = status
    way.answer = Choice(f"{status} {HTTPStatus(status).phrase}", why, place)


def _go(way: Way, hosts: Hosts, request: Asked) -> None:
    environ = request.environ()
    host = hosts.find(environ, environ["RAW_URI"])
    way.host = _host(hosts, host, request)
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
        way.sections = list(_of_host(host))
        return _redirected(way, target.redirects[0])
    way.target = _target(host, target)
    if target.config is not None:
        way.file = Choice(target.filename, "not looked for: a <Location> answers by a Python handler")
        way.sections = [*_of_host(host), *_locations(host, target)]
        _finish(way, target.config, None, "")
        return None
    return _look(way, host, target, request)


def _redirected(way: Way, rule: alias.Redirect) -> None:
    _end(way, rule.status, f"Redirect{f' to {rule.target}' if rule.target else ''}", _place(rule.origin))


def _sends(rule: alias.Redirect, path: str) -> bool:
    """Whether a Redirect is about a path, the slashes of its prefix merged as everywhere."""
    if rule.regex is not None:
        return rule.regex.search(encode(path)) is not None
    if rule.prefix is None:  # the section that it stands in has matched
        return True
    prefix = re.sub("/+", "/", rule.prefix)
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


# -- the host, and where the path leads -------------------------------------------------------------------------------


def _host(hosts: Hosts, host: HostConfig, request: Asked) -> Choice:
    if host is hosts.main:
        why = "there are no virtual hosts" if not hosts.virtual else "no virtual host is for this address and port"
        name = host.host.names[0] if host.host.names else ""
        return Choice(f"main server {name}".strip(), why)
    own = host.host
    name = request.host.lower().rstrip(".")
    why = "the first for this address: none bears the name"
    if name in own.names:
        why = f"it is called {name}"
    elif own.wild_names and host is not hosts.first(request.environ()):
        why = f"{' '.join(own.wild_names)} fits the name"
    called = own.names[0] if own.names else "(no name)"
    return Choice(f"<VirtualHost {shown_addresses(own)}> {called}", why, _place(own.origin))


def _target(host: HostConfig, target: Target) -> Choice:
    for rule in host.base[alias.ALIASES]:
        handler = f", handler {target.handler}" if target.handler else ""
        if rule.regex is not None and rule.regex.search(encode(target.uri)):
            return Choice(target.filename, f"AliasMatch{handler}", _place(rule.origin))
        if rule.regex is None and target.context == ((rule.prefix or "").rstrip("/"), rule.target.rstrip("/")):
            return Choice(target.filename, f"Alias {rule.prefix}{handler}", _place(rule.origin))
    decisions = host.base[DECISIONS].get(core.DOCUMENT_ROOT, ())
    why = "DocumentRoot" if decisions else f"DocumentRoot, which is not set: {document_root(host)}"
    return Choice(target.filename, why, _place(decisions[-1].origin) if decisions else Place())


def _early_calls(host: HostConfig) -> Iterator[PythonCall]:
    config = RequestConfig(host, host.base)
    for phase in (POST_READ_REQUEST, INIT, TRANS):
        yield from python_calls(config, phase, None)


# -- the file ---------------------------------------------------------------------------------------------------------


def _look(way: Way, host: HostConfig, target: Target, request: Asked) -> None:
    filename, rest, found, directory = walk(host, target.filename)
    name = filename[len(directory.path) :]
    exists = found is not None and not rest if name else target.filename[-1] == "/"
    config = directory.config(name, target.location, exists)
    way.path_info = rest
    way.file = Choice(filename, _what(found, rest))
    way.sections = [*_of_host(host), *_sections(directory, name, config, exists), *_locations(host, target)]
    if found is not None and stat.S_ISDIR(found.st_mode) and not rest and _folder(way, host, config, request):
        return
    _finish(way, config, found, name, handler=target.handler)


def _what(found: os.stat_result | None, rest: str) -> str:
    if found is None:
        return "there is no such file"
    kind = "a folder" if stat.S_ISDIR(found.st_mode) else f"a file of {found.st_size} bytes"
    return f"{kind}; the rest of the path is {rest}" if rest else kind


def _folder(way: Way, host: HostConfig, config: RequestConfig, request: Asked) -> bool:
    """A folder: its slash, and the file that stands for it. Whether that is the end."""
    if not way.path.endswith("/"):
        if not config.settings[directory_settings.DIRECTORY_SLASH]:
            return False
        _finish(way, config, None, "", told=False)
        _end(way, 301, f"to {escape(way.path)}/, as it is a folder (DirectorySlash)")
        return True
    for name in config.settings[directory_settings.DIRECTORY_INDEX]:
        path = name.partition("?")[0]
        inner = target_of(host, normalise(path if path.startswith("/") else way.path + path))
        if inner.config is not None:
            continue
        found = walk(host, inner.filename)[2]
        if found is not None and stat.S_ISREG(found.st_mode):
            way.index = Choice(
                inner.filename, f"DirectoryIndex {name}", _last(config, directory_settings.DIRECTORY_INDEX)
            )
            way.notes.append("the folder itself passes its own phases up to fixup before its index file answers")
            _look(way, host, inner, request)
            return True
    return False


# -- sections ---------------------------------------------------------------------------------------------------------


def _of_host(host: HostConfig) -> Iterator[SectionShown]:
    main = host.site.main
    names = host.site.files
    yield SectionShown("main server", Place(names[0] if names else None))
    if host.host is not main:
        yield SectionShown(f"<VirtualHost {shown_addresses(host.host)}>", _place(host.host.origin))


def _at(host: HostConfig, position: int) -> Section:
    main = host.site.main.sections
    return main[position] if position < len(main) else host.host.sections[position - len(main)]


def _shown(section: Section) -> SectionShown:
    return SectionShown(f"<{section.kind.value} {section.pattern}>", _place(section.origin))


def _sections(directory: Directory, name: str, config: RequestConfig, exists: bool) -> Iterator[SectionShown]:
    """Those of Directory and .htaccess, DirectoryMatch, Files."""
    host = directory.host
    current = host.root
    for part in ("", *directory.path.split("/")[1:-1]):
        if part:
            current = current.child(part)
        for position in host.directory_settings(current.path)[0]:
            yield _shown(_at(host, position))
        below = with_htaccess(current)
        if below is not current:
            file = next((each for each in current.access_files if os.path.lexists(current.path + each)), ".htaccess")
            yield SectionShown(file, Place(current.path + file))
        current = below
    path = directory.path + name
    if not name and not exists:
        path = path[:-1]
    for _, section in host.directory_matches(path):
        yield _shown(section)
    if name:
        for section in config.settings[core.FILES_SECTIONS]:
            if section.pattern == name if section.regex is None else section.regex.search(encode(name)):
                yield _shown(section)


def _locations(host: HostConfig, target: Target) -> Iterator[SectionShown]:
    for position in target.location[0]:
        yield _shown(_at(host, position))


# -- who answers, and who decided -------------------------------------------------------------------------------------


class _Named:
    """As much of a request as the choice of an interpreter asks for."""

    def __init__(self, filename: str | None) -> None:
        self.filename = filename


def _finish(
    way: Way,
    config: RequestConfig,
    found: os.stat_result | None,
    name: str,
    *,
    handler: str | None = None,
    told: bool = True,
) -> None:
    filename = way.file.what if not config.fileless else None

    def shown(call: PythonCall) -> Handler:
        interpreter = interpreter_name(_Named(filename), config, call.call.directory)  # type: ignore[arg-type]
        place = Place() if call.origin is None else _place(call.origin)
        return Handler(call.call.shown, call.phase.directive, interpreter, place, call.extension)

    way.phases = list(phases_shown(config, filename, shown))
    way.filters = list(_filters(name, config))
    way.settings = list(_settings(config.settings))
    rule = next((rule for rule in config.settings[alias.REDIRECTS] if _sends(rule, way.path)), None)
    if rule is not None:  # of a section: one of the server's own was followed before
        _redirected(way, rule)
    elif told:
        _answer(way, config, found, name, handler)
    if any(phase.handlers for phase in way.phases if phase.name != HANDLER.directive):
        way.notes.append("handlers of earlier phases may add handlers, set req.handler, and end the request")


def _answer(way: Way, config: RequestConfig, found: os.stat_result | None, name: str, handler: str | None) -> None:
    named = file_handler(name, config.settings) or (handler if config.settings[core.SET_HANDLER] is None else None)
    place = _named_by(name, config)
    if named in PYTHON_HANDLERS:
        calls = python_calls(config, HANDLER, way.file.what)
        if calls:
            shown = ", ".join(each.call.shown for each in calls)
            origin = calls[0].origin
            way.answer = Choice(
                f"PythonHandler {shown}", f"the handler is {named}", _place(origin) if origin else place
            )
            if any(each.call.module in PUBLISHERS for each in calls):
                way.notes.append("the publisher looks for the page and the object in it by the path")
            return None
        way.notes.append(f"the handler is {named}, but no PythonHandler is named: the file itself is meant")
    elif not provided(named):
        return _end(way, 500, f"nobody provides the handler {named!r}", place)
    return _file(way, config, found, name)


def _file(way: Way, config: RequestConfig, found: os.stat_result | None, name: str) -> None:
    """What the default handler would say (httpd/files)."""
    filters = list(_filters(name, config))
    if way.method == "OPTIONS":
        way.answer = Choice("the methods that the file takes", "OPTIONS")
    elif way.method not in ("GET", "HEAD", "POST"):
        _end(way, 405 if way.method in METHOD_NUMBERS else 501, f"a file does not take {way.method}")
    elif found is None:
        _end(way, 404, "there is no such file")
    elif stat.S_ISDIR(found.st_mode):
        way.answer = Choice("the folder", "refused unless it can be listed: no file of DirectoryIndex is there")
    elif way.path_info and config.settings[core.ACCEPT_PATH_INFO] != "on":
        _end(way, 404, f"the file takes no path behind its name ({way.path_info})")
    elif filters:
        _end(way, 500, f"nobody provides the output filter {filters[0].what}", filters[0].place)
    else:
        way.answer = Choice(f"the file {way.file.what}", "no handler is set")


def _named_by(name: str, config: RequestConfig) -> Place:
    """The directive that names the handler of a file."""
    if config.settings[core.SET_HANDLER]:
        return _last(config, core.SET_HANDLER)
    extensions = [part.lower() for part in name.split(".")[1:]]
    for setting in (mime.HANDLERS_BY_EXT, mime.TYPES_BY_EXT):
        for decision in reversed(config.settings[DECISIONS].get(setting, ())):
            if decision.args and extension(decision.args[-1]) in extensions:
                return _place(decision.origin)
    return Place()


def _filters(name: str, config: RequestConfig) -> Iterator[Choice]:
    by_extension = config.settings[mime.OUTPUT_FILTERS_BY_EXT]
    for part in name.split(".")[1:]:
        filters = by_extension.get(part.lower())
        if filters:
            yield Choice("; ".join(filters), f"AddOutputFilter .{part}", _last(config, mime.OUTPUT_FILTERS_BY_EXT))


def _settings(settings: Settings) -> Iterator[Decided]:
    decisions = settings[DECISIONS]
    for setting, value in sorted(settings.items(), key=lambda pair: pair[0].name.lower()):
        if setting is DECISIONS:
            continue
        by = tuple((_written(each), _place(each.origin)) for each in decisions.get(setting, ()))
        yield Decided(setting.name, _value(value), by[::-1], setting.merge is not replace)


def _written(decision: Decision) -> str:
    bracket = ">" if decision.name.startswith("<") else ""
    return (" ".join((decision.name, *decision.args)) + bracket)[:MAX_VALUE]


def _value(value: object) -> str:
    """A value for people: short, and the same each time."""
    if isinstance(value, frozenset):
        text = " ".join(sorted(map(str, value))) or "none"
    elif isinstance(value, dict):
        text = ", ".join(f"{key}={_value(each)}" for key, each in value.items())
    elif isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        if fields is None:
            text = ", ".join(map(_value, value)) or "none"
        else:  # where it stands is told beside it
            said = [(name, each) for name, each in zip(fields, value, strict=True) if not isinstance(each, Origin)]
            text = " ".join(f"{name}={_value(each)}" for name, each in said if each not in _UNSAID)
    elif isinstance(value, Section):
        text = _shown(value).name
    elif is_dataclass(value):
        said = [(each.name, getattr(value, each.name)) for each in fields_of(value)]
        text = " ".join(f"{name}={_value(each)}" for name, each in said if each not in _UNSAID)
    elif isinstance(value, bool):
        text = "On" if value else "Off"
    elif isinstance(value, Enum):
        text = (value.name or str(value)).capitalize()
    else:
        text = str(value)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 3] + "..."


def _last(config: RequestConfig, setting: Setting[Any]) -> Place:
    decisions = config.settings[DECISIONS].get(setting, ())
    return _place(decisions[-1].origin) if decisions else Place()


def _place(origin: Origin) -> Place:
    return Place(origin.file or None, origin.line or None)
