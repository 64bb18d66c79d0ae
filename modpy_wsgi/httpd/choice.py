"""What a choice among variants says to the client: Vary, TCN, Alternates, and the list of them where none can be sent.

Law: names and descriptions are escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from ..config.directives import negotiation as directives
from ..config.request_config import RequestConfig
from ..constants import APLOG_ERR, HTTP_MULTIPLE_CHOICES, HTTP_NOT_ACCEPTABLE, OK
from .negotiation import Variant, best_of, terms_of, varying

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["AS_GET", "choose", "quoted"]

AS_GET = frozenset({"GET", "HEAD"})


def choose(
    req: mp_request, config: RequestConfig, variants: Sequence[Variant], *, transparent: bool
) -> tuple[int, Variant | None]:
    """The best variant and OK, or the status to answer with. Sets the headers that tell of the choice."""
    variables = req._known_variables
    preferred = None if variables is None else variables.get("prefer-language")
    scripts = req.method not in AS_GET
    terms = terms_of(req._environ, transparent=transparent, scripts=scripts, preferred=preferred)
    best, sure = best_of(variants, terms, config.settings[directives.PRIORITY])
    headers = req.err_headers_out
    vary = varying(variants, terms)
    if vary:
        headers.add("Vary", vary)
    if transparent:
        headers["TCN"] = "choice" if sure else "list"
    if variants and (terms.understands or not sure):
        headers["Alternates"] = ", ".join([_alternate(variant) for variant in variants])
    if not sure:
        req._variants = "".join(["Available variants:\n<ul>\n", *map(_line, variants), "</ul>"])
        if terms.understands:
            return HTTP_MULTIPLE_CHOICES, None
        if best is None:
            req._application.log_request(req, f"AH00690: no acceptable variant: {req.filename}", APLOG_ERR)
            return HTTP_NOT_ACCEPTABLE, None
    return OK, best


def quoted(name: str) -> str:
    """A file name as a URL."""
    escaped = quote_from_bytes(name.encode("utf-8", "surrogateescape"), safe="$-_.+!*'(),:@&=~")
    return _HEX.sub(lambda found: found[0].lower(), escaped)


_HEX = re.compile("%[0-9A-F]{2}")


def _alternate(variant: Variant) -> str:
    quality = f"{variant.source:.3f}".rstrip("0").rstrip(".")
    text = f'{{"{quoted(variant.name)}" {quality} {{type {variant.type.name}}}'
    for word, value in (
        ("charset", variant.type.charset),
        ("language", ",".join(variant.languages)),
        ("encoding", variant.encoding),
    ):
        if value:
            text += f" {{{word} {value}}}"
    if variant.size >= 0 and not (variant.request is not None and variant.request._handler):
        text += f" {{length {variant.size}}}"
    return text + "}"


def _line(variant: Variant) -> str:
    text = f'<li><a href="{html.escape(quoted(variant.name))}">{_shown(variant.name)}</a> {_shown(variant.description)}'
    text += f", type {_shown(variant.type.name)}"
    for word, value in (
        ("language", ",".join(variant.languages)),
        ("charset", variant.type.charset),
        ("encoding", variant.encoding),
    ):
        if value:
            text += f", {word} {_shown(value)}"
    return f"{text}</li>\n"


def _shown(text: str) -> str:
    return html.escape(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), quote=False)
