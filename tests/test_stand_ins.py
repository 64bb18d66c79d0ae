"""What stands in sys, os and __main__ once there are scripts: to all but a script they are as ever."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from modpy_wsgi.cgi.stand_ins import NESTED, install
from modpy_wsgi.testing import site

MEMBERS = ["stdin", "stdout", "stderr", "argv", "excepthook"]


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    install()
    before = {name: getattr(sys, name) for name in MEMBERS}
    yield
    for name, value in before.items():
        setattr(sys, name, value)


@pytest.mark.parametrize("name", MEMBERS)
def test_patched(name: str) -> None:
    before = getattr(sys, name)
    with mock.patch(f"sys.{name}", "outer"):
        with mock.patch.object(sys, name, "inner"):
            assert getattr(sys, name) == "inner"
        assert getattr(sys, name) == "outer"
    assert getattr(sys, name) is before


def test_patched_and_redirected() -> None:
    before = sys.stdout
    with mock.patch("sys.stdout", io.StringIO()) as outer:
        with contextlib.redirect_stdout(io.StringIO()) as inner:
            print("inner")
        print("outer")
    assert (sys.stdout, inner.getvalue(), outer.getvalue()) == (before, "inner\n", "outer\n")


def test_ever_new_ones() -> None:
    for _ in range(2 * NESTED):
        sys.stdout = io.StringIO()
    before = sys.stdout
    with mock.patch("sys.stdout", io.StringIO()):
        pass
    assert sys.stdout is before


@pytest.mark.parametrize("name", MEMBERS)
def test_deleted(name: str) -> None:
    before = getattr(sys, name)
    delattr(sys, name)
    assert not hasattr(sys, name)
    with pytest.raises(AttributeError, match=name):
        delattr(sys, name)
    setattr(sys, name, before)
    assert getattr(sys, name) is before


def test_nothing_is_printed_to_what_is_gone() -> None:
    before = sys.stdout
    del sys.stdout
    with pytest.raises(RuntimeError, match="lost sys"):
        print("x")
    sys.stdout = before


SCRIPTS = {
    "argv is gone": ("import sys\ndel sys.argv\nprint(hasattr(sys, 'argv'))", "False\n"),
    "stdout is gone": (
        """
import sys
mine = sys.stdout
del sys.stdout
try:
    print("x")
except RuntimeError as error:
    mine.write(str(error))
""",
        "lost sys.stdout",
    ),
    "a patch": (
        """
import io, sys
from unittest import mock
with mock.patch("sys.stdout", io.StringIO()) as found, mock.patch("sys.argv", []):
    print("x")
print(repr(found.getvalue()), len(sys.argv))
""",
        "'x\\n' 1\n",
    ),
    "a name of its own": (
        """
import __main__
x = 1
del __main__.x
try:
    del __main__.x
except AttributeError as error:
    print("x" in globals(), error)
""",
        "False module '__main__' has no attribute 'x'\n",
    ),
    "the environment is gone": ("import os\ndel os.environ, os.environb\nprint('x')", "x\n"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_in_a_script(tmp_path: Path, name: str) -> None:
    text, wanted = SCRIPTS[name]
    (tmp_path / "s.py").write_text(f'print("Content-Type: text/plain\\n")\n{text}')
    before = [getattr(sys, name) for name in MEMBERS], os.environ, os.environb
    app = site("SetHandler mod_python\nPythonHandler mod_python.cgihandler\n", root=tmp_path)
    assert app.get("/s.py").text == wanted
    assert ([getattr(sys, name) for name in MEMBERS], os.environ, os.environb) == before


def test_an_error_of_a_script_without_a_hook(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text("import sys\ndel sys.excepthook\nraise ValueError\n")
    app = site("SetHandler mod_python\nPythonHandler mod_python.cgihandler\n", root=tmp_path)
    assert app.get("/s.py", expect_errors=True).status_int == 500
