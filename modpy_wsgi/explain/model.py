"""What an explanation consists of: plain data, for every way to show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

__all__ = ["Choice", "Decided", "Handler", "PhaseShown", "Place", "SectionShown", "Way"]


@dataclass(frozen=True, slots=True)
class Place:
    """File and line; neither where nothing of the configuration decided."""

    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return ""
        return self.file if not self.line else f"{self.file}:{self.line}"


NOWHERE = Place()
_KNOWN = frozenset(HTTPStatus)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that was chosen, why, and by which line."""

    what: str
    why: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section that holds for the request, or a .htaccess; in the order in which they are merged."""

    name: str  # <Directory /srv/>, .htaccess
    place: Place


@dataclass(frozen=True, slots=True)
class Handler:
    """A Python handler that would be called."""

    name: str
    directive: str
    interpreter: str
    place: Place
    limit: str = ""  # the extension that it is for


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """A phase: the server's own share, and the Python handlers."""

    name: str  # the directive of its Python handlers; "" where only the server has work
    server: str
    handlers: tuple[Handler, ...] = ()
    runs: bool = True  # False: handlers are named, but nothing asks for them


@dataclass(frozen=True, slots=True)
class Decided:
    """A setting, and the directives that had a say, the innermost first."""

    name: str
    value: str  # as its directives would say it
    by: tuple[tuple[str, Place], ...]  # (directive as written, where)
    holding: int  # how many of them make up the value together; those behind them were replaced

    def word(self, number: int) -> str:
        """What joins a directive with those before it."""
        return "by" if not number else "after" if number < self.holding else "over"


@dataclass(slots=True)
class Way:
    """The whole way of a request."""

    method: str
    url: str
    host: Choice = field(default_factory=lambda: Choice(""))
    path: str = ""  # decoded
    target: Choice = field(default_factory=lambda: Choice(""))
    file: Choice = field(default_factory=lambda: Choice(""))
    path_info: str = ""
    index: Choice | None = None  # the file that stands for a folder
    sections: list[SectionShown] = field(default_factory=list)
    phases: list[PhaseShown] = field(default_factory=list)
    filters: list[Choice] = field(default_factory=list)
    answer: Choice = field(default_factory=lambda: Choice(""))
    status: int | None = None  # what ends the request before any content, if that is certain
    settings: list[Decided] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ends(self, status: int, why: str, place: Place = NOWHERE) -> None:
        """The request ends there, whatever was to come."""
        if status not in _KNOWN:
            status, why = 500, f"{why} (nobody knows the status {status})"
        self.status = status
        self.answer = Choice(f"{status} {HTTPStatus(status).phrase}", why, place)
