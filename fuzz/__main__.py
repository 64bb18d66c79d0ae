"""Builds the extensions for fuzzing and runs every target: python -m fuzz [seconds for each [seed [inputs for each]]].

Needs atheris, Cython and setuptools beside this Python, and clang, whose build tells the fuzzer which branches were
taken and has AddressSanitizer watch the memory; a gcc build tells it nothing. What is missing is said, and nothing is
done: the exit status is 0 then. It is 1 if a target failed; the input is left in build/fuzz. Without other words it is
10 seconds, and other inputs each time. With a seed and a number of inputs it is nearly the same ones on any machine
that can do them in the time.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from .engine import TARGETS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "fuzz"
SANITIZE = "-fsanitize=address,fuzzer-no-link"


def missing() -> list[str]:
    """What is needed and not there."""
    absent = [name for name in ("atheris", "Cython", "setuptools") if importlib.util.find_spec(name) is None]
    command = ["clang", *SANITIZE.split(), "-shared", "-fPIC", "-x", "c", os.devnull, "-o", os.devnull]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    except FileNotFoundError:
        absent.append("clang")
    except subprocess.CalledProcessError:
        absent.append("AddressSanitizer of clang (Debian, Ubuntu: apt-get install libclang-rt-dev)")
    if not absent and subprocess.run([sys.executable, "-c", ""], env=environment("query")).returncode:
        absent.append("a system that AddressSanitizer can run on")
    return absent


def build() -> None:
    """Compile the package into build/fuzz/lib."""
    flags = {"CC": "clang", "CFLAGS": f"-O1 -g {SANITIZE}", "LDSHARED": f"clang -shared {SANITIZE}"}
    command = [sys.executable, "setup.py", "--quiet", "build", "--build-base", str(BUILD), "--build-lib"]
    subprocess.run([*command, str(BUILD / "lib")], cwd=ROOT, env={**os.environ, **flags}, check=True)  # noqa: S603


def environment(target: str) -> dict[str, str]:
    """AddressSanitizer has to be there before Python's memory is; pymalloc would hide what is freed from it.

    Python code is looked at without it, beside the extensions that are built in place: that is much faster.
    """
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}  # the order of sets decides over branches too
    if TARGETS[target]:
        return {**fixed, "PYTHONPATH": str(ROOT)}
    import atheris

    path = os.pathsep.join([str(BUILD / "lib"), str(ROOT)])
    return {
        **fixed,
        "LD_PRELOAD": str(Path(atheris.path()) / "asan_with_fuzzer.so"),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:handle_abort=1",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": path,
    }


def run(target: str, seconds: int, seed: int, inputs: int) -> bool:
    """Fuzz one target; True if nothing was found. -1 inputs: as many as there is time for."""
    corpus = BUILD / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-runs={inputs}",
        f"-seed={seed}",
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-max_len=4096",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    if seed:
        options.append("-entropic=0")  # which goes by the time that inputs take
    command = [sys.executable, "-m", "fuzz.engine", target, *options, f"-artifact_prefix={BUILD}{os.sep}"]
    print(f"fuzzing {target} for {seconds} s", flush=True)
    # New inputs go to the first directory; the kept ones are only read.
    folders = [str(corpus), str(HERE / "corpus" / target)]
    return subprocess.run([*command, *folders], cwd=BUILD, env=environment(target)).returncode == 0  # noqa: S603


def main(seconds: int = 10, seed: int = 0, inputs: int = -1) -> int:
    """Give the exit status."""
    absent = missing()
    if absent:
        print(f"nothing is fuzzed; not found: {', '.join(absent)}")
        return 0
    build()
    found = [target for target in TARGETS if not run(target, seconds, seed, inputs)]
    for target in found:
        print(f"{target} failed: the input is in {BUILD}; once mended, it belongs to {HERE / 'corpus' / target}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
