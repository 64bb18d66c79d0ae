"""A user who cannot read all of Python: what is said of it, and what works all the same."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import passlib.hash
import pytest

HANDLER = "def handler(req):\n    req.write('Hello')\n    return 0\n"
CONF = """DocumentRoot @ROOT@
<Directory @ROOT@>
    SetHandler mod_python
    PythonHandler page
</Directory>
"""
UNREADABLE = """
import pathlib
import sys
from modpy_wsgi.serving.source import Source
application = Source(conf=pathlib.Path(sys.argv[1])).load()

# From here on as in a worker whose user cannot read the standard library: what is not imported yet is not found.
import importlib.machinery
import sysconfig

def unreadable(*args):
    raise PermissionError(13, "Permission denied")

sysconfig.get_paths = sysconfig.get_config_vars = unreadable
library = [entry for entry in sys.path if entry.startswith((sys.prefix, sys.base_prefix))]
sys.path[:] = [entry for entry in sys.path if entry not in library]

import io
said = []
environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "SERVER_NAME": "localhost",
           "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.0", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
           "wsgi.errors": sys.stderr, "HTTP_AUTHORIZATION": f"Basic {sys.argv[2]}"}
body = application(environ, lambda status, headers, error=None: said.append(status))
print(said[0], b"".join(body))
"""


LOGIN = """DocumentRoot @ROOT@
<Directory @ROOT@>
    AuthType Basic
    AuthName here
    AuthUserFile @ROOT@/passwords
    Require valid-user
    SetHandler mod_python
    PythonHandler page
</Directory>
"""
HASHES = {
    "bcrypt": lambda: passlib.hash.bcrypt.using(rounds=4).hash("secret"),
    "apr1": lambda: passlib.hash.apr_md5_crypt.hash("secret"),
    "sha1": lambda: passlib.hash.ldap_sha1.hash("secret"),
    "sha512": lambda: passlib.hash.sha512_crypt.using(rounds=1000).hash("secret"),
    "crypt": lambda: passlib.hash.des_crypt.hash("secret"),
}


def answer(root: Path, conf: str) -> tuple[str, str]:
    """What a request by ann is answered where nothing more of the library can be read, and the log."""
    (root / "page.py").write_text(HANDLER)
    (root / "httpd.conf").write_text(conf.replace("@ROOT@", str(root)))
    done = subprocess.run(
        [sys.executable, "-c", UNREADABLE, str(root / "httpd.conf"), base64.b64encode(b"ann:secret").decode()],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout, done.stderr


def test_the_first_request_needs_nothing_more_of_the_library(tmp_path: Path) -> None:
    said, log = answer(tmp_path, CONF)
    assert said == "200 OK b'Hello'\n", log


@pytest.mark.parametrize("kind", HASHES)
def test_nor_does_the_first_login(kind: str, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text(f"ann:{HASHES[kind]()}\n")
    said, log = answer(tmp_path, LOGIN)
    assert said == "200 OK b'Hello'\n", log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize("allowed", ["AllowOverride AuthConfig", "AllowOverride None\nAllowOverrideList AuthUserFile"])
def test_nor_does_a_login_that_a_htaccess_asks_for(allowed: str, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text(f"ann:{HASHES['bcrypt']()}\n")
    (tmp_path / ".htaccess").write_text(f"AuthUserFile {tmp_path}/passwords\n")
    of_htaccess = "    AuthUserFile @ROOT@/passwords\n"
    assert of_htaccess in LOGIN
    said, log = answer(tmp_path, f"User nobody\n{LOGIN.replace(of_htaccess, allowed + chr(10))}")
    assert said == "200 OK b'Hello'\n", log
