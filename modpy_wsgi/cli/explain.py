"""`modpy-wsgi explain`: the way of one request through a site, told without taking it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ..explain.as_html import as_html
from ..explain.as_text import as_json, as_text
from ..explain.asked import asked
from ..explain.model import Way
from ..explain.way import explain
from .command import Command
from .output import say
from .source_arguments import add_source_arguments, source_of

__all__ = ["COMMAND"]

FORMATS: dict[str, Callable[[Way], str]] = {"text": as_text, "json": as_json, "html": as_html}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", metavar="METHOD", help="GET, POST, ...")
    parser.add_argument("url", metavar="URL", help="http://HOST/PATH, or /PATH of the ServerName")
    add_source_arguments(parser, "explain")
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the explanation (default: text)")


def _run(arguments: argparse.Namespace) -> int:
    site = source_of(arguments).site(traced=True)
    try:
        request = asked(arguments.method, arguments.url, site)
    except ValueError as error:
        arguments.usage_error(str(error))
    say(FORMATS[arguments.format](explain(site, request)))
    return 0


COMMAND = Command(
    description="Tells which virtual host, sections, .htaccess files, phases, handlers and file a request would meet, "
    "and which directive decided each setting. Nothing of the site is run.",
    add_arguments=_add_arguments,
    run=_run,
)
