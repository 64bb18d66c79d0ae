"""How requests are spread over processes and threads, as apache.mpm_query() tells it (reference section 3).

Law: whether there are several of either is what the WSGI server says; how many it says if it is our own, and else the
configuration, or httpd's own default where that says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from . import constants
from .config.directives import mpm
from .config.model import EMPTY, Settings

__all__ = ["PREFORK_PROCESSES", "THREADED_PROCESSES", "Processing", "answer"]

# httpd's defaults: ThreadsPerChild of the threaded models, ServerLimit of prefork and of the threaded ones
_THREADS: Final = 25
PREFORK_PROCESSES: Final = 256
THREADED_PROCESSES: Final = 16


class Processing(NamedTuple):
    """What is known: the server's word, and the main server's settings."""

    multithread: bool
    multiprocess: bool
    settings: Settings = EMPTY
    sizes: tuple[int, int] | None = None  # processes, and threads of each, where the server has told them

    @property
    def threads(self) -> int:
        """Threads of each process."""
        if self.sizes is not None:
            return self.sizes[1]
        return (self.settings[mpm.THREADS_PER_CHILD] or _THREADS) if self.multithread else 1

    @property
    def processes(self) -> int:
        """Processes at most."""
        if self.sizes is not None:
            return self.sizes[0]
        if not self.multiprocess:
            return 1
        workers = self.settings[mpm.MAX_REQUEST_WORKERS]
        limit = self.settings[mpm.SERVER_LIMIT] or (THREADED_PROCESSES if self.multithread else PREFORK_PROCESSES)
        return max(2, workers // self.threads if workers else limit)


_ANSWERS: Final[dict[int, Callable[[Processing], int]]] = {
    constants.AP_MPMQ_MAX_DAEMON_USED: lambda it: it.processes,
    constants.AP_MPMQ_IS_THREADED: lambda it: constants.AP_MPMQ_STATIC * it.multithread,
    constants.AP_MPMQ_IS_FORKED: lambda it: constants.AP_MPMQ_STATIC * it.multiprocess,
    constants.AP_MPMQ_HARD_LIMIT_DAEMONS: lambda it: it.processes,
    constants.AP_MPMQ_HARD_LIMIT_THREADS: lambda it: it.threads,
    constants.AP_MPMQ_MAX_THREADS: lambda it: it.threads,
    constants.AP_MPMQ_MAX_REQUESTS_DAEMON: lambda it: it.settings[mpm.MAX_CONNECTIONS_PER_CHILD] or 0,
    constants.AP_MPMQ_MAX_DAEMONS: lambda it: it.processes,
}


def answer(code: int, processing: Processing) -> int:
    """The answer to one of apache.AP_MPMQ_*; 0 for the spare ones, which no WSGI server keeps, and for other codes.

    Raises TypeError if the code is no integer.
    """
    if not isinstance(code, int):
        raise TypeError("The argument must be an integer")
    found = _ANSWERS.get(code)
    return 0 if found is None else found(processing)
