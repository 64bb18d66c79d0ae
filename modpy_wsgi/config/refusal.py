"""What becomes of an error in a configuration.

Law: it ends the reading at once, by `refuse`, wherever nobody says otherwise. Who only wants to tell of errors, and
runs nothing of what was read, gives a collector instead; the reading then goes on behind the directive.
"""

from __future__ import annotations

from collections.abc import Callable

from modpy_wsgi.errors import ConfigError

__all__ = ["Wrong", "refuse"]

Wrong = Callable[[ConfigError], None]


def refuse(error: ConfigError) -> None:
    """Raises the error."""
    raise error
