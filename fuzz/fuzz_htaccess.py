"""Fuzzes the reading of .htaccess: whatever its writer is allowed, it holds as a whole or not at all, and says no more.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine htaccess fuzz/corpus/htaccess
"""

from __future__ import annotations

import enum
import ipaddress
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from modpy_wsgi.config.directives import (
    ALL,
    access_compat,
    authn_core,
    authn_file,
    authz_core,
    authz_groupfile,
    content,
    core,
    mime,
    python,
)
from modpy_wsgi.config.directives.options import Nonfatal, Options
from modpy_wsgi.config.htaccess import parse_htaccess
from modpy_wsgi.config.model import Names, Origin, Override, Setting, Settings, Where
from modpy_wsgi.config.override import Rules
from modpy_wsgi.errors import ConfigError

LONGEST = 1.0  # seconds of this process that one file may take
FOLDER = "/srv/site/"
FILE = FOLDER + ".htaccess"
NAMES = Names(
    server_root="/",
    modules=frozenset({"python_module", "mod_python.c"}),
    defines=frozenset({"SSL", "PRESENT"}),
    variables={"SSL": "1", "WORD": "all granted", "OPEN": "<Files x>", "QUOTE": '"'},
)
CLASSES = (Override.AUTHCONFIG, Override.FILEINFO, Override.INDEXES, Override.LIMIT, Override.OPTIONS)
LISTED = frozenset({"require", "setenv", "hostnamelookups", "documentroot", "<files", "options"})
OPTIONS = frozenset({"Indexes", "MultiViews"})
EVERYTHING = Rules(Override.ALL, LISTED)

# What decides who may see what and as what, and the classes of which one at least has to be allowed for it.
GUARDED: dict[Setting[Any], Override] = {
    access_compat.ACCESS: Override.LIMIT | Override.AUTHCONFIG,  # of which Satisfy is
    authn_core.AUTH_NAME: Override.AUTHCONFIG,
    authn_core.AUTH_TYPE: Override.AUTHCONFIG,
    authn_file.USER_FILE: Override.AUTHCONFIG,
    authz_core.AUTHORIZATION: Override.AUTHCONFIG,
    authz_groupfile.GROUP_FILE: Override.AUTHCONFIG,
    content.FORCE_TYPE: Override.FILEINFO,
    content.SET_HANDLER: Override.FILEINFO,
    core.FILES_SECTIONS: Override.ALL,
    core.OPTIONS: Override.OPTIONS,
    mime.HANDLERS_BY_EXT: Override.FILEINFO,
    mime.TYPES_BY_EXT: Override.FILEINFO,
    python.HANDLERS: Override.ALL,
}
# Their directives: a list may name one.
NAMED = {setting: {name for name, row in ALL.items() if row.setting is setting} for setting in GUARDED}
NAMED[core.FILES_SECTIONS] = {"<files", "<filesmatch"}
# What no directive of a .htaccess sets, nor any that a list may name.
OUT_OF_REACH = {row.setting for row in ALL.values() if row.setting is not None} - {
    row.setting for row in ALL.values() if row.where & Where.ACCESS
}
_DROPPED = {"line", "options_allowed"}  # which rules and lines it was read under is no part of the meaning
_LINE_END = re.compile(rb"(?<!\r)\n")

Outcome = tuple[Any, ...] | str  # what was set, or the error


def members(value: Any) -> tuple[str, ...]:
    """The names of what a record of the configuration holds; () for what is none."""
    return Options.__slots__ if isinstance(value, Options) else getattr(value, "_fields", ())


def meaning(value: Any) -> Any:
    """A setting's value as tuples that can be compared. Raises TypeError for what is only equal to itself."""
    if isinstance(value, Settings):
        return tuple((setting.name, meaning(each)) for setting, each in value.items())
    names = members(value)
    if names:
        kept = [(name, meaning(getattr(value, name))) for name in names if name not in _DROPPED]
        return (type(value).__name__, *kept)
    if isinstance(value, tuple):
        return tuple(meaning(each) for each in value)
    if isinstance(value, dict):
        return tuple((key, meaning(each)) for key, each in value.items())
    if isinstance(value, re.Pattern):
        return value.pattern, value.flags
    if hasattr(value, "search"):  # a pattern that is stopped
        return value.pattern
    if isinstance(value, (str, int, frozenset, enum.Enum, ipaddress.IPv4Network, ipaddress.IPv6Network, type(None))):
        return value
    raise TypeError(f"{type(value)} cannot be compared")


def parts(value: Any) -> Iterator[Any]:
    """The value and all that it is made of."""
    yield value
    inner: Any = ()
    if isinstance(value, Settings):
        inner = [each for _, each in value.items()]
    elif members(value):
        inner = [getattr(value, name) for name in members(value)]
    elif isinstance(value, tuple):
        inner = value
    elif isinstance(value, dict):
        inner = value.values()
    for each in inner:
        yield from parts(each)


def parse(data: bytes, rules: Rules, warn: Callable[[str], None] = lambda line: None) -> Settings | ConfigError:
    """The settings, or why there are none; in time."""
    start = time.process_time()
    try:
        return parse_htaccess(data, FILE, rules=rules, names=NAMES, warn=warn)
    except ConfigError as error:
        return error
    finally:
        taken = time.process_time() - start
        assert taken < LONGEST, f"{taken:.1f} s"


def told(found: Settings | ConfigError) -> Outcome:
    """What was found, without the lines that it stands in."""
    return found.message if isinstance(found, ConfigError) else meaning(found)  # type: ignore[no-any-return]


def outcome(data: bytes, rules: Rules) -> Outcome:
    """What is read, without the lines that it stands in."""
    return told(parse(data, rules))


def check_reach(settings: Settings, rules: Rules) -> None:
    """Hold that nothing was set that these rules do not allow, and that all of it says where it stands."""
    for value in parts(settings):
        if isinstance(value, Origin):
            assert (value.file, value.directory, value.htaccess) == (FILE, FOLDER, True)
            assert value.where is Where.HTACCESS and value.location is None
        if isinstance(value, Settings):
            for setting, _ in value.items():
                assert setting not in OUT_OF_REACH, setting
                classes = GUARDED.get(setting)
                assert classes is None or classes & rules.allow or NAMED[setting] & rules.allow_list, (setting, rules)


def check(data: bytes) -> None:
    """Take what is allowed out of the first two bytes, read the rest. Raises AssertionError for what must not be."""
    if len(data) < 2:
        return
    allow = Override.NONE
    for bit, each in enumerate(CLASSES):
        if data[0] >> bit & 1:
            allow |= each
    rules = Rules(
        allow,
        LISTED if data[0] & 32 else frozenset(),
        OPTIONS if data[0] & 64 else None,
        Nonfatal(data[1] & 3),
    )
    text = data[2:]
    lines: list[str] = []
    lines_again: list[str] = []
    found = parse(text, rules, lines.append)
    again = parse(text, rules, lines_again.append)
    wanted = told(found)
    assert told(again) == wanted and lines_again == lines

    if isinstance(found, ConfigError):
        assert isinstance(again, ConfigError) and str(again) == str(found)
        assert found.file == FILE and (found.line is None or found.line > 0), found
    else:
        check_reach(found, rules)
        if not rules.nonfatal:
            assert outcome(text, EVERYTHING) == wanted  # what is allowed says whether a line holds, never what it means
        if not allow and not rules.allow_list:
            assert not found

    assert outcome(_LINE_END.sub(b"\r\n", text), rules) == wanted
    if not text.startswith(b"\xef\xbb\xbf"):  # which is refused at the beginning alone
        assert outcome(b"# comment\n\n" + text, rules) == wanted
    if text.rstrip(b"\r").endswith(b"\\"):
        return  # what follows would belong to the last line
    assert outcome(text + b"\n# comment", rules) == wanted
    if b"</" not in text and b"${" not in text:
        # Of what stands in a condition that does not hold, nothing does.
        hidden = parse(b"<IfDefine ABSENT>\n" + text + b"\n</IfDefine>\n", rules)
        assert not hidden or isinstance(hidden, ConfigError)
        if not isinstance(found, ConfigError):
            shown = parse(b"<IfDefine PRESENT>\n" + text + b"\n</IfDefine>\n", rules)
            assert isinstance(shown, ConfigError) or told(shown) == wanted
