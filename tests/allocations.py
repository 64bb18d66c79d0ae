"""Whether what was done leaves anything in memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

__all__ = ["keeps_nothing"]

FEW = 50  # blocks of memory that Python itself may have taken meanwhile


def keeps_nothing(once: Callable[[], object], *, before: int, times: int) -> bool:
    """Whether something may be done so many times and leave nothing, after it was done so many times before."""
    assert times > FEW, "one block of each time would pass"
    for _ in range(before):
        once()
    gc.collect()
    blocks = sys.getallocatedblocks()
    for _ in range(times):
        once()
    gc.collect()
    return sys.getallocatedblocks() - blocks < FEW
