"""Configurations written from Python: mod_python.httpdconf of mod_python 3.4 and later.

    from mod_python.httpdconf import *
    print(Container(Listen(8888), Directory("/srv/site", SetHandler("mod_python"), PythonHandler("mptest"))))

Law: text in, text out; str() is a configuration for httpd, repr() the Python that makes the same object. What the
names mean is the business of whoever reads the configuration. (write_basic_config stands in basic_config.py.)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from .config.directives import ALL
from .constants import MOD_PYTHON_VERSION
from .httpd_names import HTTPD_VERSION_TEXT

__all__ = ["Comment", "Container", "ContainerTag", "Directive", "quote_if_space"]

# What `only_if` expressions ask of the package `mod_python`, in whose words they are written.
_KNOWN = SimpleNamespace(
    mp_version=MOD_PYTHON_VERSION,
    version=SimpleNamespace(version=MOD_PYTHON_VERSION, HTTPD_VERSION=HTTPD_VERSION_TEXT, PYTHON_BIN=sys.executable),
)

INDENT = 4  # of repr(), for what is in a container
TAG_INDENT = 2  # of str(), for what is in a section


class Directive:
    """A line: a name and what follows it. With `flipslash` backslashes become slashes, for paths of Windows."""

    def __init__(self, name: str, val: Any, flipslash: Any = 1) -> None:
        self.name = name
        self.val = val
        self.indent = 0
        self.flipslash = flipslash

    def _flipped(self, text: str) -> str:
        return text.replace("\\", "/") if self.flipslash else text

    def __repr__(self) -> str:
        val = self._flipped(self.val) if isinstance(self.val, str) else self.val
        return f"{' ' * self.indent}{self.name}({val!r})"

    def __str__(self) -> str:
        return " " * self.indent + self._flipped(f"{self.name} {self.val}\n")


class Comment:
    """Lines that are there for people."""

    def __init__(self, comment: str) -> None:
        self.comment = comment
        self.indent = 0

    def __repr__(self) -> str:
        return f"{' ' * self.indent}Comment({self.comment!r})"

    def __str__(self) -> str:
        return "".join(f"{' ' * self.indent}# {line}\n" for line in self.comment.splitlines())


class ContainerTag:
    """A section: <tag attr> with what is in it."""

    def __init__(self, tag: str, attr: Any, args: Iterable[Any], flipslash: Any = 1) -> None:
        self.tag = tag
        self.attr = attr
        self.args = args
        self.indent = 0
        self.flipslash = flipslash

    def _flipped(self, text: str) -> str:
        return text.replace("\\", "/") if self.flipslash else text

    def __repr__(self) -> str:
        inside = "".join(f"\n{_indented(each, self.indent + INDENT)!r}," for each in self.args)
        attr = self._flipped(self.attr) if isinstance(self.attr, str) else self.attr
        return f"{' ' * self.indent}{self.tag}({attr!r},{inside}\n{' ' * self.indent})"

    def __str__(self) -> str:
        inside = "".join(str(_indented(each, self.indent + TAG_INDENT)) for each in self.args)
        blanks = " " * self.indent
        return f"{blanks}{self._flipped(f'<{self.tag} {self.attr}>')}\n{inside}{blanks}</{self.tag}>\n"


class Container:
    """Several of these, one after another; nothing at all if `only_if`, an expression over `mod_python`, is false."""

    def __init__(self, *args: Any, only_if: str | None = None) -> None:
        self.args = list(args)
        self.indent = 0
        self.only_if = only_if

    def append(self, value: Any) -> None:
        """One more. Raises TypeError for anything else."""
        if not isinstance(value, (Directive, Container, ContainerTag, Comment)):
            raise TypeError("appended value must be an instance of Directive, Container, ContainerTag or Comment")
        self.args.append(value)

    def __repr__(self) -> str:
        blanks = " " * self.indent
        inside = "".join(f"\n{_indented(each, self.indent + INDENT)!r}," for each in self.args)
        condition = f"{' ' * INDENT}only_if={self.only_if!r}" if self.only_if else ""
        return f"{blanks}Container({inside}\n{blanks}{condition})"

    def __str__(self) -> str:
        if self.only_if and not self._holds():
            return ""
        return "".join(str(_indented(each, self.indent)) for each in self.args)

    def _holds(self) -> bool:
        return bool(eval(self.only_if or "1", {"mod_python": _KNOWN, "sys": sys, "os": os}))  # noqa: S307


def _indented(item: Any, indent: int) -> Any:
    item.indent = indent
    return item


def _line(name: str, flipslash: int = 1) -> type[Directive]:
    """The class of a directive: `Listen(8888)`."""

    def __init__(self: Directive, val: Any) -> None:  # noqa: N807
        Directive.__init__(self, name, val, flipslash)

    return type(name, (Directive,), {"__init__": __init__, "__doc__": f"{name} val", "__module__": __name__})


def _section(name: str) -> type[ContainerTag]:
    """The class of a section: `Location("/", ...)`."""

    def __init__(self: ContainerTag, attr: Any, *args: Any) -> None:  # noqa: N807
        ContainerTag.__init__(self, name, attr, args)

    return type(name, (ContainerTag,), {"__init__": __init__, "__doc__": f"<{name} attr>", "__module__": __name__})


def _off_by_default(name: str) -> type[Directive]:
    """The class of a flag that is Off unless something is said."""

    def __init__(self: Directive, val: Any = "Off") -> None:  # noqa: N807
        Directive.__init__(self, name, val)

    return type(name, (Directive,), {"__init__": __init__, "__doc__": f"{name} [val]", "__module__": __name__})


# The names that `from mod_python.httpdconf import *` gives, as in the original.
_LINES = """
AddHandler AddOutputFilter AddType AuthBasicAuthoritative AuthBasicProvider AuthName AuthType CustomLog DirectoryIndex
DocumentRoot ErrorLog KeepAliveTimeout Listen LoadModule LockFile LogLevel MaxClients MaxConnectionsPerChild
MaxRequestsPerChild MaxSpareServers MaxSpareThreads MaxThreadsPerChild MinSpareThreads Mutex NameVirtualHost NumServers
Options PidFile PythonAccessHandler PythonAuthenHandler PythonAuthzHandler PythonCleanupHandler PythonConnectionHandler
PythonDebug PythonFixupHandler PythonHandler PythonImport PythonOption PythonOutputFilter PythonPostReadRequestHandler
PythonTransHandler Require ServerAdmin ServerName ServerPath ServerRoot SetHandler StartServers StartThreads
ThreadsPerChild Timeout TypesConfig
"""
_AS_THEY_STAND = ("LogFormat", "PythonPath")  # a backslash in them is none of a path
_SECTIONS = ("Directory", "Files", "IfModule", "Location", "VirtualHost")
_FLAGS = ("PythonInterpPerDirectory", "PythonInterpPerDirective")

CLASSES: dict[str, type] = {
    **{name: _line(name) for name in _LINES.split()},
    **{name: _line(name, flipslash=0) for name in _AS_THEY_STAND},
    **{name: _section(name) for name in _SECTIONS},
    **{name: _off_by_default(name) for name in _FLAGS},
}
globals().update(CLASSES)
__all__ += sorted(CLASSES)


def __getattr__(name: str) -> type:
    """The class of any other directive or section that httpd knows: `httpdconf.Redirect("/a /b")`."""
    if f"<{name.lower()}" in ALL:
        return CLASSES.setdefault(name, _section(ALL[f"<{name.lower()}"].name[1:]))
    row = ALL.get(name.lower())
    if row is None or not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return CLASSES.setdefault(name, _line(row.name, flipslash=0))


def quote_if_space(s: str) -> str:
    """The text in quotes, if it has a blank in it."""
    return f'"{s}"' if " " in s else s
