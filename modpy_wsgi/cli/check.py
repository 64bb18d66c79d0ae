"""`modpy-wsgi check`: what stands in the way of a site, told before it is migrated."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ..check.as_json import as_json, as_sarif
from ..check.as_text import text
from ..check.findings import Report
from ..check.imports import IMPORT_SECONDS
from ..check.site import Limits, check
from .command import Command
from .output import say
from .source_arguments import add_source_arguments, source_of

__all__ = ["COMMAND"]

FORMATS: dict[str, Callable[[Report], str]] = {"text": text, "json": as_json, "sarif": as_sarif}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source_arguments(parser, "check")
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report (default: text)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings, too")
    parser.add_argument("--no-import", action="store_true", help="import no module of the site")
    parser.add_argument(
        "--import-as-root",
        action="store_true",
        help="if root runs this, import modules as root, too, and not as User, the site's owner or nobody",
    )
    parser.add_argument(
        "--import-seconds",
        type=_seconds,
        default=IMPORT_SECONDS,
        metavar="N",
        help=f"how long the import of one module may take (default: {IMPORT_SECONDS:g})",
    )


def _run(arguments: argparse.Namespace) -> int:
    source = source_of(arguments)
    limits = Limits(
        imports=not arguments.no_import, as_root=arguments.import_as_root, import_seconds=arguments.import_seconds
    )
    report = check(source, limits)
    say(FORMATS[arguments.format](report))
    return report.status(strict=arguments.strict)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


COMMAND = Command(
    description="Looks at a site as serve would serve it, and tells what would stop or break it, and what to do. Exit "
    "status: 0 nothing, 1 something, 2 wrong usage. Modules that handlers name are imported, in processes of their "
    "own, and not as root.",
    add_arguments=_add_arguments,
    run=_run,
)
