"""Runs one target, fed by atheris: python -m fuzz.engine query [libFuzzer's options] fuzz/corpus/query"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import Any

# Target: the packages whose Python code is traced, so that inputs are kept which reach more of it. Compiled code tells
# of itself; to trace the oracles beside it, which are Python, would be slow and lead nowhere.
TARGETS: dict[str, tuple[str, ...]] = {
    "query": (),
    "multipart": (),
    "htaccess": ("modpy_wsgi.config",),
    "psp": ("modpy_wsgi.psp",),
    "headers": ("modpy_wsgi.httpd", "modpy_wsgi.validators"),
    "ssi": ("modpy_wsgi.ssi", "modpy_wsgi.config.globs"),
    "cookies": (
        *("modpy_wsgi.cookies", "modpy_wsgi.cookie_text", "modpy_wsgi.cookie_signing", "modpy_wsgi.python2_marshal"),
    ),
}


def load(target: str, trace: Callable[..., Any] | None = None) -> Callable[[bytes], None]:
    """The check of a target. Whatever of it `trace` is to see must not have been imported before."""
    packages = TARGETS[target]
    with trace(include=list(packages)) if trace is not None and packages else contextlib.nullcontext():
        check: Callable[[bytes], None] = importlib.import_module(f"fuzz.fuzz_{target}").check
    return check


def main(arguments: list[str]) -> None:
    """Call the check of a target with inputs that reach ever more of the code, until it raises."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: nothing is fuzzed", file=sys.stderr)
        return
    target, options = arguments[1], arguments[2:]
    check = load(target, atheris.instrument_imports)
    # libFuzzer's -merge=1 runs the first word again by a shell, with options of its own.
    atheris.Setup([f"{sys.executable} -m fuzz.engine {target}", *options], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
