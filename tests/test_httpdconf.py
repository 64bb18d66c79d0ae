"""Configurations written from Python, read back by our own parser; and the command `mod_python` that makes sites."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mod_python
from modpy_wsgi.cli import mod_python as command
from modpy_wsgi.config.directives import core, mpm, python
from modpy_wsgi.config.load import load_text
from modpy_wsgi.serving.pid_file import State, found
from tests.live_server import free_port, wait_until

Captured = pytest.CaptureFixture[str]

SAMPLE = r"""
Container(
    Comment("one\ntwo"),
    Listen(8888),
    ServerRoot("C:\\srv"),
    LogFormat('"%h \\"%r\\"" short'),
    PythonInterpPerDirective(),
    Container(LockFile("logs/lock"), only_if="mod_python.version.HTTPD_VERSION[0:3] == '2.2'"),
    Container(MaxConnectionsPerChild(7), only_if="True"),
    VirtualHost("*:8888",
        ServerName("a.example"),
        Directory("/srv/a",
            SetHandler("mod_python"),
            PythonHandler("one::two three"),
            Files("*.py", PythonDebug("On")),
        ),
    ),
)
"""
WRITTEN = r"""# one
# two
Listen 8888
ServerRoot C:/srv
LogFormat "%h \"%r\"" short
PythonInterpPerDirective Off
MaxConnectionsPerChild 7
<VirtualHost *:8888>
  ServerName a.example
  <Directory /srv/a>
    SetHandler mod_python
    PythonHandler one::two three
    <Files *.py>
      PythonDebug On
    </Files>
  </Directory>
</VirtualHost>
"""


def names() -> dict[str, Any]:
    """What `from mod_python.httpdconf import *` gives."""
    found: dict[str, Any] = {}
    exec("from mod_python.httpdconf import *", found)
    return found


def test_what_is_written() -> None:
    made = eval(SAMPLE, names())
    assert str(made) == WRITTEN
    again = eval(repr(made), names())
    assert str(again) == WRITTEN
    assert repr(again) == repr(made)


ORIGINAL = Path("/usr/lib/python3/dist-packages/mod_python/httpdconf.py")
# The names of the original, each written with one value, and the sample.
ASKED = """
import sys
sys.path.insert(0, "/usr/lib/python3/dist-packages")
import mod_python
mod_python.version.HTTPD_VERSION = "2.4.71"
from mod_python import httpdconf
from mod_python.httpdconf import *
for name in sorted(vars(httpdconf)):
    each = getattr(httpdconf, name)
    if isinstance(each, type) and name not in ("Directive", "Container", "ContainerTag", "Comment"):
        print(name, repr(str(each("some val"))), repr(each("a/b")).replace("\\n", ""))
print(eval(sys.stdin.read()))
"""


@pytest.mark.skipif(not ORIGINAL.exists(), reason="needs Debian's libapache2-mod-python")
def test_the_original_writes_the_same() -> None:
    done = subprocess.run(
        ["/usr/bin/python3", "-I", "-c", ASKED], input=SAMPLE.strip(), capture_output=True, text=True, check=True
    )
    *lines, _ = done.stdout.partition(WRITTEN[:8])[0].splitlines(), None
    known = names()
    assert len(lines[0]) > 60
    for line in lines[0]:
        name = line.partition(" ")[0]
        each = known[name]
        assert line == f"{name} {str(each('some val'))!r} {each('a/b')!r}".replace("\n", "")
    assert done.stdout.endswith(WRITTEN + "\n")


def test_names_beyond_the_original() -> None:
    assert str(mod_python.httpdconf.Redirect("/a /b")) == "Redirect /a /b\n"
    assert str(mod_python.httpdconf.LimitExcept("GET", mod_python.httpdconf.Require("all denied"))) == (
        "<LimitExcept GET>\n  Require all denied\n</LimitExcept>\n"
    )
    with pytest.raises(AttributeError, match="Requre"):
        mod_python.httpdconf.Requre  # noqa: B018


def test_what_is_no_part_of_a_configuration() -> None:
    with pytest.raises(TypeError, match="appended value must be"):
        mod_python.httpdconf.Container().append("Listen 80")


def test_it_is_read_back() -> None:
    site = load_text(str(eval(SAMPLE.replace('ServerRoot("C:\\\\srv"),', ""), names())))
    (host,) = site.hosts
    (section,) = host.sections
    assert site.main.settings[core.LISTEN][0].port == 8888
    assert site.main.settings[mpm.MAX_CONNECTIONS_PER_CHILD] == 7
    assert (host.names, section.pattern) == (("a.example",), "/srv/a/")
    assert [each.name for each in section.settings[python.HANDLERS]["PythonHandler"]] == ["one::two", "three"]


def test_the_commands_are_installed() -> None:
    tomllib = pytest.importorskip("tomllib")  # of Python 3.11
    scripts = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {
        "mod_python": "modpy_wsgi.cli.mod_python:main",
        "modpy-httpd": "modpy_wsgi.cli.httpd:main",
        "modpy-wsgi": "modpy_wsgi.cli:main",
    }


def test_version(capsys: Captured) -> None:
    assert command.main(["version"]) == 0
    assert capsys.readouterr().out.startswith("mod_python:  3.5.0 (modpy_wsgi ")


WRONG = {
    "": 2,
    "install": 2,
    "create @/new": 2,
    "start": 2,
    "genconfig @/none.py": 1,
    "stop @/none.conf": 1,
    "create @/none/new --pythonhandler x": 1,
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage(words: str, tmp_path: Path, capsys: Captured) -> None:
    try:
        status = command.main(words.replace("@", str(tmp_path)).split())
    except SystemExit as end:
        status = int(end.code or 0)
    assert status == WRONG[words]
    assert "mod" in capsys.readouterr().err


def test_a_site_from_nothing(tmp_path: Path, capsys: Captured) -> None:
    """create, genconfig, start, restart, stop: as the original's documentation goes through them."""
    folder, port = tmp_path / "a site", free_port()
    words = ["create", str(folder), "--listen", f"127.0.0.1:{port}", "--pythonhandler", "mod_python.publisher"]
    words += ["--pythonpath", str(tmp_path), "--pythonoption", "greeting 'hello you'"]
    assert command.main(words) == 0
    source = folder / "conf" / "httpd_conf.py"
    assert f"mod_python genconfig {source} > " in capsys.readouterr().out
    assert command.main(words) == 1, "it is there already"
    assert "already exists, aborting" in capsys.readouterr().err
    assert command.main(["genconfig", str(source)]) == 0
    conf = folder / "conf" / "httpd.conf"
    conf.write_text(capsys.readouterr().out)
    (folder / "public" / "index.py").write_text("def hello(req): return req.get_options()['greeting']\n")
    pid_file = folder / "logs" / "httpd.pid"
    run = [sys.executable, "-m", "modpy_wsgi.cli.mod_python"]

    def control(action: str) -> tuple[int, str]:
        done = subprocess.run([*run, action, "conf/httpd.conf"], cwd=folder, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout

    try:
        assert control("start") == (0, "")
        pid = found(str(pid_file)).pid
        assert fetched(port) == b"hello you"
        assert control("restart") == (0, "")
        assert fetched(port) == b"hello you"
        assert control("stop") == (0, "")
        wait_until(lambda: not Path(f"/proc/{pid}").exists(), "its end", 60)
    finally:
        if pid_file.exists() and found(str(pid_file)).state is State.RUNNING:
            with contextlib.suppress(ProcessLookupError):
                os.kill(found(str(pid_file)).pid, signal.SIGKILL)


def fetched(port: int) -> bytes:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/index.py/hello", timeout=60) as answer:
        return bytes(answer.read())


def test_the_file_runs_by_itself(tmp_path: Path, capsys: Captured) -> None:
    mod_python.httpdconf.write_basic_config(str(tmp_path / "x"), pythonhandler="h", mp_comments=["a comment"])
    capsys.readouterr()
    runpy.run_path(str(tmp_path / "x" / "conf" / "httpd_conf.py"))
    text = capsys.readouterr().out
    assert "# a comment\n" in text
    assert load_text(text).main.settings[core.LISTEN] == (core.Listen("0.0.0.0", 8888, None),)
