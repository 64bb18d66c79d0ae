"""What a session asks of a request, without the request: for tests that make very many sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mod_python.apache import table
from modpy_wsgi.session import names


class SessionRequest:
    """A request with a session's cookie, or without one. `options` are PythonOptions."""

    uri = "/"
    hlist = None

    def __init__(self, sid: str | None = None, **options: str) -> None:
        self.options = table({name.replace("__", "."): value for name, value in options.items()})
        self.headers_in = table({} if sid is None else {"Cookie": f"{names.COOKIE_NAME}={sid}"})
        self.headers_out = table()
        self.lines: list[str] = []
        self.cleanups: list[tuple[Callable[[Any], Any], Any]] = []

    def get_options(self) -> table:
        return self.options

    def document_root(self) -> str:
        return "/"

    def register_cleanup(self, function: Callable[[Any], Any], data: Any = None) -> None:
        self.cleanups.append((function, data))

    def log_error(self, message: str, level: int = 0) -> None:
        self.lines.append(message)

    def end(self) -> None:
        """What happens when the answer is sent."""
        while self.cleanups:
            function, data = self.cleanups.pop()
            function(data)


def options_of(kind: str, folder: Any, **more: str) -> dict[str, str]:
    """PythonOptions for a kind of session that keeps its own in `folder`."""
    return {
        "mod_python__session__session_type": kind,
        "mod_python__session__database_directory": str(folder),
        **more,
    }
