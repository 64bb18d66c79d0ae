"""A request as a WSGI server (PEP 3333): the environ for an application below it, and its start_response.

Law: an application sees what the phases before it made of the request, its headers, variables, user and body; it never
sees the client's Proxy header as HTTP_PROXY. What it says must not be sent is its error, and it hears of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .cgi_variables import common_values
from .environ import decode, encode
from .response import checked

if TYPE_CHECKING:
    from wsgiref.util import FileWrapper

    from .request_methods import RequestMethods

__all__ = ["BASE_URI", "ErrorStream", "InputStream", "build_environ", "start_response"]

BLOCK = 65536  # bytes of a file that are sent at once, if the application does not say
BASE_URI = "mod_python.wsgi.base_uri"
_STATUS = re.compile(r"[2-5][0-9]{2}( |\Z)")
# What the server that we run on knows of the request otherwise: it is said by the request itself, or by nobody.
_OWN = ("REMOTE_USER", "AUTH_TYPE", "HTTPS", "HTTP_PROXY")


class InputStream:
    """wsgi.input: the body of a request, as far as nobody has read it."""

    def __init__(self, req: RequestMethods) -> None:
        self._req = req

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes, or all that is left. Raises OSError as req.read()."""
        return self._req.read(-1 if size is None else size)

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line, or up to `size` bytes of it. Raises OSError."""
        return self._req.readline(-1 if size is None else size)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """Read lines until the end, or until `hint` bytes were read. Raises OSError."""
        return self._req.readlines(-1 if hint is None or hint <= 0 else hint)

    def __iter__(self) -> Iterator[bytes]:
        while line := self._req.readline():
            yield line


class ErrorStream:
    """wsgi.errors: each line becomes one of the error log."""

    def __init__(self, req: RequestMethods) -> None:
        self._req = req
        self._begun = ""

    def write(self, text: str) -> int:
        """Write text; what follows the last line end waits for more."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._req.log_error(line)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write a line that was begun."""
        if self._begun:
            begun, self._begun = self._begun, ""
            self._req.log_error(begun)


def file_wrapper(file: Any, block_size: int = BLOCK) -> FileWrapper:
    """wsgi.file_wrapper: the pieces of a file, which is closed behind the last."""
    from wsgiref.util import FileWrapper  # which few applications ask for

    return FileWrapper(file, block_size)


def base_uri(req: RequestMethods) -> str:
    """Under which path the application is: by the option, else the <Location> that names the handler, else "".

    Raises ValueError for an option that ends in a slash, as the original does.
    """
    option: str | None = req.get_options().get(BASE_URI)
    if option:
        if option.endswith("/"):
            raise ValueError(f"PythonOption {BASE_URI} ({option!r}) must not end with '/'")
        return option
    if req._calls:
        call = req._calls[req._call_index]
        if call.is_location:
            return (call.directory or "").rstrip("/")
    mount = decode(req._environ.get("SCRIPT_NAME", ""))
    return mount if _is_below(req.uri, mount) else ""


def _is_below(path: str, base: str) -> bool:
    return path == base or path.startswith(f"{base}/") or not base


def build_environ(req: RequestMethods) -> dict[str, Any] | None:
    """The environ; None if the path is not below the base URI. Raises ValueError for a base that ends in a slash."""
    base = base_uri(req)
    uri = req.uri
    if not _is_below(uri, base):
        return None
    path_info = uri[len(base) :]
    put_off = req._translated is not None  # nobody has looked for a file, and an application asks for none
    if not put_off:
        req._path_info = path_info
    environ = dict(req._environ)
    for name in _OWN:
        environ.pop(name, None)
    if getattr(req, "_headers_in", None) is not None:  # somebody has asked for the headers, and may have changed them
        _take_headers(req, environ)
    for name, value in common_values(req, with_file=not put_off).items():
        environ[name] = value if value.isascii() else encode(value)
    own = req._known_variables
    if own is not None:
        for name in own:
            environ[name] = encode(own.get(name) or "")
    environ.update(
        {
            "GATEWAY_INTERFACE": "CGI/1.1",
            "SERVER_PROTOCOL": req.protocol,
            "REQUEST_METHOD": req.method,
            "QUERY_STRING": encode(req.args or ""),
            "REQUEST_URI": encode(uri),
            "SCRIPT_NAME": encode(base),
            "PATH_INFO": encode(path_info),
            "wsgi.version": (1, 0),
            "wsgi.input": InputStream(req),
            "wsgi.input_terminated": True,
            "wsgi.errors": ErrorStream(req),
            "wsgi.file_wrapper": file_wrapper,
        }
    )
    if environ.get("HTTPS", "off").lower() != "off":
        environ["wsgi.url_scheme"] = "https"
    return environ


def _take_headers(req: RequestMethods, environ: dict[str, Any]) -> None:
    """The headers as the phases before have left them, in the place of those that the server has read."""
    for name in [name for name in environ if name.startswith("HTTP_")]:
        del environ[name]
    headers = req.headers_in
    for name in dict.fromkeys(name.upper().replace("-", "_") for name in headers):
        if name.isascii() and name.replace("_", "").isalnum() and name != "PROXY":
            found = headers[name.replace("_", "-")]
            joined = found if isinstance(found, str) else ("; " if name == "COOKIE" else ", ").join(found)
            environ[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = encode(joined)


def start_response(
    req: RequestMethods, status: str, headers: list[tuple[str, str]], exc_info: Any = None
) -> Callable[[bytes], None]:
    """Take status and headers of an application, in the place of those that it gave before. Returns req.write.

    Raises what `exc_info` holds if the head was sent already; AssertionError for a second call without it; TypeError,
    ValueError or HandlerError for what cannot be a status or a header.
    """
    if exc_info is not None:
        try:
            if req._server_write is not None:
                raise exc_info[1].with_traceback(exc_info[2])
        finally:
            exc_info = None  # or the frames in it would refer to this one
    elif req._headers_before is not None:
        raise AssertionError("start_response() was called a second time without exc_info")
    if not isinstance(status, str):
        raise TypeError(f"the status must be str, not {type(status).__name__}")
    if not _STATUS.match(status):
        raise ValueError(f"no status line: {status!r}")
    if not isinstance(headers, list):
        raise TypeError(f"the headers must be a list, not {type(headers).__name__}")
    found = [_header(header) for header in headers]
    if req._headers_before is None:
        req._headers_before = tuple(req.headers_out.items())
    else:
        req.headers_out.clear()
        for name, value in req._headers_before:
            req.headers_out.add(name, value)
    req.status = int(status[:3])
    req.status_line = decode(status)
    for name, value in found:
        lower = name.lower()
        if lower == "content-type":
            req.content_type = value
        elif lower == "content-length":
            req.set_content_length(int(value))
        else:
            req.headers_out.add(name, value)
    return req.write


def _header(header: Any) -> tuple[str, str]:
    """A header as the request's tables have it. Raises TypeError, HandlerError."""
    if type(header) is not tuple or len(header) != 2:
        raise TypeError(f"a header must be a tuple of name and value, not {header!r}")
    name, value = (each.decode("latin-1") if isinstance(each, bytes) else each for each in header)
    for each in (name, value):
        if not isinstance(each, str):
            raise TypeError(f"names and values of headers must be str, not {type(each).__name__}: {header!r}")
    try:
        text = decode(value)
    except UnicodeEncodeError:
        raise ValueError(f"header {name!r}: the value has characters beyond latin-1 (PEP 3333)") from None
    checked(name, text)
    return name, text
