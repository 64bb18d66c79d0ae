"""Sessions on real servers: several processes of threads or greenlets, and one client that asks many times at once."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path

import pytest

from tests.live_server import free_port, running, tool

PAGE = """
import time
from mod_python import Session, apache

def handler(req):
    session = Session.Session(req)
    n = session.get("n", 0) + 1
    time.sleep(0.005)
    session["n"] = n
    session.save()
    req.write("%s" % n)
    return apache.OK
"""
CONF = """
DocumentRoot "{root}/htdocs"
<Directory "{root}/htdocs">
    Require all granted
    SetHandler mod_python
    PythonHandler page
    PythonOption mod_python.session.session_type {kind}
    PythonOption mod_python.session.database_directory "{root}/sessions"
</Directory>
"""


@pytest.mark.parametrize(("kind", "worker"), [("FileSession", "gevent"), ("DbmSession", "gthread")])
def test_no_update_is_lost(tmp_path: Path, kind: str, worker: str) -> None:
    if worker == "gevent" and importlib.util.find_spec("gevent") is None:
        pytest.skip("needs gevent")
    (tmp_path / "htdocs").mkdir()
    (tmp_path / "htdocs" / "page.py").write_text(PAGE)
    conf = tmp_path / "httpd.conf"
    conf.write_text(CONF.format(root=tmp_path, kind=kind))
    port = free_port()
    workers = ["-w", "2", "-k", worker, *(["--threads", "4"] if worker == "gthread" else [])]
    command = [tool("gunicorn"), "-b", f"127.0.0.1:{port}", *workers, "modpy_wsgi.wsgi"]
    answers: list[tuple[int, bytes]] = []
    with running(command, port, tmp_path, {"MODPY_WSGI_CONF": str(conf)}) as server:
        status, headers, body = server.request("GET", "/")
        assert (status, body) == (200, b"1"), server.output()
        cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}

        def ask() -> None:
            for _ in range(6):
                status, _, body = server.request("GET", "/", headers=cookie)
                answers.append((status, body))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {status for status, _ in answers} == {200}
    assert sorted(int(body) for _, body in answers) == list(range(2, 50))
