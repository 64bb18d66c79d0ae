"""`modpy-httpd`: what httpd's options print, where, and with which exit status; and the server that it controls."""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modpy_wsgi import __version__
from modpy_wsgi.cli.httpd import main
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.pid_file import PidFile, State, found
from tests.live_server import free_port, wait_until

pytest.importorskip("gunicorn")

Captured = pytest.CaptureFixture[str]
PATIENCE = 60.0

HANDLER = """
import os, sys, time
from mod_python import apache

def handler(req):
    if not hasattr(apache, "told"):
        apache.told = True
        req.server.register_cleanup(req, told, "server cleanup")
        apache.register_cleanup(told, "apache cleanup")
    return globals()["do_" + req.uri.strip("/")](req) or apache.OK

def told(text):
    apache.log_error(text)

def do_pid(req):
    req.write(str(os.getpid()))

def do_slow(req):
    open(req.get_options()["record"], "w").close()
    time.sleep(1.5)
    req.write("done")

def do_print(req):
    print("to the output")
    print("to the errors", file=sys.stderr)
    os.write(2, b"past Python\\n")
    req.write("printed")

def do_where(req):
    req.write("%s %o %d" % (os.getcwd(), os.umask(0o27), os.getsid(0) != int(req.get_options()["session"])))

def do_truth(req):
    req.write(repr((
        apache.server_root(), apache.exists_config_define("HERE"), apache.exists_config_define("DEBUG"),
        ("StartServers", "2") in apache.config_tree(), apache.mpm_query(apache.AP_MPMQ_MAX_THREADS),
        apache.mpm_query(apache.AP_MPMQ_IS_FORKED), apache.mpm_query(apache.AP_MPMQ_MAX_DAEMONS),
        req.server.port, req.server.error_fname, req.server.my_generation,
    )))
"""


class Controlled:
    """A site, and the command with it."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.folder, self.port = folder, free_port()
        self.conf, self.log, self.pid_file = folder / "httpd.conf", folder / "error_log", folder / "httpd.pid"
        (folder / "page.py").write_text(HANDLER)
        self.text = "\n".join(
            (
                f"ServerRoot {folder}\nListen 127.0.0.1:{self.port}\nPidFile httpd.pid\nErrorLog error_log",
                f"ServerName a.example\nDocumentRoot {folder}\nStartServers 2\nMaxRequestWorkers 4\nThreadsPerChild 2",
                "<Location />\nSetHandler mod_python\nPythonHandler page",
                f"PythonPath \"['{folder}']\"\nPythonOption record {folder}/record",
                f"PythonOption session {os.getsid(0)}\n</Location>\n",
                *lines,
            )
        )
        self.conf.write_text(self.text)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "modpy_wsgi.cli.httpd", "-f", str(self.conf), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder)

    def said(self, *words: str) -> tuple[int, str, str]:
        """Exit status, output and errors, without notes on what this machine makes of it."""
        if "stop" in words[1] or (words[1] != "start" and self.running):  # none begins: no process of its own is needed
            with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
                status = main(["-f", str(self.conf), *words])
            output, told = out.getvalue(), err.getvalue()
        else:
            done = self.run(*words)
            status, output, told = done.returncode, done.stdout, done.stderr
        return status, output, "".join(line for line in told.splitlines(True) if "run as root" not in line)

    @property
    def pid(self) -> int:
        return found(str(self.pid_file)).pid if self.running else 0

    @property
    def running(self) -> bool:
        return self.pid_file.exists() and found(str(self.pid_file)).state is State.RUNNING

    def get(self, path: str, patience: float = PATIENCE) -> bytes:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.status == 200
            return response.read()

    def end(self) -> None:
        """Nothing is left of it, whatever a test has done."""
        pid = self.pid
        if pid:
            os.kill(pid, signal.SIGTERM)
            with contextlib.suppress(AssertionError):
                wait_until(lambda: not Path(f"/proc/{pid}").exists(), "its end", PATIENCE)
        if self.running:
            os.kill(self.pid, signal.SIGKILL)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Controlled]:
    made = Controlled(tmp_path)
    try:
        yield made
    finally:
        made.end()


# ---- what needs no server -------------------------------------------------------------------------------------------

NOTHING_OPENED = {
    "-v": (0, f"Server version: Apache/2.4.71 compatible (modpy_wsgi {__version__})\n", ""),
    "-V": (0, ' -D SERVER_CONFIG_FILE="conf/httpd.conf"\n', ""),
    "-l": (0, "Compiled in modules:\n  core.c\n", ""),
    "-L": (0, "PythonHandler (mod_python.c)\n\tPythonHandler handler ... [| .extension ...]\n\tAllowed in *.conf", ""),
    "-h": (1, "", "Usage: modpy-httpd [-D name] [-d directory] [-f file]\n"),
    "-Z": (1, "", "modpy-httpd: illegal option -- Z\nUsage: "),
    "-f": (1, "", "modpy-httpd: option requires an argument -- f\nUsage: "),
    "-k status": (1, "", "modpy-httpd: illegal option -- k\nUsage: "),
    "-e loud": (1, "", "Usage: "),
    "-t more": (1, "", "Usage: "),
    "-t -f @/none.conf": (1, "", "modpy-httpd: Could not open configuration file @/none.conf: No such file or "),
    "-t -d @": (1, "", "modpy-httpd: Could not open configuration file @/conf/httpd.conf: No such file or directory\n"),
    "-t -f @/bad.conf": (1, "", "AH00526: Syntax error on line 2 of @/bad.conf: unknown directive 'Requre'"),
    "-k restart -f @/bad.conf": (1, "", "AH00526: Syntax error on line 2 of @/bad.conf: unknown directive 'Requre'"),
    "-t -d @ -f good.conf": (0, "", "Syntax OK\n"),
    "-t -f @/good.conf -C Nonsense": (1, "", "AH00526: Syntax error on line 1 of -C directive: unknown directive"),
    "-t -f @/good.conf -c Nonsense": (1, "", "AH00526: Syntax error on line 1 of -c directive: unknown directive"),
    "-t -f @/good.conf -D BROKEN": (1, "", "AH00526: Syntax error on line 4 of @/good.conf: unknown directive"),
    "-t -f @/tls.conf": (1, "", "AH00526: Syntax error on line 4 of @/tls.conf: SSLCertificateFile @/none.pem: No su"),
    "-k stop -f @/good.conf": (0, "httpd (no pid file) not running\n", ""),
    "-k start -f @/silent.conf": (1, "", "modpy-httpd: no listening sockets available"),
    "-t -f @/bad.conf -E @/none/log": (1, "", "modpy-httpd: could not open error log file @/none/log: No such file"),
}


@pytest.mark.parametrize("words", NOTHING_OPENED)
def test_options(words: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "good.conf").write_text("Listen 127.0.0.1:1\nUser #0\n<IfDefine BROKEN>\nNonsense\n</IfDefine>\n")
    (tmp_path / "bad.conf").write_text("Listen 127.0.0.1:1\nRequre all granted\n")
    (tmp_path / "silent.conf").write_text(f"ServerName x\nErrorLog {tmp_path}/log\n")
    (tmp_path / "tls.conf").write_text(
        f"Listen 1\n<VirtualHost *:1>\nSSLEngine on\nSSLCertificateFile {tmp_path}/none.pem\n</VirtualHost>\n"
    )
    status, output, errors = NOTHING_OPENED[words]
    assert main(words.replace("@", str(tmp_path)).split(" ")) == status
    said = capsys.readouterr()
    assert output.replace("@", str(tmp_path)) in said.out
    assert bool(output) is bool(said.out)
    assert errors.replace("@", str(tmp_path)) in said.err
    assert bool(errors) is bool(said.err)
    if errors and "Usage" not in said.err:
        assert said.err.count("\n") <= 2, "one line, and perhaps a note"


HOSTS = """ServerName x.example
User root
Listen 8080
<VirtualHost *:8080>
ServerName a.example
ServerAlias aa.example *.w.example
</VirtualHost>
<VirtualHost *:8080>
ServerName b.example:81
</VirtualHost>
<VirtualHost 127.0.0.1:8082>
ServerName c.example
</VirtualHost>
<VirtualHost [::1]:80 _default_:90>
</VirtualHost>
<VirtualHost 10.0.0.1 10.0.0.2:80>
ServerName d.example
</VirtualHost>
"""
# as Debian's apache2 2.4.71 prints it, but for its mutexes
SHOWN = """VirtualHost configuration:
[::1]:80               x.example (@:14)
10.0.0.2:80            d.example (@:16)
10.0.0.1:*             d.example (@:16)
127.0.0.1:8082         c.example (@:11)
*:8080                 is a NameVirtualHost
         default server a.example (@:4)
         port 8080 namevhost a.example (@:4)
                 alias aa.example
                 wild alias *.w.example
         port 8080 namevhost b.example (@:8)
*:90                   x.example (@:14)
ServerRoot: "/srv"
Main DocumentRoot: ""
Main ErrorLog: "/srv/logs/error_log"
PidFile: "/srv/logs/httpd.pid"
Define: DUMP_RUN_CFG
Define: DUMP_VHOSTS
User: name="root" id=0
Group: name="#-1" id=4294967295
"""


def test_virtual_hosts_are_shown(tmp_path: Path, capsys: Captured) -> None:
    conf = tmp_path / "httpd.conf"
    conf.write_text(HOSTS)
    assert main(["-S", "-d", "/srv", "-f", str(conf)]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (SHOWN.replace("@", str(conf)), "")


def test_modules_and_files_are_shown(tmp_path: Path, capsys: Captured) -> None:
    conf, more = tmp_path / "httpd.conf", tmp_path / "more.conf"
    conf.write_text(f"LoadModule python_module x.so\nLoadModule ssl_module y.so\nInclude {more}\n")
    more.write_text("Listen 80\n")
    assert main(["-M", "-f", str(conf)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Loaded Modules:"
    assert {" core_module (static)", " python_module (shared)", " ssl_module (shared)"} < set(lines)
    assert " python_module (static)" not in lines
    assert main(["-t", "-D", "DUMP_INCLUDES", "-f", str(conf)]) == 0
    assert capsys.readouterr().out == f"Included configuration files:\n  (*) {conf}\n      {more}\n"


# content of a pid file that nobody holds: what it tells
PID_FILES = {
    "abc\n": State.BAD,
    "": State.BAD,
    "0\n": State.BAD,
    "-5\n": State.BAD,
    "12 13\n": State.BAD,
    "9" * 40: State.BAD,
    "9" * 10 + "\n": State.STALE,
    "99999999\n": State.STALE,
    "of this process": State.FOREIGN,
}


@pytest.mark.parametrize("content", PID_FILES)
def test_pid_files(content: str, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    path.write_text(content.replace("of this process", f"{os.getpid()}\n"))
    assert found(str(path)).state is PID_FILES[content]


@contextlib.contextmanager
def another(code: str) -> Iterator[int]:
    """Another process that has run some code, and waits."""
    command = [sys.executable, "-c", f"import fcntl, os\n{code}\nprint(1, flush=True)\ninput()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"1\n"
        try:
            yield process.pid
            assert process.poll() is None, "nobody has ended it"
        finally:
            process.kill()


def test_a_pid_file_that_is_held(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with another(f"from modpy_wsgi.serving.pid_file import PidFile\nPidFile({str(path)!r}).take()") as holder:
        assert found(str(path)) == (State.RUNNING, holder, holder)
        with pytest.raises(ConfigError, match=f"the server runs already, as process {holder}"):
            PidFile(str(path)).take()
    mine = PidFile(str(path))
    assert mine.take() is State.STALE
    assert path.read_text() == f"{os.getpid()}\n"
    mine.release()
    assert not path.exists()


@pytest.mark.parametrize("content", ["99999999\n", "1\n", ""])
def test_a_pid_file_that_is_locked_by_another_than_it_names(content: str, tmp_path: Path) -> None:
    """Nobody is signalled: neither who has locked it nor who is named."""
    path, conf = tmp_path / "pid", tmp_path / "httpd.conf"
    path.write_text(content)
    conf.write_text(f"PidFile {path}\nListen 127.0.0.1:{free_port()}\n")
    with another(f"file = open({str(path)!r}, 'r+'); fcntl.lockf(file, fcntl.LOCK_EX)") as holder:
        assert found(str(path)) == (State.HELD, int(content or 0), holder)
        with pytest.raises(ConfigError, match=f"process {holder} has locked it, which it does not name"):
            PidFile(str(path)).take()
        with contextlib.redirect_stderr(io.StringIO()) as said:
            assert main(["-f", str(conf), "-k", "stop"]) == 1
        assert f"locked by process {holder}, which it does not name: left alone" in said.getvalue()
    assert path.read_text() == content


def test_who_reads_a_pid_file_cannot_keep_a_server_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    path.write_text("99999999\n")
    with another(f"file = open({str(path)!r}); fcntl.lockf(file, fcntl.LOCK_SH)"):
        assert found(str(path)).state is State.STALE
        mine = PidFile(str(path))
        assert mine.take() is State.STALE
        assert path.read_text() == f"{os.getpid()}\n"
        assert os.listdir(tmp_path) == ["pid"]
        mine.release()
    assert not path.exists()


def test_a_pid_file_by_another_spelling(tmp_path: Path) -> None:
    """Whoever reads a file lets go of the lock that his process has on it."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "run").symlink_to("logs")
    mine, other = PidFile(str(tmp_path / "run" / "pid")), PidFile(str(tmp_path / "logs" / "pid"))
    assert not mine.is_same(other.path)
    mine.take()
    assert mine.is_same(other.path) and mine.is_same(mine.path)
    assert not other.is_same(mine.path) and not mine.is_same(str(tmp_path))
    for ask in (other.check, other.take):
        with pytest.raises(ConfigError, match="logs/pid: this process has taken it already"):
            ask()
    look = f"from modpy_wsgi.serving.pid_file import found\nassert found({other.path!r}).pid == {os.getpid()}"
    with another(f"{look} == found({other.path!r}).holder"):
        pass
    mine.release()
    assert other.take() is State.NONE
    other.release()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_the_rights_of_a_pid_file(umask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        mine = PidFile(str(tmp_path / "pid"))
        mine.take()
        assert (tmp_path / "pid").stat().st_mode & 0o777 == mode
        assert os.umask(umask) == umask
        mine.release()
    finally:
        os.umask(before)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pid_file_is_a_file(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "pid")
    with pytest.raises(ConfigError, match="holds no process number"):
        PidFile(str(tmp_path / "pid")).take()


def test_a_pid_file_is_no_link(tmp_path: Path) -> None:
    """Whoever may write in its folder must not have root write elsewhere."""
    (tmp_path / "pid").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="PidFile"):
        PidFile(str(tmp_path / "pid")).take()
    assert not (tmp_path / "elsewhere").exists()


# ---- a server that goes on by itself --------------------------------------------------------------------------------


def test_start_and_stop(site: Controlled) -> None:
    site.conf.write_text(site.text + "Define HERE\n")
    assert site.said("-k", "start") == (0, "", "")
    pid = site.pid
    assert site.pid_file.read_text() == f"{pid}\n"
    assert site.said("-k", "start") == (0, f"httpd (pid {pid}) already running\n", "")
    assert site.get("/where") == f"/ {oct(_umask())[2:]} 1".encode()
    truth = [str(site.folder), True, False, True, 2, 1, 2, 0, str(site.log), 0]
    assert site.get("/truth") == repr(tuple(truth)).encode()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/pid")
        assert " mod_python/3.5.0 Python/3." in (connection.getresponse().getheader("Server") or "")
    assert site.get("/print") == b"printed"
    assert site.said("-k", "graceful") == (0, "", "")
    truth[-1] = 1
    wait_until(lambda: site.get("/truth") == repr(tuple(truth)).encode(), "the next generation", PATIENCE)
    site.get("/pid")  # which registers the cleanups in each process that is asked first
    assert site.said("-k", "stop") == (0, "", "")
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "its end", PATIENCE)
    assert not site.pid_file.exists()
    log = site.log.read_text()
    for line in (
        "[mpm_gunicorn:notice]",
        "configured -- resuming normal operations",
        "caught SIGTERM, shutting down",
        "] to the output\n",
        "] to the errors\n",
        "\npast Python\n",
        "server cleanup",
        "apache cleanup",
    ):
        assert line in log
    assert site.said("-k", "stop") == (0, "httpd (no pid file) not running\n", "")


def test_a_reload_with_the_same_pid_file(site: Controlled) -> None:
    """By another path it stays locked, and a file that somebody has removed is there again."""
    (site.folder / "run").symlink_to(".")
    site.conf.write_text(site.text.replace("PidFile httpd.pid", "PidFile run/httpd.pid"))
    assert site.said("-k", "start") == (0, "", "")
    pid = site.pid
    with open(os.pidfd_open(pid)) as server:
        try:
            for generation in (1, 2):
                site.conf.write_text(site.text)
                assert site.said("-k", "graceful") == (0, "", "")
                wait_until(lambda n=generation: site.get("/truth").endswith(b" %d)" % n), "the generation", PATIENCE)
                assert site.pid == pid
            site.pid_file.unlink()
            os.kill(pid, signal.SIGHUP)
            wait_until(lambda: site.pid == pid, "the file", PATIENCE)
            assert site.said("-k", "stop") == (0, "", "")
            wait_until(lambda: not Path(f"/proc/{pid}").exists(), "its end", PATIENCE)
        except BaseException:  # who has let go of the file is not found by it
            signal.pidfd_send_signal(server.fileno(), signal.SIGTERM)
            raise
    assert not site.pid_file.exists()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_graceful_restarts_under_load(site: Controlled) -> None:
    """Not one request is lost, and the new configuration holds afterwards."""
    assert site.said("-k", "start")[0] == 0
    over = threading.Event()
    failed: list[object] = []
    answered = [0, 0]

    def ask(connection: http.client.HTTPConnection, kept: bool, number: int) -> None:
        while not over.is_set():
            try:
                if not kept:
                    connection.close()
                connection.request("GET", "/pid")
                response = connection.getresponse()
                if response.status != 200 or not response.read().isdigit():
                    failed.append(response.status)
                answered[number] += 1
            except (OSError, http.client.HTTPException) as error:
                # Which may happen to a client that keeps its connection, at any time (RFC 9112, 9.3.1): it asks again.
                connection.close()
                if not (kept and isinstance(error, (http.client.RemoteDisconnected, ConnectionResetError))):
                    failed.append(error)

    def ask_and_close(kept: bool, number: int) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)) as connection:
            ask(connection, kept, number)

    threads = [threading.Thread(target=ask_and_close, args=(kept, kept)) for kept in (False, False, True)]
    for thread in threads:
        thread.start()
    try:
        for number in (2, 3):
            assert site.said("-k", "graceful") == (0, "", "")
            wait_until(lambda number=number: restarts(site) == number, "restart", PATIENCE)
            begun = list(answered)
            wait_until(lambda begun=begun: answered[0] > begun[0] + 20 and answered[1] > begun[1], "answers", PATIENCE)
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert failed == []


def restarts(site: Controlled) -> int:
    """How often the server has begun."""
    return site.log.read_text().count("configured -- resuming normal operations")


def test_a_broken_configuration_leaves_all_as_it_is(site: Controlled) -> None:
    assert site.said("-k", "start")[0] == 0
    pid = site.pid
    site.conf.write_text(site.text + "Requre all granted\n")
    for action in ("graceful", "restart"):
        status, _, errors = site.said("-k", action)
        assert (status, errors.startswith("AH00526: Syntax error on line ")) == (1, True)
    assert (site.pid, site.get("/print")) == (pid, b"printed")
    # An address that cannot be had is known to the server alone.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site.conf.write_text(site.text + f"Listen 127.0.0.1:{taken.getsockname()[1]}\n")
        assert site.said("-k", "graceful")[0] == 0
        wait_until(lambda: "not reloaded" in site.log.read_text(), "the refusal", PATIENCE)
        assert "address in use" in site.log.read_text()
    assert (site.pid, site.get("/print")) == (pid, b"printed")
    # One that can is opened, and one that is no longer named is closed.
    other = free_port()
    site.conf.write_text(site.text.replace(f"Listen 127.0.0.1:{site.port}", f"Listen 127.0.0.1:{other}"))
    before, site.port = site.port, other
    assert site.said("-k", "graceful")[0] == 0

    def moved() -> bool:
        with contextlib.suppress(OSError):
            site.get("/pid")
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", before, timeout=PATIENCE)) as old:
                try:
                    old.connect()
                except ConnectionRefusedError:
                    return True
        return False

    wait_until(moved, "the other port", PATIENCE)
    assert site.pid == pid


def test_stop_lets_a_slow_request_end(site: Controlled) -> None:
    assert site.said("-k", "start")[0] == 0
    answers: list[bytes] = []
    slow = threading.Thread(target=lambda: answers.append(site.get("/slow")))
    slow.start()
    wait_until((site.folder / "record").exists, "the slow request", PATIENCE)
    pid = site.pid
    assert site.said("-k", "graceful-stop") == (0, "", "")
    slow.join(PATIENCE)
    assert answers == [b"done"]
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "its end", PATIENCE)


def test_a_worker_that_is_killed(site: Controlled) -> None:
    """Others answer, another takes its place, and nothing is left of it."""
    assert site.said("-k", "start")[0] == 0
    killed = int(site.get("/pid"))
    os.kill(killed, signal.SIGKILL)
    for _ in range(20):
        assert int(site.get("/pid")) != killed
    wait_until(lambda: not Path(f"/proc/{killed}").exists(), "no zombie", PATIENCE)
    seen: set[bytes] = set()
    wait_until(lambda: seen.add(site.get("/pid")) or len(seen) == 2, "two workers again", PATIENCE)


def test_port_in_use(site: Controlled) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        line = f"modpy-httpd: cannot listen on 127.0.0.1:{site.port}: address in use\n"
        assert site.said("-k", "start") == (1, "", line)
        log = site.folder / "startup"
        assert site.said("-k", "start", "-E", str(log)) == (1, "", "")
        assert line in log.read_text()
    assert not site.pid_file.exists()


def test_pid_files_that_tell_nothing(site: Controlled) -> None:
    """A number is believed only with its lock: no signal goes to a process that merely has it."""
    site.pid_file.write_text("abc\n")
    for action, wanted in (("start", "holds no process number"), ("stop", "Error retrieving pid file")):
        status, output, errors = site.said("-k", action)
        assert (status, output) == (1, "") and wanted in errors and errors.count("\n") == 1
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        try:
            site.pid_file.write_text(f"{other.pid}\n")
            for action in ("start", "graceful-stop"):
                status, output, errors = site.said("-k", action)
                assert (status, output) == (1, "") and f"process {other.pid}" in errors and errors.count("\n") == 1
            assert other.poll() is None
        finally:
            other.kill()
    # Now nobody has the number.
    assert site.said("-k", "stop") == (0, f"httpd (pid {other.pid}?) not running\n", "")
    assert site.said("-k", "restart") == (0, "httpd not running, trying to start\n", "")
    assert site.pid not in (0, other.pid)
    wait_until(lambda: "Unclean shutdown" in site.log.read_text(), "the warning", PATIENCE)


def test_in_the_foreground(site: Controlled) -> None:
    command = [sys.executable, "-m", "modpy_wsgi.cli.httpd", "-f", str(site.conf)]
    for more, workers in (("-X", 1), ("-DFOREGROUND", 2)):
        with subprocess.Popen([*command, more], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                wait_until(lambda: site.running, "the pid file", PATIENCE)
                assert site.pid == process.pid
                wait_until(lambda: _answers(site), "an answer", PATIENCE)
                seen: set[bytes] = set()
                begin = time.monotonic()
                while len(seen) < workers and time.monotonic() - begin < PATIENCE:
                    seen.add(site.get("/pid"))
                assert len(seen) == workers
            finally:
                process.terminate()
            assert process.wait(PATIENCE) == 0


def _answers(site: Controlled) -> bool:
    with contextlib.suppress(OSError):
        return bool(site.get("/pid"))
    return False
