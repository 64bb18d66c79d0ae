"""From a URL path to a file name: Redirect, Alias, UserDir, ServerPath, DocumentRoot (httpd's phase translate).

Law: the same path of the same host always leads to the same place, so it is worked out once and kept.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .._fast.look import Look
from ..config.directives import alias, core, python
from ..config.host_config import HostConfig
from ..config.patterns import Regex, substitute
from ..config.request_config import RequestConfig
from ..constants import HTTP_INTERNAL_SERVER_ERROR, OK, PYTHON_HANDLERS
from ..environ import encode, escape, normalise, read_path
from . import userdir

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Place", "Target", "bad_target", "document_root", "read_target", "redirection", "target_of"]

_OF_PYTHON = (python.HANDLERS, python.PYTHON_CONFIG, python.PYTHON_OPTIONS)
_SLASHES = re.compile(r"/+")
_URL = re.compile(r"[A-Za-z0-9+.-]+:")
_QUERY = re.compile("[?#]")


class Place:
    """A file that a path has led to, and what follows from that: nothing on the way to it can change it."""

    __slots__ = ("config", "decided", "file", "guess", "parts", "path_info", "seen", "sent")

    def __init__(self, file: str, path_info: str, config: RequestConfig) -> None:
        self.file = file
        self.seen: Look | None = None  # the last look at the file, which was a regular one
        self.path_info = path_info
        self.config = config  # what holds there
        self.guess: Any = None  # what the extensions say (httpd/types), once somebody asked
        self.decided: tuple[str | None, str | None] | None = None  # type and handler, once they came out of the phases
        self.parts: Any = None  # what the path info means to the publisher, the same
        self.sent: Any = None  # how the file itself was sent last, if only its type was asked for (httpd/files)


class Target:
    """Where a path leads before any file is looked at."""

    __slots__ = (
        "config",
        "context",
        "early",
        "eventful",
        "filename",
        "handler",
        "known",
        "location",
        "of_user",
        "place",
        "redirects",
        "uri",
    )

    def __init__(self, host: HostConfig, uri: str) -> None:
        self.uri = uri
        self.early = host.early(uri)
        here = self.early.settings[alias.REDIRECT_HERE]  # of a <Location>: the first to be asked
        matching = [rule for rule in host.base[alias.REDIRECTS] if _rest(rule.prefix, rule.regex, uri) is not None]
        self.redirects = tuple(matching) if here is None else (here, *matching)
        self.context = ("", document_root(host))  # the prefix and folder of the Alias, as CGI shows them
        self.of_user = False  # whether a UserDir may say another file name
        filename, self.handler = self._translated(host)
        self.filename = normalise(filename)  # or "/dir//closed" would pass by <Directory /dir/closed>
        # Whether something may happen before a file is looked for.
        self.eventful = host.has_early_work or host.guarded or bool(self.redirects) or self.of_user or uri == "*"
        self.known = 0  # how much of the file name was a file at the last look; a hint only
        self.place: Place | None = None  # of the last look
        self.location = host.location(uri)
        self.config = _without_file(host, uri)  # all that holds, where no file is looked for

    def _translated(self, host: HostConfig) -> tuple[str, str | None]:
        """The file name, and the handler of a ScriptAlias."""
        uri = self.uri
        here = self.early.settings[alias.ALIAS_HERE]
        if here is not None:
            rest = _rest(here.location, None, uri) if self.early.settings[alias.PRESERVE_PATH] else None
            if rest is not None:
                self.context = (here.location.rstrip("/"), here.target.rstrip("/"))
            return here.target + (rest or ""), here.handler
        for rule in host.base[alias.ALIASES]:
            rest = _rest(rule.prefix, rule.regex, uri)
            if rest is None:
                continue
            if rule.regex is not None:
                match = rule.regex.search(encode(uri))
                assert match is not None
                target = substitute(rule.target, match)
                if not target.startswith("/"):
                    target = posixpath.join(host.base[core.SERVER_ROOT], target)
                return target, rule.handler
            self.context = (rule.prefix or "", rule.target)
            return rule.target + rest, rule.handler
        self.of_user = userdir.is_of_user(host, uri)
        path = (host.base[core.SERVER_PATH] or "").rstrip("/")
        if path and (uri == path or uri.startswith(path + "/")):
            uri = uri[len(path) :]
        return document_root(host).rstrip("/") + (uri or "/"), None


def document_root(host: HostConfig) -> str:
    """DocumentRoot; without one the folder that httpd has built in."""
    return host.base[core.DOCUMENT_ROOT] or posixpath.join(host.base[core.SERVER_ROOT], "htdocs")


def target_of(host: HostConfig, uri: str) -> Target:
    """The Target of a path."""
    found: Target | None = host.targets.get(uri)
    if found is None:
        found = host.targets.keep_named(uri, Target(host, uri), uri)
    return found


def bad_target(host: HostConfig) -> Target:
    """The Target of a request whose path cannot be read: that of "/", where it waits in `_bad` what was wrong."""
    found: Target | None = host.targets.get("")
    if found is None:
        found = Target(host, "/")
        found.eventful = True
        host.targets.keep("", found)
    return found


def read_target(host: HostConfig, environ: dict[str, Any], raw: str) -> Target:
    """The Target of a request; `raw` is its target as sent, "" if not known. Raises BadRequest for a path that is none.

    A path that passed the door once, as it stands in the environ, need not pass it again.
    """
    if (raw and ("%" in raw or "#" in raw or raw[0] != "/")) or environ.get("SCRIPT_NAME"):
        return target_of(host, read_path(environ, host.base[core.ALLOW_ENCODED_SLASHES], host.base[core.MERGE_SLASHES]))
    path = environ.get("PATH_INFO", "")
    found: Target | None = host.paths.get(path)
    if found is None:
        uri = read_path(environ, host.base[core.ALLOW_ENCODED_SLASHES], host.base[core.MERGE_SLASHES])
        found = target_of(host, uri)
        if environ.get("REQUEST_METHOD") != "OPTIONS":  # whose "*" is a path for no other method
            host.paths.keep_named(path, found, path)
    return found


def _without_file(host: HostConfig, uri: str) -> RequestConfig | None:
    """What holds, if a <Location> answers by a Python handler: then no file is looked for (as in the original).

    To mod_python the last matching Location with any of its directives decides: without a handler there, files count.
    """
    positions, location = host.location(uri)
    if location[core.SET_HANDLER] in PYTHON_HANDLERS and "PythonHandler" in location[python.HANDLERS]:
        of_python = [section for section in map(host.section, positions) if any(key in section for key in _OF_PYTHON)]
        if python.HANDLERS not in of_python[-1]:
            return None
        config = host.early(uri, fileless=True)
        if config.set_handler in PYTHON_HANDLERS:
            return config
    return None


def _rest(prefix: str | None, regex: Regex | None, uri: str) -> str | None:
    """What of `uri` follows the prefix (httpd's alias_matches: slashes in a row count as one); None: no match."""
    if regex is not None:
        return "" if regex.search(encode(uri)) else None
    if prefix is None:  # the section that the directive stands in has matched
        return ""
    bare = _SLASHES.sub("/", prefix)
    end = len(bare)
    if "//" in uri:  # as MergeSlashes Off leaves it
        found = re.match("/+".join([re.escape(part) for part in bare.split("/")]), uri)
        if found is None:
            return None
        end = found.end()
    elif not uri.startswith(bare):
        return None
    rest = uri[end:]
    if bare.endswith("/") or rest == "" or rest.startswith("/"):
        return rest
    return None


def redirection(req: mp_request, rules: Iterable[alias.Redirect], config: RequestConfig) -> int:
    """The status of the first rule that matches the request's path, its Location set; OK if none does."""
    uri = req.uri
    for rule in rules:
        rest = _rest(rule.prefix, rule.regex, uri)
        if rest is None:
            continue
        if rule.target is None:
            return rule.status
        target = _goal(rule, rest, uri)
        if not target.startswith("/"):
            if not _URL.match(target):
                req._application.log_request(
                    req,
                    f"AH00674: cannot redirect '{uri}' to '{target}'; target is not a valid absoluteURI or abs_path",
                )
                return HTTP_INTERNAL_SERVER_ERROR
        elif not config.settings[alias.REDIRECT_RELATIVE]:
            target = req.construct_url(target)
        if req.args is not None and "?" not in target:
            target = f"{target}?{req.args}"
        req.headers_out["Location"] = target
        return rule.status
    return OK


def _goal(rule: alias.Redirect, rest: str, uri: str) -> str:
    """Where a rule leads, escaped: what a prefix leaves over; else all of it but query and fragment (as httpd does)."""
    assert rule.target is not None
    if rule.prefix is not None:
        return rule.target + escape(rest)
    target = rule.target
    if rule.regex is not None:
        match = rule.regex.search(encode(uri))
        assert match is not None
        target = substitute(target, match)
    end = _QUERY.search(target)
    path = target[: end.start()] if end else target
    return escape(path) + target[len(path) :]
