"""The phases of a request in Apache's order, as a table.

Law: what differs between phases stands in their rows; the dispatcher has no branch for a phase.
Sources: manual 4.2, 5.1; the results that let a list of handlers go on were observed on the original.
"""

from __future__ import annotations

from typing import Final

from .constants import DECLINED, OK

__all__ = [
    "ACCESS",
    "AUTHEN",
    "AUTHZ",
    "BY_DIRECTIVE",
    "CLEANUP",
    "CONNECTION",
    "FIXUP",
    "HANDLER",
    "HEADER_PARSER",
    "INIT",
    "INPUT_FILTER",
    "LOG",
    "OUTPUT_FILTER",
    "PHASES",
    "POST_READ_REQUEST",
    "TRANS",
    "TYPE",
    "Phase",
]

RUN_ALL = frozenset({OK, DECLINED})  # every handler has its say until one objects
RUN_FIRST = frozenset({DECLINED})  # the first that does not decline decides


class Phase:
    """One phase: its directive (what req.phase shows) and the results after which the next handler of a list runs.

    by_extension: whether "| .ext" is possible: not before the file is known. dynamic: whether req.add_handler takes it.
    """

    __slots__ = ("by_extension", "directive", "dynamic", "goes_on")

    def __init__(
        self, directive: str, goes_on: frozenset[int], *, by_extension: bool = True, dynamic: bool = True
    ) -> None:
        self.directive: Final = directive
        self.goes_on: Final = goes_on
        self.by_extension: Final = by_extension
        self.dynamic: Final = dynamic

    @property
    def function(self) -> str:
        """The object a handler name means if it names none: "PythonAuthenHandler" -> "authenhandler"."""
        return self.directive.removeprefix("Python").lower()


POST_READ_REQUEST = Phase("PythonPostReadRequestHandler", RUN_ALL, by_extension=False)
TRANS = Phase("PythonTransHandler", RUN_FIRST, by_extension=False)
HEADER_PARSER = Phase("PythonHeaderParserHandler", RUN_ALL)
INIT = Phase("PythonInitHandler", RUN_ALL)
ACCESS = Phase("PythonAccessHandler", RUN_ALL)
AUTHEN = Phase("PythonAuthenHandler", RUN_FIRST)
AUTHZ = Phase("PythonAuthzHandler", RUN_FIRST)
TYPE = Phase("PythonTypeHandler", RUN_FIRST)
FIXUP = Phase("PythonFixupHandler", RUN_ALL)
HANDLER = Phase("PythonHandler", frozenset({OK}))
LOG = Phase("PythonLogHandler", RUN_ALL)
CLEANUP = Phase("PythonCleanupHandler", frozenset({OK}), dynamic=False)

# Of a connection, not of a request: its first handler decides alone, and what it declines goes on as HTTP.
CONNECTION = Phase("PythonConnectionHandler", frozenset(), by_extension=False, dynamic=False)
# No phases, but called alike: for the names of their functions.
INPUT_FILTER = Phase("PythonInputFilter", frozenset(), by_extension=False, dynamic=False)
OUTPUT_FILTER = Phase("PythonOutputFilter", frozenset(), by_extension=False, dynamic=False)

PHASES = (
    POST_READ_REQUEST,
    TRANS,
    HEADER_PARSER,
    INIT,
    ACCESS,
    AUTHEN,
    AUTHZ,
    TYPE,
    FIXUP,
    HANDLER,
    LOG,
    CLEANUP,
)

BY_DIRECTIVE = {phase.directive: phase for phase in (*PHASES, CONNECTION)}
