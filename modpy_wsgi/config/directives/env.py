"""mod_env: SetEnv, PassEnv, UnsetEnv."""

from __future__ import annotations

from typing import Any, NamedTuple

from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import joined

MODULES = ("env_module", "mod_env.c")


class EnvRule(NamedTuple):
    """One step in the making of req.subprocess_env."""

    op: str  # "set", "unset", or "pass": from the environment of the server
    name: str
    value: str = ""


ENV: Setting[tuple[EnvRule, ...]] = Setting("Env", (), joined)


def _set(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[EnvRule, ...]:
    name, *rest = args
    return (*(so_far or ()), EnvRule("set", name, rest[0] if rest else ""))


def _pass(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[EnvRule, ...]:
    return (*(so_far or ()), EnvRule("pass", args[0]))


def _unset(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[EnvRule, ...]:
    return (*(so_far or ()), EnvRule("unset", args[0]))


ROWS = (
    Row("SetEnv", Args.TAKE12, Where.ANY, Override.FILEINFO, setting=ENV, value=_set, usage="SetEnv name [value]"),
    Row("PassEnv", Args.ITERATE, Where.ANY, Override.FILEINFO, setting=ENV, value=_pass, usage="PassEnv name ..."),
    Row("UnsetEnv", Args.ITERATE, Where.ANY, Override.FILEINFO, setting=ENV, value=_unset, usage="UnsetEnv name ..."),
)
