"""Many sessions, used by many threads in several processes at once: no update may be lost.

Run: python -m tests.session_load FileSession [sessions [processes [threads [rounds [wanted]]]]], by default 10,000
sessions by 64 threads in 4 processes. Each round a thread takes any of the sessions, adds one, and lets it go. With
`wanted`, every third round it is one of so many that all want. Prints the times in which a session was had, and fails
if the sums are not right.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from modpy_wsgi.session import Session
from tests.session_request import SessionRequest, options_of

WAIT_SECONDS = 600


def sid_of(number: int) -> str:
    """The name of a session. Like those of real ones they begin in all ways: else all files would be in one folder, and
    wait for its lock in the kernel while the disk writes."""
    return f"{number * 0x9E3779B1 % 2**32:08x}{number:024x}"


def add_one(kind: str, folder: str, sid: str, more: dict[str, str]) -> float:
    """Seconds it took to have the session, to save it, and to let it go."""
    start = time.perf_counter()
    req = SessionRequest(sid, **options_of(kind, folder, **more))
    session = Session(req)
    session["n"] = session["n"] + 1
    session.save()
    session.unlock()
    spent = time.perf_counter() - start
    assert session.id() == sid, "the session is gone"
    req.end()
    return spent


def begin(kind: str, folder: str, sessions: int, more: dict[str, str]) -> None:
    """Make the sessions; their names are numbers, so that every process knows them."""
    for number in range(sessions):
        session = Session(SessionRequest(**options_of(kind, folder, **more)), lock=0)
        session._sid = sid_of(number)
        session["n"] = 0
        session.save()


def total(kind: str, folder: str, sessions: int, more: dict[str, str]) -> int:
    numbers = range(sessions)
    return sum(Session(SessionRequest(sid_of(n), **options_of(kind, folder, **more)), lock=0)["n"] for n in numbers)


def work(
    kind: str, folder: str, sessions: int, threads: int, rounds: int, wanted: int, more: dict[str, str]
) -> list[float]:
    """What one process does."""
    times: list[float] = []
    errors: list[BaseException] = []

    def run() -> None:
        chance = random.Random()
        try:
            for _ in range(rounds):
                number = chance.randrange(wanted if wanted and chance.random() < 0.33 else sessions)
                times.append(add_one(kind, folder, sid_of(number), more))
        except BaseException as error:
            errors.append(error)
            raise

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if errors:
        raise errors[0]
    return times


def run(
    kind: str, folder: Path, sessions: int, processes: int, threads: int, rounds: int, wanted: int, **more: str
) -> tuple[int, int, list[float]]:
    """(updates made, updates found, sorted times in seconds)."""
    begin(kind, str(folder), sessions, more)
    words = [kind, str(folder), *[str(number) for number in (sessions, threads, rounds, wanted)], json.dumps(more)]
    command = [sys.executable, "-m", "tests.session_load", "--work", *words]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(processes)]
    times: list[float] = []
    for process in started:
        output, _ = process.communicate(timeout=WAIT_SECONDS)
        assert process.returncode == 0
        times += json.loads(output)
    return processes * threads * rounds, total(kind, str(folder), sessions, more), sorted(times)


def main() -> None:
    if sys.argv[1] == "--work":
        kind, folder, *numbers, more = sys.argv[2:]
        print(json.dumps(work(kind, folder, *[int(number) for number in numbers], json.loads(more))))
        return
    kind, *words = sys.argv[1:]
    numbers = [int(word) for word in words] + [10_000, 4, 16, 100, 0][len(words) :]
    sessions, processes, threads, rounds, wanted = numbers
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        start = time.perf_counter()
        made, found, times = run(kind, Path(folder), sessions, processes, threads, rounds, wanted)
    print(f"{kind}: {sessions} sessions, {processes} processes of {threads} threads, {made} updates, {found} found")
    print(f"    {len(times) / (time.perf_counter() - start):.0f} a second, with making and counting them")
    for share in (0.5, 0.9, 0.99, 1.0):
        print(f"    p{share * 100:g}: {times[int(share * (len(times) - 1))] * 1000:.1f} ms")
    assert made == found, "updates are lost"


if __name__ == "__main__":
    main()
