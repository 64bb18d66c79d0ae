"""Who answers a request: a Python handler, the file, a Redirect; or the status that is certain.

Law: what a handler would say is not known, and not guessed.
"""

from __future__ import annotations

import re
import stat

from ..check.answering import PUBLISHERS, file_handler, python_calls
from ..config.decisions import DECISIONS
from ..config.directives import alias, cgi, core, mime
from ..config.patterns import substitute
from ..config.request_config import RequestConfig
from ..config.values import extension
from ..constants import CGI_HANDLERS, METHOD_NUMBERS, PYTHON_HANDLERS, TYPE_MAP_HANDLERS
from ..environ import encode
from ..httpd.content import provided
from ..httpd.types import read_types
from ..phases import HANDLER
from ..stamps import FileStatus
from .filters_shown import missing_filter
from .model import Choice, Place, Way
from .settings_shown import last_place, place_of

__all__ = ["named_handler", "redirected", "section_redirect", "sent_to", "tell_answer"]

_URL = re.compile(r"[A-Za-z0-9+.-]+:")
_CONTROL = re.compile(r"[\r\n\0]")


def named_handler(name: str, config: RequestConfig, handler: str | None) -> str | None:
    """The handler of the file `name`; `handler` is that of a ScriptAlias."""
    return file_handler(name, config.settings) or (handler if config.set_handler is None else None)


def tell_answer(way: Way, config: RequestConfig, found: FileStatus | None, name: str, handler: str | None) -> None:
    """Who answers for the file `name`; `handler` is that of a ScriptAlias, `found` what is there."""
    named = named_handler(name, config, handler)
    place = _named_by(name, config)
    if named in PYTHON_HANDLERS:
        calls = python_calls(config, HANDLER, way.file.what)
        if calls:
            shown = ", ".join(each.call.shown for each in calls)
            origin = calls[0].origin
            way.answer = Choice(
                f"PythonHandler {shown}", f"the handler is {named}", place_of(origin) if origin else place
            )
            if any(each.call.module in PUBLISHERS for each in calls):
                way.notes.append("the publisher looks for the page and the object in it by the path")
            return None
        way.notes.append(f"the handler is {named}, but no PythonHandler is named: the file itself is meant")
    elif named in CGI_HANDLERS:
        return _program(way, config, found, place, aliased=handler is not None)
    elif config.actions and (action := _action(way, config, name, named)) is not None:
        way.answer = Choice(f"the page {action[0]}", "Action or Script leads there: an internal redirect", action[1])
        return None
    elif named in TYPE_MAP_HANDLERS and found is not None and stat.S_ISREG(found.st_mode):
        way.answer = Choice("a variant that the type map names", f"the handler is {named}", place)
        return None
    elif not provided(named):
        return way.ends(500, f"nobody provides the handler {named!r}", place)
    return _file(way, config, found, name)


def _program(way: Way, config: RequestConfig, found: FileStatus | None, place: Place, *, aliased: bool) -> None:
    """What the handler of programs would say (cgi/answer)."""
    if not aliased and "ExecCGI" not in config.options:
        way.ends(403, "a program, and Options ExecCGI is off", last_place(config, core.OPTIONS))
    elif found is None:
        way.ends(404, "there is no such program")
    elif stat.S_ISDIR(found.st_mode):
        way.ends(403, "a folder is no program")
    elif way.path_info and config.settings[core.ACCEPT_PATH_INFO] == "off":
        way.ends(404, f"AcceptPathInfo is off, and there is a path behind the name ({way.path_info})")
    elif not found.st_mode & 0o111:
        way.ends(500, "the program may not be executed", place)
    else:
        way.answer = Choice(f"the program {way.file.what}", "it is run (CGI)", place)


def _action(way: Way, config: RequestConfig, name: str, handler: str | None) -> tuple[str, Place] | None:
    """Where an Action for a file's handler or type, or a Script for the method, leads; None: nowhere."""
    actions = config.settings[cgi.ACTIONS]
    action = actions.get((handler or _type_of(name, config) or "").lower())
    if action is not None:
        return action.script, last_place(config, cgi.ACTIONS)
    script = config.settings[cgi.SCRIPTS].get(way.method)
    return None if script is None or way.method in ("GET", "HEAD") else (script, last_place(config, cgi.SCRIPTS))


def _type_of(name: str, config: RequestConfig) -> str | None:
    found = None
    listed = read_types(config.host.base[mime.TYPES_CONFIG])
    for part in name.split(".")[1:]:
        found = config.settings[mime.TYPES_BY_EXT].get(part.lower()) or listed.get(part.lower()) or found
    return found and found.partition(";")[0].strip()


def _file(way: Way, config: RequestConfig, found: FileStatus | None, name: str) -> None:
    """What the default handler would say (httpd/files)."""
    missing = missing_filter(name, config)
    if way.method == "OPTIONS":
        way.answer = Choice("the methods that the file takes", "OPTIONS")
    elif way.method not in ("GET", "HEAD", "POST"):
        way.ends(405 if way.method in METHOD_NUMBERS else 501, f"a file does not take {way.method}")
    elif found is None:
        way.ends(404, "there is no such file")
    elif stat.S_ISDIR(found.st_mode):
        _folder(way, config)
    elif way.path_info and config.settings[core.ACCEPT_PATH_INFO] != "on":
        way.ends(404, f"the file takes no path behind its name ({way.path_info})")
    elif missing is not None:
        way.ends(500, f"nobody provides the filter {missing[0]} here", missing[1])
    else:
        way.answer = Choice(f"the file {way.file.what}", "no handler is set")


def _folder(way: Way, config: RequestConfig) -> None:
    """What is said of a folder of which no index was found (httpd/listing)."""
    place = last_place(config, core.OPTIONS)
    if "Indexes" in config.options and way.method != "POST":
        way.answer = Choice("a listing of the folder", "Options Indexes: no file of DirectoryIndex is there", place)
    else:
        way.answer = Choice("the folder", "refused: no file of DirectoryIndex is there, nor Options Indexes", place)


def _named_by(name: str, config: RequestConfig) -> Place:
    """The directive that names the handler of a file."""
    if config.settings[core.SET_HANDLER]:
        return last_place(config, core.SET_HANDLER)
    extensions = [part.lower() for part in name.split(".")[1:]]
    for setting in (mime.HANDLERS_BY_EXT, mime.TYPES_BY_EXT):
        for decision in reversed(config.settings[DECISIONS].get(setting, ())):
            adds = decision.name.startswith("Add")  # what a Remove... says may be forgotten
            if adds and decision.args and extension(decision.args[-1]) in extensions:
                return place_of(decision.origin)
    return Place()


def redirected(way: Way, rule: alias.Redirect) -> None:
    """The request ends with a Redirect."""
    target, place = rule.target, place_of(rule.origin)
    if target is None:
        return way.ends(rule.status, "Redirect", place)
    match = None if rule.regex is None else rule.regex.search(encode(way.path))
    if match is not None:
        target = substitute(target, match)
    if not target.startswith("/") and not _URL.match(target):
        return way.ends(500, f"Redirect to {target}, which is no URL", place)
    return sent_to(way, rule.status, "Redirect", target, target.partition("?")[2], place)  # what is before is escaped


def sent_to(way: Way, status: int, by: str, target: str, plain: str, place: Place) -> None:
    """The request ends with a redirection, unless no header may hold its target; `plain` is what is not escaped."""
    if _CONTROL.search(plain):
        return way.ends(500, f"{by} to {target}, which no header may hold", place)
    return way.ends(status, f"{by} to {target}", place)


def section_redirect(config: RequestConfig, path: str) -> alias.Redirect | None:
    """The Redirect of a section that a path meets; those of the server had their turn before."""
    settings = config.settings
    here, rules = settings[alias.REDIRECT_HERE], settings[alias.REDIRECTS]
    if here is not None:
        return here
    rules = rules[: len(rules) - len(config.host.base[alias.REDIRECTS])]
    return next((rule for rule in rules if _sends(rule, path)), None)


def _sends(rule: alias.Redirect, path: str) -> bool:
    """Whether a Redirect is about a path, the slashes of its prefix merged as everywhere."""
    if rule.regex is not None:
        return rule.regex.search(encode(path)) is not None
    if rule.prefix is None:  # the section that it stands in has matched
        return True
    prefix = re.sub("/+", "/", rule.prefix)
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")
