"""The same pages on Apache with mod_python and on us behind uWSGI and gunicorn, one process each, asked by ab and wrk.

Run: python benchmarks/bench_servers.py [rounds [page...]]. All candidates of a page run at the same time and take turns
in every round; shown are medians of server CPU time for a request (user and system, the whole process tree), which is
the figure to trust on a shared machine, and requests a second beside it. A ratio within a page is the median of those
of each round; every other round goes the other way round. What a goal compares has more rounds, but for the slow pages.
Needs Debian's apache2, libapache2-mod-python, apache2-utils and wrk; what is missing is passed over, and said.

Goals: what the original takes, times 0.5 (handler, PSP), 0.45 (publisher), 0.35 (cgihandler), 0.65 (static file) and
0.3 (upload), on uWSGI with 16 clients; 1.5 times its requests a second; the handler at least 0.9 (gunicorn) and 0.75
(uWSGI) of its server's raw hello; 300, 200 and 100 times the original's real CGI (handler, publisher, cgihandler).
"""

from __future__ import annotations

import contextlib
import operator
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.end_to_end import load
from benchmarks.end_to_end.pages import PAGES, Page, build
from benchmarks.end_to_end.servers import ORIGINAL, SERVERS, Running, Server, running
from benchmarks.figures import goal, keep, spread, table

REQUESTS = 1500  # to the handler, in a round
WRK_SECONDS = 1.0
ROUNDS = 5
MORE = 3  # times as many rounds for what a goal compares
MOST_CPU = {
    "handler": 0.5,
    "publisher": 0.45,
    "PSP": 0.5,
    "cgihandler": 0.35,
    "static 10 KB": 0.65,
    "10 MB upload": 0.3,
}
MORE_THAN_CGI = {"handler": 300, "publisher": 200, "cgihandler": 100}


@dataclass(frozen=True)
class Way:
    """How the pages are asked for."""

    name: str
    tool: str
    clients: int
    keep_alive: bool


WAYS = (
    Way("ab, c=1", "ab", 1, False),
    Way("ab, c=16", "ab", 16, False),
    Way("ab, c=1, keep-alive", "ab", 1, True),
    Way("wrk, c=16, keep-alive", "wrk", 16, True),
)
MAIN = WAYS[1]


@dataclass(frozen=True)
class Seen:
    """One candidate, asked in one way for one page: what each round has shown."""

    costs: tuple[float, ...]  # CPU microseconds a request
    rates: tuple[float, ...]  # requests a second

    @property
    def cpu(self) -> float:
        """The median of the costs."""
        return statistics.median(self.costs)

    @property
    def rate(self) -> float:
        """The median of the rates."""
        return statistics.median(self.rates)

    def cpu_to(self, other: Seen) -> float:
        """How the cost of a round stands to the other's in the same round: the median."""
        return statistics.median(map(operator.truediv, self.costs, other.costs))

    def rate_to(self, other: Seen) -> float:
        """The same of the rates."""
        return statistics.median(map(operator.truediv, self.rates, other.rates))


Results = dict[tuple[str, str, str], Seen]  # page, way, server


def ways_of(server: Server, page: Page) -> list[Way]:
    """Those that mean something: connections are kept where the server keeps them and the page is a quick one."""
    kept = server.keep_alive and page.weight == 1
    return [way for way in WAYS if (kept or not way.keep_alive) and shutil.which(way.tool)]


def is_compared(server: Server, page: Page) -> bool:
    """Whether a goal says something of a server and a page."""
    return page.weight == 1 and (page.name == "handler" or server.name in (ORIGINAL, "uWSGI"))


def there_or_back(runs: list[Running], number: int) -> list[Running]:
    """The order of a round, so that nobody always comes behind the same one."""
    return runs if number % 2 else runs[::-1]


def once(run: Running, page: Page, way: Way, root: Path) -> tuple[float, float]:
    """CPU microseconds a request, and requests a second."""
    before = run.account.cpu_seconds()
    if way.tool == "wrk":
        done = load.wrk(run.port, page, WRK_SECONDS, way.clients)
    else:
        requests = max(8, round(REQUESTS * page.weight))
        done = load.ab(run.port, page, root, requests, way.clients, way.keep_alive)
    return (run.account.cpu_seconds() - before) / done.requests * 1e6, done.requests / done.seconds


def measure(page: Page, servers: list[Server], root: Path, rounds: int) -> Results:
    """One page on all servers."""
    seen: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    with contextlib.ExitStack() as stack:
        runs: list[Running] = []
        for server in servers:
            run = stack.enter_context(running(server, root))
            wrong = None if server.raw else load.check(run.port, page, root)
            if wrong:
                print(f"{page.name}: {server.name} is passed over: {wrong}")
                continue
            runs.append(run)
        for number in range(rounds + 1):  # the first warms up
            for way in WAYS:
                for run in there_or_back(runs, number):
                    if way in ways_of(run.server, page):
                        result = once(run, page, way, root)
                        if number:
                            seen[page.name, way.name, run.server.name].append(result)
        for number in range(rounds * MORE):
            for run in there_or_back(runs, number):
                if is_compared(run.server, page):
                    seen[page.name, MAIN.name, run.server.name].append(once(run, page, MAIN, root))
    return {key: Seen(*zip(*results, strict=True)) for key, results in seen.items()}


def show(page: Page, results: Results) -> None:
    rows = []
    for (name, way, server), seen in results.items():
        if name != page.name:
            continue
        original = results.get((name, way, ORIGINAL))
        rows.append(
            {
                f"{name}: {way}": server,
                "CPU us/request": seen.cpu,
                "spread": f"{spread(seen.costs):.0%}",
                "requests/s": seen.rate,
                "CPU / original": seen.cpu_to(original) if original else "",
                "requests/s / original": seen.rate_to(original) if original else "",
            }
        )
        keep("end to end", page=name, way=way, server=server, cpu=seen.cpu, rate=seen.rate)
    for way in WAYS:
        title = f"{page.name}: {way.name}"
        table([row for row in rows if title in row])


def goals(results: Results) -> None:
    """Each goal of which both sides were measured."""

    def at(page: str, server: str, way: Way = MAIN) -> Seen | None:
        return results.get((page, way.name, server))

    for page, bound in MOST_CPU.items():
        ours, theirs = at(page, "uWSGI"), at(page, ORIGINAL)
        if ours and theirs:
            goal(f"{page}: CPU on uWSGI / the original's", ours.cpu_to(theirs), bound)
            if page == "handler":
                goal(f"{page}: requests/s on uWSGI / the original's", ours.rate_to(theirs), 1.5, at_least=True)
    cgi = at("real CGI", ORIGINAL)
    for page, bound in MORE_THAN_CGI.items():
        ours = at(page, "uWSGI")
        if ours and cgi:
            goal(f"{page}: requests/s on uWSGI / the original's real CGI", ours.rate / cgi.rate, bound, at_least=True)
    ours, theirs = at("real CGI", "uWSGI"), cgi
    if ours and theirs:
        goal("real CGI: requests/s on uWSGI / mod_cgid's", ours.rate_to(theirs), 0.9, at_least=True)
    for server, bound in (("gunicorn sync", 0.9), ("gunicorn gthread", 0.9), ("uWSGI", 0.75)):
        ours, theirs = at("handler", server), at("handler", f"{server}, raw WSGI")
        if ours and theirs:
            goal(f"handler on {server}: requests/s / its raw hello's", ours.rate_to(theirs), bound, at_least=True)
            goal(f"handler on {server}: raw hello's CPU / ours", theirs.cpu_to(ours), bound, at_least=True)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    wanted = sys.argv[2:]
    if shutil.which("ab") is None:
        print("ab is not installed (Debian: apache2-utils): nothing is measured")
        return
    servers = [server for server in SERVERS if server.available()]
    for server in SERVERS:
        if server not in servers:
            print(f"{server.name} is not installed, and passed over")
    root = Path(tempfile.mkdtemp(prefix="modpy-bench-"))
    results: Results = {}
    try:
        root.chmod(0o755)
        build(root)
        for page in PAGES:
            if not wanted or page.name in wanted:
                fit = [server for server in servers if not server.raw or page.name == "handler"]
                results |= measure(page, fit, root, rounds)
                show(page, results)
    finally:
        shutil.rmtree(root)
    goals(results)


if __name__ == "__main__":
    main()
