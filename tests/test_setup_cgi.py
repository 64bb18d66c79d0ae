"""apache.setup_cgi, CGIStdin and CGIStdout: code written for CGI that a handler lends its request to."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
import webtest

from mod_python import apache
from modpy_wsgi.cgi.stand_ins import RUNNING
from modpy_wsgi.testing import site

HANDLER = """
import io, os, sys
from mod_python import apache

def handler(req):
    saved = apache.setup_cgi(req)
    try:
        run(req)
    finally:
        apache.restore_nocgi(*saved)
    return apache.OK

def run(req):
"""
HEAD = 'print("Content-Type: text/plain\\n")\n'


@pytest.fixture
def app(tmp_path: Path) -> Callable[..., Any]:
    """A site whose handler is this text, or that of `run` in the one above; its log is logs/error."""
    (tmp_path / "logs").mkdir()

    def make(text: str, whole: bool = False) -> Any:
        (tmp_path / "lending.py").write_text(dedent(text) if whole else HANDLER + indent(dedent(text), "    "))
        return site(f"SetHandler mod_python\nPythonHandler lending\nErrorLog {tmp_path}/logs/error\n", root=tmp_path)

    return make


NO_DESCRIPTOR = "try:\n    sys.stdout.fileno()\nexcept AttributeError:\n    print(end='True')"
WRITTEN = {
    "printed": (f"{HEAD}print('é')", "é\n"),
    "bytes": ("sys.stdout.buffer.write(b'Content-Type: text/plain\\n\\nbytes')", "bytes"),
    "both": (f"{HEAD}sys.stdout.write('a')\nsys.stdout.buffer.write(b'b')\nsys.stdout.write('c')", "abc"),
    "flushed": (f"{HEAD}print('x', flush=True)\nsys.stdout.flush()", "x\n"),
    "closed": (f"{HEAD}sys.stdout.close()\nprint('still there')", "still there\n"),
    "by itself": ("apache.CGIStdout(req).write('Content-Type: text/plain\\n\\nby itself')", "by itself"),
    # as Quixote writes its answers, head and all, since it has been ported
    "bytes to itself": ("for b in b'Content-Type: text/plain\\n\\na', b'b', b'c':\n    sys.stdout.write(b)", "abc"),
    "text and bytes": (f"{HEAD}sys.stdout.write('a')\nsys.stdout.write(b'b')\nsys.stdout.write('c')", "abc"),
    "no descriptor": (f"{HEAD}print(end=str(hasattr(sys.stdout, 'buffer')))\n{NO_DESCRIPTOR}", "TrueTrue"),
    "a class of the site's": (
        """
        class Upper(apache.CGIStdout):
            def write(self, s):
                return apache.CGIStdout.write(self, s.replace('Q', 'y'))
        Upper(req).write('Content-Type: text/plain\\n\\nQ')
        """,
        "y",
    ),
    "how much": (f"{HEAD}sys.stdout.write('%d' % sys.stdout.tell())", "26"),
    "another's": (f"sys.stdout = io.StringIO()\nprint('x')\nsys.stdout = sys.__stdout__\n{HEAD}print('z')", "z\n"),
    "stderr": (f"print('a complaint', file=sys.stderr)\n{HEAD}", ""),
    "in pieces": ("for each in 'A: 1\\r\\nContent-Type: text/plain\\r\\n\\r\\nx':\n    sys.stdout.write(each)", "x"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written(app: Any, name: str) -> None:
    text, wanted = WRITTEN[name]
    streams = sys.stdin, sys.stdout, sys.argv, dict(os.environ)
    answer = app(text).get("/x")
    assert (answer.text, answer.content_type) == (wanted, "text/plain")
    assert (sys.stdin, sys.stdout, sys.argv, dict(os.environ)) == streams


READ = {
    "all": ("sys.stdin.read()", "'one\\ntwo\\nthree'"),
    "some": ("sys.stdin.read(2), sys.stdin.read(0), sys.stdin.read(3), sys.stdin.tell()", "('on', '', 'e\\nt', 5)"),
    "lines": ("sys.stdin.readlines()", "['one\\n', 'two\\n', 'three']"),
    "a line, and the rest": ("sys.stdin.readline(), sys.stdin.read()", "('one\\n', 'two\\nthree')"),
    "part of a line": ("sys.stdin.readline(2), sys.stdin.readline()", "('on', 'e\\n')"),
    "each line": ("[line for line in sys.stdin], sys.stdin.tell()", "(['one\\n', 'two\\n', 'three'], 13)"),
    "bytes": ("sys.stdin.buffer.read()", "b'one\\ntwo\\nthree'"),
    "input": ("input(), input()", "('one', 'two')"),
    "by itself": ("apache.CGIStdin(req).read()", "'one\\ntwo\\nthree'"),
    "the bytes of one that is dropped": ("apache.CGIStdin(req).buffer.readline(), req.read()[:0]", "(b'one\\n', b'')"),
    "closed": ("sys.stdin.close(), sys.stdin.read(3)", "(None, 'one')"),
    "sought": ("sys.stdin.seek(0), sys.stdin.read(3)", "(0, 'one')"),
    "a copy of the environment": ("'CONTENT_LENGTH' in dict(os.environ), 'PATH' in os.environ", "(True, True)"),
}


@pytest.mark.parametrize("name", READ)
def test_read(app: Any, name: str) -> None:
    expression, wanted = READ[name]
    made = app(f"found = {expression}\n{HEAD}print(repr(found))")
    assert made.post("/x", "one\ntwo\nthree").text == f"{wanted}\n"


def test_line_ends_are_as_they_came(app: Any) -> None:
    made = app(f"found = [sys.stdin.readline(), sys.stdin.read()]\n{HEAD}print(found)")
    assert made.post("/x", b"a\r\nb\rc\n").text == "['a\\r\\n', 'b\\rc\\n']\n"


@pytest.mark.parametrize("field", ["cgi.FieldStorage()", "cgi.FieldStorage(fp=apache.CGIStdin(req))"])
def test_forms(app: Any, field: str) -> None:
    made = app(f"import cgi\nform = {field}\n{HEAD}print(form.getvalue('a'), form['f'].filename, form['f'].value)")
    answer = made.post("/x", {"a": "é"}, upload_files=[("f", "a.bin", b"\x00\xff\r\n")])
    assert answer.text == "é a.bin b'\\x00\\xff\\r\\n'\n"


def test_a_head_that_does_not_end_is_told(app: Any, tmp_path: Path) -> None:
    assert app("print('Content-Type: text/plain')").get("/x").body == b""
    assert "no blank line ended the head" in (tmp_path / "logs" / "error").read_text()


def test_conditions_of_the_client(app: Any) -> None:
    made = app("print('Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\\nContent-Type: text/plain\\n\\nx')")
    assert made.get("/x").text == "x\n"
    answer = made.get("/x", headers={"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}, status=304)
    assert answer.body == b""


FORGETFUL = """
import os, sys
from mod_python import apache

def handler(req):
    if req.args == "set":
        apache.setup_cgi(req)
        apache.setup_cgi(req)
        print("Content-Type: text/plain\\n\\nset up")
    else:
        req.content_type = "text/plain"
        req.write("%s" % ("QUERY_STRING" in os.environ))
    return apache.OK
"""


def test_who_forgets_to_restore_harms_nobody(app: Any) -> None:
    made = app(FORGETFUL, whole=True)
    assert made.get("/x?set").text == "set up\n"
    assert RUNNING.get() is None
    assert made.get("/x").text == "False"


def test_who_forgets_to_restore_harms_nobody_where_another_thread_ends_the_request(app: Any) -> None:
    made = app(FORGETFUL, whole=True)
    body = made.app(webtest.TestRequest.blank("/x?set").environ, lambda *_: lambda _: None)
    ending = threading.Thread(target=body.close)
    ending.start()
    ending.join()
    assert RUNNING.get() is None


NESTED = """
import os, sys
from mod_python import apache

def handler(req):
    outer = apache.setup_cgi(req)
    os.environ["MINE"] = "outer"
    inner = apache.setup_cgi(req)
    os.environ["MINE"] = "inner"
    print("Content-Type: text/plain\\n")
    apache.restore_nocgi(*inner)
    seen = os.environ["MINE"]
    apache.restore_nocgi(*outer)
    apache.restore_nocgi(*outer)
    req.write("%s %s" % (seen, "MINE" in os.environ))
    return apache.OK
"""


def test_one_within_another(app: Any) -> None:
    assert app(NESTED, whole=True).get("/x").text == "outer False"


def test_two_at_once(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)
    monkeypatch.setattr(apache, "meeting", both, raising=False)
    made = app(f"apache.meeting.wait(10)\n{HEAD}apache.meeting.wait(10)\nprint(os.environ['QUERY_STRING'])")
    answers = {}

    def ask(query: str) -> None:
        answers[query] = made.get(f"/x?{query}").text

    threads = [threading.Thread(target=ask, args=(query,)) for query in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == {"one": "one\n", "two": "two\n"}
