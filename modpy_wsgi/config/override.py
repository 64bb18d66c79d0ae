"""What a .htaccess may say: AllowOverride and AllowOverrideList, applied to the rows of the directive tables."""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.directives.options import Nonfatal
from modpy_wsgi.config.model import Override, Row, Where

__all__ = ["NO_RULES", "Rules"]


class Rules(NamedTuple):
    """What is allowed in one .htaccess."""

    allow: Override
    allow_list: frozenset[str] = frozenset()  # names of directives, lower case
    allow_options: frozenset[str] | None = None  # None: all
    nonfatal: Nonfatal = Nonfatal.NONE

    def permit(self, row: Row, where: Where) -> bool:
        """Whether the directive may stand at this place of the .htaccess."""
        if row.where & Where.HTACCESS and row.override & self.allow:
            return True
        # A list may name what otherwise stands in <Directory> only, but nothing of the server's.
        return bool(row.where & Where.ACCESS) and row.name.lower() in self.allow_list

    @property
    def skips_forbidden(self) -> bool:
        return Nonfatal.OVERRIDE in self.nonfatal

    @property
    def skips_unknown(self) -> bool:
        return Nonfatal.UNKNOWN in self.nonfatal


class _NoRules(Rules):
    """For the server's own configuration."""

    __slots__ = ()

    def permit(self, row: Row, where: Where) -> bool:
        return bool(row.where & where)


NO_RULES = _NoRules(Override.ALL)
