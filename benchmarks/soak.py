"""Mixed traffic for minutes on gunicorn's threaded worker with 64 threads: no error, nothing that grows.

Run: python benchmarks/soak.py [seconds]. As many clients as threads, on connections that are kept, each asking for one
page after the other and looking at every answer; and then, for as long, the same of a raw WSGI application: what that
worker's memory (RSS) grows by is the server's and the C library's, whose heap breaks up under so many threads. Ends
with 1 if an answer was wrong, if our worker grew by 2 % more than that after the first fifth of the time, or if it has
more descriptors open at the end than after that fifth.
In less than WARM seconds a worker has not met all it will keep: then it may grow by 10 %.
"""

from __future__ import annotations

import http.client
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.end_to_end import load
from benchmarks.end_to_end.pages import PAGES, Page, build
from benchmarks.end_to_end.servers import Server, running, threaded, threaded_raw
from benchmarks.figures import goal
from benchmarks.processes import descriptors, rss, tree

THREADS = 64
SECONDS = 600.0
WARM = 300.0
GROWTH = 1.02
GROWTH_BEFORE = 1.1
PATIENCE = 60.0
SETTLES = 10.0  # seconds in which a server that is slow just now has closed what its clients have


class Clients:
    """All that ask, what they were answered, and until when."""

    def __init__(self, port: int, pages: list[Page], until: float) -> None:
        self.port = port
        self.pages = pages
        self.until = until
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []

    def ask(self, seed: int) -> None:
        """One client."""
        draw = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while time.monotonic() < self.until and len(self.wrong) < 10:
            page = draw.choice(self.pages)
            try:
                connection.request("GET", page.path)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"{page.name}: {error!r}")
                connection.close()
                continue
            self.answers[page.name] += 1
            if answer.status != 200 or body != page.body:
                self.wrong.append(f"{page.name}: {answer.status} {body[:80]!r}")
            if draw.random() < 0.05:
                connection.close()  # the next request opens a new one
        connection.close()


def ask_for(seconds: float, port: int, pages: list[Page]) -> Clients:
    """Let all clients ask for so long; all connections are closed afterwards."""
    clients = Clients(port, pages, time.monotonic() + seconds)
    threads = [threading.Thread(target=clients.ask, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(1)  # until the server knows
    return clients


@dataclass(frozen=True)
class Soaked:
    """What a worker was asked, and what it held after a fifth of the time and at its end."""

    clients: Clients
    rss: tuple[int, int]
    descriptors: tuple[int, int]

    @property
    def grown(self) -> int:
        """Bytes of memory."""
        return self.rss[1] - self.rss[0]


def soak(server: Server, pages: list[Page], seconds: float, root: Path) -> Soaked:
    """Ask one server for so long. Raises RuntimeError if a page is wrong from the start."""
    with running(server, root) as run:
        for page in pages:
            if wrong := load.check(run.port, page, root):
                raise RuntimeError(f"{server.name}, {page.name}: {wrong}")
        ask_for(seconds / 5, run.port, pages)
        worker = tree(run.account.pid)[-1]
        before = rss(worker), descriptors(worker)
        clients = ask_for(seconds * 4 / 5, run.port, pages)
        until = time.monotonic() + SETTLES
        while descriptors(worker) > before[1] and time.monotonic() < until:
            time.sleep(0.1)
        return Soaked(clients, (before[0], rss(worker)), (before[1], descriptors(worker)))


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    root = Path(tempfile.mkdtemp(prefix="modpy-soak-"))
    try:
        root.chmod(0o755)
        build(root)
        pages = [page for page in PAGES if page.weight == 1]
        ours = soak(Server("gunicorn gthread", threaded(THREADS), True), pages, seconds, root)
        raw = soak(Server("gunicorn gthread, raw WSGI", threaded_raw(THREADS), True), pages[:1], seconds, root)
    finally:
        shutil.rmtree(root)
    most = GROWTH if seconds >= WARM else GROWTH_BEFORE
    for name, soaked in (("modpy_wsgi", ours), ("raw WSGI", raw)):
        answers = soaked.clients.answers
        print(f"{name}: {sum(answers.values())} answers by {THREADS} threads in {seconds:.0f} s: {dict(answers)}")
        print(f"    RSS {soaked.rss[0]:,}, at the end {soaked.rss[1]:,} bytes, {soaked.grown:+,}")
        for line in soaked.clients.wrong:
            print(f"WRONG   {line}")
    if raw.clients.wrong:
        sys.exit("the raw application was wrong: what its worker grew by says nothing")
    own = (ours.rss[1] - max(raw.grown, 0)) / ours.rss[0]
    opened = ours.descriptors[1] - ours.descriptors[0]
    goal("wrong answers", len(ours.clients.wrong), 0)
    goal("memory at the end / after a fifth of the time", ours.rss[1] / ours.rss[0], most)
    goal("the same, without what the raw application's server grew by", own, most)
    goal("descriptors at the end - after a fifth of the time", opened, 0)
    sys.exit(bool(ours.clients.wrong) or own > most or opened > 0)


if __name__ == "__main__":
    main()
