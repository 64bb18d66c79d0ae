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
