"""A request in process, through the whole chain of phases, beside frameworks that answer the same page.

Run: python benchmarks/bench_dispatch.py [rounds [group]]. Candidates take turns in every round, each group in a
process of its own; shown are medians of the rounds in microseconds of CPU time, and ratios within the run.

Goals: a hello handler in a <Location> at most 3 us, and faster than falcon; the same for a file in a <Directory> with
autoreload on at most 6 us more than a loop that makes the same os.stat calls; with 1,000 virtual hosts and 1,000
literal Directory sections at most 1.2 times what one of each costs, and started within 1 s.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import goal

CALLS = 20_000
HELLO = """
def handler(req):
    req.content_type = "text/plain"
    req.write("Hello World!")
    return 0
"""
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def environ(path: str, host: str = "localhost:8000") -> dict[str, Any]:
    """What gunicorn hands over for a browser's request, cut down to what is read."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "RAW_URI": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "49152",
        "HTTP_HOST": host,
        "HTTP_USER_AGENT": "bench",
        "HTTP_ACCEPT": "*/*",
        "wsgi.url_scheme": "http",
        "wsgi.input": None,
        "wsgi.errors": sys.stderr,
    }


def call(app: App, env: dict[str, Any], wanted: bytes = b"Hello World!") -> Callable[[], None]:
    """One request to `app`, its answer thrown away once it has been looked at."""
    sent: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        return sent.append

    def request() -> None:
        for piece in app(env, start_response):
            sent.append(piece)

    request()
    assert b"".join(sent) == wanted, sent

    def start_silent(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        return write_nothing

    def write_nothing(data: bytes) -> None:
        pass

    def silent() -> None:
        for _ in app(env, start_silent):
            pass

    return silent


def raw(env: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    return [b"Hello World!"]


def falcon_app() -> App:
    import falcon

    class Hello:
        def on_get(self, req: Any, resp: Any) -> None:
            resp.content_type = "text/plain"
            resp.text = "Hello World!"

    app = falcon.App()
    app.add_route("/hello", Hello())
    return app


def bottle_app() -> App:
    import bottle

    app = bottle.Bottle()

    @app.route("/hello")
    def hello() -> str:
        bottle.response.content_type = "text/plain"
        return "Hello World!"

    return app


def flask_app() -> App:
    import flask

    app = flask.Flask("hello")

    @app.route("/hello")
    def hello() -> Any:
        return flask.Response("Hello World!", mimetype="text/plain")

    return app.wsgi_app


def poorwsgi_app() -> App:
    import poorwsgi

    app = poorwsgi.Application("hello")

    @app.route("/hello")
    def hello(req: Any) -> tuple[str, str]:
        return "Hello World!", "text/plain"

    return app


PEERS = {"falcon": falcon_app, "bottle": bottle_app, "flask": flask_app, "poorwsgi": poorwsgi_app}


def located(root: str) -> Application:
    return Application(
        load_text(
            f'DocumentRoot "{root}"\nPythonPath "sys.path + [{root!r}]"\nPythonAutoReload Off\n'
            "<Location /hello>\nSetHandler mod_python\nPythonHandler hello\n</Location>\n"
        )
    )


def mapped(root: str) -> Application:
    return Application(
        load_text(
            f'DocumentRoot "{root}"\n<Directory "{root}">\nSetHandler mod_python\nPythonHandler hello\n</Directory>\n'
        )
    )


def many(root: str, count: int) -> Application:
    """`count` virtual hosts and as many literal Directory sections; the request is for the last of them."""
    lines = [f'DocumentRoot "{root}"', "PythonInterpreter shared"]
    for number in range(count):
        lines += [f'<Directory "{root}/d{number}">', f"PythonOption number {number}", "</Directory>"]
    lines += [f'<Directory "{root}">', "SetHandler mod_python", "PythonHandler hello", "</Directory>"]
    for number in range(count):
        lines += ["<VirtualHost *:8000>", f"ServerName h{number}.test", f'DocumentRoot "{root}"', "</VirtualHost>"]
    return Application(load_text("\n".join(lines)))


def stats(file: str) -> Callable[[], None]:
    def twice() -> None:
        os.stat(file)
        os.stat(file)

    return twice


def median_us(calls: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    seen: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, function in calls.items():
            start = time.process_time()
            for _ in range(CALLS):
                function()
            seen[name].append((time.process_time() - start) / CALLS * 1e6)
    return {name: statistics.median(times) for name, times in seen.items()}


def hello_calls(root: str) -> dict[str, Callable[[], None]]:
    """A page without a file, and the same by others: one application of ours in the process, as in production."""
    calls = {
        "raw WSGI": call(raw, environ("/hello")),
        "handler in a <Location>": call(located(root), environ("/hello")),
    }
    for name, make in PEERS.items():
        if importlib.util.find_spec(name) is not None:
            calls[name] = call(make(), environ("/hello"))
    return calls


def file_calls(root: str) -> dict[str, Callable[[], None]]:
    """A page by a file, and what the system calls of it cost."""
    return {
        "handler for a file": call(mapped(root), environ("/hello.py")),
        "two os.stat calls": stats(f"{root}/hello.py"),
    }


def size_calls(root: str) -> dict[str, Callable[[], None]]:
    """The same page under a small and a large configuration."""
    start = time.perf_counter()
    thousand = many(root, 1000)
    print(f"start-up with 1,000 of each: {time.perf_counter() - start:.2f} s")
    return {
        "1 virtual host, 1 Directory": call(many(root, 1), environ("/hello.py", "h0.test:8000")),
        "1,000 of each": call(thousand, environ("/hello.py", "h999.test:8000")),
    }


# Each group has a process of its own: several applications in one know less of whom a call is for, and pay for it.
GROUPS = {"hello": hello_calls, "file": file_calls, "size": size_calls}


def measure(group: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as root:
        Path(root, "hello.py").write_text(HELLO)
        us = median_us(GROUPS[group](root), rounds)
    for name, value in us.items():
        print(f"{name:32}{value:8.2f} us")
    if "falcon" in us:
        goal("handler in a <Location> / falcon", us["handler in a <Location>"] / us["falcon"], 0.97)
    if "handler for a file" in us:
        print(f"file - two os.stat calls: {us['handler for a file'] - us['two os.stat calls']:.2f} us")
    if "1,000 of each" in us:
        print(f"1,000 / 1 of each: {us['1,000 of each'] / us['1 virtual host, 1 Directory']:.2f}")


def main() -> None:
    rounds = sys.argv[1] if len(sys.argv) > 1 else "15"
    if len(sys.argv) > 2:
        measure(sys.argv[2], int(rounds))
        return
    for group in GROUPS:
        subprocess.run([sys.executable, __file__, rounds, group], check=True)


if __name__ == "__main__":
    main()
