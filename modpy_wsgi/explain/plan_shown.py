"""The plan of a request as people read it: each phase with the server's own share and its Python handlers.

Law: what is in the plan and in which order is asked of the plan itself; here are only the words for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..check.answering import PythonCall, python_calls
from ..config.request_config import RequestConfig
from ..phases import (
    ACCESS,
    AUTHEN,
    AUTHZ,
    CLEANUP,
    FIXUP,
    HANDLER,
    HEADER_PARSER,
    INIT,
    LOG,
    POST_READ_REQUEST,
    TRANS,
    TYPE,
    Phase,
)
from ..plan import Plan, Step
from .model import Handler, PhaseShown

__all__ = ["STEPS", "name_of", "phases_shown"]

# By the module and name of a step's function: what the server does there, and the phases whose handlers run in it.
STEPS: dict[str, tuple[str, tuple[Phase, ...]]] = {
    "variables.of_section": ("variables that the section sets by what the request says", ()),
    "plan._header_parser": ("", (INIT, HEADER_PARSER)),
    "allowed_methods.check": ("the methods that there are: AllowMethods", ()),
    "tls.require": ("whether the request came over TLS: SSLRequireSSL", ()),
    "plan._access": ("who may come: Order, Allow and Deny", (ACCESS,)),
    "plan._check_access": ("who may come: Order, Allow and Deny", ()),
    "plan._authenticate": ("who it is and whether they may: Require", (AUTHEN, AUTHZ)),
    "plan._type": ("the type by the file's name, if no handler says it", (TYPE,)),
    "plan._guess_type": ("the type by the file's name", ()),
    "tls.set_variables": ("the variables of mod_ssl, over TLS (StdEnvVars)", ()),
    "plan._fixup": ("SetHandler, ForceType, SetEnv, redirections of the section", (FIXUP,)),
    "plan._set_handler": ("SetHandler, if there is any", ()),
    "parsed.fixup": ("server-parsed and XBitHack: the filter INCLUDES", ()),
    "plan._negotiate": ("MultiViews: files whose names add extensions", ()),
    "index.fixup": ("folders: the slash at the end, and the index file", ()),
    "header_rules.of_request": ("RequestHeader: header fields of the request that change", ()),
    "authentication.fake": ("the name and password of AuthBasicFake", ()),
    "filtering.by_extension": ("the filters of the file's extensions: AddInputFilter, AddOutputFilter", ()),
}
_NOT_ASKED = "not run: no Require asks for a user"
_NOT_CONTENT = "not run: the handler is not mod_python"


def name_of(step: Step) -> str:
    """The key of a step in STEPS."""
    return f"{step.__module__.rpartition('.')[2]}.{step.__name__}"


def phases_shown(
    config: RequestConfig, filename: str | None, shown: Callable[[PythonCall], Handler], *, python: bool
) -> Iterator[PhaseShown]:
    """The phases with work, in order; those whose handlers nothing asks for are marked.

    `python`: whether the content is for Python handlers, as SetHandler or AddHandler says.
    """

    def handlers(phase: Phase) -> tuple[Handler, ...]:
        return tuple(shown(call) for call in python_calls(config, phase, filename))

    done: set[Phase] = set()
    for phase in (POST_READ_REQUEST, TRANS):
        done.add(phase)
        found = handlers(phase)
        if found:
            yield PhaseShown(phase.directive, "before a file is known", found)
    for step in Plan(config).steps:
        words, phases = STEPS.get(name_of(step), ((step.__doc__ or step.__name__).partition("\n")[0], ()))
        done.update(phases)
        for number, phase in enumerate(phases):
            found = handlers(phase)
            if found or (words and not number):
                yield PhaseShown(phase.directive if found else "", "" if number else words, found)
        if not phases:
            yield PhaseShown("", words)
    for phase in (AUTHEN, AUTHZ):
        found = () if phase in done else handlers(phase)
        if found:
            yield PhaseShown(phase.directive, _NOT_ASKED, found, runs=False)
    for phase, words in ((HANDLER, "the content"), (LOG, ""), (CLEANUP, "")):
        found = handlers(phase)
        if phase is HANDLER and found and not python:
            yield PhaseShown("", words)
            yield PhaseShown(phase.directive, _NOT_CONTENT, found, runs=False)
        elif found or words:
            yield PhaseShown(phase.directive if found else "", words, found)
