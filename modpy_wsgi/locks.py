"""The locks of this package, which a fork leaves open in the child.

Law: a lock that another thread holds while this one forks would stay shut in the child for ever, because that thread is
not there. So all locks are made here. What the forking thread holds itself, the child goes on holding.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

__all__ = ["lock", "reentrant_lock"]

_made: weakref.WeakSet[Any] = weakref.WeakSet()


def lock() -> threading.Lock:
    """A lock for one holder at a time; not to be held where anything may fork."""
    made = threading.Lock()
    _made.add(made)
    return made


def reentrant_lock() -> threading.RLock:
    """A lock that its holder may take again."""
    made = threading.RLock()
    _made.add(made)
    return made


def _open() -> None:
    for each in list(_made):
        is_owned = getattr(each, "_is_owned", None)
        if is_owned is None or not is_owned():
            each._at_fork_reinit()  # what the standard library does with its own


os.register_at_fork(after_in_child=_open)
