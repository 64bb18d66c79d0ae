"""Builds the Cython extensions of modpy_wsgi, and nothing else: all metadata stands in pyproject.toml."""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

FAST = Path("modpy_wsgi") / "_fast"

# Both macros together let the extensions load in an isolated sub-interpreter; with only the first such an interpreter
# aborts the process.
MACROS = [("CYTHON_USE_MODULE_STATE", "1"), ("CYTHON_USE_TYPE_SPECS", "1")]
# gcc says of the longest file that it no longer looks at indentation there, with a screen full of code.
QUIET = ["-Wno-misleading-indentation"]
TRACE = bool(os.environ.get("MODPY_WSGI_LINETRACE"))  # line coverage of the .pyx files, never for a release

sources = sorted(FAST.glob("*.pyx"))
if not sources:
    sys.exit(f"setup.py: no .pyx file in {FAST.resolve()}: these sources are not complete")

extensions = [
    Extension(
        f"modpy_wsgi._fast.{source.stem}",
        [str(source)],
        extra_compile_args=QUIET,
        define_macros=[*MACROS, ("CYTHON_TRACE", "1")] if TRACE else MACROS,
    )
    for source in sources
]

setup(
    ext_modules=cythonize(
        extensions,
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "subinterpreters_compatible": "own_gil",
            "linetrace": TRACE,
        },
    )
)
