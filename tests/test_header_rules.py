"""Header, RequestHeader and Expires where Apache's recorded answers (tests/golden) do not reach."""

from __future__ import annotations

import email.utils
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.wsgi_site import Folder, Reply, Server

HANDLER = """
def handler(req):
    req.content_type = "text/plain"
    req.subprocess_env["VALUE"] = "a\\x01b\\r\\nX-Forged: 1"
    req.headers_out["X-Long"] = "a" * 64 + "!"
    req.headers_out["X-Short"] = "bbb"
    req.err_headers_out["X-Err"] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"
    if req.args:
        return int(req.args)
    req.write("body", 0)
    return 0
"""
RUNAWAY = "edit X-{} ^(a|a)*$ b"


def answer(folder: Folder, rules: str, target: str = "/page") -> Reply:
    """The answer of a handler under these rules."""
    folder.write(page=HANDLER)
    return Server().ask(folder.serve(f"SetHandler mod_python\nPythonHandler page\n{rules}"), target)


def test_what_a_variable_must_not_bring(folder: Folder) -> None:
    """A line's end becomes blanks, as in httpd; another control character is an error, and an error page drops it."""
    reply = answer(folder, "Header set X-Value %{VALUE}e")
    assert (reply.code, reply.all("X-Value"), reply.all("X-Forged")) == (500, [], [])
    assert "header 'X-Value'" in folder.log_text()


@pytest.mark.parametrize("status", ["404", "302", "204", "304"])
def test_an_error_page_leaves_without_what_nobody_may_send(folder: Folder, status: str) -> None:
    reply = answer(folder, "Header always set X-Value %{VALUE}e\nHeader always set X-Good yes", f"/page?{status}")
    assert (reply.error, reply.all("X-Value"), reply.all("X-Good")) == (None, [], ["yes"])
    assert reply.code == (500 if status in ("204", "304") else int(status))
    assert "header 'X-Value'" in folder.log_text()


def test_a_content_type_that_nobody_may_send(folder: Folder) -> None:
    reply = answer(folder, "Header always set Content-Type %{VALUE}e", "/page?404")
    assert (reply.code, reply.header("Content-Type")) == (404, "text/html; charset=iso-8859-1")


def test_an_expression_that_is_stopped(folder: Folder) -> None:
    reply = answer(folder, "Header " + RUNAWAY.format("Long"))
    assert (reply.code, reply.error) == (500, None)
    assert "was stopped" in folder.log_text()


def test_an_expression_that_is_stopped_on_an_error_page(folder: Folder) -> None:
    reply = answer(folder, f"Header always set X-Err {'a' * 64}!\nHeader always {RUNAWAY.format('Err')}", "/page?404")
    assert (reply.code, reply.error) == (404, None)
    assert "was stopped" in folder.log_text()


def test_an_expression_that_finds_nothing_is_no_endless_loop(folder: Folder) -> None:
    reply = answer(folder, 'Header edit* X-Short "x*" y\nHeader edit* X-Short "b$" z')
    assert reply.header("X-Short") == "ybbz"


def test_rules_are_applied_once(folder: Folder) -> None:
    folder.write(
        page='def handler(req):\n    req.write("a")\n    req.write("b")\n    req.flush()\n    return 404\n',
    )
    app = folder.serve("SetHandler mod_python\nPythonHandler page\nHeader add X-One 1\nHeader always add X-One 2")
    reply = Server().ask(app, "/")
    assert (reply.code, sorted(reply.all("X-One"))) == (200, ["1", "2"])


def test_a_large_file_and_a_small_one(folder: Folder) -> None:
    folder.file("large.txt", b"x" * 200_000)
    folder.file("small.txt", b"x")
    app = folder.serve("Require all granted\nHeader set X-One 1\nHeader unset Content-Length\nHeader unset ETag")
    for name, size in (("large.txt", 200_000), ("small.txt", 1)):
        reply = Server().ask(app, f"/{name}")
        assert (reply.all("X-One"), reply.all("Content-Length"), reply.all("ETag")) == (["1"], [str(size)], [])
        assert len(reply.body) == size


def other(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Another WSGI application, which says what it was asked."""
    start_response("200 OK", [("Content-Type", "text/x"), ("X-Own", "own"), ("Set-Cookie", "a"), ("Set-Cookie", "b")])
    return [repr((environ.get("HTTP_X_ASKED"), environ.get("HTTP_X_GONE"))).encode()]


def test_another_application_is_under_the_same_rules(folder: Folder) -> None:
    app = folder.serve(
        "Require all granted\nHeader set X-One 1\nHeader always set X-Two 2\nHeader edit X-Own o O\n"
        "Header edit Set-Cookie $ ;Secure\nRequestHeader set X-Asked asked\nRequestHeader unset X-Gone",
        fallback=other,
    )
    reply = Server().ask(app, "/any/path", headers={"X-Gone": "1"})
    assert (reply.all("X-One"), reply.all("X-Two"), reply.all("X-Own")) == (["1"], ["2"], ["Own"])
    assert (reply.all("Set-Cookie"), reply.all("Content-Type")) == (["a;Secure", "b;Secure"], ["text/x"])
    assert reply.body == b"('asked', None)"


def test_length_and_host_of_a_request_are_not_to_be_changed(folder: Folder) -> None:
    folder.write(page="def handler(req):\n    req.write(repr((req.read(), req.hostname)))\n    return 0\n")
    rules = "".join(
        f"RequestHeader set {name} {value} early\n"
        for name, value in (("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("Host", "other.test"))
    )
    app = folder.serve("SetHandler mod_python\nPythonHandler page", rules)
    assert Server().ask(app, "/", "POST", body=b"abc").body == b"(b'abc', 'site.test')"


def test_expiry_of_a_file_that_is_still_to_come(folder: Folder) -> None:
    folder.file("page.txt", b"x")
    app = folder.serve('Require all granted\nExpiresActive On\nExpiresDefault "modification plus 2 days"')
    reply = Server().ask(app, "/page.txt")
    expires = email.utils.parsedate_to_datetime(reply.header("Expires") or "").timestamp()
    assert expires == int((folder.root / "page.txt").stat().st_mtime) + 2 * 86400
    age = int((reply.header("Cache-Control") or "").removeprefix("max-age="))
    assert abs(expires - age - time.time()) < 60


def test_a_handler_without_a_file_has_no_time_of_modification(folder: Folder) -> None:
    reply = answer(folder, "ExpiresActive On\nExpiresDefault M60")
    assert (reply.code, reply.all("Expires")) == (200, [])


def test_another_application_that_begins_anew(folder: Folder) -> None:
    def failing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/x"), ("X-Own", "first")])
        try:
            raise ValueError("wrong")
        except ValueError:
            start_response("500 Oh", [("X-Own", "second")], sys.exc_info())
        return [b"failed"]

    rules = "Require all granted\nHeader add X-One 1\nHeader always add X-Two 2\nHeader edit X-Own $ !"
    reply = Server().ask(folder.serve(rules, fallback=failing), "/any")
    assert (reply.status, reply.all("X-Own"), reply.all("Content-Type")) == ("500 Oh", ["second!"], [])
    assert (reply.all("X-One"), reply.all("X-Two")) == (["1"], ["2"])


def test_a_name_with_an_underscore_is_no_other_name(folder: Folder) -> None:
    app = folder.serve("Require all granted\nRequestHeader unset X_Asked", fallback=other)
    assert Server().ask(app, "/any", headers={"X-Asked": "1"}).body == b"('1', None)"
