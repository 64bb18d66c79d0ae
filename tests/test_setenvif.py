"""SetEnvIf and BrowserMatch: what they set, when, and that access can ask for it (httpd, mod_setenvif)."""

from pathlib import Path
from textwrap import dedent

import pytest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.testing import site

SHOW = """
    def handler(req):
        req.write(repr(sorted(req.subprocess_env.items())))
        return 0
"""

CASES = {
    "browser": ('BrowserMatch "Moz(illa)" got=$1', {"User-Agent": "Mozilla"}, [("got", "illa")]),
    "browser, another": ('BrowserMatch "^Moz" got', {"User-Agent": "Opera"}, []),
    "value left out": ("SetEnvIf X-Name . got", {"X-Name": "a"}, [("got", "1")]),
    "several": ("SetEnvIf X-Name . one two=2", {"X-Name": "a"}, [("one", "1"), ("two", "2")]),
    "case counts": ("SetEnvIf X-Name abc got", {"X-Name": "ABC"}, []),
    "case does not count": ("SetEnvIfNoCase X-Name abc got", {"X-Name": "ABC"}, [("got", "1")]),
    "taken back": ("SetEnvIf X-Name . got\nSetEnvIf X-Name b !got", {"X-Name": "ab"}, []),
    "of a variable": (
        "SetEnvIf X-Name . first=yes\nSetEnvIf first yes second",
        {"X-Name": "a"},
        [("first", "yes"), ("second", "1")],
    ),
    "a header by pattern": ('SetEnvIf "^X-N(am|on)e$" z.* got=$0', {"X-Name": "xyz"}, [("got", "z")]),
    "header not there": ("SetEnvIf X-Absent ^$ got", {}, [("got", "1")]),
    "method": ("SetEnvIf Request_Method ^GET$ got", {}, [("got", "1")]),
    "path": ("SetEnvIf Request_URI \\.py$ got", {}, [("got", "1")]),
    "protocol": ("SetEnvIf Request_Protocol 1\\.0 got", {}, [("got", "1")]),
    "address": ("SetEnvIf Remote_Addr ^192\\.0\\.2\\. got", {}, [("got", "1")]),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "show.py").write_text(dedent(SHOW))
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_variables(root: Path, name: str) -> None:
    rules, headers, wanted = CASES[name]
    app = site(
        f"SetHandler mod_python\nPythonHandler show\n{rules}", root=root, extra_environ={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert app.get("/show.py", headers=headers).text == repr(wanted)


@pytest.mark.parametrize("place", ["server", "directory"])
@pytest.mark.parametrize(("agent", "status"), [("good", 200), ("evil", 403)])
def test_access_asks_for_them(root: Path, place: str, agent: str, status: int) -> None:
    rule = "BrowserMatch evil closed"
    outside, inside = (rule, "") if place == "server" else ("", rule)
    config = load_text(
        f'DocumentRoot "{root}"\n{outside}\n<Directory "{root}">\n{inside}\nSetHandler mod_python\nPythonHandler show\n'
        "Order allow,deny\nAllow from all\nDeny from env=closed\n</Directory>\n"
    )
    from webtest import TestApp

    TestApp(Application(config, private=True)).get("/show.py", headers={"User-Agent": agent}, status=status)
