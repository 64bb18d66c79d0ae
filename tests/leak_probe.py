"""Run as a process of its own by test_memory.py: many requests of every kind, and what the process has grown by.

Usage: python -m tests.leak_probe FOLDER REQUESTS  (from the project's folder). Prints a line of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from modpy_wsgi.config import cache, host_config
from tests.wsgi_site import Folder, Server, environ

PAGE = """
from mod_python import apache

class Node:
    pass

def handler(req):
    return KINDS[req.path_info](req)

def hello(req):
    req.content_type = "text/plain"
    req.write("hello")
    return apache.OK

def held(req):
    req.headers_out["X-A"] = req.args or ""
    req.notes["n"] = req.the_request
    req.mark = [req]                      # a circle
    req.write(req.headers_in.get("User-Agent", ""), 0)
    req.register_cleanup(cleanup, req)
    return apache.OK

def cleanup(req):
    req.server.log_error

def posted(req):
    req.write(req.read(), 0)
    return apache.OK

def moved(req):
    req.internal_redirect("/h/hello?" + (req.args or ""))
    return apache.OK

def fails(req):
    node = Node()
    node.req = req
    raise ValueError(req.args)

def stops(req):
    raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)

def adds(req):
    req.add_handler("PythonLogHandler", lambda req: 0)
    return apache.OK

def gone(req):
    for _ in range(3):
        req.write(b"x" * 100)
    return apache.OK

def asked(req):
    req.add_cgi_vars()
    req.get_basic_auth_pw(), req.get_options(), req.get_config(), req.connection.notes, req.finfo, req.parsed_uri
    return apache.OK

KINDS = {"/" + f.__name__: f for f in (hello, held, posted, moved, fails, stops, adds, gone, asked)}
"""
HOSTS = ("one.test", "two.test", "none.test", "x.two.test")


def site(folder: Folder) -> Any:
    """A site that uses every phase: handlers in a Location and in a Directory, files, .htaccess, two hosts."""
    folder.write(page=PAGE)
    folder.file("files/small.txt", "small")
    folder.file("files/large.bin", os.urandom(200_000))
    folder.file("files/index.html", "index")
    folder.file("local/.htaccess", "SetEnv A 1\nPythonOption k v")
    folder.file("local/x.txt", "x")
    inside = (
        'AllowOverride All\nAddType text/plain .txt\n<Files "h">\nSetHandler mod_python\nPythonHandler page\n</Files>'
    )
    around = f"""
    PythonPath "['{folder.root}'] + sys.path"
    LogLevel emerg
    <Location "/h">
    SetHandler mod_python
    PythonHandler page
    PythonFixupHandler page::stops_not
    </Location>
    <LocationMatch "y$">
    SetEnv MATCHED 1
    </LocationMatch>
    <VirtualHost *>
    ServerName one.test
    DocumentRoot "{folder.root}"
    </VirtualHost>
    <VirtualHost *>
    ServerName two.test
    ServerAlias *.two.test
    DocumentRoot "{folder.root}"
    PythonLogHandler page::adds
    </VirtualHost>
    """.replace("    PythonFixupHandler page::stops_not\n", "")
    return folder.serve(inside, around)


TARGETS = (
    *(f"/h/{name}" for name in ("hello", "held", "posted", "moved", "fails", "stops", "adds", "gone", "asked")),
    *(
        "/files/small.txt",
        "/files/large.bin",
        "/files/",
        "/files",
        "/local/x.txt",
        "/absent",
        "/%2e%2e/x",
        "/.htaccess",
    ),
)


def run(app: Any, first: int, count: int) -> None:
    """`count` requests, no two alike: path, query, host, method and server differ."""
    servers = (Server(), Server(offers_write=False), Server(write_error=BrokenPipeError(), writes_before_error=1))
    for number in range(first, first + count):
        target = TARGETS[number % len(TARGETS)]
        method = ("GET", "GET", "HEAD", "POST", f"M{number}")[number % 5]
        path = f"{target}{f'-{number}y' if target == '/absent' else ''}?{number}"
        made = environ(
            path, method, body=b"x" * (number % 50), HTTP_HOST=HOSTS[number % 4], HTTP_USER_AGENT=f"u{number}"
        )
        servers[(number // 7) % 3].call(app, made)


def resident() -> int:
    """Bytes of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """See the module's docstring."""
    requests = int(sys.argv[2])
    host_config.MAX_CACHED = 64  # so that every cache is full at once
    cache.Bounded.__init__.__defaults__ = (64,)
    with Folder(Path(sys.argv[1])) as folder:
        app = site(folder)
        warm = 8_000
        run(app, 0, warm)
        measured: list[tuple[int, int, int]] = []
        for turn in range(5):
            gc.collect()
            files = len(os.listdir("/proc/self/fd"))
            measured.append((resident(), len(gc.get_objects()), files))
            run(app, warm + turn * requests // 4, requests // 4)
        print(json.dumps({"measured": measured}))


if __name__ == "__main__":
    main()
