"""The one door where bytes become text: a WSGI environ in, request line, host and path out.

Law: WSGI's latin-1 strings become UTF-8 text with surrogateescape here and nowhere else, once; no byte is lost. A path
that passed this door is decoded, starts with "/", and holds no NUL, no empty, "." or ".." segment.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from .errors import BadRequest

__all__ = [
    "check_head",
    "decode",
    "encode",
    "escape",
    "host_field",
    "local_address",
    "local_port",
    "normalise",
    "plain_address",
    "port_number",
    "raw_target",
    "read_path",
    "request_host",
    "socket_address",
]

_UNESCAPED = re.compile(r"[A-Za-z0-9/;:@&=+$,!~*'()._-]*")
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_NEEDS_WORK = re.compile(r"//|/\.|\0")
_ABSOLUTE = re.compile(r"https?://[^@/?#]+(?:[/?]|\Z)", re.IGNORECASE)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ENCODED_SLASH = re.compile(r"%2[fF]")


def decode(value: str) -> str:
    """WSGI's latin-1 `value` as UTF-8 text; bytes that are not UTF-8 become lone surrogates (PEP 383)."""
    if value.isascii():
        return value
    return value.encode("latin-1").decode("utf-8", "surrogateescape")


def encode(value: str) -> str:
    """The way back: text as WSGI's latin-1 string. UnicodeEncodeError for a surrogate that stands for no byte."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("latin-1")


def escape(path: str) -> str:
    """Text as part of a URL path, as httpd escapes it: UTF-8, with hexadecimal digits in lower case."""
    if _UNESCAPED.fullmatch(path):
        return path
    escaped = quote(path, safe="/;:@&=+$,!~*'()", errors="surrogateescape")
    return _ESCAPE.sub(lambda match: match.group().lower(), escaped)


def normalise(path: str, merge_slashes: bool = True) -> str:
    """A decoded path without "//", "/./" and "/../", as httpd's ap_normalize_path leaves it (RFC 3986, 5.2.4).

    Raises BadRequest(400) for a path that climbs above the root or does not start with "/", BadRequest(404) for NUL.
    """
    if not path.startswith("/"):
        raise BadRequest(400, f"invalid URI {path!r}")
    if not _NEEDS_WORK.search(path):
        return path
    if "\0" in path:
        raise BadRequest(404, "NUL in the path")
    done: list[str] = []
    segments = path[1:].split("/")
    last = len(segments) - 1
    for index, segment in enumerate(segments):
        if segment == "..":
            if not done or done == [""]:
                raise BadRequest(400, "the path climbs above the root")
            done.pop()
            if index == last:
                done.append("")
        elif segment == ".":
            if index == last:
                done.append("")
        elif segment == "" and index != last and merge_slashes:
            continue
        else:
            done.append(segment)
    if len(done) > 1 and done[-1] == "" and done[-2] == "" and merge_slashes:
        done.pop()
    return "/" + "/".join(done)


def raw_target(environ: Mapping[str, Any]) -> str:
    """The request target as the client sent it, where the server keeps it; otherwise put together again.

    gunicorn keeps RAW_URI, uWSGI and mod_wsgi REQUEST_URI; waitress and wsgiref neither.
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return decode(raw)
    path = quote(
        environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), safe="/;:@&=+$,!~*'()", encoding="latin-1"
    )
    query = environ.get("QUERY_STRING")
    return f"{path}?{decode(query)}" if query else path or "/"


def read_path(environ: Mapping[str, Any], encoded_slashes: str = "off", merge_slashes: bool = True) -> str:
    """The decoded, normalised path of a request (httpd's r->uri).

    `encoded_slashes` is AllowEncodedSlashes: "off" answers 404 to %2F and "nodecode" keeps it, wherever the server
    still shows it. Raises BadRequest: 400 for a bad escape or a path above the root, 404 for NUL and for a refused
    encoded slash.
    """
    path = decode(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    raw_path = raw.partition("?")[0]
    if "#" in raw or (raw and raw[0] != "/" and not _ABSOLUTE.match(raw) and raw != "*"):
        raise BadRequest(400, f"bad request target {raw!r}")
    encoded = "%" in raw_path and _ENCODED_SLASH.search(raw_path)
    if "%" in raw_path and _BAD_ESCAPE.search(raw_path):
        raise BadRequest(400, "bad escape in the path")
    if encoded and encoded_slashes == "off":
        raise BadRequest(404, "found %2F in the path (AllowEncodedSlashes Off)")
    if encoded and encoded_slashes == "nodecode":
        path = _unquote_but_slashes(raw_path)
    if path == "*" and environ.get("REQUEST_METHOD") == "OPTIONS":
        return path
    if path.startswith("//") and raw_path[:1] in ("/", ""):  # httpd merges these even with MergeSlashes Off
        path = "/" + path.lstrip("/")
    try:
        return normalise(path or "/", merge_slashes)
    except BadRequest as error:
        raise (BadRequest(404, str(error)) if encoded else error) from None


def _unquote_but_slashes(raw_path: str) -> str:
    """The path of a request target, decoded but for %2F (AllowEncodedSlashes NoDecode)."""
    if raw_path[0] != "/":
        raw_path = "/" + raw_path.partition("://")[2].partition("/")[2]
    kept = _ENCODED_SLASH.sub(lambda match: f"%25{match.group()[1:]}", raw_path)
    return unquote_to_bytes(kept.encode("latin-1")).decode("utf-8", "surrogateescape")


def host_field(environ: Mapping[str, Any]) -> str | None:
    """The host that the client asked for as it was written, with port: of an absolute request target, else Host."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if raw[:1] not in ("/", "") and "://" in raw:
        return str(raw).partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    return environ.get("HTTP_HOST")


def request_host(environ: Mapping[str, Any]) -> str | None:
    """The host that the client asked for, lower case, without port: of an absolute request target, else of Host.

    Raises BadRequest(400) for a host that is no host (RFC 9112, 3.2).
    """
    host = host_field(environ)
    if host is None:
        return None
    port = _HAS_PORT.search(host)
    name = host[: port.start()] if port else host
    if port and not 0 < int(port[1] or 0) < 65536:
        raise BadRequest(400, f"bad port in host {host!r}")
    if not (_HOST.fullmatch(name) or (_BRACKETS.fullmatch(name) and _is_ipv6(name[1:-1]))):
        raise BadRequest(400, f"bad host {host!r}")
    name = name[:-1] if len(name) > 1 and name.endswith(".") else name
    if _NUMBER_LAST.search(name) and not _DOTTED.fullmatch(name):
        raise BadRequest(400, f"bad host {host!r}")
    return name.lower()


def check_head(environ: Mapping[str, Any]) -> None:
    """Refuse what no request may say, whatever the server let through.

    Raises BadRequest: 400 for a Content-Length that is none and for CONNECT, 405 for TRACE, 417 for other expectations.
    """
    length = environ.get("CONTENT_LENGTH")
    if length and not (length.isascii() and length.isdigit() and len(length) < 19):
        raise BadRequest(400, f"bad Content-Length {length!r}")
    expect = environ.get("HTTP_EXPECT")
    if expect and expect.lower() != "100-continue":
        raise BadRequest(417, f"unknown expectation {expect!r}")
    method = environ["REQUEST_METHOD"]
    if method == "CONNECT":
        raise BadRequest(400, "CONNECT is for proxies")
    if method == "TRACE":  # httpd's own business, no handler's; and it would show what scripts must not see
        raise BadRequest(405, "TRACE is not answered")


# What httpd takes for a name (HttpProtocolOptions Strict): less than RFC 3986 would.
_HOST = re.compile(r"\.?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
_NUMBER_LAST = re.compile(r"(?:\A|\.)[0-9]+\Z|\.[0-9_-][^.]*\Z")  # the last part of a name begins with a letter
_DOTTED = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){3}")
_BRACKETS = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_HAS_PORT = re.compile(r":([0-9]{0,5})\Z")


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def port_number(text: Any) -> int:
    """A port as servers put it into the environ: str, int, "" or nothing."""
    try:
        return int(text or 0)
    except ValueError:
        return 0


def plain_address(address: str) -> str:
    """An IPv4 address that a socket for both families shows as ::ffff:192.0.2.1, as IPv4, like httpd; else as it is."""
    if address[:1] != ":":
        return address
    return address[7:] if address[:7].lower() == "::ffff:" and "." in address else address


def socket_address(environ: Mapping[str, Any]) -> tuple[str, int] | None:
    """(address, port) of the server's end of a request's connection; None if the server does not show it.

    ("", 0) for a Unix socket, over which gunicorn makes up SERVER_NAME and SERVER_PORT from the client's own Host.
    """
    socket = environ.get("gunicorn.socket")
    if socket is not None:
        try:
            name = socket.getsockname()
        except OSError:  # closed meanwhile
            name = None
        if name is not None:  # a Unix socket's is a str
            return (plain_address(name[0]), name[1]) if isinstance(name, tuple) else ("", 0)
    address = environ.get("SERVER_ADDR")
    return (plain_address(address), port_number(environ.get("SERVER_PORT"))) if address else None


def local_address(environ: Mapping[str, Any]) -> tuple[str, int]:
    """(address, port) of the server's end of a request's connection; else what the server calls itself."""
    shown = socket_address(environ)
    if shown is not None:
        return shown
    port = port_number(environ.get("SERVER_PORT"))
    return _canonical(environ.get("SERVER_NAME") or ""), port


@lru_cache(maxsize=64)
def _canonical(name: str) -> str:
    """An address as it is usually written; any other name as it is."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name


def local_port(environ: Mapping[str, Any]) -> Any:
    """The port of the server's end, as the environ has it (see port_number)."""
    return environ.get("SERVER_PORT") if environ.get("gunicorn.socket") is None else local_address(environ)[1]
