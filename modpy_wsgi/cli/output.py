"""What a command prints: a report may hold any character, the terminal's encoding may not."""

from __future__ import annotations

import sys

__all__ = ["say"]


def say(text: str) -> None:
    """Write to the standard output; what its encoding does not have is shown as an escape."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
