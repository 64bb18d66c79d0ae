"""The command line: exit status and what is said, in process."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from modpy_wsgi._version import __version__
from modpy_wsgi.cli import main

Captured = pytest.CaptureFixture[str]

GOOD = "Listen 127.0.0.1:8000\n<Location /x>\n    PythonHandler x\n</Location>\n"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "httpd.conf"
    path.write_text(GOOD)
    return path


def test_check_config(conf: Path, capsys: Captured) -> None:
    assert main(["serve", "--check-config", "-f", str(conf)]) == 0
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == "Syntax OK"
    assert "<Location /x> PythonHandler x  (httpd.conf:2)" in said


def test_check_config_of_a_directory(tmp_path: Path, capsys: Captured) -> None:
    assert main(["serve", "--check-config", str(tmp_path), "--bind", "127.0.0.1:9"]) == 0
    said = capsys.readouterr().err
    assert f"DocumentRoot {tmp_path}" in said
    assert "listening on 127.0.0.1:9" in said


def test_definitions_and_directives(conf: Path, capsys: Captured) -> None:
    conf.write_text(GOOD + "<IfDefine EXTRA>\nPythonFixupHandler ${WHICH}\n</IfDefine>\n")
    words = ["-DEXTRA", "-C", "Define WHICH one", "-c", "PythonLogHandler two"]
    assert main(["serve", "--check-config", "-f", str(conf), *words]) == 0
    said = capsys.readouterr().err
    assert "PythonFixupHandler one" in said
    assert "PythonLogHandler two" in said


BROKEN = {
    "unknown directive": ("Requre all granted\n", "httpd.conf:1: unknown directive 'Requre' (did you mean Require?)"),
    "not implemented": ("\nRewriteEngine On\n", "httpd.conf:2: RewriteEngine"),
    "only https": ("Listen 443\n", "Listen"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("check", [True, False])
def test_broken_configuration_is_one_line(conf: Path, capsys: Captured, name: str, check: bool) -> None:
    text, wanted = BROKEN[name]
    conf.write_text(text)
    assert main(["serve", "-f", str(conf), *(["--check-config"] if check else [])]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("modpy-wsgi: ")
    assert wanted in said[0]


NOT_THERE = {
    "no file": (["-f", "/missing/httpd.conf"], "no such file"),
    "no directory": (["/missing/directory"], "no such directory"),
    "a directory for a file": (["-f", "/"], "a directory, where a configuration is wanted"),
    "a file for a directory": ([__file__], "not a directory (a configuration is served with -f)"),
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_nothing_there(capsys: Captured, name: str) -> None:
    words, wanted = NOT_THERE[name]
    assert main(["serve", *words]) == 1
    assert capsys.readouterr().err.startswith(f"modpy-wsgi: {words[-1]}: {wanted}")


# words -> where a port alone is of
PORT_ALONE = [
    (["."], "127.0.0.1:8121"),
    (["-f"], "0.0.0.0:8121"),
]


@pytest.mark.parametrize(("words", "wanted"), PORT_ALONE, ids=["directory", "configuration"])
def test_a_port_alone(words: list[str], wanted: str, tmp_path: Path, capsys: Captured) -> None:
    conf = tmp_path / "httpd.conf"
    conf.touch()
    words = [*words, str(conf)] if words == ["-f"] else words
    assert main(["serve", "--check-config", *words, "--bind", "8121", "--bind", "*:8122"]) == 0
    said = capsys.readouterr().err
    assert f"  listening on {wanted}\n" in said
    assert "  listening on 0.0.0.0:8122\n" in said


def test_address_in_use(conf: Path, capsys: Captured) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "-f", str(conf), "--bind", f"127.0.0.1:{port}"]) == 1
    assert capsys.readouterr().err == f"modpy-wsgi: cannot listen on 127.0.0.1:{port}: address in use\n"


# words -> what is said of them
WRONG = [
    ([], "arguments are required"),
    (["fly"], "invalid choice: 'fly'"),
    (["serve"], "one of -f CONF and DIR is needed"),
    (["serve", ".", "-f", "httpd.conf"], "either -f CONF or DIR, not both"),
    (["serve", ".", "--bogus"], "usage: modpy-wsgi serve "),
    (["serve", ".", "--bogus", "more"], "unrecognized arguments: --bogus more"),
    (["serve", ".", "--workers", "0"], "--workers: '0' is no number from 1 on"),
    (["serve", ".", "--threads", "many"], "--threads: 'many' is no number from 1 on"),
    (["serve", ".", "--bind", "nowhere"], "--bind: 'nowhere' is no address"),
    (["serve", ".", "--bind", "::1:80"], "--bind: '::1:80': an IPv6 address is written [::1]:80"),
]


@pytest.mark.parametrize(("words", "wanted"), WRONG)
def test_wrong_usage(words: list[str], wanted: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "usage: modpy-wsgi" in said
    assert wanted in said


def test_version(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"modpy-wsgi {__version__}\n"
