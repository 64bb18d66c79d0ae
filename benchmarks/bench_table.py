"""The table beside multidict's CIMultiDict: building it from a request, and looking names up.

Run: python benchmarks/bench_table.py [rounds]. Every round times each row once, ours and theirs in turn; a row shows
the medians over the rounds in microseconds and their ratio (below 1: the table is faster).

Goals: built from an environ with 12 headers in 1 us; a lookup in another case no slower than CIMultiDict's.
"""

import statistics
import sys
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

from multidict import CIMultiDict

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import keep
from modpy_wsgi._fast.table import mp_table

CALLS = 20_000

HEADERS = {
    "HTTP_HOST": "www.example.org",
    "HTTP_CONNECTION": "keep-alive",
    "HTTP_CACHE_CONTROL": "max-age=0",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
    "HTTP_ACCEPT_LANGUAGE": "de,en;q=0.8",
    "HTTP_COOKIE": "session=3f2504e04f8941d39a0c0305e82c3301; seen=1",
    "HTTP_REFERER": "https://www.example.org/start",
    "HTTP_IF_NONE_MATCH": '"33a64df551425fcc55e4d42a148795d9f25f89d4"',
    "HTTP_X_FORWARDED_FOR": "192.0.2.7",
    "HTTP_X_FORWARDED_PROTO": "https",
}
ENVIRON: dict[str, Any] = {
    "wsgi.errors": sys.stderr,
    "wsgi.version": (1, 0),
    "wsgi.multithread": False,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": object,
    "wsgi.input_terminated": True,
    "SERVER_SOFTWARE": "gunicorn/23.0.0",
    "wsgi.input": sys.stdin,
    "gunicorn.socket": None,
    "REQUEST_METHOD": "GET",
    "QUERY_STRING": "a=1",
    "RAW_URI": "/start?a=1",
    "SERVER_PROTOCOL": "HTTP/1.1",
    **HEADERS,
    "wsgi.url_scheme": "http",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "40000",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "PATH_INFO": "/start",
    "SCRIPT_NAME": "",
}


def multidict_from_environ(environ: dict[str, Any]) -> "CIMultiDict[str]":
    """What a WSGI application would write for itself, without the bytes that are no ASCII."""
    return CIMultiDict(
        [(key[5:].replace("_", "-").title(), value) for key, value in environ.items() if key.startswith("HTTP_")]
    )


def rows() -> dict[str, tuple[Callable[[], object], Callable[[], object], int]]:
    """Label, (ours, theirs, how often each call does it)."""
    table = mp_table.from_environ(ENVIRON)
    theirs: CIMultiDict[str] = CIMultiDict(table.items())
    pairs = table.items()
    keys = table.keys()
    large = mp_table.from_pairs([(f"X-Name-{number}", "v") for number in range(500)])
    large_theirs: CIMultiDict[str] = CIMultiDict(large.items())

    def get_each(mapping: Any, names: list[str]) -> Callable[[], object]:
        def run() -> None:
            for name in names:
                mapping[name]

        return run

    def miss_each(mapping: Any, names: list[str]) -> Callable[[], object]:
        def run() -> None:
            for name in names:
                name in mapping  # noqa: B015

        return run

    def ask_each(mapping: Any, names: list[str]) -> Callable[[], object]:
        def run() -> None:
            get = mapping.get
            for name in names:
                get(name)

        return run

    cases = {
        "as written": keys,
        "in small letters": [name.lower() for name in keys],
        "in capitals": [name.upper() for name in keys],
        "missing, small letters": ["x-" + name.lower() for name in keys],
        "missing, as written": ["X-" + name for name in keys],
    }
    found: dict[str, tuple[Callable[[], object], Callable[[], object], int]] = {
        "from an environ, 12 headers": (
            lambda: mp_table.from_environ(ENVIRON),
            lambda: multidict_from_environ(ENVIRON),
            1,
        ),
        "from 12 pairs": (lambda: mp_table.from_pairs(pairs), lambda: CIMultiDict(pairs), 1),
        "empty": (mp_table, CIMultiDict, 1),
        "list of the pairs": (table.items, lambda: list(theirs.items()), 1),
        "copy": (table.copy, theirs.copy, 1),
    }
    for label, names in cases.items():
        if "missing" not in label:
            found[f"t[name], {label}"] = get_each(table, names), get_each(theirs, names), len(names)
        found[f"name in t, {label}"] = miss_each(table, names), miss_each(theirs, names), len(names)
        found[f"t.get(name), {label}"] = ask_each(table, names), ask_each(theirs, names), len(names)
    many = [f"x-name-{number}" for number in range(0, 500, 40)]
    found["t[name], small letters, of 500"] = get_each(large, many), get_each(large_theirs, many), len(many)
    return found


def main(rounds: int) -> None:
    """Print the table of medians."""
    measured: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(rounds):
        for label, (ours, theirs, times) in rows().items():
            calls = max(CALLS // times, 1)
            into = measured.setdefault(label, ([], []))
            for seconds, run in zip(into, (ours, theirs), strict=True):
                seconds.append(timeit.timeit(run, number=calls) / calls / times)
    print(f"{'median of ' + str(rounds) + ' rounds':44} {'table':>9} {'CIMultiDict':>12} {'ratio':>7}")
    for label, (ours_seconds, their_seconds) in measured.items():
        one, other = statistics.median(ours_seconds), statistics.median(their_seconds)
        keep("peer", what=f"table, {label}", peer="CIMultiDict", times=other / one)
        print(f"{label:44} {one * 1e6:6.3f} us {other * 1e6:9.3f} us {one / other:7.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
