"""Which application the running code belongs to.

Law: the functions of mod_python.apache have no argument that says it, so it is known here: the one that answers a
request in this context (thread, greenlet, task) is asked first, then the last one that was made in this process.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .config.model import Site
    from .server import mp_server

__all__ = ["CurrentApplication", "answering", "application", "set_application"]


class CurrentApplication(Protocol):
    """What mod_python.apache needs of the application."""

    multithread: bool  # what the WSGI server says of itself
    multiprocess: bool
    sizes: tuple[int, int] | None  # processes, and threads of each, where the server has told them

    @property
    def site(self) -> Site:
        """The configuration it follows."""

    @property
    def main_server(self) -> mp_server:
        """The server object of the main server."""


# An application sets it while it answers, where there are `several`.
answering: ContextVar[CurrentApplication | None] = ContextVar("modpy_wsgi.answering", default=None)

several = False  # whether this process has had more than one; with a single one nobody need say who answers

_last_made: list[CurrentApplication] = []


def set_application(app: CurrentApplication | None) -> None:
    """Makes `app` the one that code outside of requests belongs to (None: no longer any)."""
    global several
    several = several or (app is not None and _last_made not in ([], [app]))
    _last_made[:] = [] if app is None else [app]


def application() -> CurrentApplication | None:
    """The application of this context, or None in a process that has none (a script that imports mod_python)."""
    app = answering.get()
    if app is None and _last_made:
        return _last_made[0]
    return app
