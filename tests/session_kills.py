"""Kills a process in the middle of saving a session, again and again.

Run: python -m tests.session_kills FileSession [times], by default 1,000. A child saves one session over and over, each
time with other contents of another length that belong together; it is killed at any moment. The record must be one that
was saved, as a whole, and no older than the last that the child has told of; and the lock must be free.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import struct
import sys
import tempfile
import time
from typing import Any, NoReturn

from modpy_wsgi.session import Session
from tests.session_request import SessionRequest, options_of

SID = "0123456789abcdef" * 2
LONGEST = 40_000


def contents(number: int) -> dict[str, Any]:
    """What is saved as number so-and-so."""
    text = hashlib.sha256(str(number).encode()).hexdigest() * (1 + number * 7919 % (LONGEST // 64))
    return {"number": number, "text": text}


def save_for_ever(options: dict[str, str], first: int, told: int) -> NoReturn:
    number = first
    while True:
        session: Any = Session(SessionRequest(SID, **options))
        assert session.id() == SID
        session.update(contents(number))
        session.save()
        session.unlock()
        os.write(told, struct.pack("q", number))
        number += 1


def kill(options: dict[str, str], chance: random.Random, first: int) -> int:
    """Start a child and kill it; returns the number of the record that is there then."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(heard)
            save_for_ever(options, first, told)
        finally:
            os._exit(1)
    os.close(told)
    os.read(heard, 8)  # it has saved once
    time.sleep(chance.random() * 0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    last = first
    while data := os.read(heard, 8):
        last = struct.unpack("q", data)[0]
    os.close(heard)
    req = SessionRequest(SID, modpy_wsgi__session__wait="0", **options)
    session: Any = Session(req)  # 503 if the lock is not free
    assert session.id() == SID, "the session is gone"
    assert not [line for line in req.lines if "registered" not in line], req.lines
    number: int = session["number"]
    assert dict(session) == contents(number), "half a record"
    assert last <= number <= last + 1, (last, number)
    session.unlock()
    return number


def run(kind: str, times: int, seed: int = 0) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = options_of(kind, folder)
        session = Session(SessionRequest(**options), lock=0)
        session._sid = SID
        session.update(contents(0))
        session.save()
        number = 0
        for _ in range(times):
            number = kill(options, chance, number + 1)
    print(f"{kind}: killed {times} times while saving, {number} records saved")


if __name__ == "__main__":
    run(sys.argv[1], *[int(word) for word in sys.argv[2:] or ["1000"]])
