"""The variables of CGI (RFC 3875 and httpd's own), from a request into its subprocess_env.

Law: the client's Proxy header never becomes HTTP_PROXY (CVE-2016-5385), and credentials are not handed on.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .config.directives import core
from .constants import REMOTE_HOST
from .httpd_names import server_banner
from .signature import signature_of

if TYPE_CHECKING:
    from .request_methods import RequestMethods

__all__ = ["add_cgi_vars", "add_common_vars", "common_values", "script_name"]

_KEPT_BACK = frozenset({"proxy", "authorization", "proxy-authorization", "content-type", "content-length"})
MAX_NAMES = 1000  # of headers that are remembered
MAX_NAME = 64  # letters of such a name; hardly any is longer
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def add_common_vars(req: RequestMethods) -> None:
    """What httpd's ap_add_common_vars sets: headers as HTTP_*, server, addresses, script file, user."""
    env = req.subprocess_env
    headers = req.headers_in
    for name in headers:
        variable = _variables[name] if name in _variables else _variable(name)
        if variable:
            values = headers[name]
            if not isinstance(values, str):
                values = ("; " if name.lower() == "cookie" else ", ").join(values)
            env[variable] = values
    for name in ("Content-Type", "Content-Length"):
        value = headers.get(name)
        if value is not None:
            env[name.upper().replace("-", "_")] = value
    for name, value in common_values(req).items():
        if name != "PATH" or name not in env:  # the server's own is for those who have no SetEnv PATH
            env[name] = value


_variables: dict[str, str] = {}  # of headers, "" for one that is not handed on; a request may make up some


def _variable(header: str) -> str:
    """The variable that a header becomes; "" if it becomes none."""
    handed_on = header.lower() not in _KEPT_BACK and header.isascii() and header.replace("-", "").isalnum()
    made = "HTTP_" + header.upper().replace("-", "_") if handed_on else ""
    if len(_variables) < MAX_NAMES and len(header) <= MAX_NAME:
        _variables[header] = made
    return made


def common_values(req: RequestMethods, *, with_file: bool = True) -> dict[str, str]:
    """Of these variables those that are no headers; `with_file`: also the one that needs the file to be looked for."""
    connection = req.connection
    values = {
        "PATH": os.environ.get("PATH", _DEFAULT_PATH),
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH"),
        "SERVER_SIGNATURE": signature_of(req),
        "SERVER_SOFTWARE": server_banner(req._host.base[core.SERVER_TOKENS]),
        "SERVER_NAME": req._server_name(),
        "SERVER_ADDR": connection.local_ip,
        "SERVER_PORT": str(req._port()),
        "REMOTE_HOST": req._useragent_host(REMOTE_HOST),
        "REMOTE_ADDR": req.useragent_ip,
        "DOCUMENT_ROOT": req.document_root(),
        "REQUEST_SCHEME": req._scheme(),
        "CONTEXT_PREFIX": req._target.context[0],
        "CONTEXT_DOCUMENT_ROOT": req._target.context[1],
        "SERVER_ADMIN": req._host.base[core.SERVER_ADMIN],
        "SCRIPT_FILENAME": req.filename if with_file else None,
        "REMOTE_PORT": str(connection.client_addr[1]),
        "REMOTE_USER": req._user,  # not who is but claimed while a PythonAuthenHandler runs
        "AUTH_TYPE": req.ap_auth_type,
        "HTTPS": "on" if req.is_https() else None,
    }
    previous = req.prev
    if previous is not None:
        values["REDIRECT_URL"] = previous.uri
        if previous.args is not None:
            values["REDIRECT_QUERY_STRING"] = previous.args
        if req._user is None:
            values["REDIRECT_REMOTE_USER"] = _user_before(previous)
    if sys.platform == "win32":
        values["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", "")
    return {name: value for name, value in values.items() if value is not None}


def _user_before(previous: RequestMethods | None) -> str | None:
    """Whom the requests before an internal redirect knew."""
    while previous is not None and previous.user is None:
        previous = previous.prev
    return None if previous is None else previous.user


def add_cgi_vars(req: RequestMethods) -> None:
    """What httpd's ap_add_cgi_vars sets: the request line, and the path split into script and path info."""
    env = req.subprocess_env
    env["GATEWAY_INTERFACE"] = "CGI/1.1"
    env["SERVER_PROTOCOL"] = req.protocol
    env["REQUEST_METHOD"] = req.method
    env["QUERY_STRING"] = req.args or ""
    path_info = req.path_info
    uri = req.uri
    env["REQUEST_URI"] = uri  # not unparsed_uri, and no PATH_TRANSLATED: observed on the original
    if path_info:
        # A part of a parsed page finds the whole path, as in httpd.
        env["SCRIPT_NAME"] = uri if req.protocol == "INCLUDED" else script_name(uri, path_info)
        env["PATH_INFO"] = path_info
    else:
        env["SCRIPT_NAME"] = uri


def script_name(uri: str, path_info: str) -> str:
    """What stands in a path before the path info, which may be a handler's own and end it in part only, or not at all.

    As httpd's ap_find_path_info: slashes that were not merged count as one, and no part of the path is cut in two.
    """
    if path_info[0] == "/" and "//" not in uri and uri.endswith(path_info):
        return uri[: -len(path_info)]
    end, left = len(uri), len(path_info)
    while end and left and uri[end - 1] == path_info[left - 1]:
        end -= 1
        left -= 1
        if path_info[left] == "/":
            while end and uri[end - 1] == "/":
                end -= 1
    end = uri.find("/", max(end - 1, 0))
    return uri if end < 0 else uri[:end]
