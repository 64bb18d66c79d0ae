"""What must stay closed, tried the way an attacker would. Each row was open once, or is what httpd closes."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from modpy_wsgi.testing import site

CLOSED = "Require all denied"

HANDLERS = """
    from mod_python import apache

    def decline(req):
        return apache.DECLINED

    def look(req):
        assert req.filename is not None and req.finfo is not None and req.path_info is not None
        return apache.DECLINED

    def own(req):
        req.content_type = "text/plain"
        req.write("handler")
        return apache.OK

    def default(req):
        look(req)
        req.handler = "default-handler"
        return apache.OK
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A document root with files in open and closed places."""
    for name in ("open/page.txt", "open/.htpasswd", "closed/page.txt", "page.txt", ".htpasswd", "open/data.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("secret")
    (tmp_path / "tried.py").write_text(dedent(HANDLERS))
    return tmp_path


def status(app: Any, path: str, **options: Any) -> int:
    """The status of the answer to a GET."""
    code: int = app.get(path, status="*", **options).status_int
    return code


# A <Location> that answers by a Python handler: no file is looked for, so none may be sent.


@pytest.mark.parametrize(
    "directives",
    [
        "PythonHandler tried::decline",
        "PythonHandler tried::look",
        "PythonHandler tried::decline\nPythonFixupHandler tried::look",
        "PythonHandler tried::own\nPythonFixupHandler tried::default",
    ],
)
@pytest.mark.parametrize(
    "path", ["/open/page.txt", "/closed/page.txt", "/.htpasswd", "/open/.htpasswd", "/open/data.py"]
)
def test_location_whose_handler_declines_sends_no_file(root: Path, directives: str, path: str) -> None:
    config = f"""
        <Directory "{root}/closed">
            {CLOSED}
        </Directory>
        <Location "/">
            SetHandler mod_python
            PythonPath "['{root}']"
            {directives}
        </Location>
    """
    assert status(site(config, root=root), path) == 404


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("", 200),
        ("DirectoryIndex disabled", 200),
        ("PythonHandler tried::own", 200),
        # To mod_python the last Location with any of its directives says whether there is a file.
        ("PythonOption name value", 403),
        ("PythonDebug Off", 403),
    ],
)
def test_directory_is_asked_unless_the_last_location_has_handlers(root: Path, inner: str, wanted: int) -> None:
    config = f"""
        <Directory "{root}/closed">
            {CLOSED}
        </Directory>
        <Location "/">
            SetHandler mod_python
            PythonPath "['{root}']"
            PythonHandler tried::own
        </Location>
        <Location "/closed">
            {inner}
        </Location>
    """
    assert status(site(config, root=root), "/closed/page.txt") == wanted


# An application behind the site is asked for the path that the phases have judged.


def told_path(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A fallback application that answers with its path."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{environ['QUERY_STRING']}".encode("latin-1")]


BEHIND = f"""
    <Location /secret>
        {CLOSED}
    </Location>
    ErrorDocument 403 /denied?why
"""


@pytest.mark.parametrize(
    ("path", "mount", "wanted"),
    [
        ("/x", "", "|/x|"),
        ("/x/y?q", "", "|/x/y|q"),
        ("/x//y/./z", "", "|/x/y/z|"),
        ("/secret/../x", "", "|/x|"),
        ("/a%c3%a9", "", "|/a\u00e9|"),
        ("/x/", "/mount", "/mount|/x/|"),
        ("/x/../../y", "/mount", "|/y|"),
        # ErrorDocument leads elsewhere: not to what is closed.
        ("/secret", "", "|/denied|why"),
        ("/secret/x?q", "", "|/denied|why"),
        ("/x/../secret", "", "|/denied|why"),
        ("//secret", "", "|/denied|why"),
        ("/%73ecret", "", "|/denied|why"),
    ],
)
def test_application_behind_is_asked_for_the_path_that_was_judged(
    root: Path, path: str, mount: str, wanted: str
) -> None:
    app = site(BEHIND, root=root, fallback=told_path)
    answer = app.get(path, extra_environ={"SCRIPT_NAME": mount})
    assert answer.text == wanted
