"""What a request of one configuration goes through: its phases with work, compiled once.

Law: a phase that has nothing to do is not in the plan. A step takes the request and its configuration and returns a
false value to go on, or what ends the request: DONE, or a status to answer with.
"""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import header_rules
from .config.directives.auth_basic import FAKE
from .config.request_config import RequestConfig
from .constants import DECLINED, DONE, HTTP_INTERNAL_SERVER_ERROR, HTTP_UNAUTHORIZED, OK
from .dispatch import Call, calls_for, key_for, run_handlers
from .httpd import (
    access,
    allowed_methods,
    authentication,
    authorization,
    files,
    filtering,
    fixups,
    index,
    parsed,
    tls,
    types,
    variables,
)
from .phases import (
    ACCESS,
    AUTHEN,
    AUTHZ,
    BY_DIRECTIVE,
    CLEANUP,
    FIXUP,
    HANDLER,
    HEADER_PARSER,
    INIT,
    LOG,
    TYPE,
    Phase,
)

if TYPE_CHECKING:
    from .httpd.translate import Place
    from .request import mp_request

__all__ = ["Plan", "Step", "plan_of", "run_phase", "run_steps"]

Step = Callable[["mp_request", RequestConfig], "int | None"]


def _split(key: str) -> tuple[str, str]:
    """A key of the handlers' table as directive and extension: "PythonHandler.py" -> "PythonHandler", ".py"."""
    end = key.index("Handler") + len("Handler")
    return key[:end], key[end:]


class Plan:
    """The compiled phases of a RequestConfig."""

    __slots__ = (
        *("by_extension", "calls", "closing", "content", "patterns"),
        *("of_file", "quiet", "decides", "has_fixups", "own_inits", "steps", "straight"),
    )

    def __init__(self, config: RequestConfig) -> None:
        self.calls: dict[str, tuple[Call, ...]] = {}
        self.by_extension = False
        self.patterns = False
        for key, refs in config.handlers.items():
            directive, extension = _split(key)
            self.calls[key] = tuple([Call.of(ref, BY_DIRECTIVE[directive], None) for ref in refs])
            self.by_extension |= bool(extension)
            self.patterns |= any(ref.pattern is not None for ref in refs)
        directives = {_split(key)[0] for key in config.handlers}
        self.has_fixups = FIXUP.directive in directives  # be it for files of one extension alone
        # The keys of PythonInitHandler that the place itself has: the server's have run when it was not known yet.
        base = config.host.base_handlers
        inits = [key for key in config.handlers if _split(key)[0] == INIT.directive]
        self.own_inits = frozenset([key for key in inits if config.handlers[key] != base.get(key)])
        # Whether handlers have work at the end of a request.
        self.closing = not directives.isdisjoint({LOG.directive, CLEANUP.directive})
        fixed = not (self.by_extension or self.patterns)
        self.content = self.calls.get(HANDLER.directive, ()) if fixed else None  # the handlers of every request
        self.steps = tuple([step for step, has_work in _STEPS if has_work(config, directives)])
        # The same where none of them can run a handler, so that nothing is added on the way; else None.
        quiet = _QUIET.keys() >= set(self.steps)
        self.quiet: tuple[Step, ...] | None = None
        self.of_file: tuple[Step, ...] = ()  # of those, what a file has: no index stands for it
        if quiet:
            idle = _set_handler if config.set_handler is None else None
            self.quiet = tuple([_QUIET[step] for step in self.steps if step is not idle])
            self.of_file = tuple([step for step in self.quiet if step is not index.fixup])
        # Whether the file itself is the answer, if no handler is: nobody has a say but who guesses its type.
        self.straight = self.of_file == (types.guess_at_place,) and not (config.prepares or config.actions)
        # Whether the steps of a file come to the same for each request that nobody has said anything of before.
        self.decides = quiet and _DECIDING.issuperset(self.of_file)


def plan_of(config: RequestConfig) -> Plan:
    """The plan of a configuration, compiled at first use."""
    plan: Plan | None = config.plan
    if plan is None:
        plan = config.plan = Plan(config)
    return plan


def run_steps(req: mp_request, config: RequestConfig) -> int:
    """The phases from header parser to fixup. Returns a false value, or what ends the request."""
    plan = config.plan or plan_of(config)
    if req._added is not None:  # in a phase before the file was known
        return _run_rest(req, config, None)
    if plan.quiet is not None:
        place = req._place
        if place is not None:
            if place.sent is not None and files.send_again(req, config, place):
                return DONE
            return _run_steps_of_file(req, config, plan, place)
        for step in plan.quiet:
            status = step(req, config)
            if status:
                return status
        return OK
    for step in plan.steps:
        status = step(req, config)
        if status:
            return status
        if req._added is not None:
            return _run_rest(req, config, step)
    return OK


def _run_steps_of_file(req: mp_request, config: RequestConfig, plan: Plan, place: Place) -> int:
    """run_steps() for a file that was there at the last look, too, where no step runs a handler.

    The type and the handler that come of it are kept with the place, if nothing else can.
    """
    new = req._handler is None and req._content_type is None and place.config is config
    if new and place.decided is not None:
        req._content_type, req._handler = place.decided
        return OK
    for step in plan.of_file:
        status = step(req, config)
        if status:
            return status
    if new and plan.decides and not req._more_to_say and (req._handler is not None or not plan.straight):
        place.decided = (req._content_type, req._handler)
    return OK


def _run_rest(req: mp_request, config: RequestConfig, done: Step | None) -> int:
    """Go on behind the step `done` with every phase: a handler was added to one that may have had no work before."""
    every = [step for step, _ in _STEPS if step not in _SHORT]
    start = 0 if done is None else every.index(_SHORT.get(done, done)) + 1
    for step in every[start:]:
        status = step(req, config)
        if status:
            return status
    return OK


def run_phase(req: mp_request, phase: Phase, config: RequestConfig) -> int:
    """Run one phase's Python handlers. DECLINED if there are none."""
    plan_of(config)
    calls = calls_for(req, phase, config)
    return run_handlers(req, phase, calls, config) if calls else DECLINED


def _ending(result: int) -> int:
    """What the result of a phase means for the request: OK and DECLINED let it go on."""
    return OK if result in (OK, DECLINED) else result


def _header_parser(req: mp_request, config: RequestConfig) -> int:
    """PythonInitHandler of a directory, then PythonHeaderParserHandler (manual 5.1.5); not for a subrequest."""
    if req._main is not None:
        return OK
    own = plan_of(config).own_inits
    if own and key_for(req, INIT, config) in own:
        ended = _ending(run_phase(req, INIT, config))
        if ended:
            return ended
    return _ending(run_phase(req, HEADER_PARSER, config))


def _access(req: mp_request, config: RequestConfig) -> int:
    """Who may come at all: the server's own rules and PythonAccessHandler; both must agree.

    Under Satisfy Any a refusal is not the last word: whom Require lets in may come as well.
    """
    if _let_in(req, config):
        return OK
    refused = access.check(req, config) or _ending(run_phase(req, ACCESS, config))
    if access.one_is_enough(req, config):
        req._let_in = not refused
        return OK
    return refused


def _check_access(req: mp_request, config: RequestConfig) -> int:
    """The access phase where only Order, Allow and Deny have something to say, and no handler was added."""
    if req._added is not None or req._main is not None or req._prev is not None:
        return _access(req, config)
    return access.check(req, config)


def _let_in(req: mp_request, config: RequestConfig) -> bool:
    """Whether nothing is left to ask: one rule was enough, or the request before was judged by the same configuration.

    httpd asks whether both have one object for it. They have in one directory, where no Files and no Location section
    has a say and this one is there, whole; even if the other was refused. So an ErrorDocument beside what is closed is
    shown (observed).
    """
    before = req._prev or req._main
    if before is not None and before._config is config and config.of_directory and not req._let_in:
        without_slash = not before._whole and before._stat is not None and stat.S_ISDIR(before._stat.st_mode)
        if not req._whole or without_slash:
            return False
        req._let_in = True
        if not before._claimed:
            req._user, req._auth_type = before._user, before._auth_type
    return req._let_in


def _authenticate(req: mp_request, config: RequestConfig) -> int:
    """Who it is, and whether they may; only if Require is there and not met without a user."""
    if req._let_in or req._main is not None or req._prev is not None or req._claimed:
        verdict = _with_a_past(req, config)
    else:
        verdict = authorization.without_user(req, config)  # a user is asked for even if no AuthType is set
    return _ask_user(req, config) if verdict == authorization.NEEDS_USER else verdict


def _with_a_past(req: mp_request, config: RequestConfig) -> int:
    """authorization.without_user for a request that was let in already, or whose user is but a name so far."""
    if _let_in(req, config):
        return OK
    if not req._claimed:
        return authorization.without_user(req, config)
    claimed, req._user = req._user, None  # nobody has looked at the password
    verdict = authorization.without_user(req, config)
    if verdict != authorization.NEEDS_USER:
        req._user = claimed
    return verdict


def _ask_user(req: mp_request, config: RequestConfig) -> int:
    """PythonAuthenHandler and PythonAuthzHandler, and the server's own share of both."""
    result = run_phase(req, AUTHEN, config)
    if result == DECLINED:
        result = authentication.authenticate(req, config)
    elif result == HTTP_UNAUTHORIZED:
        authentication.challenge(req, config)
    if result == DECLINED:
        kind = req.auth_type()
        if kind is not None or req._user is None or req._claimed:
            why = f"nobody authenticates users with AuthType {kind}" if kind else "AuthType not set!"
            about = f"configuration error:  couldn't perform authentication. {why}: {req.uri}"
            req._application.log_request(req, about)
            return HTTP_INTERNAL_SERVER_ERROR
        result = OK  # a handler has set the user, and no AuthType wants more
    if result != OK:
        return result
    if req._user is None:
        req._application.log_request(req, f"PythonAuthenHandler returned OK without setting req.user: {req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    req._claimed = False  # somebody has looked at the password
    result = run_phase(req, AUTHZ, config)
    if result != DECLINED:
        return result  # a 401 asks for nothing, unless the handler has prepared the header
    result = authorization.with_user(req, config)
    if result == HTTP_UNAUTHORIZED:
        authentication.challenge(req, config)
    return result


def _type(req: mp_request, config: RequestConfig) -> int:
    """PythonTypeHandler, or the server's guess from the file's name."""
    result = run_phase(req, TYPE, config)
    if result == DECLINED:
        types.guess(req, config)
        return OK
    req._typed_by_phase = True
    return result


def _fixup(req: mp_request, config: RequestConfig) -> int:
    """SetHandler, ForceType, variables, redirections of the section, PythonFixupHandler."""
    status = fixups.override(req, config)
    if status or not (config.plan.has_fixups or req._added is not None):
        return status
    return _ending(run_phase(req, FIXUP, config))


def _guess_type(req: mp_request, config: RequestConfig) -> int:
    """The type phase where no handler is there for it."""
    if req._added is not None:
        return _type(req, config)
    types.guess(req, config)
    return OK


def _set_handler(req: mp_request, config: RequestConfig) -> int:
    """The fixup phase where only SetHandler has something to say, and no handler was added."""
    if req._added is not None:
        return _fixup(req, config)
    _take_handler(req, config)
    return OK


def _take_handler(req: mp_request, config: RequestConfig) -> None:
    """SetHandler."""
    if config.set_handler is not None:
        req._handler = config.set_handler


_HasWork = Callable[[RequestConfig, "set[str]"], bool]


def _directive(*phases: Phase) -> _HasWork:
    names = {phase.directive for phase in phases}
    return lambda config, directives: bool(names & directives)


def _only_addresses(config: RequestConfig, directives: set[str]) -> bool:
    return access.has_work(config) and not (access.has_satisfy(config) or ACCESS.directive in directives)


def _negotiate(req: mp_request, config: RequestConfig) -> int:
    from .httpd import multiviews  # and with it what few sites need

    return multiviews.fixup(req, config)


_STEPS: tuple[tuple[Step, _HasWork], ...] = (
    (variables.of_section, lambda config, directives: variables.section_has_work(config)),
    (_header_parser, _directive(HEADER_PARSER, INIT)),
    (allowed_methods.check, lambda config, directives: allowed_methods.has_work(config)),
    (tls.require, lambda config, directives: tls.is_required(config)),
    (_access, lambda config, directives: access.has_satisfy(config) or ACCESS.directive in directives),
    (_check_access, _only_addresses),
    (_authenticate, lambda config, directives: authorization.has_work(config)),
    (_type, _directive(TYPE)),
    (_guess_type, lambda config, directives: not config.fileless and TYPE.directive not in directives),
    (tls.set_variables, lambda config, directives: tls.has_work(config)),
    (filtering.by_extension, lambda config, directives: filtering.has_extension_work(config)),
    (_fixup, lambda config, directives: config.fixups or FIXUP.directive in directives),
    (_set_handler, lambda config, directives: not (config.fixups or FIXUP.directive in directives)),
    (parsed.fixup, lambda config, directives: parsed.has_work(config)),
    (_negotiate, lambda config, directives: "MultiViews" in config.options and not config.fileless),
    (index.fixup, lambda config, directives: not config.fileless),
    (header_rules.of_request, lambda config, directives: config.request_headers),
    (authentication.fake, lambda config, directives: config.settings[FAKE] is not None),
)

# Steps that run no handler, and what is left of them where none was added before. A directory's index is looked up by
# a request of its own; what its handlers add is for the content, as this is the last step here.
_QUIET: dict[Step, Step] = {
    variables.of_section: variables.of_section,
    allowed_methods.check: allowed_methods.check,
    tls.require: tls.require,
    _check_access: _check_access,
    _guess_type: types.guess_at_place,
    _set_handler: _take_handler,
    index.fixup: index.fixup,
}

# Those that set the type and the handler, and no more unless a name says its encoding or language.
_DECIDING = frozenset({types.guess_at_place, _take_handler})

# Steps that stand for a longer one where that has no Python handlers.
_SHORT: dict[Step, Step] = {_check_access: _access, _guess_type: _type, _set_handler: _fixup}
