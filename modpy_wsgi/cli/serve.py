"""`modpy-wsgi serve`: a site on gunicorn, from its Apache configuration or from a directory."""

from __future__ import annotations

import argparse
import os
import sys

from ..errors import ConfigError
from ..serving.banner import banner
from ..serving.certificates import Certificates
from ..serving.checks import checked
from ..serving.listeners import EVERY_IPV4
from ..serving.settings import LOOPBACK, Overrides, bind_address, plan
from .command import Command
from .source_arguments import add_source_arguments, source_of

__all__ = ["COMMAND"]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source_arguments(parser, "serve")
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
    parser.add_argument("--tls", action="store_true", help="open listeners for https, too, with their certificates")
    parser.add_argument("--check-config", action="store_true", help="read the configuration, say what it does, and end")


def _run(arguments: argparse.Namespace) -> int:
    source = source_of(arguments)
    alone = EVERY_IPV4 if arguments.directory is None else LOOPBACK  # a directory is served to try it out
    binds = tuple(bind_address(text, alone=alone) for text in arguments.bind)
    overrides = Overrides(binds, arguments.workers, arguments.threads, arguments.tls)
    if arguments.check_config:
        application = source.load()
        site = application.site
        intended = plan(site, overrides, cpus=os.cpu_count() or 1, root=os.geteuid() == 0)
        intended = checked(site, intended, starting=False)
        if overrides.tls:
            Certificates(site, application.hosts).check_all(intended.binds)
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
    description="Serves a site on gunicorn, from its Apache configuration or from a directory with .htaccess files.",
    add_arguments=_add_arguments,
    run=_run,
)
