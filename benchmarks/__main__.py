"""`make bench`: every benchmark of this folder, one after another, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run all of them, or those whose names (without bench_) are given."""
    wanted = set(sys.argv[1:])
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if wanted and path.stem.removeprefix("bench_") not in wanted:
            continue
        print(f"== {path.stem}\n", flush=True)
        subprocess.run([sys.executable, str(path)], check=True)
        print(flush=True)


if __name__ == "__main__":
    main()
