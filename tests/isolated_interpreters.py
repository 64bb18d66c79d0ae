"""What is compiled, in isolated interpreters: each has a lock and objects of its own (PEP 684)."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

__all__ = ["needs_isolated_interpreters", "run_isolated"]

needs_isolated_interpreters = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="no interpreters with a lock of their own"
)

ROUNDS = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
for _ in range(3):
    one, two = interpreters.create(), interpreters.create()
    for interpreter in (one, two, one):
        failure = interpreters.run_string(interpreter, {inner!r})
        assert failure is None, failure
    interpreters.destroy(two)
    interpreters.destroy(one)
"""


def run_isolated(program: str) -> None:
    """Run a program in isolated interpreters of a new process, as they come and go, and in its main interpreter before
    and after that. Raises CalledProcessError if it fails in one of them."""
    program = textwrap.dedent(program)
    rounds = ROUNDS.format(inner=f"import sys; sys.path[:] = {sys.path!r}\n{program}")
    subprocess.run([sys.executable, "-c", f"{program}\n{rounds}\n{program}"], check=True, timeout=120)
