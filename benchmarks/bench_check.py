"""What `modpy-wsgi check` costs on a site of 5,000 files: 2,000 modules, 3,000 pages, 10 .htaccess files.

Run: python benchmarks/bench_check.py [rounds]. The modules are those of the standard library, one after the other, so
that they are as long as modules are. Each round is a process of its own, as on the command line; nothing is imported.

Goal: 5 s on two processors.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import goal

FOLDERS, MODULES, PAGES = 100, 20, 30
HTACCESS = "PythonHandler mod_python.publisher\nOptions -Indexes\n"
CONF = """
ServerName bench.example.com
Listen 127.0.0.1:8000
DocumentRoot {root}/htdocs
<Directory {root}/htdocs>
    AllowOverride All
    AddHandler mod_python .py
    PythonHandler hello
</Directory>
"""
LONGEST = 60_000  # bytes; longer ones are generated, or tests


def make_site(root: Path) -> tuple[Path, int]:
    """The configuration, and the bytes of all modules."""
    library = Path(sysconfig.get_path("stdlib"))
    found = sorted(path for path in library.rglob("*.py") if not {"test", "tests", "site-packages"} & {*path.parts})
    sources = cycle([path.read_bytes() for path in found if path.stat().st_size < LONGEST])
    size = 0
    for number in range(FOLDERS):
        folder = root / "htdocs" / f"f{number}"
        folder.mkdir(parents=True)
        if number % 10 == 0:
            (folder / ".htaccess").write_text(HTACCESS)
        for index in range(MODULES):
            size += (folder / f"m{index}.py").write_bytes(next(sources))
        for index in range(PAGES):
            (folder / f"p{index}.html").write_text("<p>A page.</p>\n")
    conf = root / "httpd.conf"
    conf.write_text(CONF.format(root=root))
    return conf, size


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        conf, size = make_site(Path(folder))
        command = [sys.executable, "-m", "modpy_wsgi", "check", "-f", str(conf), "--no-import"]
        times = []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(rounds):
            started = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            times.append(time.perf_counter() - started)
            assert f"{FOLDERS * MODULES} modules compiled" in done.stdout, done.stdout + done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / rounds
    files = f"{FOLDERS * (MODULES + PAGES):,} files, {size / 1e6:.0f} MB of modules"
    print(f"{files}: {statistics.median(times):.2f} s, of all processors together {cpu:.2f} s")
    goal("modpy-wsgi check on 5,000 files, s", statistics.median(times), 5)


if __name__ == "__main__":
    main()
