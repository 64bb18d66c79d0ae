"""Debian's envvars: against tables, and against a real shell where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from stock_configurations import DEBIAN

from modpy_wsgi.config.envvars import read_envvars

SCRIPTS = {
    "empty": "",
    "comments": "# A=1\n  # B=2\nC=3 # D=4\n",
    "assignment": "A=1\nB=\nC='a b'\nD=\"a b\"\n",
    "export": "export A=1\nexport B='2 3' C=4\nD=5\nexport D\nexport E\n",
    "unset": "A=1\nunset A\nunset GIVEN\nB=$GIVEN\n",
    "variables": "A=x\nB=$A/$A\nC=${A}y\nD='$A'\nE=\"$A\"\nF=$NONE\nG=\\$A\n",
    "a given one": "A=$GIVEN\nGIVEN=other\nB=$GIVEN\n",
    "default": "A=${NONE:-x}\nB=${GIVEN:-x}\nC=${EMPTY:-x}\nD=${EMPTY-x}\nE=${NONE-$GIVEN}\n",
    "default, nested": "A=${NONE:-${ALSO:-y}}\n",
    "assigned default": ': ${A:=x}\n: ${GIVEN:=x}\n: "${B:=a b}"\nexport A B\n',
    "alternative": "A=${GIVEN:+x}\nB=${NONE:+x}\nC=${EMPTY+x}\n",
    "prefixes": "P=/a/b/c\nA=${P#*/}\nB=${P##*/}\nC=${P%/*}\nD=${P%%/*}\nE=${P#x}\n",
    "quotes in a word": "A=a\"b c\"d'e f'\n",
    "escapes": 'A=a\\ b\nB="a\\"b\\$c\\d"\n',
    "several on a line": "A=1; B=2;export C=3\n",
    "continued": "A=a\\\nb\n",
    "if": 'if [ -n "$GIVEN" ]; then\nA=1\nelse\nA=2\nfi\nif [ -z "$GIVEN" ]\nthen\nB=1\nelse\nB=2\nfi\n',
    "if with equality": 'if [ "$GIVEN" = "g v" ] ; then\n  A=1\nfi\nif [ x != x ]; then\n  B=1\nfi\n',
    "elif": "if [ a = b ]; then\nA=1\nelif [ a = a ]; then\nA=2\nelif [ a = a ]; then\nA=3\nelse\nA=4\nfi\n",
    "nested if": "if [ a = b ]; then\nif [ a = a ]; then\nA=1\nelse\nA=2\nfi\nelse\nB=1\nfi\n",
    "if on one line": 'if [ -n "$GIVEN" ]; then A=1; fi\nif test x = y; then B=1; else B=2; fi\n',
    "not": 'if [ ! -n "$NONE" ]; then\nA=1\nfi\n',
    "files": "if [ -d / ]; then\nA=1\nfi\nif [ -f /no/such ]; then\nB=1\nfi\n",
    "Debian": DEBIAN["envvars"].format(),
}


def by_shell(script: Path, environ: dict[str, str]) -> dict[str, str]:
    """What a shell has after the script; NAME=value lines, single-line values only."""
    shell = shutil.which("dash") or shutil.which("sh")
    if shell is None:
        pytest.skip("no shell")
    done = subprocess.run(
        [shell, "-c", f"set -a; . {script}; /usr/bin/env -0"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    found = dict(line.partition("=")[::2] for line in done.stdout.split("\0") if line)
    return {name: value for name, value in found.items() if name not in ("PWD", "OLDPWD", "_", "SHLVL")}


@pytest.mark.parametrize("name", SCRIPTS)
def test_as_a_shell_does(name: str, tmp_path: Path) -> None:
    script = tmp_path / "envvars"
    script.write_text(SCRIPTS[name])
    environ = {"GIVEN": "g v", "EMPTY": "", "APACHE_CONFDIR": str(tmp_path)}
    told: list[str] = []
    ours = read_envvars(str(script), environ, told.append)
    theirs = by_shell(script, environ)
    assert told == []
    assert ours == {name: value for name, value in theirs.items() if environ.get(name) != value or name in ours}
    assert set(ours) <= set(theirs)


NOT_RUN = {
    "a command": ("A=`touch {folder}/made`\n", 1),
    "another form": ("B=1\nA=$(touch {folder}/made)\n", 2),
    "a plain command": ("touch {folder}/made\n", 0),
    "another file": (". {folder}/other\n", 0),
    "a variable for one command": ("A=1 touch {folder}/made\n", 1),
    "a function": ("made() {{\nA=1\ntouch {folder}/made\n}}\nmade\n", 0),
    "a case": ("case x in\nx) A=1;;\nesac\n", 0),
    "a loop": ("for x in a b; do\nA=$x\ndone\n", 0),
    "and": ("[ -d / ] && touch {folder}/made\n", 0),
}


@pytest.mark.parametrize(("text", "line"), NOT_RUN.values(), ids=NOT_RUN)
def test_nothing_is_run(text: str, line: int, tmp_path: Path) -> None:
    script = tmp_path / "envvars"
    (tmp_path / "other").write_text("A=1\n")
    script.write_text(text.format(folder=tmp_path))
    told: list[str] = []
    assert "A" not in read_envvars(str(script), {}, told.append)
    assert not (tmp_path / "made").exists()
    assert [entry.split(": ")[0] for entry in told] == ([f"{script}:{line}"] if line else [])


def test_no_file(tmp_path: Path) -> None:
    assert read_envvars(str(tmp_path / "envvars"), {}, print) == {}


def test_the_second_of_several_debian_servers(tmp_path: Path) -> None:
    folder = tmp_path / "apache2-two"
    folder.mkdir()
    (folder / "envvars").write_text(
        'SUFFIX="-${APACHE_CONFDIR##*/apache2-}"\nexport APACHE_RUN_DIR=/run/apache2$SUFFIX\n'
    )
    assert read_envvars(str(folder / "envvars"), {}, print)["APACHE_RUN_DIR"] == "/run/apache2-two"
