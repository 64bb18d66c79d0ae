"""The value of a setting as directives would say it.

Law: what one look at the directives tells is theirs to tell: a list of rules is "all of these", and they stand below.
Every other value is told in the words that the directive takes. What has no name in the configuration is not shown.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..config.directives import (
    ALL,
    access_compat,
    auth_digest,
    authn_anon,
    authz_core,
    autoindex,
    cgi,
    content,
    expires,
    filters,
    mime,
    negotiation,
    options,
    python,
    server,
    tls,
    userdir,
)
from ..config.lexer import quote
from ..config.model import Args, Limit, Setting, replace
from ..config.requirements import Authorization, Requirement, Rule
from ..constants import LOG_LEVEL_NAMES

__all__ = ["is_record", "value_shown"]

ALL_OF_THESE = "all of these"  # directives, which stand beside


def is_record(value: object) -> bool:
    """Whether several directives of one section may make up a value, where an inner one's replaces it as a whole."""
    return isinstance(value, (tuple, frozenset, Mapping, options.Options))


def value_shown(setting: Setting[Any], value: Any, by: Sequence[tuple[tuple[str, ...], str]]) -> str:
    """A value, given the arguments of the directives that it comes from, and as written, the last one first."""
    write = _WRITERS.get(setting)
    if write is not None:
        return write(value)
    if _is_plain(value):
        return _plain(value, by[0][0] if by else ())
    if by and (len(by) == 1 or (setting.merge is replace and not is_record(value))):
        return by[0][1] or "None"
    if isinstance(value, tuple) and len(value) < len(by):
        return f"the first {len(value)} of these" if value else "None"
    return ALL_OF_THESE


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, (bool, int, float, str, frozenset))


def _plain(value: Any, args: tuple[str, ...]) -> str:
    """A word or several; in capitals and small letters as the directive has them."""
    if isinstance(value, bool):
        return _flag(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return _as_written(value, args) or "None"
    if isinstance(value, frozenset):
        value = tuple(_as_written(each, args) for each in sorted(value))
    if isinstance(value, tuple):
        return _words(value) or "None"
    return "None" if value is None else str(value)


def _as_written(word: str, args: tuple[str, ...]) -> str:
    return next((each for each in args if each.lower() == word.lower()), word)


def _flag(value: object) -> str:
    return "On" if value and value != "0" else "Off"


def _words(words: Sequence[str]) -> str:
    return " ".join(map(quote, words))


def _all(lines: Iterator[str]) -> str:
    return "; ".join(lines)


# -- what several modules have ----------------------------------------------------------------------------------------


def _of_flag(value: enum.Flag) -> str:
    """The members of a flag, as _SPELT has them."""
    every = [each for each in type(value) if each.value and each.value & (each.value - 1) == 0]
    held = [each for each in every if each in value]
    if not held or len(held) == len(every):
        return "None" if not held else "All"
    return " ".join(_SPELT.get((each.name or "").lower(), (each.name or "").capitalize()) for each in held)


_SPELT = {
    "authconfig": "AuthConfig",
    "fileinfo": "FileInfo",
    "addsuffix": "AddSuffix",
    "nochange": "NoChange",
    "mtime": "MTime",
    "inode": "INode",
    "negotiatedonly": "NegotiatedOnly",
    "tlsv1": "TLSv1",
    "tlsv1.1": "TLSv1.1",
    "tlsv1.2": "TLSv1.2",
    "tlsv1.3": "TLSv1.3",
}


def _spelt(value: frozenset[str]) -> str:
    return " ".join(_SPELT.get(each, each.capitalize()) for each in sorted(value)) or "None"


def _by_extension(write: Callable[[Any], str]) -> Callable[[Mapping[str, Any]], str]:
    """Of AddType and its relatives: each value with all its extensions."""

    def written(value: Mapping[str, Any]) -> str:
        extensions: dict[str, list[str]] = {}
        for extension, each in value.items():
            extensions.setdefault(write(each) if each else "(removed)", []).append(f".{extension}")
        return _all(f"{each} {' '.join(names)}" for each, names in extensions.items()) or "(none)"

    return written


def _filters(value: tuple[str, ...]) -> str:
    return ";".join(value).upper() or "None"


def _pairs(write: Callable[[Any], str] = quote) -> Callable[[Mapping[Any, Any]], str]:
    """A word with what belongs to it."""
    return lambda value: _all(f"{quote(str(name))} {write(each)}".rstrip() for name, each in value.items())


def _limited(methods: Limit | None) -> str:
    if methods is None:
        return ""
    return f" (<Limit{'Except' if methods.exclude else ''} {' '.join(sorted(methods.methods))}>)"


# -- each module ------------------------------------------------------------------------------------------------------


def _access(value: access_compat.Access | None) -> str:
    if value is None:
        return "None"
    lines = [f"Order {each.word}{_limited(each.methods)}" for each in value.orders]
    for name, rules in (("Deny", value.deny), ("Allow", value.allow)):
        for rule in rules:
            word = "all" if rule.kind == "all" else str(rule.value)
            sign = "" if rule.kind != "env" else "env=!" if rule.negated else "env="
            lines.append(f"{name} from {sign}{word}{_limited(rule.methods)}")
    lines += [f"Satisfy {each.word.capitalize()}{_limited(each.methods)}" for each in value.satisfy]
    return "; ".join(lines)


def _digest(value: auth_digest.Digest) -> str:
    lines = [f"AuthDigestProvider {_words(value.providers or ('file',))}", f"AuthDigestNonceLifetime {value.lifetime}"]
    return "; ".join([*lines, *([f"AuthDigestDomain {_words(value.domain)}"] if value.domain else [])])


def _anonymous(value: authn_anon.Anonymous) -> str:
    users = [user.decode("utf-8", "surrogateescape") for user in sorted(value.users)]
    users += ["*"] if value.any_user else []
    said = {
        "NoUserID": value.no_user,
        "MustGiveEmail": value.must_give_email,
        "VerifyEmail": value.verify_email,
        "LogEmail": value.log_email,
    }
    lines = [f"Anonymous {_words(users)}"] if users else []
    return "; ".join([*lines, *(f"Anonymous_{name} {_flag(is_on)}" for name, is_on in said.items())])


def _authorization(value: Authorization) -> str:
    lines = [] if value.rules is None else [_rule(value.rules)]
    if value.forbidden is not None:
        lines.append(f"AuthzSendForbiddenOnFailure {_flag(value.forbidden)}")
    return "; ".join(lines) or "None"


def _rule(rule: Rule) -> str:
    """A Require, or a container with what is in it. A container around a single one says nothing."""
    if isinstance(rule, Requirement):
        words = rule.words[1:] if rule.words[0] == "not" else rule.words
        return f"Require {'not ' if rule.negated else ''}{_words(words)}{_limited(rule.methods)}"
    if len(rule.members) == 1 and not rule.negated:
        return _rule(rule.members[0])
    name = "RequireAll" if rule.every else "RequireNone" if rule.negated else "RequireAny"
    return f"<{name}> {'; '.join(map(_rule, rule.members))} </{name}>"


def _listing(value: autoindex.Listing) -> str:
    words = sorted(value.options - {autoindex.NONE, autoindex.UNSET})
    for name, number, fits in (
        ("IconWidth", value.icon_width or None, False),
        ("IconHeight", value.icon_height or None, False),
        ("NameWidth", value.name_width, value.name_fits),
        ("DescriptionWidth", value.description_width, value.description_fits),
        ("Type", value.media_type, False),
        ("Charset", value.charset, False),
    ):
        if fits or number is not None:
            words.append(f"{name}={'*' if fits else number}")
    lines = [f"IndexOptions {' '.join(words) or 'None'}"]
    if value.order_key is not None:
        lines.append(f"IndexOrderDefault {_DIRECTIONS[value.order or 'A']} {_KEYS[value.order_key]}")
    for directive, text in (
        ("DefaultIcon", value.default_icon),
        ("HeaderName", value.header),
        ("ReadmeName", value.readme),
        ("IndexStyleSheet", value.style_sheet),
        ("IndexHeadInsert", value.head_insert),
    ):
        if text is not None:
            lines.append(f"{directive} {quote(text)}")
    if value.ignored:
        lines.append(f"IndexIgnore {_words([each.pattern for each in value.ignored])}")
    for what, items in (("icons", value.icons), ("texts", value.alts), ("descriptions", value.descriptions)):
        if items:
            lines.append(f"{what} of {len(items)} pattern{'s' if len(items) > 1 else ''}")
    return "; ".join(lines)


_DIRECTIONS = {"A": "Ascending", "D": "Descending"}
_KEYS = {"N": "Name", "M": "Date", "S": "Size", "D": "Description"}


def _error_document(value: content.ErrorDocument) -> str:
    return "default" if value.kind == "default" else f'"{value.value}"' if value.kind == "text" else quote(value.value)


def _tag(value: content.FileTag) -> str:
    return _spelt(value.parts)


def _expires(value: expires.Expires) -> str:
    lines = [] if value.active is None else [f"ExpiresActive {_flag(value.active)}"]
    lines += [f"ExpiresByType {name} {_expiry(each)}" for name, each in value.by_type.items()]
    return "; ".join([*lines, *([f"ExpiresDefault {_expiry(value.default)}"] if value.default else [])])


def _expiry(value: expires.Expiry) -> str:
    return f"{'M' if value.of_file else 'A'}{value.seconds}"


def _languages(value: negotiation.Priority) -> str:
    lines = [] if value.order is None else [_words(value.order)]
    return "; ".join([*lines, *([] if value.force is None else [f"ForceLanguagePriority {_spelt(value.force)}"])])


def _options(value: options.Options) -> str:
    both = {"Includes", "IncludesNOEXEC"} <= value.names
    names = value.names - {"IncludesNOEXEC" if both else "Includes"}  # by itself it does nothing
    return " ".join(sorted(names)) or "None"


def _handlers(value: Mapping[str, tuple[python.HandlerRef, ...]]) -> str:
    lines = []
    for key, handlers in value.items():
        name, dot, extension = key.partition(".")
        lines.append(f"{name} {_words([each.name for each in handlers])}{f' | .{extension}' if dot else ''}")
    return "; ".join(lines)


def _python(value: Mapping[str, str]) -> str:
    """Of directives of their own each."""
    flags = {name for name in value if name.lower() in ALL and ALL[name.lower()].args is Args.FLAG}
    return _all(f"{name} {_flag(each) if name in flags else quote(each)}" for name, each in value.items())


def _server_name(value: server.ServerName | None) -> str:
    if value is None:
        return "None"
    scheme = f"{value.scheme}://" if value.scheme else ""
    return f"{scheme}{value.host}{f':{value.port}' if value.port else ''}"


def _level(value: int) -> str:
    return LOG_LEVEL_NAMES[value]


def _levels(value: Mapping[str, int]) -> str:
    return " ".join(f"{module}:{_level(level)}" for module, level in value.items())


def _signed(value: tls.SSLOptions) -> str:
    words = [*sorted(value.chosen or ()), *(f"+{each}" for each in sorted(value.added))]
    return " ".join([*words, *(f"-{each}" for each in sorted(value.removed - value.added))])


def _user_dirs(value: userdir.UserDirs) -> str:
    lines = [_words(value.places)] if value.places else []
    if value.all_disabled:
        lines.append("disabled")
    lines += [f"{word} {_words(sorted(names))}" for word, names in _lists(value) if names]
    return "; ".join(lines)


def _lists(value: userdir.UserDirs) -> tuple[tuple[str, frozenset[str]], ...]:
    return ("enabled", value.enabled), ("disabled", value.disabled)


def _action(value: cgi.Action) -> str:
    return f"{quote(value.script)}{' virtual' if value.virtual else ''}"


_WRITERS: dict[Setting[Any], Callable[[Any], str]] = {
    access_compat.ACCESS: _access,
    auth_digest.DIGEST: _digest,
    authn_anon.ANONYMOUS: _anonymous,
    authz_core.AUTHORIZATION: _authorization,
    autoindex.LISTING: _listing,
    cgi.ACTIONS: _pairs(_action),
    cgi.SCRIPTS: _pairs(),
    content.ERROR_DOCUMENTS: _pairs(_error_document),
    content.FILE_ETAG: _tag,
    content.SET_INPUT_FILTER: _filters,
    content.SET_OUTPUT_FILTER: _filters,
    expires.EXPIRES: _expires,
    filters.BY_TYPE: lambda value: _all(f"{name.upper()} {_words(sorted(each))}" for name, each in value.items()),
    mime.MULTIVIEWS_MATCH: _spelt,
    negotiation.PRIORITY: _languages,
    options.ALLOW_OPTIONS: lambda value: "All" if value is None else ",".join(sorted(value)) or "None",
    options.ALLOW_OVERRIDE: _of_flag,
    options.NONFATAL: _of_flag,
    options.OPTIONS: _options,
    python.HANDLERS: _handlers,
    python.PYTHON_CONFIG: _python,
    python.PYTHON_OPTIONS: _pairs(),
    server.LOG_LEVEL: _level,
    server.LOG_LEVELS: _levels,
    server.SERVER_NAME: _server_name,
    tls.SSL_OPTIONS: _signed,
    tls.SSL_PROTOCOLS: _spelt,
    userdir.USER_DIRS: _user_dirs,
    **dict.fromkeys(
        (mime.TYPES_BY_EXT, mime.HANDLERS_BY_EXT, mime.ENCODINGS_BY_EXT, mime.CHARSETS_BY_EXT, mime.LANGUAGES_BY_EXT),
        _by_extension(quote),
    ),
    **dict.fromkeys((mime.INPUT_FILTERS_BY_EXT, mime.OUTPUT_FILTERS_BY_EXT), _by_extension(_filters)),
    **dict.fromkeys((python.INPUT_FILTERS, python.OUTPUT_FILTERS), _pairs(lambda value: quote(value.name))),
}
