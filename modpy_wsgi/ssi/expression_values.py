"""What variables, functions and operators of expressions stand for.

Law: a name that is not known is an error of the expression (ValueError); one that is known and has no value is "".
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import re
import time
from collections.abc import Callable
from typing import Any

from ..config.addresses import Network, network
from ..config.directives import core
from ..config.globs import Glob
from ..config.patterns import compile_wildcard
from ..environ import encode, escape
from ..httpd_names import server_banner
from .page import Page
from .words import unescape_url

__all__ = ["binary", "function", "is_within", "network", "number", "unary", "variable"]

Word = Callable[[Page], str]
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}")
_NO_ESCAPE = re.compile("%(?:00|(?![0-9A-Fa-f]{2}))")
_SLASH = re.compile("%(2[Ff])")


def number(text: str) -> int:
    """The number at the beginning of a text; 0 if there is none."""
    found = _NUMBER.match(text)
    return int(found[0]) if found else 0


def _header(name: str) -> Callable[[Any], str | None]:
    return lambda req: req.headers_in.get(name)


def _clock(form: str) -> Callable[[Any], str]:
    return lambda req: time.strftime(form, time.localtime())


_HEADERS = ("Accept", "Cookie", "Forwarded", "Host", "Proxy-Connection", "Referer", "User-Agent")
_VARIABLES: dict[str, Callable[[Any], Any]] = {
    **{f"HTTP_{name.upper().replace('-', '_')}": _header(name) for name in _HEADERS},
    "AUTH_TYPE": lambda req: req.ap_auth_type,
    "CONN_REMOTE_ADDR": lambda req: req.connection.client_ip,
    "CONTENT_TYPE": lambda req: req._content_type,
    "CONTEXT_PREFIX": lambda req: req._target.context[0],
    "CONTEXT_DOCUMENT_ROOT": lambda req: req._target.context[1],
    "DOCUMENT_ROOT": lambda req: req.document_root(),
    "DOCUMENT_URI": lambda req: req.uri,
    "HANDLER": lambda req: req._handler or (req._content_type or "*/*").partition(";")[0],
    "HTTP2": lambda req: "on" if req._environ.get("SERVER_PROTOCOL", "").startswith("HTTP/2") else "off",
    "HTTPS": lambda req: "on" if req.is_https() else "off",
    "IPV6": lambda req: "on" if ":" in (req.useragent_ip or "") else "off",
    "IS_SUBREQ": lambda req: "true" if req.main is not None else "false",
    "LAST_MODIFIED": lambda req: _stamp(req),
    "PATH_INFO": lambda req: req.path_info,
    "PROTOCOL": lambda req: req.protocol,
    "QUERY_STRING": lambda req: req.args,
    "REMOTE_ADDR": lambda req: req.useragent_ip,
    "REMOTE_HOST": lambda req: req._useragent_host(),
    "REMOTE_IDENT": lambda req: "",
    "REMOTE_PORT": lambda req: req.connection.client_addr[1],
    "REMOTE_USER": lambda req: req.user,
    "REQUEST_FILENAME": lambda req: req.filename,
    "REQUEST_METHOD": lambda req: req.method,
    "REQUEST_SCHEME": lambda req: req._scheme(),
    "REQUEST_STATUS": lambda req: req.status,
    "REQUEST_URI": lambda req: req.uri,
    "SCRIPT_FILENAME": lambda req: req.filename,
    "SERVER_ADMIN": lambda req: req._host.base[core.SERVER_ADMIN],
    "SERVER_NAME": lambda req: req._server_name(),
    "SERVER_PORT": lambda req: req._port(),
    "SERVER_PROTOCOL": lambda req: req.protocol,
    "SERVER_SOFTWARE": lambda req: server_banner(req._host.base[core.SERVER_TOKENS]),
    "THE_REQUEST": lambda req: req.the_request,
    "TIME": _clock("%Y%m%d%H%M%S"),
    "TIME_DAY": _clock("%d"),
    "TIME_HOUR": _clock("%H"),
    "TIME_MIN": _clock("%M"),
    "TIME_MON": _clock("%m"),
    "TIME_SEC": _clock("%S"),
    "TIME_WDAY": _clock("%w"),
    "TIME_YEAR": _clock("%Y"),
}


def _stamp(req: Any) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.localtime(req._stat.st_mtime)) if req._stat is not None else ""


def variable(name: str, argument: str) -> Word:
    """%{NAME}, or %{function:argument}."""
    if argument:
        called = function(name)
        return lambda page: called(page, argument)
    found = _VARIABLES.get(name.upper())
    if found is None:
        raise ValueError(f"Variable '{name}' does not exist")

    def value(page: Page) -> str:
        result = found(page.req)
        return "" if result is None else str(result)

    return value


def _environment(page: Page, name: str) -> str:
    """env(): what the site has noted, else what holds for the page, else what the process was started with."""
    found = page.req.notes.get(name)
    if found is None:
        found = page.variable(name)
    return str(os.environ.get(name, "") if found is None else found)


def _note(page: Page, name: str) -> str:
    return str(page.req.notes.get(name) or "")


def _sent(page: Page, name: str) -> str:
    return str(page.req.headers_in.get(name) or "")


def _answered(page: Page, name: str) -> str:
    req = page.req
    if name.lower() == "content-type":
        return str(req.content_type or "") if req.main is None else ""  # a part of the answer has no such header
    return str(req.headers_out.get(name) or req.err_headers_out.get(name) or "")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


_FUNCTIONS: dict[str, Callable[[Page, str], str]] = {
    "base64": lambda page, text: base64.b64encode(_bytes(text)).decode("ascii"),
    "env": _environment,
    "escape": lambda page, text: escape(text),
    "http": _sent,
    "md5": lambda page, text: hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest(),
    "note": _note,
    "osenv": lambda page, text: os.environ.get(text, ""),
    "req": _sent,
    "req_novary": _sent,
    "reqenv": lambda page, text: page.variable(text) or "",
    "resp": _answered,
    "sha1": lambda page, text: hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest(),
    "tolower": lambda page, text: text.lower(),
    "toupper": lambda page, text: text.upper(),
    "unbase64": lambda page, text: _unbase64(text),
    "unescape": lambda page, text: _unescaped(text),
    "v": lambda page, text: page.variable(text) or "",
}


def _unescaped(text: str) -> str:
    """Escapes decoded, but those of slashes; nothing if one is none."""
    return "" if _NO_ESCAPE.search(text) else unescape_url(_SLASH.sub(r"%25\1", text))


def _unbase64(text: str) -> str:
    from .words import recoded

    return recoded(text, "base64", "none")


def function(name: str) -> Callable[[Page, str], str]:
    """A function of one text."""
    found = _FUNCTIONS.get(name.lower())
    if found is None:
        raise ValueError(f"Function '{name}' does not exist, or is not allowed here")
    return found


def _is_true(page: Page, text: str) -> bool:
    return text.lower() not in ("", "0", "off", "false", "no")


_UNARY: dict[str, Callable[[Page, str], bool]] = {
    "A": lambda page, text: page.may_see(text),
    "T": _is_true,
    "U": lambda page, text: page.may_see(text),
    "n": lambda page, text: bool(text),
    "z": lambda page, text: not text,
}


def unary(letter: str) -> Callable[[Page, str], bool]:
    """An operator before a word. Those that look at files are not allowed in a page."""
    found = _UNARY.get(letter)
    if found is None:
        raise ValueError(f"Operator '-{letter}' does not exist, or is not allowed here")
    return found


def is_within(address: str, network: Network) -> bool:
    """Whether a text is an address of a network."""
    try:
        return ipaddress.ip_address(address) in network
    except ValueError:
        return False


_BINARY: dict[str, Callable[[str, str], bool]] = {
    "fnmatch": lambda text, pattern: compile_wildcard(pattern).search(encode(text)) is not None,
    "strcmatch": lambda text, pattern: Glob(encode(pattern), fold=True).matches(encode(text)),
    "strmatch": lambda text, pattern: Glob(encode(pattern)).matches(encode(text)),
}


def binary(name: str) -> Callable[[str, str], bool]:
    """An operator between two words."""
    return _BINARY[name]
