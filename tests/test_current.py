"""Which application the functions of mod_python.apache speak of, where a process has several."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from modpy_wsgi import Application
from tests.wsgi_site import Folder, Server, module

PAGE = """
from mod_python import apache

seen = []

def note(place):
    seen.append((place, apache.server_root(), apache.exists_config_define("SECOND")))

note("import")

def handler(req):
    note("handler")
    req.register_cleanup(note, "cleanup")
    req.server.register_cleanup(req, note, "end")
    apache.register_cleanup(note, "end")
    apache.log_error("from a handler")
    assert apache.main_server is req.server
    req.write("done")
    return apache.OK

def loghandler(req):
    note("log")
    return apache.OK
"""


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[list[Folder]]:
    made = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        made.append(Folder(tmp_path / name))
    yield made
    for each in made:
        each.__exit__()


def serve(folder: Folder, name: str) -> Application:
    folder.write(page=PAGE)
    defines = {"SECOND"} if name == "second" else ()
    inside = "SetHandler mod_python\nPythonHandler page\nPythonLogHandler page"
    around = f"ServerRoot {folder.path}\nPythonPath \"['{folder.root}'] + sys.path\"\nPythonImport page site.test"
    return folder.serve(inside, around, defines=defines)


def test_each_request_has_its_own(folders: list[Folder]) -> None:
    apps = [serve(folder, folder.path.name) for folder in folders]
    for app in (*apps, *apps):
        assert Server().ask(app).body == b"done"
    assert [folder.log_text().count("from a handler") for folder in folders] == [2, 2]
    for app, folder in zip(apps, folders, strict=True):
        page = module(app, "page")
        app.stop_worker()
        places = [place for place, *_ in page.seen]
        assert places == ["import", *["handler", "log", "cleanup"] * 2, *["end"] * 4]
        own = (str(folder.path), folder.path.name == "second")
        assert {(root, second) for _, root, second in page.seen} == {own}


def test_in_threads(folders: list[Folder]) -> None:
    apps = [serve(folder, folder.path.name) for folder in folders]
    failed = []

    def ask(app: Application) -> None:
        for _ in range(50):
            if Server().ask(app).code != 200:
                failed.append(app)

    threads = [threading.Thread(target=ask, args=(app,)) for app in (*apps, *apps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for app, folder in zip(apps, folders, strict=True):
        assert {root for _, root, _ in module(app, "page").seen} == {str(folder.path)}
