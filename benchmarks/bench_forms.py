"""Forms as applications read them, beside peers: 20 small fields, and a page of the publisher.

Run: python benchmarks/bench_forms.py [rounds]. Candidates take turns in every round; medians in microseconds of CPU and
their ratios to the first row. Werkzeug and cgi (Python up to 3.12, or legacy-cgi) are left out where they are missing.

Goals: 20 small multipart fields into a FieldStorage at most 30 us; a publisher page with one argument, through all
phases, at most 8.2 us on a machine where a handler in a <Location> takes 2.55: 3.2 times that.
"""

from __future__ import annotations

import importlib.util
import io
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from bench_dispatch import HELLO, call, environ

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.forms import FieldStorage
from modpy_wsgi.testing import request

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import goal

CALLS = 200
BOUNDARY = "----boundary"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
PAGE = "def say(req, what='nothing'):\n    return 'I am saying %s' % what\n"


def body(fields: int = 20) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="field{n}"\r\n\r\nvalue {n}\r\n' for n in range(fields)
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def field_storage(sent: bytes, content_type: str) -> Callable[[], None]:
    req = request("/", method="POST", body=sent, headers={"Content-Type": content_type})
    stream = req._environ["wsgi.input"]

    def read() -> None:
        stream.seek(0)
        req._left = None
        req._form_body = None
        FieldStorage(req)

    return read


def werkzeug_form(sent: bytes, content_type: str) -> Callable[[], None]:
    from werkzeug.formparser import parse_form_data

    def read() -> None:
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
        }
        list(parse_form_data(environ)[1].items(multi=True))

    return read


def cgi_form(sent: bytes, content_type: str) -> Callable[[], None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from cgi import FieldStorage as Form

    def read() -> None:
        Form(io.BytesIO(sent), {"content-type": content_type}, environ={"REQUEST_METHOD": "POST"})

    return read


def pages(root: str) -> dict[str, Callable[[], None]]:
    """A page of the publisher and a handler in a <Location>, of one application, as in production."""
    Path(root, "page.py").write_text(PAGE)
    Path(root, "hello.py").write_text(HELLO)
    application = Application(
        load_text(
            f'DocumentRoot "{root}"\n<Directory "{root}">\nSetHandler mod_python\n'
            "PythonHandler mod_python.publisher\n</Directory>\n"
            "<Location /hello>\nSetHandler mod_python\nPythonHandler hello\nPythonAutoReload Off\n"
            f'PythonPath "sys.path + [{root!r}]"\n</Location>\n'
        )
    )
    asked = {**environ("/page.py/say"), "RAW_URI": "/page.py/say?what=hello", "QUERY_STRING": "what=hello"}
    return {
        "publisher, one argument": call(application, asked, b"I am saying hello"),
        "handler in a <Location>": call(application, environ("/hello")),
    }


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    sent = body()
    urlencoded = "&".join(f"field{n}=value+{n}" for n in range(20)).encode()
    with tempfile.TemporaryDirectory() as root:
        calls = {
            "20 fields, multipart": field_storage(sent, TYPE),
            "20 fields, urlencoded": field_storage(urlencoded, "application/x-www-form-urlencoded"),
            **pages(root),
        }
        if importlib.util.find_spec("werkzeug") is not None:
            calls["werkzeug, 20 fields, multipart"] = werkzeug_form(sent, TYPE)
        if importlib.util.find_spec("cgi") is not None:
            calls["cgi, 20 fields, multipart"] = cgi_form(sent, TYPE)
        seen: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(rounds):
            for name, function in calls.items():
                start = time.process_time()
                for _ in range(CALLS):
                    function()
                seen[name].append((time.process_time() - start) / CALLS * 1e6)
    first = statistics.median(next(iter(seen.values())))
    for name, times in seen.items():
        print(f"{name:36}{statistics.median(times):8.1f} us{statistics.median(times) / first:8.2f}")
    both = zip(seen["publisher, one argument"], seen["handler in a <Location>"], strict=True)
    goal("publisher / hello", statistics.median([page / hello for page, hello in both]), 3.2)


if __name__ == "__main__":
    main()
