"""The options that say which site a command is about; the same for all commands."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..serving.source import Source

__all__ = ["add_source_arguments", "source_of"]

# What --cgi alone means: the folders that CGIHTTPServer ran programs in.
CGI_DIRECTORIES = ("cgi-bin", "htbin")


def add_source_arguments(parser: argparse.ArgumentParser, verb: str) -> None:
    """DIR, -f, -D, -C and -c; `verb` is what the command does with the site."""
    parser.add_argument("directory", nargs="?", type=Path, metavar="DIR", help=f"{verb} DIR and its .htaccess files")
    parser.add_argument("-f", "--file", type=Path, metavar="CONF", help=f"{verb} what this configuration says")
    parser.add_argument(
        "-D", dest="defines", action="append", default=[], metavar="NAME", help="as httpd's -D: <IfDefine NAME> holds"
    )
    parser.add_argument(
        "-C", dest="before", action="append", default=[], metavar="DIRECTIVE", help="read before the configuration"
    )
    parser.add_argument(
        "-c", dest="after", action="append", default=[], metavar="DIRECTIVE", help="read after the configuration"
    )
    parser.add_argument(
        "--cgi",
        nargs="?",
        action="append",
        const="",
        metavar="FOLDER",
        help="with DIR, behind it: what lies in FOLDER is run, and folders are listed, as python -m http.server --cgi "
        "did it; without FOLDER it is cgi-bin and htbin; may be repeated",
    )


def source_of(arguments: argparse.Namespace) -> Source:
    """The source that the arguments name. Leaves by SystemExit(2) unless it is exactly one."""
    if arguments.file is None and arguments.directory is None:
        arguments.usage_error("one of -f CONF and DIR is needed")
    if arguments.file is not None and arguments.directory is not None:
        arguments.usage_error("either -f CONF or DIR, not both: the configuration says which directories it serves")
    programs = [] if arguments.cgi is None else arguments.cgi
    if programs and arguments.directory is None:
        arguments.usage_error("--cgi is for DIR; a configuration says with ScriptAlias which folders hold programs")
    return Source(
        conf=arguments.file,
        directory=arguments.directory,
        defines=frozenset(arguments.defines),
        before=tuple(arguments.before),
        after=tuple(arguments.after),
        cgi=tuple([name for given in programs for name in _folders(given, arguments.directory)]),
    )


def _folders(given: str, directory: Path) -> tuple[str, ...]:
    """The folder that --cgi names; without a name those of CGI_DIRECTORIES that are there, but one at least."""
    if given:
        return (given,)
    return tuple([name for name in CGI_DIRECTORIES if (directory / name).is_dir()]) or CGI_DIRECTORIES[:1]
