"""The members of groups, from the file of AuthGroupFile (mod_authz_groupfile).

Law: a file that cannot be read has no groups, and what is no group's line gives nobody anything. It is looked at with
each question, and read again when its stamp has changed, or says nothing yet.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ..config.cache import Bounded
from ..config.lexer import decode, logical_lines, words
from ..config.parser import read_file
from ..errors import ConfigError
from ..stamps import Stamp, is_settled, stamp_of

__all__ = ["MAX_FILE", "GroupFile", "groups_of"]

MAX_FILE = 64 * 1024 * 1024  # bytes; some million members. What is longer is no list of people, and would fill memory
MAX_FILES = 64  # that are remembered


class GroupFile(NamedTuple):
    """What a file said."""

    stamp: Stamp
    settled: bool  # else it may have changed without another stamp
    groups: Mapping[str, frozenset[str]]  # by member, in lower case
    wrong: tuple[str, ...]  # what is wrong with it, for the log, once


_files: Bounded[str, GroupFile] = Bounded(MAX_FILES)


def groups_of(path: str, user: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The groups of a user, in lower case as httpd compares them, and lines for the log. Raises OSError."""
    found = os.stat(path)
    stamp = stamp_of(found)
    kept = before = _files.get(path)
    wrong: tuple[str, ...] = ()
    if kept is None or kept.stamp != stamp or not kept.settled:
        if found.st_size > MAX_FILE:
            raise OSError(f"more than {MAX_FILE} bytes")
        kept = _files.replace(path, _parsed(decode(read_file(path)), path, stamp, is_settled(found)))
        if before is None or (before.stamp, before.wrong) != (stamp, kept.wrong):
            wrong = kept.wrong
    return kept.groups.get(user, frozenset()), wrong


def _parsed(text: str, path: str, stamp: Stamp, settled: bool) -> GroupFile:
    groups: dict[str, frozenset[str]] = {}
    one_of: dict[frozenset[str], frozenset[str]] = {}  # most members share theirs with others
    wrong = []
    try:
        for number, line in logical_lines(text, path):
            name, colon, members = line.partition(":")
            if not colon:
                wrong.append(f"{path}:{number}: no group's line, 'name: member ...'")
            for member in words(members):
                now = groups.get(member, frozenset()) | {name.rstrip().lower()}
                groups[member] = one_of.setdefault(now, now)
    except ConfigError as error:  # a NUL, a line without an end: nothing of it counts
        return GroupFile(stamp, settled, {}, (str(error),))
    return GroupFile(stamp, settled, groups, tuple(wrong[:10]))
