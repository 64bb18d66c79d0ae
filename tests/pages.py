"""The pages of the documentation as sections with their fenced blocks, and the commands they show, carried out.

Law: an example is run as it stands, but for /srv, which is a folder of the test, port 8000, which is a free one, and
programs, which are those beside the interpreter. What is printed must be what the page shows.
"""

from __future__ import annotations

import base64
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.live_server import LiveServer, free_port, running, tool

CHECKOUT = Path(__file__).resolve().parents[1]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
SERVERS = frozenset({"gunicorn", "modpy-wsgi", "uwsgi", "waitress-serve"})
ONLY_TELL = frozenset({"--check-config", "check", "explain", "session"})  # the command ends
RUN_SECONDS = 60.0


class Section:
    """What stands below one heading. `take` hands out its fenced blocks; nobody took those in `left`."""

    def __init__(self, page: str, heading: str, blocks: list[tuple[str, str]]) -> None:
        self.name = f"{page}: {heading}"
        self.left = blocks  # (language, text)

    def take(self, language: str) -> str:
        """The next block in this language."""
        for block in self.left:
            if block[0] == language:
                self.left.remove(block)
                return block[1]
        raise AssertionError(f"{self.name}: no further block in {language!r}")


def sections() -> Iterator[Section]:
    """All sections with fenced blocks, of README.md, CONTRIBUTING.md and docs/."""
    for path in (CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted(CHECKOUT.glob("docs/*.md"))):
        text = path.read_text()
        without_blocks = FENCED.sub(lambda block: re.sub("[^\n]", " ", block[0]), text)
        starts = [(found.start(), found[1]) for found in HEADING.finditer(without_blocks)]
        ends = [start for start, _ in starts[1:]] + [len(text)]
        for (start, heading), end in zip(starts, ends, strict=True):
            blocks = [(block[1], block[2]) for block in FENCED.finditer(text[start:end])]
            if blocks:
                yield Section(str(path.relative_to(CHECKOUT)), heading, blocks)


def section(name: str) -> Section:
    """The section of this name, nothing taken from it yet."""
    return next(each for each in sections() if each.name == name)


def placed(text: str, srv: Path) -> str:
    """A text with /srv replaced by a folder."""
    return text.replace("/srv/", f"{srv}/")


def carry_out(
    text: str, srv: Path, *, folder: Path | None = None, check: Callable[[LiveServer], None] | None = None
) -> None:
    """Run a `console` block in `folder`: lines that begin with "$ " are commands, the others what they print.

    A server runs until the next one starts or the block ends; `check` is called with each. Nothing is compared where
    nothing is shown.
    """
    server: list[str] = []
    others: list[str] = []
    for command in re.split(r"^\$ ", placed(text, srv), flags=re.MULTILINE)[1:]:
        words = shlex.split(command.partition("\n")[0])
        name = next(word for word in words if "=" not in word)
        if name in SERVERS and ONLY_TELL.isdisjoint(words):
            _serve(server, others, folder or srv, check)
            server, others = words, []
        else:
            others.append(command)
    _serve(server, others, folder or srv, check)


def _serve(words: list[str], commands: list[str], folder: Path, check: Callable[[LiveServer], None] | None) -> None:
    if not words:
        for command in commands:
            _compare(command, None, folder)
        return
    environ, words = _split_environ(words)
    port = free_port()
    command = [tool(words[0]), *[word.replace(":8000", f":{port}") for word in words[1:]]]
    if not any(str(port) in word for word in command):
        command += ["--bind", f"127.0.0.1:{port}"]
    with running(command, port, folder, environ) as server:
        if check is not None:
            check(server)
        for each in commands:
            _compare(each, server, folder)


def _split_environ(words: list[str]) -> tuple[dict[str, str], list[str]]:
    environ = {}
    while "=" in words[0]:
        name, _, environ[name] = words[0].partition("=")
        words = words[1:]
    return environ, words


def _compare(command: str, server: LiveServer | None, folder: Path) -> None:
    line, _, shown = command.partition("\n")
    environ, words = _split_environ(shlex.split(line))
    if words[0] == "curl":
        assert server is not None, f"nobody to ask: {line}"
        printed = _curl(words[1:], server)
    else:
        printed = _run([tool(words[0]), *words[1:]], folder, environ)
    if shown.strip():
        assert printed.rstrip("\n") == shown.rstrip("\n"), line


def _run(command: list[str], folder: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": "", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    return done.stdout


def _curl(words: list[str], server: LiveServer) -> str:
    """What curl would print: -u NAME:PASSWORD, -w FORMAT with %{http_code}, -s and -o FILE are understood."""
    headers: dict[str, str] = {}
    shown = None
    while words[0].startswith("-"):
        option = words.pop(0)
        if option == "-s":
            continue
        value = words.pop(0)
        if option == "-u":
            headers["Authorization"] = "Basic " + base64.b64encode(value.encode()).decode()
        elif option == "-w":
            shown = value.replace("\\n", "\n")
        else:
            assert option == "-o", option
    path = words[0].partition(":8000")[2] or "/"
    status, _, body = server.request("GET", path, headers=headers)
    return shown.replace("%{http_code}", str(status)) if shown is not None else body.decode()
