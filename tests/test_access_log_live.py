"""Access logs under real servers: one whole line for each request, whatever runs beside it; rotation; the start."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live_server import running, wait_until
from tests.test_servers import Site, gunicorn, make_site, serve, uwsgi

CLIENTS, EACH = 8, 40
TURNS = 10  # at most; until both processes have written, of which one may be slow to begin
LOGS = """
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" %P" mine
CustomLog logs/access.log mine
"""
PROCESSES = "StartServers 2\nMaxRequestWorkers 8\nThreadsPerChild 4\n"
LINE = re.compile(r'127\.0\.0\.1 - - \[[^]]+\] "GET (\S+) HTTP/1\.1" 200 5 "-" "(x+)" (\d+)')

SERVERS: dict[str, tuple[Callable[[Site], list[str]], str]] = {
    "serve": (serve, "gunicorn"),
    "gunicorn": (gunicorn("--workers", "2", "--threads", "4"), "gunicorn"),
    "uWSGI": (uwsgi("--processes", "2", "--threads", "4"), "uwsgidecorators"),
    "uWSGI lazy": (uwsgi("--processes", "2", "--threads", "4", "--lazy-apps"), "uwsgidecorators"),
}


def logging_site(folder: Path, *lines: str) -> Site:
    site = make_site(folder)
    (folder / "logs").mkdir(exist_ok=True)
    text = re.sub(r"(?m)^(StartServers|MaxRequestWorkers|ThreadsPerChild) .*\n", "", site.conf.read_text())
    site.conf.write_text(text + PROCESSES + LOGS + "\n".join(lines))
    return site


@pytest.mark.parametrize("name", SERVERS)
def test_every_request_has_one_whole_line(tmp_path: Path, name: str) -> None:
    command, needed = SERVERS[name]
    if importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    site = logging_site(tmp_path)
    log = tmp_path / "logs" / "access.log"
    agent = "x" * 3000
    failed: list[object] = []

    asked: Counter[str] = Counter()

    def client(number: str) -> None:
        for count in range(EACH):
            path = f"/live.py/hello?{number}-{count}"
            asked[path] += 1
            answer = server.request("GET", path, headers={"User-Agent": agent})
            if answer[0] != 200:
                failed.append(answer)

    def writers() -> int:
        return len(set(re.findall(r"(?m) (\d+)$", log.read_text())))

    with running(command(site), site.port, site.root, site.environ()) as server:
        for turn in range(TURNS):
            threads = [threading.Thread(target=client, args=(f"{turn}-{number}",)) for number in range(CLIENTS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            wait_until(lambda: len(log.read_text().splitlines()) >= asked.total(), "the last line")
            if writers() == 2:
                break
    assert not failed
    found = [LINE.fullmatch(line) for line in log.read_text().splitlines()]
    assert all(found)
    assert Counter(line[1] for line in found if line) == asked
    assert {line[2] for line in found if line} == {agent}
    assert writers() == 2


def test_rotation_by_a_signal(tmp_path: Path) -> None:
    """The first process opens the logs, as root where it is root; the workers could not."""
    user = ["User nobody", "Group nogroup"] if os.geteuid() == 0 else []
    site = logging_site(tmp_path, *user)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and user:
            folder.chmod(folder.stat().st_mode | 0o055)
    log = tmp_path / "logs" / "access.log"
    with running(serve(site), site.port, site.root, site.environ()) as server:
        assert server.request("GET", "/page.txt")[0] == 200
        wait_until(lambda: "/page.txt" in log.read_text(), "a line")
        log.rename(tmp_path / "logs" / "access.log.1")
        server.signal(signal.SIGUSR1)
        wait_until(log.exists, "a new file")

        def logged() -> bool:
            server.request("GET", "/page.txt?again")  # perhaps answered by a worker of before, for a moment
            return "/page.txt?again" in log.read_text()

        wait_until(logged, "a line in the new file")
    if user:
        assert log.stat().st_uid == 0


def test_rotation_without_a_signal(tmp_path: Path) -> None:
    site = logging_site(tmp_path)
    log = tmp_path / "logs" / "access.log"
    with running(gunicorn("--workers", "2")(site), site.port, site.root, site.environ()) as server:
        assert server.request("GET", "/page.txt")[0] == 200
        wait_until(lambda: "/page.txt" in log.read_text(), "a line")
        log.rename(tmp_path / "logs" / "access.log.1")

        def logged() -> bool:
            server.request("GET", "/page.txt?again")
            return log.exists() and len(set(re.findall(r"(?m) (\d+)$", log.read_text()))) == 2

        wait_until(logged, "lines of both processes in the new file")


@pytest.mark.parametrize("name", ["serve", "gunicorn"])
def test_a_log_that_cannot_be_opened_stops_the_start(tmp_path: Path, name: str) -> None:
    pytest.importorskip("gunicorn")
    site = logging_site(tmp_path, "TransferLog absent/folder/access.log")
    line = len(site.conf.read_text().splitlines())
    done = subprocess.run(
        SERVERS[name][0](site),
        capture_output=True,
        text=True,
        env={**os.environ, **site.environ()},
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert f"httpd.conf:{line}: TransferLog" in done.stdout + done.stderr
