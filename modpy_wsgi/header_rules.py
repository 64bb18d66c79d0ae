"""What the configuration says of header fields: Header and RequestHeader (mod_headers), Expires (mod_expires).

Law: the rules of an answer are applied once, when its head is about to leave, as httpd's output filters are: first
Expires, then those for errors and others alike, then those for what a handler answered. What they make is checked as
every header is. Where no directive holds, none of this runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ._fast.table import table
from .config.directives.expires import Expires
from .config.directives.headers import EARLY, HEADERS, REQUEST_HEADERS, HeaderRule
from .config.patterns import Regex, substitute
from .constants import OK
from .environ import decode, encode
from .errors import BadRequest, HandlerError
from .response import BODILESS, checked
from .validators import date_text

if TYPE_CHECKING:
    from .config.request_config import RequestConfig
    from .request import mp_request
    from .request_output import RequestOutput

__all__ = ["apply_early", "of_answer", "of_application", "of_request", "take_headers"]

# How the body is read, and which host this is, was settled before.
_FRAMING = frozenset({"content-length", "transfer-encoding", "expect", "host"})


def of_answer(req: RequestOutput) -> None:
    """Let the configuration have its say about the head of `req`, which is about to leave."""
    head = (req._document_of or req._config).head
    if head is None or req._head_ruled or not (req._in_content or req._died):
        return  # what a handler of an earlier phase sends leaves as it is: in httpd no filter is there yet
    req._head_ruled = True
    swapped = req._died and req._status not in BODILESS
    if swapped:
        _swap(req)
    try:
        if head.expires is not None and req._status < 400:
            _expire(req, head.expires)
        if head.always:
            _apply(req, req.err_headers_out, head.always)
        if head.onsuccess and not req._died:
            _apply(req, req.headers_out, head.onsuccess)
    except BadRequest as error:  # an expression that was stopped
        if not swapped:
            raise HandlerError(str(error)) from None
        req._application.log_request(req, str(error))
    if swapped:
        _drop_unsendable(req)


def of_application(req: RequestOutput, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of another WSGI application under the same rules, with those that the phases before have set."""
    before = req.err_headers_out.copy()  # the application may begin anew, after an error
    req._head_ruled = False
    fields = take_headers(req, headers)
    of_answer(req)
    content_type = req._content_type
    made = [] if content_type is None else [checked("Content-Type", content_type)]
    for table_ in (req.err_headers_out, fields):
        made += [checked(name, value) for name, value in table_.items() if name.lower() != "content-type"]
    req.__dict__["_err_headers_out"] = before
    return made


def take_headers(req: RequestOutput, headers: list[tuple[str, str]]) -> table:
    """Let req.headers_out, which is returned, and the content type be those that another WSGI application gives."""
    fields: table = req.headers_out
    fields.clear()
    req._content_type = None
    for name, value in headers:
        if name.lower() == "content-type":
            req._content_type = decode(value)
        else:
            fields.add(name, decode(value))
    return fields


def of_request(req: mp_request, config: RequestConfig) -> int:
    """RequestHeader: change what the handler will find in req.headers_in. A subrequest gets a table of its own."""
    if config is not req._config:  # the index file of a directory, for which this was done
        return OK
    if req._main is not None and req.headers_in is req._main.headers_in:
        req._headers_in = req.headers_in.copy()
    rules = config.settings[REQUEST_HEADERS]
    _apply(req, req.headers_in, rules)
    _tell(req, rules)
    return OK


def apply_early(req: mp_request) -> None:
    """The rules of the server's level that are marked `early`: when the request was read, before all else."""
    base = req._host.base
    of_client = base[REQUEST_HEADERS]
    if of_client:
        _apply(req, req.headers_in, of_client, early=True)
        _tell(req, of_client)
    rules = base[HEADERS]
    for always in (True, False):
        chosen = [rule for rule in rules if rule.always is always and rule.condition == EARLY]
        if chosen:
            _apply(req, req.err_headers_out if always else req.headers_out, chosen, early=True)


def _tell(req: mp_request, rules: Iterable[HeaderRule]) -> None:
    """Let the environ say what req.headers_in says now, for all that reads it from there."""
    environ = req._environ = dict(req._environ)
    for rule in rules:
        if rule.name.lower() in _FRAMING or "_" in rule.name:
            continue  # an environ has no place for a name with _ that is not another's
        key = rule.name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        values = [value for name, value in req.headers_in.items() if name.lower() == rule.name.lower()]
        if values:
            environ[key] = encode(",".join(values))
        else:
            environ.pop(key, None)


def _swap(req: RequestOutput) -> None:
    """As httpd does for its own pages: what was kept for them counts as the usual headers, and the rules begin anew."""
    usual = req.err_headers_out.copy()
    for name, value in req.headers_out.items():
        usual.add(name, value)
    req.__dict__["_headers_out"], req.__dict__["_err_headers_out"] = usual, table()


def _drop_unsendable(req: RequestOutput) -> None:
    """An error page leaves without what a rule has made and nobody may send: there is no other page for that."""
    fields = req.err_headers_out
    for name, value in fields.items():
        try:
            checked(name, value)
        except HandlerError as error:
            req._application.log_request(req, str(error))
            del fields[name]
    try:
        checked("Content-Type", req._content_type or "")
    except HandlerError as error:
        req._application.log_request(req, str(error))
        req._content_type = "text/html; charset=iso-8859-1"


def _expire(req: RequestOutput, rules: Expires) -> None:
    fields = req.err_headers_out if "Expires" in req.err_headers_out else req.headers_out
    if "Expires" in fields:
        return
    media_type = (req._content_type or "").lower()
    expiry = rules.by_type.get(media_type.partition(";")[0].strip())
    if expiry is None and rules.wildcards and "/" in media_type:
        expiry = rules.by_type.get(media_type.partition("/")[0] + "/*")
    if expiry is None:
        expiry = rules.default
    if expiry is None:
        return
    asked = int(req._request_time)
    base = asked
    if expiry.of_file:
        if req._stat is None:
            return
        base = int(req._stat.st_mtime)
    ends = max(asked, base + expiry.seconds)
    _merge(fields, "Cache-Control", f"max-age={ends - asked}")
    fields["Expires"] = date_text(ends)


# -- the actions ------------------------------------------------------------------------------------------------------


def _apply(req: Any, fields: table, rules: Iterable[HeaderRule], *, early: bool = False) -> None:
    for rule in rules:
        if (rule.condition == EARLY) is not early:
            continue
        if rule.condition and not early:
            name = rule.condition[4:]
            unset = name.startswith("!")
            if (req.subprocess_env.get(name[unset:]) is None) is not unset:
                continue
        _ACTIONS[rule.action](req, fields, rule)


def _filled(req: Any, rule: HeaderRule) -> str:
    if len(rule.value) == 1 and isinstance(rule.value[0], str):
        return rule.value[0]
    return "".join(
        [piece if isinstance(piece, str) else _TAGS[piece.letter](req, piece.argument) for piece in rule.value]
    )


def _merge(fields: table, name: str, value: str) -> None:
    """Add to the first field of the name, behind a comma (apr_table_merge)."""
    old = fields.get(name)
    if old is None:
        fields.add(name, value)
        return
    pairs = fields.items()
    at = next(index for index, (key, _) in enumerate(pairs) if key.lower() == name.lower())
    pairs[at] = (pairs[at][0], f"{old}, {value}")
    fields.clear()
    for key, text in pairs:
        fields.add(key, text)


def _add(req: Any, fields: table, rule: HeaderRule) -> None:
    fields.add(rule.name, _filled(req, rule))


def _append(req: Any, fields: table, rule: HeaderRule) -> None:
    _merge(fields, rule.name, _filled(req, rule))


def _merge_new(req: Any, fields: table, rule: HeaderRule) -> None:
    value, old = _filled(req, rule), fields.get(rule.name)
    if old is None or value not in _tokens(old):
        _merge(fields, rule.name, value)


def _tokens(text: str) -> list[str]:
    """The members of a list, quoted commas in one piece; blanks at the end of one are a part of it (as in httpd)."""
    found: list[str] = []
    start, quoted = 0, False
    for at, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            found.append(text[start:at].lstrip())
            start = at + 1
    return [*found, text[start:].lstrip()]


def _set(req: Any, fields: table, rule: HeaderRule) -> None:
    value = _filled(req, rule)
    if rule.name.lower() == "content-type" and fields is not req.headers_in:
        req._content_type = value
    fields[rule.name] = value


def _set_if_empty(req: Any, fields: table, rule: HeaderRule) -> None:
    if rule.name not in fields:
        _set(req, fields, rule)


def _unset(req: Any, fields: table, rule: HeaderRule) -> None:
    if rule.name.lower() == "content-type" and fields is not req.headers_in:
        req._content_type = None
    del fields[rule.name]


def _echo(req: Any, fields: table, rule: HeaderRule) -> None:
    assert rule.regex is not None
    for name, value in req.headers_in.items():
        if rule.regex.search(encode(name)):
            req.headers_out.add(name, value)


def _edit(req: Any, fields: table, rule: HeaderRule) -> None:
    if rule.name.lower() == "content-type" and req._content_type is not None and fields is not req.headers_in:
        req._content_type = _edited(req, rule, req._content_type)
    if rule.name not in fields:
        return
    made = [(name, _edited(req, rule, value)) for name, value in fields.items() if name.lower() == rule.name.lower()]
    del fields[rule.name]
    for name, value in made:
        fields.add(name, value)


def _edited(req: Any, rule: HeaderRule, value: str) -> str:
    """The value with what matches replaced; the rest is looked at by `edit*` as if it were a value of its own."""
    regex: Regex | None = rule.regex
    assert regex is not None
    rest, done = encode(value), []
    while True:
        match = regex.search(rest)
        if match is None:
            break
        done.append(rest[: match.start()] + encode(substitute(_filled(req, rule), match)))
        rest = rest[match.end() :]
        if rule.action == "edit" or match.end() == match.start():  # what is empty would match for ever
            break
    return decode("".join(done) + rest)


def _note(req: Any, fields: table, rule: HeaderRule) -> None:
    value = fields.get(rule.name)
    if value is not None:
        req.notes[_filled(req, rule)] = value


_ACTIONS: dict[str, Callable[[Any, table, HeaderRule], None]] = {
    "add": _add,
    "append": _append,
    "echo": _echo,
    "edit": _edit,
    "edit*": _edit,
    "merge": _merge_new,
    "note": _note,
    "set": _set,
    "setifempty": _set_if_empty,
    "unset": _unset,
}


# -- what is filled in ------------------------------------------------------------------------------------------------


def _one_line(text: str | None) -> str:
    return "(null)" if text is None else text.replace("\r", " ").replace("\n", " ")


def _load(req: Any, argument: str) -> str:
    try:
        return "l={:.2f}/{:.2f}/{:.2f}".format(*os.getloadavg())
    except (AttributeError, OSError):  # not on every system
        return "l=-100.00/-100.00/-100.00"


_TAGS: dict[str, Callable[[Any, str], str]] = {
    "D": lambda req, argument: f"D={max(0, int((time.time() - req._request_time) * 1e6))}",
    "t": lambda req, argument: f"t={int(req._request_time * 1e6)}",
    "l": _load,
    "i": lambda req, argument: "i=-1",  # httpd's word for what is not known: the workers are the WSGI server's
    "b": lambda req, argument: "b=-1",
    "e": lambda req, argument: _one_line(req.subprocess_env.get(argument)),
    "s": lambda req, argument: _one_line(req.ssl_var_lookup(argument) or None),
}
