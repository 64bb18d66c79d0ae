"""What a body flows through: the ends that filters and chains show one another, their order, and how much at once.

Law: who hands on knows nothing of who takes but what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

__all__ = ["BLOCK", "CONTENT_SET", "OVER", "RESOURCE", "WHOLE", "Source", "Target"]

BLOCK = 65536  # bytes that are asked of a file or of a client at once
WHOLE = 1 << 20  # bytes of a file that one read() gives: the original gives all of it, and pages are seldom larger

# Where in the chain a filter stands, as in httpd: lower numbers are nearer to who makes the content.
RESOURCE = 10  # what the content says
CONTENT_SET = 20  # how it is written down


class Target(Protocol):
    """Where pieces of an answer go: the next filter, or what is behind the last."""

    room: int  # bytes that may wait to be handed on

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece; `flush`: send what there is now; `end`: it is the last."""

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Take pieces as they are asked for; the last of all."""


class Source(Protocol):
    """Where pieces of a body come from: the next filter, or the server."""

    def pull(self, size: int) -> bytes | None:
        """Some bytes, about `size`; None at the end. Raises OSError, SERVER_RETURN."""


class _Over:
    """Behind the end of an answer: what still comes is nobody's."""

    room = 0

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Drop it."""

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Drop it."""


OVER: Target = _Over()
