"""What a decision about access costs a request: the same page with rules and without, and each decision alone.

Run: python benchmarks/bench_access.py [rounds]. Candidates take turns in every round; shown are medians of the rounds,
in microseconds of the process's CPU time. A difference is taken within its round.

Goal: a decision without passwords at most 1 us; "Require all granted" nothing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench_dispatch import HELLO, call, environ

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.httpd import access, authorization

CALLS = 2_000  # short, so that what else the machine does falls on few of the rounds

RULES = {
    "no rule": "",
    "Require all granted": "Require all granted",
    "Require ip, one network": "Require ip 127.0.0.0/8",
    "Require ip, five, the last": "Require ip 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fd00::/8 127.0.0.1",
    "Require local": "Require local",
    "Require env": "Require env LANG GUEST\nSetEnvIf User-Agent bench GUEST",
    "SetEnvIf alone": "SetEnvIf User-Agent bench GUEST",
    "Require method": "Require method GET POST",
    "RequireAll of three": "<RequireAll>\nRequire ip 127\nRequire method GET\nRequire not ip 127.0.0.2\n</RequireAll>",
    "<Limit POST> Require": "<Limit POST>\nRequire ip 10\n</Limit>\nRequire ip 127",
    "Order deny,allow Deny from": "Order deny,allow\nDeny from 10.0.0.0/8",
    "Order allow,deny, both": "Order allow,deny\nAllow from all\nDeny from 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16",
    "Satisfy Any, let in by address": "Order deny,allow\nRequire valid-user\nSatisfy Any",
}


def application(root: Path) -> Application:
    """A handler under each of the rules, in a <Location> of its own."""
    (root / "bench_hello.py").write_text(HELLO)
    sections = "".join(
        f"<Location /{number}>\nSetHandler mod_python\nPythonHandler bench_hello\n{rules}\n</Location>\n"
        for number, rules in enumerate(RULES.values())
    )
    return Application(load_text(f'LogLevel crit\nPythonPath "[{str(root)!r}] + sys.path"\n{sections}'))


def timed(function: Callable[[], Any], calls: int = CALLS) -> float:
    """Microseconds of CPU time for a call."""
    start = time.process_time()
    for _ in range(calls):
        function()
    return (time.process_time() - start) * 1e6 / calls


def decisions(app: Application) -> dict[str, Callable[[], Any]]:
    """The decision alone, on the request of each page."""
    found: dict[str, Callable[[], Any]] = {}
    serve = app.serve

    for number, name in enumerate(RULES):
        kept: list[Any] = []

        def keep(req: Any, kept: list[Any] = kept) -> None:
            kept.append(req)
            serve(req)

        app.serve = keep  # type: ignore[method-assign]
        call(app, environ(f"/{number}"))
        app.serve = serve  # type: ignore[method-assign]
        req = kept[0]
        config = req._config
        if access.has_work(config):
            found[name] = lambda req=req, config=config: access.check(req, config)
        elif authorization.has_work(config):
            found[name] = lambda req=req, config=config: authorization.without_user(req, config)
    return found


def main() -> None:
    """Print the two tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 101
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
        pages = {name: call(app, environ(f"/{number}")) for number, name in enumerate(RULES)}
        alone = decisions(app)
        times: dict[str, list[float]] = {name: [] for name in pages}
        own: dict[str, list[float]] = {name: [] for name in alone}
        for _ in range(rounds):
            for name, page in pages.items():
                times[name].append(timed(page))
            for name, decision in alone.items():
                own[name].append(timed(decision))
    base = times["no rule"]
    print(f"{'rules':32} {'request':>9} {'more':>7} {'alone':>7}   us of CPU time, medians of {rounds} rounds")
    for name, values in times.items():
        more = statistics.median([value - plain for value, plain in zip(values, base, strict=True)])
        single = f"{statistics.median(own[name]):7.2f}" if name in own else " " * 7
        print(f"{name:32} {statistics.median(values):9.2f} {more:7.2f} {single}")


if __name__ == "__main__":
    main()
