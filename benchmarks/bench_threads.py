"""What a request costs on gunicorn's threaded worker with 1 to 32 threads, all of them asked at once.

Run: python benchmarks/bench_threads.py [rounds]. The servers take turns in every round, each kept busy by ab with as
many clients as it has threads; shown are medians. Needs ab (Debian: apache2-utils).
"""

from __future__ import annotations

import contextlib
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.end_to_end import load
from benchmarks.end_to_end.pages import PAGES, build
from benchmarks.end_to_end.servers import Server, running, threaded
from benchmarks.figures import keep, table

THREADS = (1, 2, 4, 8, 16, 32)
REQUESTS = 500


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    if shutil.which("ab") is None:
        print("ab is not installed (Debian: apache2-utils): nothing is measured")
        return
    root = Path(tempfile.mkdtemp(prefix="modpy-bench-"))
    page = PAGES[0]
    try:
        root.chmod(0o755)
        build(root)
        cost: dict[int, list[float]] = {threads: [] for threads in THREADS}
        rate: dict[int, list[float]] = {threads: [] for threads in THREADS}
        with contextlib.ExitStack() as stack:
            runs = {
                threads: stack.enter_context(running(Server(f"{threads} threads", threaded(threads), True), root))
                for threads in THREADS
            }
            for number in range(rounds + 1):  # the first warms up
                for threads, run in runs.items():
                    before = run.account.cpu_seconds()
                    done = load.ab(run.port, page, root, REQUESTS, threads, False)
                    if number:
                        cost[threads].append((run.account.cpu_seconds() - before) / done.requests * 1e6)
                        rate[threads].append(done.requests / done.seconds)
    finally:
        shutil.rmtree(root)
    median = {threads: statistics.median(values) for threads, values in cost.items()}
    table(
        [
            {"threads": str(each), "CPU us/request": median[each], "requests/s": statistics.median(rate[each])}
            for each in THREADS
        ]
    )
    for each in THREADS:
        keep("curve", what="threads of gunicorn gthread", size=each, times=median[each] / median[THREADS[0]])


if __name__ == "__main__":
    main()
