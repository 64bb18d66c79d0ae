"""mod_python.cgihandler: what Python scripts find in this process, and that they leave nothing behind."""

from __future__ import annotations

import gc
import inspect
import io
import os
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import webtest
from live_server import wait_until

from modpy_wsgi import make_app
from modpy_wsgi.cgi.gate import Gate
from modpy_wsgi.cgi.streams import Output
from modpy_wsgi.testing import site

CONF = "SetHandler mod_python\nPythonHandler mod_python.cgihandler\n"
TEXT = 'print("Content-Type: text/plain\\n")\n'


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """The scripts of a folder; what they complain of is in logs/error."""
    (tmp_path / "logs").mkdir()
    return site(f"{CONF}ErrorLog {tmp_path}/logs/error\n", root=tmp_path)


@pytest.fixture
def said(tmp_path: Path) -> Callable[[], str]:
    """What the error log says."""
    log = tmp_path / "logs" / "error"
    return lambda: log.read_text() if log.exists() else ""


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., None]:
    """Writes a script; it begins with a head of plain text unless `head` says otherwise."""

    def write(name: str, text: str, head: str = TEXT) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + dedent(text))

    return write


def get(app: Any, path: str = "/s.py", **options: Any) -> str:
    answer: str = app.get(path, **options).text
    return answer


# What a script writes


WRITTEN = {
    "print": "print('hello')",
    "sys": "import sys\nsys.stdout.write('hello\\n')",
    "bytes": "import sys\nsys.stdout.buffer.write(b'hello\\n')",
    "from sys": "from sys import stdout\nstdout.write('hello\\n')",
    "lines": "import sys\nsys.stdout.writelines(['hel', 'lo\\n'])",
    "print to it": "import sys\nprint('hello', file=sys.stdout)",
    "flushed": "print('hello', flush=True)",
    "another writer": "import codecs, sys\nsys.stdout = codecs.getwriter('utf-8')(sys.stdout.buffer)\nprint('hello')",
    "around itself": """
        import sys
        class Upper:
            def __init__(self, out):
                self.out = out
            def write(self, text):
                self.out.write(text.lower())
        sys.stdout = Upper(sys.stdout)
        print('HELLO')
        """,
    "another wrapper": """
        import io, sys
        sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')
        print('hello')
        """,
    "xml": "import sys\nfrom xml.sax.saxutils import XMLGenerator\nXMLGenerator(sys.stdout).characters('hello\\n')",
    "detached": "import io, sys\nprint(end='', flush=True)\nsys.stdout.detach().write(b'hello\\n')",
    "put away and back": """
        import io, sys
        old, sys.stdout = sys.stdout, io.StringIO()
        print('not seen')
        sys.stdout = old
        print('hello')
        """,
    "back to the first": "import io, sys\nsys.stdout = io.StringIO()\nsys.stdout = sys.__stdout__\nprint('hello')",
    "redirected": """
        import contextlib, io
        with contextlib.redirect_stdout(io.StringIO()) as held:
            print('hello', end='')
        print(held.getvalue())
        """,
    "reconfigured": "import sys\nsys.stdout.reconfigure(encoding='utf-8')\nprint('hello')",
    "closed": "import sys\nprint('hello')\nsys.stdout.close()",
    "at its end": "import sys\nprint('hello')\nsys.exit(0)",
    "a function": "def main():\n    print('hello')\nif __name__ == '__main__':\n    main()",
    "logged": """
        import logging, sys
        logging.getLogger('of the script').addHandler(logging.StreamHandler(sys.stdout))
        logging.getLogger('of the script').warning('hello')
        logging.getLogger('of the script').handlers.clear()
        """,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written(app: Any, script: Any, name: str) -> None:
    script("s.py", WRITTEN[name])
    streams = sys.stdout, sys.stderr, sys.stdin, sys.argv, sys.excepthook
    assert get(app) == "hello\n"
    assert get(app) == "hello\n"
    assert (sys.stdout, sys.stderr, sys.stdin, sys.argv, sys.excepthook) == streams


def test_text_is_utf_8_and_bytes_are_bytes(app: Any, script: Any) -> None:
    script("s.py", "print('caf\u00e9 \\udce9')")
    assert app.get("/s.py").body == b"caf\xc3\xa9 \xe9\n"
    script("b.py", "import sys\nsys.stdout.flush()\nsys.stdout.buffer.write(bytes(range(256)))")
    assert app.get("/b.py").body == bytes(range(256))


def test_what_is_flushed_is_sent(tmp_path: Path, script: Any) -> None:
    script("s.py", "import sys\nprint('one')\nsys.stdout.flush()\nprint('two')")
    app = site(CONF, root=tmp_path)
    sent: list[bytes] = []
    request = app.RequestClass.blank("/s.py", {})
    result = app.app(request.environ, lambda status, headers, exc_info=None: sent.append)
    sent += list(result)
    assert sent == [b"one\n", b"two\n"]


def test_a_short_answer_has_its_true_length(app: Any, script: Any) -> None:
    script("s.py", "print('Content-Length: 4\\n\\ncaf\u00e9!', end='')", head="")
    answer = app.get("/s.py")
    assert (answer.body, answer.headers["Content-Length"]) == ("caf\u00e9!".encode(), "6")


def test_large_output_goes_out_in_pieces(app: Any, script: Any) -> None:
    script("s.py", "for _ in range(1000):\n    print('x' * 999)")
    assert len(app.get("/s.py").body) == 1000000


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr", "stdin.buffer", "stdout.buffer"])
def test_a_stream_without_a_descriptor(app: Any, script: Any, stream: str) -> None:
    """Trac sets flags of its streams' descriptors first, but for streams that lack one: what is AttributeError."""
    script("s.py", f"import sys\ntry:\n    sys.{stream}.fileno()\nexcept AttributeError:\n    print('none')")
    assert app.post("/s.py", b"a").text == "none\n"
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    request = app.RequestClass.blank("/s.py", method="POST", environ=chunked)
    request.body_file = io.BytesIO(b"a")  # which is laid into a file first
    assert app.do_request(request).text == "none\n"


# What it reads and finds
# What it reads and finds


def test_forms(app: Any, script: Any) -> None:
    script("s.py", "import cgi\nform = cgi.FieldStorage()\nprint(form.getfirst('a'), form.getlist('b'))")
    assert get(app, "/s.py?a=1&b=2&b=3") == "1 ['2', '3']\n"
    assert app.post("/s.py", {"a": "\u00e9"}).text == "\u00e9 []\n"
    upload = app.post("/s.py", {"b": "x"}, upload_files=[("a", "name.txt", b"content")])
    assert upload.text == "b'content' ['x']\n"


READ = {
    "read": ("sys.stdin.read()", "a\nb\n"),
    "read of some": ("sys.stdin.read(3)", "a\nb"),
    "bytes": ("sys.stdin.buffer.read().decode()", "a\nb\n"),
    "by length": ("sys.stdin.read(int(os.environ['CONTENT_LENGTH']))", "a\nb\n"),
    "lines": ("''.join(list(sys.stdin))", "a\nb\n"),
    "readline": ("sys.stdin.readline() + sys.stdin.readline() + sys.stdin.readline()", "a\nb\n"),
    "input": ("input() + '|' + input()", "a|b"),
}


def test_line_ends_of_a_body_are_as_they_came(app: Any, script: Any) -> None:
    script("s.py", "import sys\nprint([sys.stdin.readline(), sys.stdin.read()])")
    assert app.post("/s.py", b"a\r\nb\rc\n").text == "['a\\r\\n', 'b\\rc\\n']\n"


@pytest.mark.parametrize("name", READ)
def test_read(app: Any, script: Any, name: str) -> None:
    expression, wanted = READ[name]
    script("s.py", f"import os, sys\nprint({expression}, end='')")
    assert app.post("/s.py", b"a\nb\n").text == wanted
    script("empty.py", "import sys\nprint(repr(sys.stdin.read()))")
    assert get(app, "/empty.py") == "''\n"


FOUND = {
    "environment": ("os.environ['QUERY_STRING']", "x=1"),
    "getenv": ("os.getenv('REQUEST_METHOD')", "GET"),
    "bound before": ("environ.get('SCRIPT_NAME')", "/s.py"),
    "bytes": ("os.environb[b'QUERY_STRING']", "b'x=1'"),
    "not the server's": ("'MODPY_SECRET' in os.environ", "False"),
    "name": ("__name__", "__main__"),
    "file": ("__file__ == sys.argv[0] == os.path.abspath('s.py')", "True"),
    "arguments": ("len(sys.argv)", "1"),
    "path info": ("os.environ.get('PATH_INFO')", "None"),
    "interface": ("os.environ['GATEWAY_INTERFACE']", "Python-CGI/1.1"),
    "modes": ("sys.stdin.mode, sys.stdout.mode, sys.stderr.mode", "r w w"),
    "names": ("sys.stdin.name, sys.stdout.name, sys.stderr.name", "<stdin> <stdout> <stderr>"),
    "text files": (
        "[isinstance(each, io.TextIOBase) for each in (sys.stdin, sys.stdout, sys.stderr)]",
        "[True, True, True]",
    ),
    "files of bytes": ("isinstance(sys.stdout.buffer, io.TextIOBase)", "False"),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(app: Any, script: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODPY_SECRET", "1")
    expression, wanted = FOUND[name]
    script("s.py", f"import io, os, sys\nfrom os import environ\nprint({expression})")
    assert get(app, "/s.py?x=1") == f"{wanted}\n"


def test_what_it_changes_is_gone(app: Any, script: Any) -> None:
    before = dict(os.environ), os.getcwd(), sys.argv
    environ = os.environ
    script(
        "s.py",
        """
        import os, sys
        print(os.environ.get('LEFT'), len(sys.path), sys.argv[1:], os.path.basename(os.getcwd()))
        os.environ['LEFT'] = 'over'
        del os.environ['QUERY_STRING']
        os.environ.update(A='1')
        sys.path.insert(0, '/of/the/script')
        sys.argv.append('x')
        os.chdir('/')
        """,
    )
    first = get(app)
    assert first.startswith("None ")
    assert get(app) == first
    assert (dict(os.environ), os.getcwd(), sys.argv) == before
    assert "/of/the/script" not in sys.path
    script("worse.py", "import os, sys\nos.environ = {'a': '1'}\nsys.argv = []\nsys.stdin = None")
    get(app, "/worse.py")
    assert os.environ is environ
    assert get(app) == first


MAIN = {
    "pickled": """
        import pickle
        class Cart:
            pass
        print(type(pickle.loads(pickle.dumps(Cart()))) is Cart, Cart.__module__)
        """,
    "pickled in Python": """
        import pickle
        class Cart:
            pass
        print(type(pickle._loads(pickle._dumps(Cart()))) is Cart, Cart.__module__)
        """,
    "imported": """
        import __main__
        __main__.cart = 1
        print(cart == 1 and vars(__main__) is globals() and not hasattr(__main__, 'absent'), __name__)
        """,
}


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("name", MAIN)
def test_it_is_main(tmp_path: Path, script: Any, name: str, plain: bool) -> None:
    script("s.py", MAIN[name])
    before = dict(vars(sys.modules["__main__"]))
    made = make_app(tmp_path, handler="mod_python.cgihandler") if plain else site(CONF, root=tmp_path).app
    try:
        assert get(webtest.TestApp(made, lint=False)) == "True __main__\n"
    finally:
        made.close()
    assert dict(vars(sys.modules["__main__"])) == before


# How it ends


ENDINGS = {
    "exit": ("import sys\nsys.exit()", 200, ""),
    "a number": ("import sys\nsys.exit(3)", 200, "ended with status 3"),
    "a text": ("import sys\nsys.exit('why')", 200, "why"),
    "quit": ("raise SystemExit", 200, ""),
    "an error": ("raise ValueError('wrong')", 500, "ValueError: wrong"),
    "a syntax error": ("def (:", 500, "SyntaxError"),
    "interrupted": ("raise KeyboardInterrupt", 500, "KeyboardInterrupt"),
    "a complaint": ("import sys\nprint('a complaint', file=sys.stderr)", 200, "a complaint"),
    "a complaint before an error": ("import sys\nprint('why', end='', file=sys.stderr)\n1 / 0", 500, "s.py: why"),
    "a handler's way": ("from mod_python import apache\nraise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)", 403, ""),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_endings(app: Any, script: Any, name: str, said: Any) -> None:
    text, status, told = ENDINGS[name]
    script("s.py", f"print('out')\n{text}" if status != 500 or "def (" not in text else text)
    answer = app.get("/s.py", status=status)
    assert status != 200 or answer.text == "out\n"
    assert told in said()


def test_cgitb_shows_an_error(app: Any, script: Any, said: Any) -> None:
    hook = sys.excepthook
    script("s.py", "import cgitb\ncgitb.enable()\nvalue = 17\n1 / value / 0\n", head="")
    answer = app.get("/s.py")
    assert answer.content_type == "text/html"
    assert "ZeroDivisionError" in answer.text
    assert "value" in answer.text
    assert "ZeroDivisionError" in said()
    assert sys.excepthook is hook


def test_errors_are_shown_under_debug(tmp_path: Path, script: Any) -> None:
    script("s.py", "raise ValueError('<wrong>')")
    answer = site(CONF + "PythonDebug On", root=tmp_path).get("/s.py", status=500)
    assert "ValueError: &lt;wrong&gt;" in answer.text
    assert "s.py&quot;, line 2" in answer.text


HEADS = {
    "status": ("print('Status: 404 Not Found\\nContent-Type: text/plain\\n\\nown')", 404, "own\n"),
    "location": ("print('Location: http://elsewhere.test/x\\n')", 302, None),
    "local": ("print('Location: /other.py?y\\n')", 200, "other y\n"),
    "no head": ("pass", 500, None),
    "no blank line": ("print('A: 1')", 500, None),
    "no colon": ("print('hello\\n\\nbody')", 500, None),
    "in parts": (
        "import sys\nfor c in 'Content-Type: text/plain\\r\\n\\r\\nx':\n    print(c, end='', flush=True)",
        200,
        "x",
    ),
}


@pytest.mark.parametrize("name", HEADS)
def test_heads(app: Any, script: Any, name: str) -> None:
    text, status, wanted = HEADS[name]
    script("s.py", text, head="")
    script("other.py", "import os\nprint('other', os.environ['QUERY_STRING'])")
    answer = app.get("/s.py", status=status)
    assert wanted is None or answer.text == wanted
    if status == 302:
        assert answer.headers["Location"] == "http://elsewhere.test/x"


def test_a_child_does_not_answer(app: Any, script: Any) -> None:
    script("s.py", "import os\nprint('hello')\nif not os.fork():\n    print('child')\nelse:\n    os.wait()")
    assert get(app) == "hello\n"


def test_a_child_that_flushes_does_not_answer(tmp_path: Path, script: Any) -> None:
    text = "print('hello', flush=True)\nif not os.fork():\n    print('child', flush=True)\nelse:\n    os.wait()"
    script("s.py", f"import os\n{text}")
    reader, writer = os.pipe()
    app = site(CONF, root=tmp_path)
    request = app.RequestClass.blank("/s.py", {})
    answer = app.app(request.environ, lambda status, headers, exc_info=None: lambda data: os.write(writer, data))
    os.write(writer, b"".join(answer))
    os.close(writer)
    with open(reader, "rb") as file:
        assert file.read() == b"hello\n"


# Modules


def test_modules_are_fresh(app: Any, script: Any, tmp_path: Path) -> None:
    script("s.py", "import own\nown.count += 1\nprint(own.count, own.other.value)")
    script("own.py", "import other\ncount = 0\n", head="")
    script("other.py", "value = 'a'\n", head="")
    known = set(sys.modules)
    assert get(app) == "1 a\n"
    assert get(app) == "1 a\n"
    script("other.py", "value = 'bb'\n", head="")
    assert get(app) == "1 bb\n"
    assert not {name for name in set(sys.modules) - known if name.endswith(("own", "other"))}


def test_modules_of_the_library_stay(app: Any, script: Any) -> None:
    script("s.py", "import json, colorsys\njson.left = getattr(json, 'left', 0) + 1\nprint(json.left)")
    import json

    try:
        assert [get(app), get(app)] == ["1\n", "2\n"]
    finally:
        del json.left  # type: ignore[attr-defined]
    assert "colorsys" in sys.modules


@pytest.mark.parametrize("plain", [True, False])
def test_each_folder_has_its_own(tmp_path: Path, script: Any, plain: bool) -> None:
    """Modules of one name beside two scripts, in the process's own modules and in isolated ones."""
    for name in ("a", "b"):
        script(
            f"{name}/s.py", "import own_of_folder, own_package.part\nprint(own_of_folder.name, own_package.part.name)"
        )
        script(f"{name}/own_of_folder.py", f"name = {name!r}\n", head="")
        script(f"{name}/own_package/__init__.py", "", head="")
        script(f"{name}/own_package/part.py", f"name = {name!r} + '.part'\n", head="")
    if plain:
        made = make_app(tmp_path, handler="mod_python.cgihandler")
        app = webtest.TestApp(made, lint=False)
    else:
        app = site(CONF, root=tmp_path)
        made = app.app
    try:
        for name in "abab":
            assert get(app, f"/{name}/s.py") == f"{name} {name}.part\n"
    finally:
        made.close()
    assert not [name for name in sys.modules if "own_of_folder" in name]


def test_a_file_of_the_librarys_name(app: Any, script: Any) -> None:
    script("s.py", "import sched\nprint(sched.mine)")
    script("sched.py", "mine = 'mine'\n", head="")
    saved = sys.modules.pop("sched", None)
    try:
        assert get(app) == "mine\n"
        assert "sched" not in sys.modules
    finally:
        if saved is not None:
            sys.modules["sched"] = saved


def test_builtins_that_come_later(app: Any, script: Any) -> None:
    """As gettext.install() adds one."""
    import builtins

    script("s.py", "import builtins\nbuiltins._of_script = lambda: 'hello'\nclass A:\n    pass\nprint(_of_script())")
    try:
        assert get(app) == "hello\n"
    finally:
        del builtins._of_script  # type: ignore[attr-defined]


def test_a_changed_script_is_compiled_again(app: Any, script: Any) -> None:
    script("s.py", "print(1)")
    assert get(app) == "1\n"
    script("s.py", "print(22)")
    assert get(app) == "22\n"


def test_sys_stays_a_module_like_others(app: Any, script: Any, tmp_path: Path) -> None:
    script("s.py", "import of_sys\nprint(type(of_sys) is type(of_sys.os))")
    script("of_sys.py", "import os\nargv = stdout = 'own'\n", head="")
    assert get(app) == "True\n"
    assert isinstance(os, type(sys))
    assert not isinstance(1, type(sys))
    made = type(sys)("made", "doc")
    assert type(made) is type(os) is types.ModuleType
    assert (made.__name__, made.__doc__, type(sys).__name__) == ("made", "doc", "module")
    assert inspect.ismodule(sys)


# Threads


def test_two_scripts_at_once(app: Any, script: Any, tmp_path: Path) -> None:
    """Each has streams, variables and arguments of its own while both run."""
    script(
        "s.py",
        f"""
        import os, sys, time
        me = os.environ['QUERY_STRING']
        open({str(tmp_path)!r} + '/' + me, 'w').close()
        while len(os.listdir({str(tmp_path)!r})) < 4:
            time.sleep(0.01)
        sys.argv.append(me)
        print(me, os.environ['QUERY_STRING'], sys.argv[1:], sys.stdin.read())
        """,
    )
    answers: dict[str, str] = {}

    def ask(name: str) -> None:
        answers[name] = app.post(f"/s.py?{name}", name.encode()).text

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("one", "two")]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert answers == {name: f"{name} {name} ['{name}'] {name}\n" for name in ("one", "two")}


def test_who_imports_the_sites_modules_runs_alone(app: Any, script: Any) -> None:
    script("s.py", "import shared\nshared.inside += 1\nimport time\ntime.sleep(0.02)\nprint(shared.inside)")
    script("shared.py", "inside = 0\n", head="")
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(get(app))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert answers == ["1\n"] * 4


def test_gate(tmp_path: Path) -> None:
    """Who fits in comes in, the others wait in turn; the directory is given back."""
    gate, outer = Gate(), os.getcwd()
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    for name in (a, b):
        os.mkdir(name)
    inside: list[str] = []

    def enter(name: str, directory: str, alone: bool, go: threading.Event) -> threading.Thread:
        def run() -> None:
            assert gate.enter(directory, alone, 60)
            inside.append(name)
            go.wait(60)
            inside.remove(name)
            gate.leave()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    go = [threading.Event() for _ in range(5)]
    threads = [enter("a1", a, False, go[0])]
    wait_until(lambda: inside == ["a1"], "the first", 30)
    assert os.getcwd() == a
    threads.append(enter("a2", a, False, go[1]))
    wait_until(lambda: inside == ["a1", "a2"], "the second of the directory", 30)
    threads.append(enter("b1", b, False, go[2]))
    wait_until(lambda: len(gate._queue) == 1, "one waits", 30)
    threads.append(enter("a3", a, True, go[3]))
    wait_until(lambda: len(gate._queue) == 2, "two wait", 30)
    assert not gate.enter(a, False, 0.01)
    go[0].set()
    go[1].set()
    wait_until(lambda: inside == ["b1"], "the one of the other directory", 30)
    assert os.getcwd() == b
    go[2].set()
    wait_until(lambda: inside == ["a3"], "the one that is alone", 30)
    go[3].set()
    for each in threads:
        each.join(60)
    assert os.getcwd() == outer
    with pytest.raises(FileNotFoundError):
        gate.enter(str(tmp_path / "absent"), False, 1)
    assert gate.enter(a, True, 1)
    gate.leave()


def test_a_script_that_waits_too_long(tmp_path: Path, script: Any) -> None:
    app = site(CONF + "CGIDScriptTimeout 100ms\n", root=tmp_path)
    script(
        "a/s.py", f"import os, time\nwhile not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)\nprint('a')"
    )
    script("b/s.py", "print('b')")
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(get(app, "/a/s.py")))
    thread.start()
    try:
        wait_until(lambda: os.getcwd().endswith("/a"), "the first runs", 30)
        app.get("/b/s.py", status=503)
    finally:
        (tmp_path / "go").touch()
        thread.join(60)
    assert answers == ["a\n"]
    assert get(app, "/b/s.py") == "b\n"


# A process of its own


def test_subprocess(tmp_path: Path, script: Any) -> None:
    app = site(CONF + "PythonOption modpy_wsgi.cgi.mode subprocess\n", root=tmp_path)
    script("s.py", "import os, sys\nprint(os.getpid(), os.getcwd(), sys.stdin.read(), os.environ['GATEWAY_INTERFACE'])")
    pid, *others = app.post("/s.py", b"body").text.split()
    assert int(pid) != os.getpid()
    assert others == [str(tmp_path), "body", "Python-CGI/1.1"]
    script("bad.py", "import os\nos._exit(3)", head="")
    app.get("/bad.py", status=500)


def test_another_mode_is_told(tmp_path: Path, script: Any, capfd: Any) -> None:
    script("s.py", "print(1)")
    site(CONF + "PythonOption modpy_wsgi.cgi.mode fast\n", root=tmp_path).get("/s.py", status=500)
    assert "in-process, subprocess" in capfd.readouterr().err


# Its variables, which are put into req.subprocess_env at the latest when somebody looks there


LOOKING = """
from pathlib import Path

def loghandler(req):
    (Path(req.filename).parent / "logs" / "seen").write_text(req.subprocess_env["SCRIPT_NAME"] + "\\n")
    return 0
"""
LOOKED_AT = {
    "an access log": 'LogFormat "%{SCRIPT_NAME}e" seen\nCustomLog logs/seen seen',
    "a log on a condition": 'LogFormat "%U" seen\nCustomLog logs/seen seen env=SCRIPT_NAME',
    "another handler": "PythonLogHandler looking",
    "and before": "SetEnv A 1\nPythonLogHandler looking",
}


@pytest.mark.parametrize("who", LOOKED_AT)
@pytest.mark.parametrize("text", ["print('/s.py')", "import os\nprint(os.environ['SCRIPT_NAME'])"])
def test_its_variables_are_there_for_others(tmp_path: Path, script: Any, who: str, text: str) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "looking.py").write_text(LOOKING)
    script("s.py", text)
    assert get(site(f"{CONF}{LOOKED_AT[who]}\n", root=tmp_path)) == "/s.py\n"
    assert (tmp_path / "logs" / "seen").read_text() == "/s.py\n"


CHANGING = """
from pathlib import Path
from mod_python import apache, cgihandler

def handler(req):
    return change(req, cgihandler.handler(req))

def change(req, result=apache.OK):
    req.uri = req.path_info = "/changed"
    req.args = "changed"
    req.headers_in["X-Late"] = "late"
    return result

def loghandler(req):
    change(req)
    seen = [req.subprocess_env.get(name) for name in ("REQUEST_URI", "PATH_INFO", "QUERY_STRING", "HTTP_X_LATE")]
    (Path(req.filename).parent / "logs" / "seen").write_text(repr(seen))
    return apache.OK
"""
CHANGED = {
    "by who calls it": "PythonHandler changing\nPythonLogHandler changing",
    "by the next handler": "PythonHandler mod_python.cgihandler changing::change\nPythonLogHandler changing",
    "by the handler that looks": "PythonHandler mod_python.cgihandler\nPythonLogHandler changing",
}


@pytest.mark.parametrize("who", CHANGED)
def test_they_are_those_of_its_time(tmp_path: Path, script: Any, who: str) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "changing.py").write_text(CHANGING)
    script("s.py", "")
    get(site(f"SetHandler mod_python\n{CHANGED[who]}\n", root=tmp_path), "/s.py/info?a=1")
    assert (tmp_path / "logs" / "seen").read_text() == repr(["/s.py/info", "/info", "a=1", None])


REDIRECTING = {
    "in-process": "print('Location: /t.py\\n')",
    "who looked there": "import os\nos.environ.get('A')\nprint('Location: /t.py\\n')",
    "subprocess": "print('Location: /t.py\\n')",
}


@pytest.mark.parametrize("name", REDIRECTING)
def test_the_target_of_a_redirect_finds_them(tmp_path: Path, script: Any, name: str) -> None:
    script("s.py", REDIRECTING[name], head="")
    script("t.py", "import os\nprint(os.environ.get('REDIRECT_CONTENT_LENGTH'), os.environ.get('CONTENT_LENGTH'))")
    mode = "PythonOption modpy_wsgi.cgi.mode subprocess\n" if name == "subprocess" else ""
    assert site(CONF + mode, root=tmp_path).post("/s.py", "a=1").text == "3 None\n"


def test_who_looks_meanwhile_sees_the_server(tmp_path: Path, script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/of/the/server")
    monkeypatch.setenv("TZ", "UTC")
    script("s.py", "print(flush=True)\nimport os\nprint(os.environ['PATH'], os.environ['TZ'], len(os.environ) > 12)")
    answer = site(f'{CONF}Header set X-Path "%{{PATH}}e"\n', root=tmp_path).get("/s.py")
    assert answer.headers["X-Path"] == "/of/the/server"
    assert answer.text == "\n/of/the/server UTC True\n"


def test_a_script_without_arguments_may_fail(app: Any, script: Any, said: Any) -> None:
    script("s.py", "import sys\ndel sys.argv[:]\nprint('a complaint', file=sys.stderr)\nsys.exit(2)")
    get(app)
    assert "s.py: a complaint" in said()
    assert "ended with status 2" in said()


def test_nothing_of_it_waits_for_the_collector(app: Any, script: Any) -> None:
    script("s.py", "import sys\nprint('hello', file=sys.stderr)\nprint('hello')\nsys.stdout.flush()")
    get(app)
    gc.collect()
    gc.disable()
    try:
        get(app)
        kept = [each for each in gc.get_objects() if isinstance(each, Output)]
    finally:
        gc.enable()
    assert not kept


def test_a_handler_before_may_lead_elsewhere(tmp_path: Path, script: Any) -> None:
    script("folder/index.html", "", head="")
    script("s.py", "print('led here')")
    leading = f"def fixuphandler(req):\n    req.filename = '{tmp_path}/s.py'\n    return 0\n"
    (tmp_path / "leading.py").write_text(leading)
    app = site(f"{CONF}PythonFixupHandler leading\n", root=tmp_path)
    assert get(app, "/folder/index.html") == get(app, "/folder/index.html") == "led here\n"


@pytest.mark.parametrize("mode", ["in-process", "subprocess"])
def test_a_parsed_page_includes_a_script(tmp_path: Path, script: Any, mode: str) -> None:
    script("s.py", "import os\nprint([os.environ.get(name) for name in ('QUERY_STRING', 'SCRIPT_NAME', 'A')], end='')")
    (tmp_path / "page.shtml").write_text('<!--#set var="A" value="1" --><!--#include virtual="/s.py?in" -->')
    conf = "Options Includes\nAddHandler mod_python .py\nPythonHandler mod_python.cgihandler\n"
    page = f"AddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\nPythonOption modpy_wsgi.cgi.mode {mode}\n"
    assert get(site(conf + page, root=tmp_path), "/page.shtml?out") == "['in', '/s.py', '1']"
