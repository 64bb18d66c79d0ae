"""What is made of files and kept, and how it is found out that they are as they were.

Law: it is their stamps that count. Looks only spare the comparing: where one is the same as before, so is the stamp.
"""

from __future__ import annotations

from ._fast.look import Look, as_they_were, look
from .stamps import FileStatus, Stamp, stamp_of

__all__ = ["KnownFiles", "StampedFiles"]

StampedFiles = tuple[tuple[str, Stamp], ...]
"""The paths of files, each with the stamp that it had when it was read."""


class KnownFiles:
    """The files that a thing is made of, each as it was. The thing inherits from this, as it is asked often."""

    __slots__ = ("files", "others", "seen")

    def __init__(self, files: StampedFiles) -> None:
        self.files = files  # its own first
        self.seen: Look | None = None  # the own file, when all were as they were last
        self.others: tuple[tuple[str, Look], ...] = ()  # and the others, at that time

    def is_current(self, found: FileStatus | None) -> bool:
        """Whether no file has changed; `found` is what is known of the first one, if somebody has just looked."""
        try:
            if found is None:
                if not self.files:
                    return True
                found = look(self.files[0][0], self.seen)
            if found is self.seen and (not self.others or as_they_were(self.others)):
                return True
            others = [(file, look(file)) for file, _ in self.files[1:]]
        except OSError:
            return False
        for now, (_, stamp) in zip([found, *[each for _, each in others]], self.files, strict=True):
            if stamp_of(now) != stamp:
                return False
        self.others = tuple(others)  # before what says that it holds
        self.seen = found if isinstance(found, Look) else None
        return True
