"""mod_authn_anon: visitors who are let in with any password, as FTP servers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Value, Where

MODULES = ("authn_anon_module", "mod_authn_anon.c")


class Anonymous(NamedTuple):
    """What the directives of one section say; those of an inner one replace all of an outer one's, as in httpd."""

    users: frozenset[bytes] = frozenset()  # as folded() has them
    any_user: bool = False
    no_user: bool = False
    must_give_email: bool = True
    verify_email: bool = False
    log_email: bool = True


def folded(user: str) -> bytes:
    """A name without the case of its ASCII letters."""
    return user.encode("utf-8", "surrogateescape").lower()


ANONYMOUS: Setting[Anonymous] = Setting("Anonymous", Anonymous())


def _user(so_far: Anonymous | None, args: tuple[str, ...], origin: Origin) -> Anonymous:
    so_far = so_far or Anonymous()
    if args[0] == "*":
        return so_far._replace(any_user=True)
    return so_far._replace(users=so_far.users | {folded(args[0])})


def _flag(field: str) -> Value:
    def value(so_far: Anonymous | None, args: tuple[str, ...], origin: Origin) -> Anonymous:
        changes: dict[str, Any] = {field: args[0] == "1"}
        return (so_far or Anonymous())._replace(**changes)

    return value


def _row(name: str, args: Args, value: Callable[..., Anonymous], usage: str) -> Row:
    return Row(name, args, Where.ACCESS, Override.AUTHCONFIG, setting=ANONYMOUS, value=value, usage=f"{name} {usage}")


ROWS = (
    _row("Anonymous", Args.ITERATE, _user, "user|* ..."),
    _row("Anonymous_LogEmail", Args.FLAG, _flag("log_email"), "On|Off"),
    _row("Anonymous_MustGiveEmail", Args.FLAG, _flag("must_give_email"), "On|Off"),
    _row("Anonymous_NoUserID", Args.FLAG, _flag("no_user"), "On|Off"),
    _row("Anonymous_VerifyEmail", Args.FLAG, _flag("verify_email"), "On|Off"),
)
