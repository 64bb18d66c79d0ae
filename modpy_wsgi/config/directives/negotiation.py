"""mod_negotiation and mod_mime_magic: choices by what a document is."""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.directives.table import info, known
from modpy_wsgi.config.model import Args, Kind, Origin, Setting

MODULES = ("negotiation_module", "mod_negotiation.c")


class Priority(NamedTuple):
    """LanguagePriority and ForceLanguagePriority; None where a section says nothing."""

    order: tuple[str, ...] | None = None
    force: frozenset[str] | None = None  # "prefer", "fallback"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, the dearest first."""
        return self.order or ()

    @property
    def prefer(self) -> bool:
        """Whether the order decides among languages that the client likes equally."""
        return self.force is None or "prefer" in self.force

    @property
    def fall_back(self) -> bool:
        """Whether the order decides where the client likes none."""
        return self.force is not None and "fallback" in self.force


def _merge(outer: Priority, inner: Priority) -> Priority:
    return Priority(
        inner.order if inner.order is not None else outer.order,
        inner.force if inner.force is not None else outer.force,
    )


PRIORITY: Setting[Priority] = Setting("LanguagePriority", Priority(), _merge)


def _order(so_far: Priority | None, args: tuple[str, ...], origin: Origin) -> Priority:
    before = so_far or Priority()
    return before._replace(order=(*before.languages, args[0].lower()))


def _force(so_far: Priority | None, args: tuple[str, ...], origin: Origin) -> Priority:
    before = so_far or Priority()
    word = args[0].lower()
    if word not in ("none", "prefer", "fallback"):
        raise ValueError(f"'{args[0]}' is none of None, Prefer, Fallback")
    force = before.force
    if force is not None and (word == "none") != (not force):
        raise ValueError("None cannot be combined with Prefer or Fallback")
    return before._replace(force=(force or frozenset()) | ({word} - {"none"}))


ROWS = (
    info("LanguagePriority", Args.ITERATE, PRIORITY, _order, "language ..."),
    info("ForceLanguagePriority", Args.ITERATE, PRIORITY, _force, "None|Prefer|Fallback ..."),
    *known(Kind.SERVER, "no answer is marked as one that may not be cached", "CacheNegotiatedDocs flag server"),
    *known(
        Kind.SERVER,
        "only a file's name tells its type",
        """
        MimeMagicFile         1    server
        """,
    ),
)
