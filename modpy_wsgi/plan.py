"""What a request of one configuration goes through: its phases with work, compiled once.

Law: a phase that has nothing to do is not in the plan. A step takes the request and its configuration and returns a
false value to go on, or what ends the request: DONE, or a status to answer with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .basic_auth import challenge
from .config.request_config import RequestConfig
from .constants import DECLINED, HTTP_INTERNAL_SERVER_ERROR, HTTP_UNAUTHORIZED, OK
from .dispatch import Call, calls_for, run_handlers
from .httpd import access, authorization, fixups, index, multiviews, types, variables
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
    from .request import mp_request

__all__ = ["Plan", "Step", "plan_of", "run_phase", "run_steps"]

Step = Callable[["mp_request", RequestConfig], int]


def _split(key: str) -> tuple[str, str]:
    """A key of the handlers' table as directive and extension: "PythonHandler.py" -> "PythonHandler", ".py"."""
    end = key.index("Handler") + len("Handler")
    return key[:end], key[end:]


class Plan:
    """The compiled phases of a RequestConfig."""

    __slots__ = ("after", "by_extension", "calls", "content", "patterns", "steps")

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
        self.after = bool(directives & {LOG.directive, CLEANUP.directive})  # whether the end of a request has work
        fixed = not (self.by_extension or self.patterns)
        self.content = self.calls.get(HANDLER.directive, ()) if fixed else None  # the handlers of every request
        self.steps = tuple([step for step, has_work in _STEPS if has_work(config, directives)])


def plan_of(config: RequestConfig) -> Plan:
    """The plan of a configuration, compiled at first use."""
    plan: Plan | None = config.plan
    if plan is None:
        plan = config.plan = Plan(config)
    return plan


def run_steps(req: mp_request, config: RequestConfig) -> int:
    """The phases from header parser to fixup. Returns a false value, or what ends the request."""
    for step in (config.plan or plan_of(config)).steps:
        status = step(req, config)
        if status:
            return status
        if req._added is not None:
            return _run_rest(req, config, step)
    return OK


def _run_rest(req: mp_request, config: RequestConfig, done: Step) -> int:
    """Go on behind the step `done` with every phase: a handler was added to one that may have had no work before."""
    every = [step for step, _ in _STEPS if step not in _SHORT]
    start = every.index(_SHORT.get(done, done)) + 1
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
    """PythonInitHandler of a directory, then PythonHeaderParserHandler (manual 5.1.5)."""
    own = config.handlers.get(INIT.directive)
    if own and own != config.host.base_handlers.get(INIT.directive):
        ended = _ending(run_phase(req, INIT, config))
        if ended:
            return ended
    return _ending(run_phase(req, HEADER_PARSER, config))


def _access(req: mp_request, config: RequestConfig) -> int:
    """Who may come at all: the server's own rules and PythonAccessHandler; both must agree."""
    return access.check(req, config) or _ending(run_phase(req, ACCESS, config))


def _authenticate(req: mp_request, config: RequestConfig) -> int:
    """Who it is, and whether they may; only if Require is there and not met without a user."""
    verdict = authorization.without_user(req, config)  # a user is asked for even if no AuthType is set
    if verdict != authorization.NEEDS_USER:
        return verdict
    result = run_phase(req, AUTHEN, config)
    if result == DECLINED and (req.auth_type() or "").lower() == "basic" and req.get_basic_auth_pw() is None:
        result = HTTP_UNAUTHORIZED  # as mod_auth_basic would, before it looked for passwords
    if result == DECLINED:
        kind = req.auth_type()
        why = f"nobody authenticates users with AuthType {kind}" if kind else "AuthType not set!"
        req._application.log_request(req, f"configuration error:  couldn't perform authentication. {why}: {req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    if result == HTTP_UNAUTHORIZED:
        challenge(req)
    if result != OK:
        return result
    if req._user is None:
        req._application.log_request(req, f"PythonAuthenHandler returned OK without setting req.user: {req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    result = run_phase(req, AUTHZ, config)
    if result == DECLINED:
        result = authorization.with_user(req, config)
    if result == HTTP_UNAUTHORIZED:
        challenge(req)
    return result


def _type(req: mp_request, config: RequestConfig) -> int:
    """PythonTypeHandler, or the server's guess from the file's name."""
    result = run_phase(req, TYPE, config)
    if result == DECLINED:
        types.guess(req, config)
        return OK
    return result


def _fixup(req: mp_request, config: RequestConfig) -> int:
    """SetHandler, ForceType, variables, redirections of the section, PythonFixupHandler."""
    status = fixups.override(req, config)
    if status or (FIXUP.directive not in config.plan.calls and req._added is None):
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
    if config.set_handler is not None:
        req._handler = config.set_handler or None
    return OK


_HasWork = Callable[[RequestConfig, "set[str]"], bool]


def _directive(*phases: Phase) -> _HasWork:
    names = {phase.directive for phase in phases}
    return lambda config, directives: bool(names & directives)


_STEPS: tuple[tuple[Step, _HasWork], ...] = (
    (variables.of_section, lambda config, directives: variables.section_has_work(config)),
    (_header_parser, _directive(HEADER_PARSER, INIT)),
    (_access, lambda config, directives: access.has_work(config) or ACCESS.directive in directives),
    (_authenticate, lambda config, directives: authorization.has_work(config)),
    (_type, _directive(TYPE)),
    (_guess_type, lambda config, directives: not config.fileless and TYPE.directive not in directives),
    (_fixup, lambda config, directives: config.fixups or FIXUP.directive in directives),
    (_set_handler, lambda config, directives: not (config.fixups or FIXUP.directive in directives)),
    (multiviews.fixup, lambda config, directives: multiviews.has_work(config)),
    (index.fixup, lambda config, directives: not config.fileless),
)

# Steps that stand for a longer one where that has no Python handlers.
_SHORT: dict[Step, Step] = {_guess_type: _type, _set_handler: _fixup}
