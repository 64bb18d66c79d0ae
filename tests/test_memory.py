"""Memory stays flat however many requests a process has answered.

MODPY_WSGI_LEAK_REQUESTS=1000000 runs the long form, some minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = int(os.environ.get("MODPY_WSGI_LEAK_REQUESTS", "40000"))
GROWTH = 1.5 * 2**20  # bytes: some 50 for each request of the short form that counts


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_memory_is_flat(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.leak_probe", str(tmp_path), str(REQUESTS)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60 + REQUESTS / 200)
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)["measured"]
    sizes, objects, files = (list(column) for column in zip(*measured, strict=True))
    assert files == files[:1] * len(files)
    assert max(objects) - min(objects) < 500, objects
    assert sizes[-1] - sizes[1] < GROWTH, sizes
