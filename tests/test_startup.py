"""What a site does not use is not imported: it would cost every worker its memory, and every start its time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Some have been imported by others before (coverage, a debugger): what counts is what comes with us.
PROGRAM = """
import sys
before = set(sys.modules)
from modpy_wsgi import from_httpd_conf
application = from_httpd_conf(sys.argv[1])
environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/hello", "SERVER_NAME": "a.test",
           "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.0", "wsgi.url_scheme": "http", "wsgi.input": None,
           "wsgi.errors": sys.stderr}
said = []
answer = application(environ, lambda status, headers, exc_info=None: said.append(status))
assert b"".join(answer) == b"hello" and said == ["200 OK"], said
print(*sorted(set(sys.modules) - before))
"""
CONF = """
DocumentRoot "{root}"
<Location /hello>
    SetHandler mod_python
    PythonHandler hello
    PythonPath "sys.path + ['{root}']"
</Location>
"""
NEEDLESS = {
    "bcrypt",
    "brotli",
    "cgi",
    "difflib",
    "email",
    "http",
    "importlib.resources",
    "libpass",
    "logging",
    "mod_python.psp",
    "mod_python.publisher",
    "passlib",
    "pdb",
    "pickle",
    "redis",
    "regex",
    "secrets",
    "sqlite3",
    "subprocess",
    "tempfile",
    "unittest",
    "xml",
}


def test_what_a_site_does_not_use_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("def handler(req):\n    req.write('hello', 0)\n    return 0\n")
    (tmp_path / "httpd.conf").write_text(CONF.format(root=tmp_path))
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "httpd.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "modpy_wsgi.app" in done.stdout.split()
    assert not NEEDLESS & set(done.stdout.split())
