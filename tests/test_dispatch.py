"""A handler that stops the wrong way, or that there is nothing to run it with: 500 and a line in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modpy_wsgi import interpreter
from tests.wsgi_site import Folder, Server

HANDLERS = "SetHandler mod_python\nPythonHandler page"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as made:
        yield made


# what follows `raise apache.SERVER_RETURN` -> the status of the answer, and what the log says last if it says anything
STOPS = {
    "result": ("(apache.HTTP_GONE)", 410, None),
    "result and status": ("(apache.OK, 202)", 202, None),
    "no status": ("(apache.OK, None)", 200, None),
    "status that is a text": ("(apache.OK, 'Accepted')", 500, "TypeError: 'str' object cannot be interpreted"),
    "status that is a float": ("(apache.OK, 2.5)", 500, "TypeError: 'float' object cannot be interpreted"),
    "nothing": ("", 500, "HandlerError: SERVER_RETURN without a result"),
}


@pytest.mark.parametrize("name", STOPS)
def test_server_return(folder: Folder, name: str) -> None:
    raised, status, line = STOPS[name]
    folder.write(page=f"from mod_python import apache\ndef handler(req):\n    raise apache.SERVER_RETURN{raised}\n")
    reply = Server().ask(folder.serve(HANDLERS), "/")
    assert (reply.error, reply.code) == (None, status)
    last = (folder.log() or [""])[-1]
    assert last.startswith("[client ") is (line is not None)
    if line is not None:
        assert "PythonHandler page: " in last
        assert line in last


def test_no_interpreter_left(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "MAX_DYNAMIC_INTERPRETERS", 1)
    for name in ("a", "b"):
        folder.file(f"{name}/page.py", "def handler(req):\n    req.write(req.interpreter)\n    return 0\n")
    app = folder.serve(f"{HANDLERS}\nPythonInterpPerDirectory On\nPythonPath \"['{folder.root}/a']\"")
    assert Server().ask(app, "/a/page.py").body.decode() == f"{folder.root}/a/"
    reply = Server().ask(app, "/b/page.py")
    assert (reply.error, reply.code) == (None, 500)
    assert "PythonHandler page: modpy_wsgi.errors.ConfigError: no interpreter for" in folder.log()[-1]
    assert Server().ask(app, "/a/page.py").code == 200
