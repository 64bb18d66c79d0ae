"""Whether <IfModule>, <IfDefine>, <IfVersion>, <IfFile>, <IfDirective> and <IfSection> hold.

Law: a condition is judged when its line is read, by what the lines before it said, as httpd does.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable
from typing import Protocol

from modpy_wsgi.config.directives import ALL, BUILT_IN, MPM_MODULES
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.patterns import RunawayPattern, compile_regex

__all__ = ["CONDITIONS", "DEFAULT_MPM", "HTTPD_VERSION", "module_names"]

HTTPD_VERSION = (2, 4, 71)  # the release whose rules are followed, and which the answers under tests/golden come from

# Of the processing models exactly one is always there. Without a LoadModule for another it is this one, which
# distributions shipped for mod_python.
DEFAULT_MPM = frozenset({"mpm_prefork_module", "prefork.c", "mpm_prefork.c"})

# Modules whose source file is not called after the module.
_SOURCES = {
    "core_module": "core.c",
    "http_module": "http_core.c",
    "ldap_module": "util_ldap.c",
    "mpm_event_module": "event.c",
    "mpm_prefork_module": "prefork.c",
    "mpm_worker_module": "worker.c",
}


class Known(Protocol):
    """What a condition may ask of the reader."""

    @property
    def defines(self) -> set[str] | frozenset[str]: ...
    @property
    def modules(self) -> set[str] | frozenset[str]: ...
    @property
    def server_root(self) -> str: ...


def module_names(identifier: str, file: str) -> set[str]:
    """The names by which <IfModule> knows a module after `LoadModule identifier file`."""
    stem = posixpath.basename(file).rsplit(".", 1)[0]
    plain = identifier.removesuffix("_module")
    return {identifier, _SOURCES.get(identifier, f"mod_{plain}.c"), f"{stem}.c"}


def _if_module(args: str, known: Known) -> bool:
    def loaded(name: str) -> bool:
        if name in known.modules or name in BUILT_IN:
            return True
        return name in DEFAULT_MPM and known.modules.isdisjoint(MPM_MODULES)

    return _negatable(args, loaded)


def _if_define(args: str, known: Known) -> bool:
    return _negatable(args, lambda name: name in known.defines)


def _if_file(args: str, known: Known) -> bool:
    return _negatable(args, lambda name: os.path.exists(os.path.join(known.server_root, name)))


def _if_directive(args: str, known: Known) -> bool:
    return _negatable(args, lambda name: name.lower() in ALL)


def _if_section(args: str, known: Known) -> bool:
    return _negatable(args, lambda name: "<" + name.lower() in ALL)


def _negatable(args: str, test: Callable[[str], bool]) -> bool:
    """The first word decides; a ! before it (even before a quote) turns the answer round."""
    negated = args.startswith("!")
    rest = words(args[1:] if negated else args)
    if not rest or not rest[0]:
        raise ValueError("requires additional arguments")
    return test(rest[0]) is not negated


def _if_version(args: str, known: Known) -> bool:
    parts = words(args)
    operator, version = ("=", parts[0]) if len(parts) == 1 else (parts[0], parts[1]) if len(parts) == 2 else ("", "")
    if not version:
        raise ValueError("takes an operator and a version")
    negated = operator.startswith("!")
    plain = operator.removeprefix("!") or operator
    if plain == "~":
        return _version_matches(version) is not negated
    if plain in ("=", "==") and version.startswith("/"):
        if len(version) < 2 or not version.endswith("/"):
            raise ValueError("missing delimiting / of regular expression")
        return _version_matches(version[1:-1]) is not negated
    compare = _COMPARISONS.get(plain)
    if compare is None:
        raise ValueError(f"unrecognized operator '{operator}'")
    if re.match(r"\d+(?:\.\d+){0,2}\Z", version, re.ASCII) is None:
        raise ValueError(f"'{version}' is no version of the form major[.minor[.patch]]")
    numbers = [int(part) for part in version.split(".")]
    wanted = tuple(numbers + [0] * (3 - len(numbers)))
    return compare(HTTPD_VERSION, wanted) is not negated


def _version_matches(regex: str) -> bool:
    try:
        return compile_regex(regex).search(".".join(map(str, HTTPD_VERSION))) is not None
    except RunawayPattern as error:
        raise ValueError(str(error)) from None


_Version = tuple[int, ...]
_COMPARISONS: dict[str, Callable[[_Version, _Version], bool]] = {
    "=": lambda ours, given: ours == given,
    "==": lambda ours, given: ours == given,
    ">": lambda ours, given: ours > given,
    ">=": lambda ours, given: ours >= given,
    "<": lambda ours, given: ours < given,
    "<=": lambda ours, given: ours <= given,
}

# The text between the name and the last ">" -> whether the lines inside hold. ValueError: what is wrong with the text.
CONDITIONS: dict[str, Callable[[str, Known], bool]] = {
    "<ifdefine": _if_define,
    "<ifdirective": _if_directive,
    "<iffile": _if_file,
    "<ifmodule": _if_module,
    "<ifsection": _if_section,
    "<ifversion": _if_version,
}
