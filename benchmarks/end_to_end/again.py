"""An application that answers each request several times over, one after the other, and tells how long each took.

Law: the last answer goes to the client, so that a load program sees that it is right.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.end_to_end.servers import TIMES
from modpy_wsgi.wsgi import application as site

__all__ = ["application"]

SO_OFTEN = 4

_took: list[list[float]] = [[] for _ in range(SO_OFTEN - 1)]


def _ignore(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
    return bytearray().extend


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the site does."""
    if environ["PATH_INFO"] == TIMES:
        body = json.dumps([statistics.median(each) / 1000 for each in _took]).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
    for times in _took:
        asked = dict(environ)
        start = time.thread_time_ns()
        answer = site(asked, _ignore)
        for _ in answer:
            pass
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        times.append(time.thread_time_ns() - start)
    return site(environ, start_response)
