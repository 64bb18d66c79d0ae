"""Errors sorted by whose fault they are, and the one exception that is no error but a way to stop."""

from __future__ import annotations

__all__ = ["SERVER_RETURN", "BadRequest", "ConfigError", "HandlerError", "ShortBody", "ends_greenlet"]


class ConfigError(Exception):
    """The administrator's: a configuration that cannot be followed. Nothing starts with it.

    `str(error)` begins with `file:line: ` where the place is known.
    """

    def __init__(self, message: str, file: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line

    def __str__(self) -> str:
        if self.file is None:
            return self.message
        if self.line is None:
            return f"{self.file}: {self.message}"
        return f"{self.file}:{self.line}: {self.message}"


class BadRequest(Exception):  # noqa: N818 - named after the HTTP status it stands for
    """The client's: a request that cannot be answered; `status` is the 4xx (or 5xx) to answer with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class HandlerError(Exception):
    """The site's: a handler that broke the rules (a header with a line break, ...). Answered 500, logged."""


class ShortBody(OSError):  # noqa: N818 - what it is
    """A response shorter than its Content-Length: raised to the server, because only it can close the connection."""


class SERVER_RETURN(Exception):  # noqa: N801, N818 - mod_python's name (manual 4.2)
    """Stops a handler: `raise apache.SERVER_RETURN(status)`, or `(result, status)` to set req.status as well."""


_ENDS_GREENLETS = frozenset({"greenlet", "gevent", "eventlet"})


def ends_greenlet(error: BaseException) -> bool:
    """Whether an exception is one by which a server ends the greenlet of a request, and no error of the site.

    All others that a site's code lets out are, be they none of Exception's: GeneratorExit, asyncio's CancelledError.
    """
    return not isinstance(error, Exception) and type(error).__module__.partition(".")[0] in _ENDS_GREENLETS
