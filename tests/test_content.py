"""Who answers where a handler has chosen another file, or none (manual 3.2: the default handler reads the file)."""

from pathlib import Path
from textwrap import dedent

import pytest

from modpy_wsgi.testing import site

HANDLERS = """
    from mod_python import apache

    def fixuphandler(req):
        name = req.args
        if name:
            req.filename = req.document_root() + "/" + name
            if req.headers_in.get("X-Stat") != "no":
                req.finfo = apache.stat(req.filename, apache.APR_FINFO_MIN)
        return apache.OK
"""


@pytest.mark.parametrize(
    ("query", "headers", "status", "body"),
    [
        ("", {}, 200, "first"),
        ("second.txt", {}, 200, "the second"),
        ("absent.txt", {}, 404, None),
        # A name without what is known of the file: it is sent as it is now.
        ("second.txt", {"X-Stat": "no"}, 200, "the second"),
        ("folder", {"X-Stat": "no"}, 403, None),
        ("absent.txt", {"X-Stat": "no"}, 403, None),
    ],
)
def test_fixup_handler_chooses_the_file(
    tmp_path: Path, query: str, headers: dict[str, str], status: int, body: str | None
) -> None:
    (tmp_path / "chooser.py").write_text(dedent(HANDLERS))
    (tmp_path / "first.txt").write_text("first")
    (tmp_path / "second.txt").write_text("the second")
    (tmp_path / "folder").mkdir()
    app = site("PythonFixupHandler chooser", root=tmp_path)
    answer = app.get(f"/first.txt?{query}", headers=headers, status=status)
    assert body is None or answer.text == body


@pytest.mark.parametrize("headers", [{}, {"X-Stat": "no"}])
def test_a_whole_answer_that_a_handler_chooses(tmp_path: Path, headers: dict[str, str]) -> None:
    (tmp_path / "chooser.py").write_text(dedent(HANDLERS))
    (tmp_path / "first.txt").write_text("first")
    (tmp_path / "second.txt").write_text("Content-Type: text/x-own\n\nthe second")
    app = site("SetHandler send-as-is\nPythonFixupHandler chooser", root=tmp_path)
    answer = app.get("/first.txt?second.txt", headers=headers)
    assert (answer.content_type, answer.text) == ("text/x-own", "the second")


@pytest.mark.parametrize(
    ("name", "language"),
    [("a.txt", "de"), ("noext", "de"), ("c.fr.txt", "fr"), ("chooser.py", "de"), ("absent", None)],
)
def test_default_language(tmp_path: Path, name: str, language: str | None) -> None:
    """DefaultLanguage holds for files that have none by their extensions (observed on httpd 2.4)."""
    (tmp_path / "chooser.py").write_text(
        "def handler(req):\n    req.write(','.join(req.content_languages))\n    return 0\n"
    )
    for each in ("a.txt", "noext", "c.fr.txt"):
        (tmp_path / each).write_text("text")
    conf = "DefaultLanguage de\nAddLanguage fr .fr\nAddHandler mod_python .py\nPythonHandler chooser"
    answer = site(conf, root=tmp_path).get(f"/{name}", status="*")
    assert answer.headers.get("Content-Language") == language
    assert name != "chooser.py" or answer.text == language


ANSWERS = """
    def handler(req):
        if req.args == "words":
            req.status_line = "555 (custom)"
            return 555
        req.err_headers_out["Location"] = "http://other.test/"
        return 302
"""


def test_a_status_and_a_line_that_httpd_has_no_words_for(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(dedent(ANSWERS))
    answer = site("SetHandler mod_python\nPythonHandler page", root=tmp_path).get("/?words", status=555)
    assert answer.status == "555 (custom)"
    assert "<title>500 Internal Server Error</title>" in answer.text


def test_a_body_that_is_too_long_for_a_redirection(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(dedent(ANSWERS))
    app = site("SetHandler mod_python\nPythonHandler page\nLimitRequestBody 3", root=tmp_path)
    assert app.post("/", "abc", status=302).location == "http://other.test/"
    assert "Location" not in app.post("/", "abcd", status=413).headers


def test_methods_of_an_index_hold_for_its_directory(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def handler(req):\n    req.write(req.method)\n    return 0\n")
    app = site(
        "AddHandler mod_python .py\nPythonHandler index\nDirectoryIndex index.py\n"
        "<Files index.py>\nAllowMethods GET\n</Files>",
        root=tmp_path,
    )
    assert app.get("/").text == "GET"
    app.post("/", status=403)
    app.post("/index.py", status=405)
