"""How an Application is made: from a configuration, from a folder and a handler, whatever their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import from_httpd_conf, make_app
from modpy_wsgi.errors import ConfigError
from tests.oracle.inprocess import undisturbed
from tests.wsgi_site import Folder, Server


@pytest.fixture
def clean_process(tmp_path: Path) -> Iterator[None]:
    with undisturbed(tmp_path):
        yield


UNUSUAL = [
    "plain",
    "a b",
    " lead",
    "trail ",
    'quo"te',
    "apo'strophe",
    "back\\slash",
    "back\\",
    "st*r",
    "qu?stion",
    "br[1]",
    "[!a]",
    "a[",
    "x]y",
    "[*]",
    "\\[a]",
    "${HOME}",
    "$HOME",
    "%41",
    "<x>",
    "#hash",
    "~",
    "é中",
    "\udcff",
    "tab\there",
    "a;b&c",
]


SHOW_OPTIONS = """
def handler(req):
    options = req.get_options()
    req.write(repr(sorted(options.items())), 0)
    return 0
"""


@pytest.mark.usefixtures("clean_process")
@pytest.mark.parametrize("number", range(len(UNUSUAL)), ids=[ascii(name) for name in UNUSUAL])
def test_make_app_takes_any_folder(tmp_path: Path, number: int) -> None:
    root = tmp_path / UNUSUAL[number]
    root.mkdir()
    name = f"odd_folder_{number}"
    (root / f"{name}.py").write_text(SHOW_OPTIONS)
    (root / ".htaccess").write_text("nonsense")
    app = make_app(root, handler=name, options={"key": "value"})
    for target in ("/", f"/{name}.py", "/any/thing"):
        reply = Server().ask(app, target)
        assert (reply.code, reply.body) == (200, b"[('key', 'value')]"), target
    assert Server().ask(app, "/.htaccess").code == 403


@pytest.mark.usefixtures("clean_process")
@pytest.mark.parametrize("value", ["", *UNUSUAL, "${PATH}", "a=b", '"', "\\", '\\"'])
def test_make_app_takes_any_option(tmp_path: Path, value: str) -> None:
    (tmp_path / "show_options.py").write_text(SHOW_OPTIONS)
    options = {"key": value, f"k{value}": "1"}
    app = make_app(tmp_path, handler="show_options", options=options)
    wanted = sorted((key, text) for key, text in options.items() if text)
    assert Server().ask(app, "/").body == repr(wanted).encode("utf-8", "surrogateescape")


BAD_ARGUMENTS: dict[str, dict[str, Any]] = {
    "no handler": {"handler": ""},
    "blank handler": {"handler": "  "},
    "two lines of handler": {"handler": "a\nRequire all denied"},
    "handler that goes on in the next line": {"handler": "a\\"},
    "NUL in the handler": {"handler": "a\0"},
    "two lines of option": {"handler": "a", "options": {"k": "a\nb"}},
    "NUL in an option": {"handler": "a", "options": {"k": "a\0b"}},
    "two lines of key": {"handler": "a", "options": {"a\rb": "c"}},
    "no folder": {"root": "absent", "handler": "a"},
    "a file": {"root": "file", "handler": "a"},
}


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_make_app_refuses(tmp_path: Path, arguments: dict[str, Any]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError):
        make_app(**{**arguments, "root": tmp_path / arguments.get("root", "")})


@pytest.mark.usefixtures("clean_process")
def test_make_app_debug_and_reload(tmp_path: Path) -> None:
    source = tmp_path / "changing_page.py"
    source.write_text("def handler(req):\n    raise ValueError('<b>&')\n")
    shown = make_app(tmp_path, handler="changing_page", debug=True, auto_reload=False)
    silent = make_app(tmp_path, handler="changing_page")
    page = Server().ask(shown, "/")
    assert b"ValueError: &lt;b&gt;&amp;" in page.body and b"<b>" not in page.body
    assert b"ValueError" not in Server().ask(silent, "/").body
    source.write_text("def handler(req):\n    req.write('changed', 0)\n    return 0\n")
    assert Server().ask(shown, "/").code == 500
    assert Server().ask(silent, "/").body == b"changed"


@pytest.mark.usefixtures("clean_process")
def test_make_app_module_and_object(tmp_path: Path) -> None:
    (tmp_path / "named_page.py").write_text("def page(req):\n    req.write('named', 0)\n    return 0\n")
    assert Server().ask(make_app(str(tmp_path), handler="named_page::page"), "/").body == b"named"
    assert Server().ask(make_app(tmp_path, handler="named_page::absent"), "/").code == 500


@pytest.mark.usefixtures("clean_process")
def test_from_httpd_conf(folder: Folder) -> None:
    folder.write(conf_page="def handler(req):\n    req.write(req.get_options()['who'], 0)\n    return 0\n")
    conf = folder.conf("SetHandler mod_python\nPythonHandler conf_page\n<IfDefine B>\nPythonOption who b\n</IfDefine>")
    app = from_httpd_conf(conf, defines=["B"])
    folder.made.append(app)
    assert Server().ask(app, "/").body == b"b"
    late = from_httpd_conf(
        Path(conf),
        before=["Define B", "PythonOption who early"],
        after=['<Location "/">', "PythonOption who c", "</Location>"],
    )
    folder.made.append(late)
    assert Server().ask(late, "/").body == b"c"


@pytest.mark.parametrize(
    ("text", "line"), [("\n\nNonsense on", 3), ("<Directory /x>", 1), ("PythonDebug maybe", 1)], ids=repr
)
def test_from_httpd_conf_says_where_it_fails(tmp_path: Path, text: str, line: int) -> None:
    conf = tmp_path / "bad.conf"
    conf.write_text(text)
    with pytest.raises(ConfigError) as caught:
        from_httpd_conf(conf)
    assert str(caught.value).startswith(f"{conf}:{line}: ")


def test_from_httpd_conf_of_no_file(tmp_path: Path) -> None:
    with pytest.raises((ConfigError, OSError), match=r"absent\.conf"):
        from_httpd_conf(tmp_path / "absent.conf")
