"""Tracebacks of pages that include files: each line with the file that it stands in.

Law: only frames of the page are touched, and only those whose line is in an included file.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from types import TracebackType

from .compiling import Page

__all__ = ["by_source"]


def by_source(found: TracebackType, page: Page) -> TracebackType:
    """The traceback with the included files named. What stands in them has made-up frames, without variables."""
    entries: list[TracebackType] = []
    following: TracebackType | None = found
    while following is not None:
        entries.append(following)
        following = following.tb_next
    for each in reversed(entries):
        frame, instruction, number = each.tb_frame, each.tb_lasti, each.tb_lineno
        if frame.f_code.co_filename == page.names[0] and number is not None:
            index = bisect_right(page.before, number - 1) - 1
            if index > 0:
                made = _made_up(page.names[index], number - page.before[index], frame.f_code.co_name)
                frame, instruction, number = made.tb_frame, made.tb_lasti, made.tb_lineno
        following = TracebackType(following, frame, instruction, number)
    assert following is not None
    return following


def _made_up(file: str, line: int, name: str) -> TracebackType:
    """An entry for a line of a file: there is no other way to one than code that says so of itself."""
    tree = ast.Module([ast.Raise(ast.Constant(None), None)], [])
    for node in ast.walk(tree):
        node.lineno = node.end_lineno = line  # type: ignore[attr-defined]
        node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
    code = compile(tree, file, "exec").replace(co_name=name)
    try:
        exec(code, {"__name__": "modpy_wsgi.psp"})  # noqa: S102 - it only raises
    except TypeError as error:
        assert error.__traceback__ is not None and error.__traceback__.tb_next is not None
        return error.__traceback__.tb_next
    raise AssertionError("a raise of None does not come back")
