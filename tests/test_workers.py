"""Processes and threads: PythonImport once in each, and nothing of one request in another."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from tests.wsgi_site import Folder, Reply, Server


def test_python_import_once_per_process(folder: Folder, tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    folder.write(
        boot=f"""
import os
def note(what):
    with open({str(noted)!r}, "a") as file:
        file.write("%s %d\\n" % (what, os.getpid()))
note("import")
def start():
    note("start")
""",
        page="def handler(req):\n    req.write('page', 0)\n    return 0\n",
    )
    conf = folder.conf(
        "SetHandler mod_python\nPythonHandler page",
        f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonImport boot::start site.test\n"
        "PythonImport missing_module site.test\nPythonImport boot::absent site.test",
    )
    script = textwrap.dedent(
        f"""
        import os
        from modpy_wsgi import from_httpd_conf
        from tests.wsgi_site import Server
        app = from_httpd_conf({conf!r})
        assert not os.path.exists({str(noted)!r}), "nothing runs before a worker starts"
        assert Server().ask(app, "/").body == b"page"
        app.start_worker()
        Server().ask(app, "/")
        for explicit in (False, True):
            pid = os.fork()
            if not pid:
                if explicit:
                    app.start_worker()
                for _ in range(2):
                    assert Server().ask(app, "/").body == b"page"
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        """
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    lines = noted.read_text().split("\n")[:-1]
    starts = [line for line in lines if line.startswith("start")]
    assert len(starts) == len(set(starts)) == 3
    assert lines[0].startswith("import") and lines[1].startswith("start")
    assert "PythonImport missing_module: ModuleNotFoundError" in folder.log_text()
    assert "PythonImport boot::absent: AttributeError" in folder.log_text()


def test_no_request_overtakes_python_import(folder: Folder) -> None:
    folder.write(
        slow="import time\nready = []\ndef start():\n    time.sleep(0.3)\n    ready.append(1)\n",
        page="import slow\ndef handler(req):\n    req.write(str(len(slow.ready)), 0)\n    return 0\n",
    )
    app = folder.serve(
        "SetHandler mod_python\nPythonHandler page",
        f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonImport slow::start site.test",
    )
    bodies: list[bytes] = []
    threads = [threading.Thread(target=lambda: bodies.append(Server().ask(app, "/").body)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == [b"1"] * 4


def test_python_import_may_ask_the_application_itself(folder: Folder) -> None:
    folder.write(
        warm="import page\npage.warmed.append(page.ask())\n",
        page="warmed = []\nask = lambda: 'asked'\ndef handler(req):\n    req.write('page', 0)\n    return 0\n",
    )
    app = folder.serve(
        "SetHandler mod_python\nPythonHandler page",
        f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonImport warm site.test",
    )
    interpreter = app.interpreters.get("site.test")
    interpreter.set_python_path(f"['{folder.root}'] + sys.path")
    page: Any = interpreter.load("page")
    page.ask = lambda: Server().ask(app, "/").body
    done = threading.Thread(target=app.start_worker, daemon=True)
    done.start()
    done.join(10)
    assert not done.is_alive()
    assert page.warmed == [b"page"]


THREADED = """
import config
import state

def handler(req):
    mark = req.args
    assert "mark" not in req.notes and "X-Mark" not in req.headers_out and not hasattr(req, "mark")
    req.notes["mark"] = mark
    req.headers_out["X-Mark"] = mark
    req.mark = mark
    req.content_type = "text/x-" + config.NAME
    req.register_cleanup(state.done.append, mark)
    req.write("%s %s" % (config.NAME, mark), int(mark) % 2)
    if int(mark) % 5 == 0:
        raise ValueError(mark)
    req.write(" %s %s" % (req.notes["mark"], req.interpreter), 0)
    return 0
"""


def test_threads_and_two_hosts(tmp_path: Path) -> None:
    hosts = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        (root / "config.py").write_text(f"NAME = {name!r}\n")
        (root / "state.py").write_text("done = []\n")
        (root / "page.py").write_text(THREADED)
        hosts.append(
            f'<VirtualHost *:80>\nServerName {name}.test\nDocumentRoot "{root}"\nErrorLog "{tmp_path}/log"\n'
            f'<Directory "{root}">\nSetHandler mod_python\nPythonHandler page\n</Directory>\n</VirtualHost>'
        )
    app = Application(load_text(f'ErrorLog "{tmp_path}/log"\n' + "\n".join(hosts)))
    failures: list[Any] = []

    def hammer(thread: int) -> None:
        server = Server(offers_write=thread % 4 != 3)
        for number in range(150):
            name = ("one", "two")[(thread + number) % 2]
            mark = str(thread * 1000 + number)
            reply: Reply = server.ask(app, f"/any?{mark}", HTTP_HOST=f"{name}.test")
            broken = int(mark) % 5 == 0
            wanted = [mark] if not broken or int(mark) % 2 else []  # an error page drops the headers, flushed ones stay
            ok = reply.all("X-Mark") == wanted
            if broken:
                ok = ok and (reply.code == 500 or reply.body.startswith(f"{name} {mark}".encode()))
            else:
                ok = ok and reply.body == f"{name} {mark} {mark} {name}.test".encode()
                ok = ok and reply.header("Content-Type") == f"text/x-{name}"
            if not ok:
                failures.append((name, mark, reply))

    try:
        threads = [threading.Thread(target=hammer, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        done = {name: app.interpreters.get(f"{name}.test").load("state").done for name in ("one", "two")}
        for bit, name in enumerate(done):
            marks = [str(t * 1000 + n) for t in range(8) for n in range(150) if (t + n) % 2 == bit]
            assert sorted(done[name]) == sorted(marks)
    finally:
        app.interpreters.close()


QUERY = """
from mod_python import apache

def asked():
    return [apache.mpm_query(code) for code in (apache.AP_MPMQ_IS_THREADED, apache.AP_MPMQ_IS_FORKED)]

at_start = asked()

def handler(req):
    req.write(repr((at_start, asked())), 0)
    return apache.OK
"""


@pytest.mark.parametrize("threaded", [0, 1])
@pytest.mark.parametrize("forked", [0, 1])
def test_mpm_query_is_what_the_server_says(folder: Folder, threaded: int, forked: int) -> None:
    folder.write(query=QUERY)
    app = folder.serve(
        "SetHandler mod_python\nPythonHandler query",
        f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonImport query site.test",
    )
    options: dict[str, Any] = {"wsgi__multithread": bool(threaded), "wsgi__multiprocess": bool(forked)}
    for _ in range(2):
        reply = Server().ask(app, **options)
        assert reply.body.decode() == repr(([threaded, forked], [threaded, forked]))
    app.stop_worker()


def test_mpm_query_before_the_first_request(folder: Folder) -> None:
    folder.write(query=QUERY)
    app = folder.serve(
        "SetHandler mod_python\nPythonHandler query",
        f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonImport query site.test",
    )
    app.start_worker()  # by the serving layer, which has no environ yet: both are possible
    reply = Server().ask(app, wsgi__multithread=False, wsgi__multiprocess=False)
    assert reply.body.decode() == repr(([1, 1], [0, 0]))
