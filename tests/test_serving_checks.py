"""What the machine says to a configuration: folders, accounts, addresses. Errors name file and line."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from modpy_wsgi.cli import main
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.account import account, unreadable
from modpy_wsgi.serving.checks import checked
from modpy_wsgi.serving.reach import is_local, unreachable, unreachable_under
from modpy_wsgi.serving.settings import Overrides, plan

Captured = pytest.CaptureFixture[str]

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="needs root")


def notes(text: str, *binds: str, starting: bool = False) -> tuple[str, ...]:
    """What is added to the notes of the plan."""
    site = load_text(text, file="/etc/httpd.conf", server_root="/etc")
    intended = plan(site, Overrides(binds or ("127.0.0.1:80",)), cpus=1, root=ROOT)
    return tuple(note for note in checked(site, intended, starting=starting).notes if note not in intended.notes)


# (directives, what is said), @ being a folder that is there
WRONG = {
    "no such folder": ("\nPidFile @/x/y/pid", "httpd.conf:2: PidFile @/x/y/pid: "),
    "no such folder for a log": ("ErrorLog @/x/y/log", "httpd.conf:1: ErrorLog @/x/y/log: "),
    "of a virtual host": (
        "<VirtualHost *:80>\nErrorLog @/x/y/log\n</VirtualHost>",
        "httpd.conf:2: ErrorLog @/x/y/log: ",
    ),
    "a folder": ("ErrorLog @", "httpd.conf:1: ErrorLog @: is a directory"),
    "a file for a folder": ("ErrorLog @/file/log", "httpd.conf:1: ErrorLog @/file/log: "),
    "no user": ("\nUser nosuchuser", "httpd.conf:2: User nosuchuser: no such user"),
    "no group": ("User #0\n\nGroup nosuchgroup", "httpd.conf:3: Group nosuchgroup: no such group"),
    "the last counts": ("User nosuchone\nUser nosuchtwo\nUser nosuchthree", "httpd.conf:3: User nosuchthree: "),
    "a number alone": ("User #54321", "httpd.conf:1: User 54321: no such user, so a Group has to be named"),
}
NEEDS_ROOT = ("no user", "no group", "the last counts", "a number alone")


@pytest.mark.parametrize("starting", [False, True], ids=["checked", "started"])
@pytest.mark.parametrize("name", WRONG)
def test_what_keeps_the_server_from_starting(name: str, starting: bool, tmp_path: Path, capsys: Captured) -> None:
    if name in NEEDS_ROOT and not ROOT:
        pytest.skip("needs root")
    text, wanted = (part.replace("@", str(tmp_path)) for part in WRONG[name])
    (tmp_path / "file").touch()
    conf = tmp_path / "httpd.conf"
    conf.write_text(text)
    with socket.socket() as taken:  # should it start all the same, it ends
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = ["--bind", f"127.0.0.1:{taken.getsockname()[1]}"]
        assert main(["serve", "-f", str(conf), *bind, *([] if starting else ["--check-config"])]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"modpy-wsgi: {tmp_path}/{wanted}")


def test_a_folder_is_made_by_a_start_alone(tmp_path: Path) -> None:
    text = f"PidFile {tmp_path}/run/pid\nErrorLog {tmp_path}/logs/log"
    assert notes(text) == ()
    assert not list(tmp_path.iterdir())
    assert notes(text, starting=True) == ()
    assert {path.name for path in tmp_path.iterdir()} == {"run", "logs"}


def test_descriptors_and_programs_are_no_files() -> None:
    for target in ("/dev/stderr", "|/bin/cat", "syslog:local1"):
        assert notes(f"ErrorLog {target}", starting=True) == ()


def test_syntax_of_python_path() -> None:
    text = "PythonPath 'sys.path + [\"/x\"]'\n<Directory /x>\n  PythonPath 'sys.path + '\n</Directory>"
    with pytest.raises(ConfigError, match=r"^/etc/httpd.conf:3: PythonPath sys.path \+ : "):
        notes(text)
    (note,) = notes(text, starting=True)  # as in httpd, the rest of the site is served
    assert note.startswith("/etc/httpd.conf:3: PythonPath")


def test_access_logs(tmp_path: Path) -> None:
    assert notes(f"CustomLog {tmp_path}/access common\nTransferLog '|/bin/cat'\nCustomLog /dev/stdout %h") == ()
    assert notes("LogFormat %h common") == ()
    text = f"<VirtualHost *:80>\nTransferLog {tmp_path}/two/absent/log\n</VirtualHost>"
    with pytest.raises(ConfigError, match=r"^/etc/httpd.conf:2: TransferLog .*: no directory "):
        notes(text)


# ---- accounts -------------------------------------------------------------------------------------------------------


def test_account_without_a_group() -> None:
    """It must not stay in the group of the first process, which is root's."""
    import pwd

    me = pwd.getpwnam(getpass.getuser())
    assert account(me.pw_name, None) == account(str(me.pw_uid), None) == (me.pw_uid, me.pw_gid, me.pw_name)
    assert account(me.pw_name, "54321") == (me.pw_uid, 54321, me.pw_name)
    assert account("54321", "54321") == (54321, 54321, None)


@needs_root
def test_what_an_account_cannot_read(tmp_path: Path) -> None:
    for path in (tmp_path, *tmp_path.parents[:-2]):
        path.chmod(path.stat().st_mode | 0o055)
    files = [tmp_path / folder / "file" for folder in ("open", "closed", "no list")]
    for file, mode in zip(files, (0o755, 0o700, 0o711), strict=True):
        file.parent.mkdir()
        file.touch()
        file.parent.chmod(mode)
    secret = tmp_path / "secret"
    secret.touch(0o600)
    names = [str(path) for path in (*files, secret)]
    assert unreadable(account("54321", "54321"), names) == names[1:]
    assert unreadable(account("0", "0"), names) == []


@needs_root
def test_a_user_who_cannot_read_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\nUser nobody\nGroup nogroup"
    for file in (os.__file__, "elsewhere"):
        monkeypatch.setattr("modpy_wsgi.serving.checks.unreadable", lambda who, files, file=file: {file} & set(files))
        said = notes(text)
        if file == os.__file__:
            assert len(said) == 1
            assert said[0].startswith("/etc/httpd.conf:2: User nobody cannot read Python's standard library in ")
        else:
            assert said == ()


# ---- addresses ------------------------------------------------------------------------------------------------------

# (addresses of the virtual host, what is listened on, whether it can be reached); 192.0.2.10 is this machine's
REACH = [
    ("192.0.2.10:80", ["192.0.2.10:80"], True),
    ("192.0.2.10:80", ["127.0.0.1:8000"], False),
    ("192.0.2.10:80", ["0.0.0.0:80"], True),
    ("192.0.2.10", ["[::]:80"], True),
    ("192.0.2.11:80", ["0.0.0.0:80"], False),
    ("192.0.2.11:80", ["192.0.2.11:80"], True),
    ("192.0.2.11:80 192.0.2.10:80", ["0.0.0.0:80"], True),
    ("192.0.2.11:80 *:8080", ["127.0.0.1:8000"], True),
    ("_default_:80", ["127.0.0.1:8000"], True),
    ("192.0.2.10:80", ["unix:/run/site"], False),
    ("[2001:db8::1]:80", ["0.0.0.0:80"], False),
    ("[2001:db8::1]:80", ["[2001:db8::1]:80"], True),
    ("127.0.0.1:80", ["localhost:80"], True),
    ("192.0.2.10:80", ["www.example.com:80"], True),
    ("www.example.com:80", ["0.0.0.0:80"], False),
]


@pytest.mark.parametrize(("addresses", "binds", "reached"), REACH)
def test_virtual_hosts_by_address(addresses: str, binds: list[str], reached: bool) -> None:
    site = load_text(f"\n<VirtualHost {addresses}>\n</VirtualHost>", file="/etc/httpd.conf")
    said = list(unreachable(site, binds, lambda address: str(address) == "192.0.2.10"))
    assert bool(said) is not reached
    for line in said:
        assert line.startswith("/etc/httpd.conf:2: no request can reach <VirtualHost ")
    without = list(unreachable_under("waitress", site))
    assert bool(without) is not ("*" in addresses or "_default_" in addresses)


def test_addresses_of_this_machine() -> None:
    from ipaddress import ip_address

    assert is_local(ip_address("127.0.0.1"))
    assert not is_local(ip_address("192.0.2.10"))  # of the documentation's network
    assert not is_local(ip_address("2001:db8::1"))


def test_check_config_says_it(tmp_path: Path, capsys: Captured) -> None:
    conf = tmp_path / "httpd.conf"
    conf.write_text(
        "Listen 127.0.0.1:8000\nNameVirtualHost 192.0.2.10:80\n<VirtualHost 192.0.2.10:80>\n</VirtualHost>\n"
    )
    assert main(["serve", "-f", str(conf), "--check-config"]) == 0
    said = capsys.readouterr().err
    assert f"note: {conf}:3: no request can reach <VirtualHost 192.0.2.10:80>: nothing listens there" in said
    assert f"note: under uWSGI and waitress, which tell no addresses, no request can reach {conf}:3" in said


def test_a_server_that_tells_no_addresses_is_told_of(tmp_path: Path) -> None:
    pytest.importorskip("waitress")
    conf = tmp_path / "httpd.conf"
    conf.write_text("<VirtualHost 192.0.2.10:80>\n</VirtualHost>\n<VirtualHost *:80>\n</VirtualHost>\n")
    done = subprocess.run(
        [sys.executable, "-c", "import waitress, modpy_wsgi.wsgi"],
        env={**os.environ, "MODPY_WSGI_CONF": str(conf), "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"modpy-wsgi: note: {conf}:1: no request can reach <VirtualHost 192.0.2.10:80>: waitress ")


# what stands at the path of a Unix socket -> what is said
UNIX = {
    "no folder": ("nowhere/s", "no directory"),
    "a file": ("file", "something else is there"),
    "a server": ("taken", "address in use"),
    "too long": ("s" * 108, "the path is too long"),
}


@pytest.mark.parametrize("name", UNIX)
def test_unix_socket_that_cannot_be(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    path, wanted = UNIX[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "httpd.conf").touch()
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind("taken")
        taken.listen()
        assert main(["serve", "-f", "httpd.conf", "--bind", f"unix:{path}"]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"modpy-wsgi: cannot listen on unix:{path}: {wanted}")


def test_folder_for_locks(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    option = "PythonOption mod_python.mutex_directory"
    assert notes(f'\n{option} "{tmp_path}/locks"') == ()
    told = f"/etc/httpd.conf:2: {option} {tmp_path}/absent: no such folder, so no lock across processes can be taken"
    assert notes(f'\n{option} "{tmp_path}/absent"', starting=True) == (told,)
