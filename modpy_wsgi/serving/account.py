"""The account that workers run as: its numbers, and what of Python it cannot read."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Account", "account", "unreadable"]


class Account(NamedTuple):
    """What a worker becomes."""

    uid: int
    gid: int
    name: str | None  # by which supplementary groups are found; None for a number that nobody bears


def account(user: str, group: str | None) -> Account:
    """The account of `User` and `Group`, each a name or the digits of a number.

    Without a Group it is the user's own; gunicorn's choice would be that of the first process, root's. Raises
    LookupError, whose text says what is missing.
    """
    entry: pwd.struct_passwd | None = None
    try:
        entry = pwd.getpwuid(int(user)) if user.isdigit() else pwd.getpwnam(user)
    except KeyError:
        if not user.isdigit():
            raise LookupError(f"User {user}: no such user") from None
    uid = int(user) if entry is None else entry.pw_uid
    if group is None:
        if entry is None:
            raise LookupError(f"User {user}: no such user, so a Group has to be named")
        return Account(uid, entry.pw_gid, entry.pw_name)
    try:
        gid = int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
    except KeyError:
        raise LookupError(f"Group {group}: no such group") from None
    return Account(uid, gid, entry and entry.pw_name)


def unreadable(who: Account, files: Sequence[str]) -> list[str]:
    """Those of `files` that the account cannot open, or whose folder it cannot list. Only root may ask."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            if who.name is None:
                os.setgroups([])
            else:
                os.initgroups(who.name, who.gid)
            os.setgid(who.gid)
            os.setuid(who.uid)
            for number, file in enumerate(files):
                try:
                    os.listdir(os.path.dirname(file))
                    os.close(os.open(file, os.O_RDONLY))
                except OSError:
                    os.write(writing, bytes([number]))
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answers:
        numbers = answers.read()
    with contextlib.suppress(ChildProcessError):  # gunicorn's master waits for whatever child there is
        os.waitpid(child, 0)
    return [files[number] for number in numbers]
