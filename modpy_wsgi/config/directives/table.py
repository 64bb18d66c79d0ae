"""How the tables of directives are written down where nothing but the name, the place and the arguments matter."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.model import Args, Kind, Override, Row, Setting, Value, Where
from modpy_wsgi.config.values import only

__all__ = ["accepted", "info", "known", "row"]

# The words of a table, for the places and the AllowOverride classes of httpd's own tables.
_WHERE = {
    "global": Where.GLOBAL,  # the main server only
    "server": Where.RSRC,  # and virtual hosts
    "conf": Where.CONF,  # and Directory, Location, Files
    "directory": Where.DIRECTORY,  # these only
    "access": Where.ACCESS,  # these and .htaccess
    "any": Where.ANY,
}
_OVERRIDE = {override.name: override for override in Override if override.name} | {"ALL": Override.ALL}
_ARGS = {args.value: args for args in Args}


def row(name: str, args: Args, where: Where, setting: Setting[Any], value: Value, usage: str) -> Row:
    """An implemented row that .htaccess cannot hold; `usage` without the name."""
    return Row(name, args, where, setting=setting, value=value, usage=f"{name} {usage}")


def info(name: str, args: Args, setting: Setting[Any], value: Value, usage: str) -> Row:
    """An implemented row for anywhere, and in .htaccess under AllowOverride FileInfo."""
    usage = f"{name} {usage}"
    return Row(name, args, Where.ANY, Override.FILEINFO, setting=setting, value=value, usage=usage)


def known(kind: Kind, note: str, rows: str) -> tuple[Row, ...]:
    """Rows from lines `Name arguments place [Class|Class...]`, all of one kind for one reason.

    arguments: the values of `Args`; place: global, server, conf, directory, access, any; Class: of AllowOverride.
    A line may end in `# reason`, which replaces the note.
    """
    return tuple(_row(kind, note, line) for line in rows.strip().splitlines() if line.strip())


def accepted(words: str, reason: str, rows: str) -> tuple[Row, ...]:
    """Rows of directives that change nothing with some first words, and are not implemented with any other.

    words: the harmless ones, "0" being Off of a flag; reason: why the others are refused; rows: as for `known`.
    """
    value = only(words.split(), f"{Kind.UNSUPPORTED.value}: {reason}")
    return tuple(row._replace(value=value) for row in known(Kind.IMPLEMENTED, "", rows))


def _row(kind: Kind, note: str, line: str) -> Row:
    fields, _, reason = line.partition("#")
    name, args, where, *classes = fields.split()
    override = Override.NONE
    for word in classes[0].split("|") if classes else ():
        override |= _OVERRIDE[word.upper()]
    return Row(name, _ARGS[args], _WHERE[where], override, kind, note=reason.strip() or note)
