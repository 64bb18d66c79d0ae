"""What the targets have in common: atheris feeds them, if it is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable


def fuzz(check: Callable[[bytes], None]) -> None:
    """Call *check* with inputs that reach ever more of the code, until it raises. sys.argv has libFuzzer's options."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: nothing is fuzzed", file=sys.stderr)
        return
    # The compiled code tells its own coverage; what of Python matters is the oracles', and slow to trace.
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
