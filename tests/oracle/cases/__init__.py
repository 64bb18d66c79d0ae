"""The case tables: each module holds CASES, a tuple of cases about one subject."""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from ..request import Request
from ..site import Site


@dataclass(frozen=True)
class Case:
    """One site and the requests sent to it, in this order, one after the other.

    `starts` says whether we accept the configuration, where that differs from Apache on purpose: (bool, reason). A
    reason begins with the mark under which docs/differences.md tells of it, as those of `Request.differs` do.
    `as_nobody`: the case is about files that root could read.
    """

    name: str
    site: Site
    requests: Sequence[Request] = ()
    starts: tuple[bool, str] | None = None
    as_nobody: bool = False


def words(text: str) -> list[str]:
    """A list written as a text."""
    return text.split()


def subjects() -> list[str]:
    """Names of the case modules."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(subject: str) -> tuple[Case, ...]:
    """The cases of one module."""
    module: ModuleType = importlib.import_module(f"{__name__}.{subject}")
    cases: tuple[Case, ...] = module.CASES
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), f"{subject}: two cases have the same name"
    return cases
