"""What each element of a page does.

Law: an element that is wrong in any way leaves SSIErrorMsg in its place and a line in the error log; what is not shown
is not done. A part of the page that another URI answers is a subrequest with access checks of its own. Sources:
mod_include and mod_cgi of httpd 2.4, as observed.
"""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Callable
from typing import Any

from ..config.patterns import RunawayPattern
from ..constants import HTTP_NOT_FOUND, OK
from ..httpd.listing_page import size_shown
from ..stamps import FileStatus
from . import conditions, programs, python_element
from .page import Page, date_text
from .scanner import Element
from .words import decode_entities, escape_markup, recoded, substituted

__all__ = ["run_element"]

Run = Callable[[Page, Element, Any], None]


class Wrong(Exception):  # noqa: N818 - what it is
    """The element cannot be done. The text is for the log, unless there is none."""


def run_element(page: Page, element: Element, filter: Any) -> None:  # noqa: A002 - the manual's name
    """Do what an element says, and hand on to `filter` what it makes."""
    try:
        if element.wrong is not None:
            raise Wrong(element.wrong)
        run = _ELEMENTS.get(element.name)
        if run is None:
            raise Wrong(f'unknown directive "{element.name}"')
        run(page, element, filter)
    except Wrong as wrong:
        if str(wrong):
            page.log(str(wrong))
        if page.showing:
            filter.write(page.error)


def _unless_hidden(what: str, least: int = 1) -> Callable[[Run], Run]:
    """For an element that does nothing where nothing is shown, and that needs arguments."""

    def wrap(run: Run) -> Run:
        def checked(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
            if not page.showing:
                return
            if len(element.arguments) < least:
                raise Wrong(f"missing argument for {what} element")
            run(page, element, filter)

        return checked

    return wrap


def _pairs(element: Element) -> list[tuple[str, str]]:
    """The arguments up to the first without a value."""
    found: list[tuple[str, str]] = []
    for name, value in element.arguments:
        if value is None:
            break
        found.append((name, value))
    return found


def _value(page: Page, text: str, *, decoded: bool = True) -> str:
    return substituted(decode_entities(text) if decoded else text, page.variable)


# -- other documents --------------------------------------------------------------------------------------------------


@_unless_hidden("include")
def _include(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    failed = False
    for name, text in _pairs(element):
        if name not in ("virtual", "file", "onerror"):
            raise Wrong(f'unknown parameter "{name}" to tag include')
        if name != "file" and failed is not (name == "onerror"):
            continue
        why = _answered(page, name, _value(page, text), filter)
        if why is None:
            failed = False
            continue
        page.log(f'unable to include "{text}": {why}')
        if failed:
            break
        failed = True
    if failed:
        raise Wrong


def _answered(page: Page, name: str, text: str, filter: Any) -> str | None:  # noqa: A002
    """Let another document answer here. None, or why it does not."""
    found, status = _look_up(page, name, text)
    if found is None or status != OK:
        _let_go(page, found)
        return f"subrequest setup returned {status}"
    if not page.may_run and found._content_type and not found._content_type.startswith("text/"):
        _let_go(page, found)
        return "potential exec, content type not text/*"
    found.__dict__["_included_by"] = page.req
    status = filter.run(found)
    return None if status == OK else f"subrequest returned {status}"


def _look_up(page: Page, name: str, text: str) -> tuple[Any, int]:
    """The subrequest for a URI, or with `file` for a file in this directory or below. None if there can be none."""
    req = page.req
    if name == "file":
        path = posixpath.normpath(text)
        if not text or text.startswith("/") or path.startswith("../") or path in (".", "..") or "\0" in text:
            return None, HTTP_NOT_FOUND
        return req._application.look_up_entry(req, path)
    return page.look_up(text)


def _let_go(page: Page, found: Any) -> None:
    """End a subrequest that is not to answer, if there is one."""
    if found is not None:
        page.req._application.let_go(found)


def _stat_of(page: Page, tag: str, name: str, text: str) -> FileStatus:
    if name not in ("virtual", "file"):
        raise Wrong(f'unknown parameter "{name}" to tag {tag}')
    found, status = _look_up(page, name, text)
    _let_go(page, found)
    if found is None or status != OK or found._stat is None:
        raise Wrong(f'unable to get information about "{text}"')
    result: FileStatus = found._stat
    return result


@_unless_hidden("fsize")
def _size(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    for name, text in _pairs(element):
        size = _stat_of(page, "fsize", name, _value(page, text)).st_size
        filter.write(f"{size:,}" if page.in_bytes else size_shown(size))


@_unless_hidden("flastmod")
def _last_modified(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    for name, text in _pairs(element):
        moment = _stat_of(page, "flastmod", name, _value(page, text)).st_mtime
        filter.write(date_text(moment, page.time_format))


# -- variables --------------------------------------------------------------------------------------------------------


@_unless_hidden("echo")
def _echo(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    coding = {"decoding": "none", "encoding": "entity"}
    for name, text in _pairs(element):
        if name in coding:
            coding[name] = decode_entities(text)
        elif name == "var":
            value = page.variable(_value(page, text))
            if value is None:
                filter.write(page.undefined)
            else:
                filter.write(_recoded(value, coding, "echo"))
        else:
            raise Wrong(f'unknown parameter "{name}" in tag echo')


def _recoded(value: str, coding: dict[str, str], tag: str) -> str:
    try:
        return recoded(value, coding["decoding"], coding["encoding"])
    except LookupError as error:
        raise Wrong(f'unknown value "{error.args[0]}" to a coding of tag {tag}') from None


@_unless_hidden("set", 2)
def _set(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    coding = {"decoding": "none", "encoding": "none"}
    variable: str | None = None
    for name, text in _pairs(element):
        if name == "var":
            variable = _value(page, text)
        elif name in coding:
            coding[name] = text
        elif name != "value":
            raise Wrong("Invalid tag for set directive")
        elif variable is None:
            raise Wrong("variable must precede value in set directive")
        else:
            page.req.subprocess_env[variable] = _recoded(_value(page, text, decoded=False), coding, "set")


def _print_variables(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if not page.showing:
        return
    if element.arguments:
        raise Wrong("printenv directive does not take tags")
    for name, value in page.variables():
        filter.write(f"{escape_markup(name)}={escape_markup(value)}\n")


@_unless_hidden("config")
def _config(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    for name, text in _pairs(element):
        value = _value(page, text, decoded=False)
        if name == "errmsg":
            page.error = value
        elif name == "echomsg":
            page.undefined = value
        elif name == "timefmt":
            page.time_format = value
            page.set_times()
        elif name != "sizefmt":
            raise Wrong(f'unknown parameter "{name}" to tag config')
        elif value not in ("bytes", "abbrev"):
            raise Wrong(f'unknown value "{value}" to parameter "sizefmt" of tag config')
        else:
            page.in_bytes = value == "bytes"


# -- conditions -------------------------------------------------------------------------------------------------------


def _judge(page: Page, element: Element, filter: Any, *, known: bool = False) -> None:  # noqa: A002
    """Let the condition of an element decide what is shown; `known`: a branch before was true.

    A condition that is wrong shows nothing, and is followed by no #else, not even of an #if within a branch, up to the
    next #endif (observed): only a further #elif may be true.
    """
    try:
        if len(element.arguments) != 1:
            raise Wrong(f"{'too many arguments' if element.arguments else 'missing expr argument'} for if element")
        ((name, text),) = element.arguments
        if name != "expr":
            raise Wrong(f'unknown parameter "{name}" to tag if')
        if text is None:
            raise Wrong("missing expr value for if element")
        if known:
            page.showing = False
            return
        try:
            page.showing = page.had_true = conditions.holds(text, page)
        except (ValueError, RunawayPattern) as error:
            raise Wrong(f'Could not judge expr "{text}": {error}') from None
        except RecursionError:
            raise Wrong("Could not judge expr: it is too deep") from None
    except Wrong as wrong:
        page.log(str(wrong))
        filter.write(page.error)
        page.showing, page.had_true, page.misjudged = False, False, True


def _if(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if not page.showing:
        page.hidden += 1
        return
    page.hidden = 0
    _judge(page, element, filter)


def _elif(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if not page.hidden:
        _judge(page, element, filter, known=page.had_true)


def _else(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if page.hidden or page.misjudged:
        return
    if element.arguments:
        raise Wrong("else directive does not take tags")
    page.showing, page.had_true = not page.had_true, True


def _endif(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if page.hidden:
        page.hidden -= 1
        return
    if element.arguments:
        page.log("endif directive does not take tags")
        filter.write(page.error)
        return
    page.showing = page.had_true = True
    page.misjudged = False


# -- programs ---------------------------------------------------------------------------------------------------------


@_unless_hidden("exec")
def _exec(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if not page.may_run:
        raise Wrong("exec used but not allowed")
    for name, text in _pairs(element):
        decoded = decode_entities(text)
        if name == "cmd":
            if not programs.run(page, substituted(decoded, page.variable, keep=True), filter):
                raise Wrong(f'execution failure for parameter "{name}" to tag exec')
        elif name == "cgi":
            _run_script(page, substituted(decoded, page.variable), filter)
        else:
            raise Wrong(f'unknown parameter "{name}" to tag exec')


def _run_script(page: Page, text: str, filter: Any) -> None:  # noqa: A002
    found, status = _look_up(page, "virtual", text)
    regular = found is not None and found._stat is not None and stat.S_ISREG(found._stat.st_mode)
    if status != OK or not regular or found._path_info or found.args is not None:
        _let_go(page, found)
        raise Wrong(f'invalid CGI ref "{text}"')
    found._path_info, found.args = page.req._path_info, page.req.args  # those of the page, as ever
    found._handler = found._handler or "cgi-script"  # what answers for the file elsewhere does here, too
    status = filter.run(found)
    if 300 <= status < 400:
        location = escape_markup(str(found.headers_out.get("Location") or ""))
        filter.write(f'<a href="{location}">{location}</a>')
    elif status != OK:  # which leaves nothing in the page, as httpd has it
        page.log(f'unable to run "{text}": {status}')


@_unless_hidden("python")
def _python(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    if not page.may_run:
        raise Wrong("#python used but not allowed")
    pairs = [(name, decode_entities(text)) for name, text in _pairs(element)]
    for name, text in pairs:
        if not text:
            raise Wrong(f"empty value for '{name}' parameter to tag 'python'")
        if name not in ("eval", "exec"):
            raise Wrong(f"unexpected '{name}' parameter to tag 'python'")
    if len(pairs) != 1:
        raise Wrong("multiple 'eval/exec' parameters" if pairs else "missing 'eval/exec' parameter to tag 'python'")
    if not python_element.run(page, *pairs[0], filter):
        raise Wrong


def _comment(page: Page, element: Element, filter: Any) -> None:  # noqa: A002
    """Nothing."""


_ELEMENTS: dict[str, Run] = {
    "comment": _comment,
    "config": _config,
    "echo": _echo,
    "elif": _elif,
    "else": _else,
    "endif": _endif,
    "exec": _exec,
    "flastmod": _last_modified,
    "fsize": _size,
    "if": _if,
    "include": _include,
    "printenv": _print_variables,
    "python": _python,
    "set": _set,
}
