"""What a source distribution and a wheel made from it contain: all sources, the extensions, nothing generated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Set
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path, PurePath

import pytest

pytest.importorskip("setuptools", minversion="77")
pytest.importorskip("Cython")

CHECKOUT = Path(__file__).parent.parent
FAST = PurePath("modpy_wsgi/_fast")
FOLDERS = ("modpy_wsgi", "mod_python", "docs")
BESIDE = ("examples", "fuzz")  # in the source distribution, and never in a wheel
FILES = ("_apache.py", "CHANGES.md", "LICENSE", "MANIFEST.in", "Makefile", "README.md", "pyproject.toml", "setup.py")
SOURCES = {
    path.relative_to(CHECKOUT).as_posix()
    for folder in FOLDERS
    for path in (CHECKOUT / folder).rglob("*")
    if path.suffix in (".py", ".pyx", ".pxd", ".pyi", ".conf", ".typed", ".md")
}
MODULES = {path.stem for path in (CHECKOUT / FAST).glob("*.pyx")}

# What is built is looked at, not run: that the .c files compile, every other test shows. It makes what follows -o.
COMPILER = 'sh -c \'while [ $# -gt 1 ]; do [ "$1" != -o ] || touch "$2"; shift; done\' cc'


def build(folder: Path, kind: str) -> Path:
    """What the build backend makes of the sources in `folder`: "sdist" or "wheel"."""
    out = folder.parent / kind
    out.mkdir()
    command = f"from setuptools.build_meta import build_{kind} as build; build({str(out)!r})"
    done = run(folder, "-c", command)
    assert done.returncode == 0, done.stdout
    (made,) = out.iterdir()
    return made


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "CC": COMPILER, "LDSHARED": COMPILER, "PYTHONWARNINGS": "ignore"}
    environ.pop("MODPY_WSGI_LINETRACE", None)
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built from, with what an earlier build may have left in it."""
    folder = tmp_path_factory.mktemp("packaging") / "checkout"
    for name in FOLDERS:
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.c"))
    for name in BESIDE:
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
    for site in (folder / "examples").iterdir():
        if site.is_dir():
            (site / "data").mkdir()
            (site / "data" / "left_over.db").touch()
    for name in FILES:
        shutil.copy(CHECKOUT / name, folder)
    (folder / FAST / "left_over.c").touch()
    (folder / FAST / f"left_over{EXTENSION_SUFFIXES[0]}").touch()
    return folder


@pytest.fixture(scope="module")
def sdist(checkout: Path) -> Path:
    """The source distribution, unpacked."""
    with tarfile.open(build(checkout, "sdist")) as archive:
        archive.extractall(checkout.parent, filter="data")
    (folder,) = checkout.parent.glob("modpy_wsgi-*")
    return folder


def generated(names: Set[str]) -> set[str]:
    return {name for name in names if name.endswith((".c", ".pyc")) or "left_over" in name}


def test_sdist(sdist: Path) -> None:
    names = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    assert SOURCES | set(FILES) <= names
    assert {"examples/psp/site.conf", "fuzz/engine.py"} <= names
    assert any(name.startswith("fuzz/corpus/") for name in names)
    assert not generated(names) and not any(name.endswith(".so") for name in names)


def test_wheel_from_the_sdist(sdist: Path) -> None:
    with zipfile.ZipFile(build(sdist, "wheel")) as archive:
        names = set(archive.namelist())
    assert {name for name in SOURCES if not name.startswith("docs/")} <= names
    assert {f"{FAST}/{module}{EXTENSION_SUFFIXES[0]}" for module in MODULES} <= names
    assert not generated(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"modpy_wsgi", "mod_python", "_apache.py"}


def test_sources_without_their_extensions_are_refused(checkout: Path, tmp_path: Path) -> None:
    shutil.copy(checkout / "setup.py", tmp_path)
    done = run(tmp_path, "setup.py", "--version")
    assert done.returncode != 0
    assert "no .pyx file in" in done.stdout
    assert "Traceback" not in done.stdout
