"""How much of a request is that the processor comes to it from other work: the same page asked for again at once.

Run: python benchmarks/bench_again.py [rounds]. Every server answers each request of ab four times over, from the same
environ, and sends the last answer; the processor time of the first three is told. They run the same instructions, so
what the first takes more is spent in waiting for memory and on branches that were guessed wrongly.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.end_to_end import load
from benchmarks.end_to_end.pages import PAGES, build
from benchmarks.end_to_end.servers import TIMES, answering_again, running
from benchmarks.figures import table

ROUNDS = 5
REQUESTS = 3000
CLIENTS = 16


def measured(root: Path, rounds: int) -> dict[str, list[list[float]]]:
    """For each server, what each round told."""
    found: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        for server in answering_again():
            if not server.available():
                continue
            with running(server, root) as run:
                load.ab(run.port, PAGES[0], root, REQUESTS, CLIENTS, keep_alive=False)
                found.setdefault(server.name, []).append(json.loads(load.ask(run.port, TIMES)))
    return found


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    if shutil.which("ab") is None:
        print("ab is not installed: nobody asks")
        return
    with tempfile.TemporaryDirectory(prefix="modpy-bench-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        build(root)
        rows = []
        for name, told in measured(root, rounds).items():
            first, second, third = (statistics.median(times) for times in zip(*told, strict=True))
            share = statistics.median(times[0] / times[2] for times in told)
            rows.append({"us": name, "first": first, "again": second, "and again": third, "first / last": share})
    table(rows)


if __name__ == "__main__":
    main()
