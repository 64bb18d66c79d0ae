"""What a configuration is made of: settings, rows of the directive tables, sections, virtual hosts, the site.

Law: everything here is frozen once built. A directive is a *row*: its name, where it may stand, how its arguments are
counted, what it does (`Kind`), and which *setting* it writes. A setting knows its default and how an inner section's
value meets an outer one. Code walks these tables; no directive has a branch of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar

from modpy_wsgi.config.patterns import Regex

__all__ = [
    "ANY_ADDRESS",
    "EMPTY",
    "Address",
    "Args",
    "Host",
    "Kind",
    "Limit",
    "Names",
    "Origin",
    "Override",
    "Row",
    "Section",
    "SectionKind",
    "Setting",
    "Settings",
    "Site",
    "Where",
]

T = TypeVar("T")


class Where(enum.Flag):
    """Contexts in which a directive may stand (the "Context:" line of httpd's documentation)."""

    SERVER = enum.auto()
    VHOST = enum.auto()
    DIRECTORY = enum.auto()  # Directory, Location, Files and their Match forms, inside Limit too
    HTACCESS = enum.auto()

    GLOBAL = SERVER
    RSRC = SERVER | VHOST
    CONF = SERVER | VHOST | DIRECTORY
    ANY = SERVER | VHOST | DIRECTORY | HTACCESS
    ACCESS = DIRECTORY | HTACCESS


class Override(enum.Flag):
    """Classes of AllowOverride. A directive is allowed in .htaccess if one of its classes is."""

    NONE = 0
    AUTHCONFIG = enum.auto()
    FILEINFO = enum.auto()
    INDEXES = enum.auto()
    LIMIT = enum.auto()
    OPTIONS = enum.auto()

    ALL = AUTHCONFIG | FILEINFO | INDEXES | LIMIT | OPTIONS


class Args(enum.Enum):
    """How a directive takes its arguments: httpd's cmd_how, by the same names."""

    RAW = "raw"  # one str: the text after the name, stripped
    NONE = "none"
    FLAG = "flag"  # On or Off -> ("1",) or ("0",)
    TAKE1 = "1"
    TAKE2 = "2"
    TAKE3 = "3"
    TAKE12 = "1,2"
    TAKE13 = "1,3"
    TAKE23 = "2,3"
    TAKE123 = "1,2,3"
    ITERATE = "1+"  # any number, each meant alone
    ITERATE2 = "1;1+"  # the first with each of the others
    ARGV = "0+"  # any number, meant together


class Kind(enum.Enum):
    """What becomes of a directive (law 7 of the design)."""

    IMPLEMENTED = "implemented"
    SERVER = "the server's business"  # accepted; mapped to the WSGI server or without meaning here
    UNSUPPORTED = "not implemented"  # decides access or content: stops the start


class Origin(NamedTuple):
    """Where a directive stands: for error messages and for values that depend on the place."""

    file: str
    line: int
    directory: str | None = None  # of the enclosing <Directory> or the .htaccess, ends in "/"; None elsewhere
    directory_pattern: Regex | None = None  # if `directory` is a pattern: what finds it in a path
    location: str | None = None  # path of the enclosing <Location>, if any
    server_root: str = "/"
    methods: Limit | None = None  # the enclosing <Limit> or <LimitExcept>, if any
    htaccess: bool = False
    options_allowed: frozenset[str] | None = None  # in a .htaccess under AllowOverride Options=...; None: all
    where: Where = Where.SERVER  # exactly one of its members; in a .htaccess HTACCESS, within <Files> too

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file}:{self.line}"


class Limit(NamedTuple):
    """A <Limit> (the methods named) or <LimitExcept> (all but those named). GET means HEAD as well."""

    methods: frozenset[str]
    exclude: bool = False

    def covers(self, method: str) -> bool:
        """Whether requests with this method (as sent, case-sensitive) are meant."""
        if method == "HEAD":
            method = "GET"
        return (method in self.methods) is not self.exclude


def replace(outer: Any, inner: Any) -> Any:
    """The usual merge: the inner value wins."""
    return inner


class Setting(Generic[T]):
    """One thing that directives set. Identity is equality: settings are module constants."""

    __slots__ = ("default", "merge", "name")

    def __init__(self, name: str, default: T, merge: Callable[[T, T], T] = replace) -> None:
        self.name: Final = name
        self.default: Final = default
        self.merge: Final = merge

    def __repr__(self) -> str:
        return f"<Setting {self.name}>"


class Settings:
    """A frozen set of values, by Setting; what was not set is not there. `settings[S]` gives the default then."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[Setting[Any], Any] | None = None) -> None:
        self._values: dict[Setting[Any], Any] = dict(values or {})

    def __getitem__(self, setting: Setting[T]) -> T:
        value: T = self._values.get(setting, setting.default)
        return value

    def __contains__(self, setting: Setting[Any]) -> bool:
        return setting in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def items(self) -> list[tuple[Setting[Any], Any]]:
        """All that was set, as (setting, value) pairs."""
        return list(self._values.items())

    def merged(self, inner: Settings) -> Settings:
        """These settings with those of an inner (later, deeper) section on top, as a new object."""
        if not inner:
            return self
        if not self:
            return inner
        values = self._values.copy()
        for setting, value in inner._values.items():
            values[setting] = setting.merge(values[setting], value) if setting in values else value
        result = Settings()
        result._values = values
        return result

    def __repr__(self) -> str:
        return f"Settings({ {s.name: v for s, v in self._values.items()} })"


EMPTY = Settings()

# new value = f(value so far in the same section or None, arguments, where the directive stands); raises ConfigError or
# ValueError (whose text becomes the ConfigError's)
Value = Callable[[Any, tuple[str, ...], Origin], Any]


class Row(NamedTuple):
    """One directive of a table."""

    name: str
    args: Args
    where: Where
    override: Override = Override.NONE
    kind: Kind = Kind.IMPLEMENTED
    setting: Setting[Any] | None = None
    value: Value | None = None
    usage: str = ""  # the right form, for error messages and the documentation
    note: str = ""  # why it is the server's business or not implemented, for `check` and the documentation

    @property
    def form(self) -> str:
        """The right form, for error messages: `usage`, or what follows from how the arguments are counted."""
        if self.usage:
            return self.usage
        return f"{self.name} {_FORMS[self.args]}".rstrip() + (">" if self.name.startswith("<") else "")


_FORMS = {
    Args.RAW: "...",
    Args.NONE: "",
    Args.FLAG: "On|Off",
    Args.TAKE1: "argument",
    Args.TAKE2: "argument argument",
    Args.TAKE3: "argument argument argument",
    Args.TAKE12: "argument [argument]",
    Args.TAKE13: "argument [argument argument]",
    Args.TAKE23: "argument argument [argument]",
    Args.TAKE123: "argument [argument [argument]]",
    Args.ITERATE: "argument ...",
    Args.ITERATE2: "argument argument ...",
    Args.ARGV: "[argument ...]",
}


class SectionKind(enum.Enum):
    """The containers that hold for some requests only."""

    DIRECTORY = "Directory"
    DIRECTORY_MATCH = "DirectoryMatch"
    FILES = "Files"
    FILES_MATCH = "FilesMatch"
    LOCATION = "Location"
    LOCATION_MATCH = "LocationMatch"


class Section(NamedTuple):
    """A container and its settings.

    `pattern` is the literal path or name, as httpd canonicalises it; `regex` is set for the Match forms, for `~`, and
    for literals with wildcards (translated from the shell pattern, anchored at both ends).
    """

    kind: SectionKind
    pattern: str
    regex: Regex | None
    settings: Settings
    origin: Origin

    @property
    def is_match(self) -> bool:
        """Whether this is a Match form or `~`, which httpd merges after the plain ones."""
        return self.kind in (SectionKind.DIRECTORY_MATCH, SectionKind.FILES_MATCH, SectionKind.LOCATION_MATCH)


ANY_ADDRESS = frozenset({"*", "_default_"})


class Address(NamedTuple):
    """An address of a VirtualHost: host "*" is any, "_default_" any not named otherwise; port None is any."""

    host: str
    port: int | None


class Host(NamedTuple):
    """The main server (no addresses) or one <VirtualHost>."""

    settings: Settings
    sections: tuple[Section, ...] = ()  # Directory*, Location* in order of appearance; Files stand in FILES_SECTIONS
    addresses: tuple[Address, ...] = ()
    names: tuple[str, ...] = ()  # ServerName first, then the literal aliases, lower case, no port
    wild_names: tuple[str, ...] = ()  # aliases with * or ?, lower case
    origin: Origin = Origin("", 0)


class Names(NamedTuple):
    """What <IfModule>, <IfDefine> and ${NAME} refer to, as the reading of the configuration left it; for .htaccess."""

    server_root: str = "/"
    modules: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    variables: Mapping[str, str] = MappingProxyType({})  # not shown by repr(): the environment may hold secrets
    filters: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())  # Python's, in and out, in lower case
    traced: bool = False  # whether the settings say which directives decided them (decisions.py)

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True) if name != "variables"]
        return f"Names({', '.join(shown)})"


class Site(NamedTuple):
    """A whole configuration, read and frozen."""

    main: Host
    hosts: tuple[Host, ...]
    files: tuple[str, ...]  # every file read, in order
    defines: frozenset[str]
    warnings: tuple[str, ...]  # what the start-up log should say, one line each
    tree: tuple[Any, ...]  # the directives as parsed (parser.Node), for apache.config_tree()
    names: Names = Names()
