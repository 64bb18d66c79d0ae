"""A user who cannot read all of Python: what is said of it, and what works all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HANDLER = "def handler(req):\n    req.write('Hello')\n    return 0\n"
CONF = """DocumentRoot @ROOT@
<Directory @ROOT@>
    SetHandler mod_python
    PythonHandler page
</Directory>
"""
UNREADABLE = """
import sys
from modpy_wsgi import from_httpd_conf
application = from_httpd_conf(sys.argv[1])

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
           "wsgi.errors": sys.stderr}
body = application(environ, lambda status, headers, error=None: said.append(status))
print(said[0], b"".join(body))
"""


def test_the_first_request_needs_nothing_more_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(HANDLER)
    conf = tmp_path / "httpd.conf"
    conf.write_text(CONF.replace("@ROOT@", str(tmp_path)))
    done = subprocess.run(
        [sys.executable, "-c", UNREADABLE, str(conf)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "200 OK b'Hello'\n", done.stderr
