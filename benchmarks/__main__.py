"""`make bench`: every benchmark of this folder, one after another, each in a process of its own.

Run: python -m benchmarks [--short] [name...]. All of them write RESULTS.md and the charts anew; some (bench_ left out
of their names) are only shown. `--short` makes one round of each, which tells that they run, not what they measure.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import FILE
from benchmarks.results import Part, write

HERE = Path(__file__).parent


def main() -> None:
    """Run those that are wanted. Ends with 1 if one of them fails."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--short", action="store_true", help="one round of each")
    options.add_argument("names", nargs="*")
    wanted = options.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        figures.touch()
        parts = []
        for path in sorted(HERE.glob("bench_*.py")):
            name = path.stem.removeprefix("bench_")
            if wanted.names and name not in wanted.names:
                continue
            part = _run(path, figures, short=wanted.short)
            parts.append(part)
            if part.failed:
                failed.append(name)
        if not wanted.names and not wanted.short:
            write(HERE, [part for part in parts if not part.failed], figures)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _run(path: Path, figures: Path, *, short: bool) -> Part:
    command = [sys.executable, str(path), *(["1"] if short else [])]
    shown = shlex.join(["python", f"benchmarks/{path.name}", *command[2:]])
    print(f"== {shown}\n", flush=True)
    start = time.monotonic()
    lines = []
    environ = {**os.environ, FILE: str(figures), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    print(flush=True)
    return Part(path, shown, "".join(lines), time.monotonic() - start, process.returncode != 0)


if __name__ == "__main__":
    main()
