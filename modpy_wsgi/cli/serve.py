"""`modpy-wsgi serve`: a site on gunicorn, from its Apache configuration or from a directory."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..errors import ConfigError
from ..serving.banner import banner
from ..serving.checks import checked
from ..serving.settings import EVERY_IPV4, LOOPBACK, Overrides, bind_address, plan
from ..serving.source import Source
from .command import Command

__all__ = ["COMMAND"]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="serve DIR and its .htaccess files")
    parser.add_argument("-f", "--file", type=Path, metavar="CONF", help="serve what this configuration says")
    parser.add_argument(
        "--bind",
        action="append",
        type=_bind,
        default=[],
        metavar="ADDRESS",
        help="listen here instead of at each Listen: PORT (with DIR of 127.0.0.1, else of every IPv4 address), "
        "HOST:PORT, [IPV6]:PORT or unix:/PATH; may be repeated",
    )
    parser.add_argument("--workers", type=_count, metavar="N", help="processes")
    parser.add_argument("--threads", type=_count, metavar="N", help="threads of each process")
    parser.add_argument(
        "-D", dest="defines", action="append", default=[], metavar="NAME", help="as httpd's -D: <IfDefine NAME> holds"
    )
    parser.add_argument(
        "-C", dest="before", action="append", default=[], metavar="DIRECTIVE", help="read before the configuration"
    )
    parser.add_argument(
        "-c", dest="after", action="append", default=[], metavar="DIRECTIVE", help="read after the configuration"
    )
    parser.add_argument("--check-config", action="store_true", help="read the configuration, say what it does, and end")


def _run(arguments: argparse.Namespace) -> int:
    if arguments.file is None and arguments.directory is None:
        arguments.usage_error("one of -f CONF and DIR is needed")
    if arguments.file is not None and arguments.directory is not None:
        arguments.usage_error("either -f CONF or DIR, not both: the configuration says which directories it serves")
    source = Source(
        conf=arguments.file,
        directory=arguments.directory,
        defines=frozenset(arguments.defines),
        before=tuple(arguments.before),
        after=tuple(arguments.after),
    )
    alone = EVERY_IPV4 if arguments.directory is None else LOOPBACK  # a directory is served to try it out
    binds = tuple(bind_address(text, alone=alone) for text in arguments.bind)
    overrides = Overrides(binds, arguments.workers, arguments.threads)
    if arguments.check_config:
        site = source.load().site
        intended = plan(site, overrides, cpus=os.cpu_count() or 1, root=os.geteuid() == 0)
        intended = checked(site, intended, starting=False)
        sys.stderr.write(banner(site, intended, server="gunicorn"))
        sys.stderr.write("Syntax OK\n")
        return 0
    try:
        from ..serving.gunicorn import Server
    except ImportError as error:
        raise ConfigError(f"serving needs gunicorn ({error}): pip install 'modpy-wsgi[serve]'") from error
    Server(source, overrides).run()
    return 0


def _bind(text: str) -> str:
    try:
        bind_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


COMMAND = Command(
    name="serve",
    help="serve a site on gunicorn",
    description="Serves a site on gunicorn, from its Apache configuration or from a directory with .htaccess files.",
    add_arguments=_add_arguments,
    run=_run,
)
