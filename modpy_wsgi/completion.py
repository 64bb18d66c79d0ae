"""The end of a request: the body that waits for the server to close it, and the work that is due then.

Law: the log and cleanup phases run exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from . import current
from ._fast.table import table
from .environ import decode
from .log import log_exception
from .phases import CLEANUP, LOG
from .plan import plan_of, run_phase

if TYPE_CHECKING:
    from .request import mp_request

__all__ = [
    "Delivered",
    "Logged",
    "completed",
    "end_subrequest",
    "end_with",
    "finish",
    "handlers_wait",
    "let_go",
]


# Headers of which one is sent, whatever a handler has set.
_SENT_ONCE = frozenset({"content-length", "content-type", "vary"})


class Delivered:
    """A body that does the rest of the request's work when the server closes it."""

    __slots__ = ("_body", "_req")

    def __init__(self, body: Iterable[bytes], req: mp_request) -> None:
        self._body = body
        self._req = req

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Close the body, then run log and cleanup."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            finish(self._req)


class Logged(Delivered):
    """A body in one piece, and the log is all that is due when the server closes it.

    No handler runs then, so that nobody asks which application answers.
    """

    __slots__ = ()

    def close(self) -> None:
        """Write the log."""
        req = self._req
        if not req._complete:
            req._complete = True
            req._close_output()
            req._host.logs.write(req)


def completed(req: mp_request) -> bool:
    """Mark a request as complete if its end has no work, nor that of those it led to. Whether so."""
    if req._host.logs is not None or handlers_wait(req):
        return False
    req._complete = True
    return True


def handlers_wait(req: mp_request) -> bool:
    """Whether handlers of the log or cleanup phase have work for a request or for those it led to."""
    each: mp_request | None = req
    while each is not None:
        if each._cleanups is not None or _has_closing_handlers(each):
            return True
        each = each._next
    return False


def _has_closing_handlers(req: mp_request) -> bool:
    """Whether handlers of the log or cleanup phase may have work for a request; functions to clean up are none."""
    config = req._config
    return req._added is not None or (config.plan or plan_of(config)).closing


def finish(req: mp_request) -> None:
    """Run the log and cleanup phases of a request and of those it was redirected to; errors are only logged."""
    if req._complete:
        return
    req._complete = True
    token = current.answering.set(req._application) if current.several else None
    try:
        each: mp_request | None = req
        while each is not None:
            each._close_output()
            each = each._next
        if req._host.logs is not None:
            req._host.logs.write(req)  # before the handlers, as mod_log_config comes before mod_python
            if not handlers_wait(req):
                return
        if _has_closing_handlers(req):  # else only functions wait, for a session
            each = req
            while each is not None:
                _show_sent(each)
                each = each._next
        run_phase(req, LOG, req._config)
        each = req
        while each is not None:
            _clean_up(each)
            each = each._next
    finally:
        if token is not None:
            current.answering.reset(token)


def _show_sent(req: mp_request) -> None:
    """Let headers_out be what was sent, and what was set behind that: there the log phase finds it in httpd."""
    if req._head is None:
        return
    fields = [(name, decode(value)) for name, value in req._head[1]]
    names = {name.lower() for name, _ in fields} & _SENT_ONCE
    fields += [field for field in req.headers_out.items() if field not in fields and field[0].lower() not in names]
    sent = table()
    for name, value in fields:
        sent.add(name, value)
    req._headers_out, req._err_headers_out = sent, table()


def end_with(req: mp_request, sub: mp_request) -> None:
    """Let a subrequest that `req` has looked up end with it, if nobody ends it before: what its handlers have asked for
    the end, a lock of a session among it, must come.
    """
    ran = sub._interpreter is not None
    if sub._cleanups is not None or (ran and (sub._next is not None or _has_closing_handlers(sub))):
        if req._cleanups is None:
            req._cleanups = []
        req._cleanups.append((let_go, sub))


def let_go(sub: mp_request) -> None:
    """End a subrequest that was looked up and does not answer, once.

    What is known of it stays. It has cleanup handlers if it has run others, as in the original.
    """
    if sub._complete or (sub._cleanups is None and sub._interpreter is None):
        return
    end_subrequest(sub, handlers=sub._interpreter is not None)


def end_subrequest(req: mp_request, *, handlers: bool = True) -> None:
    """What is due when a subrequest is over: its cleanups, with its cleanup handlers or without, but no log.

    Where it was redirected to is over before.
    """
    waiting = None if req._main is None else req._main._cleanups
    if waiting and waiting[-1][1] is req and waiting[-1][0] is let_go:
        waiting.pop()
    if req._next is not None:
        end_subrequest(req._next)
    req._complete = True
    if req._filters is not None:
        req._filters.close()
        req._filters = None
    for body in (req._file_body, req._delegated):
        close = getattr(body, "close", None)
        if close is not None:
            close()
    req._close_output()
    if handlers:
        _clean_up(req)
    else:
        _run_registered(req)


def _clean_up(req: mp_request) -> None:
    _run_registered(req)
    run_phase(req, CLEANUP, req._config)
    _run_registered(req)  # by the handlers of that phase


def _run_registered(req: mp_request) -> None:
    while req._cleanups:
        function, data = req._cleanups.pop()
        try:
            function(data)
        except (Exception, SystemExit) as error:
            log_exception(req.server._log, "register_cleanup", error)
