"""From a request to the fields of its form: the query string, then the body.

Law: a body is read once, whatever the number of FieldStorages; what it makes wrong is answered (400, 411, 413, 501),
never guessed. Which charset the bytes of a form are in, the site says; else it is UTF-8, with surrogateescape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._fast.multipart import MultipartParser, parse_header
from .._fast.query import parse_qsl
from ..constants import HTTP_LENGTH_REQUIRED, HTTP_NOT_IMPLEMENTED, HTTP_REQUEST_ENTITY_TOO_LARGE
from ..errors import SERVER_RETURN, BadRequest
from .charsets import UTF8, known_charset, reread
from .field import Field, StringField
from .rules import Limits, Rules, rules_of
from .spool import Allowance, SpooledFile

if TYPE_CHECKING:
    from ..request_methods import RequestMethods

__all__ = ["Entry", "read_form"]

BLOCK = 256 * 1024  # bytes asked of the server at once
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_CHARSET = "_charset_"  # the field in which a form itself declares its charset (HTML, "form submission")

Entry = tuple[str, str] | Field | StringField
"""A field: name and value of one that came without more than these, to be made when somebody asks for it."""


def read_form(
    req: RequestMethods,
    keep_blank_values: Any,
    strict_parsing: Any,
    file_callback: Callable[[str], Any] | None,
    field_callback: Callable[[], Any] | None,
) -> list[Entry]:
    """The fields of a request's form in order, query string first. Raises as FieldStorage does."""
    rules: Rules = req._config.forms or rules_of(req._config)
    args = req.args
    found: list[Entry] = []
    try:
        if args:
            found = _texts(args, keep_blank_values, strict_parsing, rules)
        if req._method in _WITH_BODY:
            body = _body(req, rules.limits, file_callback, field_callback)
            if isinstance(body, str):
                found += _texts(body, keep_blank_values, strict_parsing, rules)
            else:
                found += _parts(body, rules.charset)
    except BadRequest as error:
        req.log_error(f"the form cannot be read: {error}")
        raise SERVER_RETURN(error.status) from error
    return found


def _texts(text: str, keep_blank_values: Any, strict_parsing: Any, rules: Rules) -> list[Entry]:
    """The fields of a query string, or of a body like one."""
    if len(text) <= rules.never_many:  # this call is the fastest
        pairs = parse_qsl(text, keep_blank_values, strict_parsing)
    else:
        limit, separators = rules.limits.fields, rules.separators
        pairs = parse_qsl(text, keep_blank_values, strict_parsing, max_num_fields=limit, separators=separators)
    charset = rules.charset
    for name, value in pairs:
        if name == _CHARSET:
            charset = known_charset(value) or charset
            break
    if charset == UTF8:
        return pairs  # type: ignore[return-value]  # a new list, which nobody else has
    return [(reread(name, charset), reread(value, charset)) for name, value in pairs]


def _body(
    req: RequestMethods,
    limits: Limits,
    file_callback: Callable[[str], Any] | None,
    field_callback: Callable[[], Any] | None,
) -> Any:
    """The body: text that is still to be parsed, or the parts of a multipart form with their texts, None for an upload.
    Kept for the next who asks.

    A POST is a form, or wrong. The body of a PUT or PATCH is one if it says so, and otherwise left to the handler.
    """
    kept = req._form_body
    if kept is not None:
        return kept
    headers = req.headers_in
    sent = headers.get("Content-Type") or ""
    kind, options = parse_header(sent)
    if req.method != "POST" and kind not in (_URLENCODED, _MULTIPART):
        return ()
    if headers.get("Content-Length") is None and not req.read_chunked:
        raise SERVER_RETURN(HTTP_LENGTH_REQUIRED)
    if kind.startswith(_URLENCODED) or not kind:  # what follows without a semicolon is overlooked, as in the original
        body: Any = _read_text(req, limits)
    elif kind.startswith("multipart/"):
        boundary = options.get("boundary") or _boundary_in(sent)
        parts = _read_parts(req, boundary, limits, file_callback, field_callback)
        body = [(part, _text_of(part)) for part in parts]  # now, as the site may close what its field_callback gave
    else:
        raise SERVER_RETURN(HTTP_NOT_IMPLEMENTED)
    req._form_body = body
    return body


def _boundary_in(content_type: str) -> str:
    """The boundary behind the last `boundary=`, whatever stands before it; "" without one."""
    place = content_type.lower().rfind("boundary=")
    return parse_header(";" + content_type[place:])[1].get("boundary", "") if place >= 0 else ""


def _read_text(req: RequestMethods, limits: Limits) -> str:
    pieces = []
    size = 0
    while piece := req.read(BLOCK):
        size += len(piece)
        if size + req.remaining > limits.text:
            raise SERVER_RETURN(HTTP_REQUEST_ENTITY_TOO_LARGE)
        pieces.append(piece)
    return b"".join(pieces).decode("utf-8", "surrogateescape")


def _read_parts(
    req: RequestMethods,
    boundary: str,
    limits: Limits,
    file_callback: Callable[[str], Any] | None,
    field_callback: Callable[[], Any] | None,
) -> list[Any]:
    allowance = Allowance(limits.spool_total)

    def open_file(part: Any) -> Any:
        if file_callback is not None:
            return file_callback(part.filename)
        return SpooledFile(allowance, max_memory=limits.spool)

    def open_text(part: Any) -> Any:
        assert field_callback is not None
        return field_callback()

    parser = MultipartParser(
        boundary,
        open_file,
        open_text if field_callback is not None else None,
        max_fields=limits.fields,
        max_files=limits.files,
        max_text=limits.text,
        max_headers=limits.headers,
        max_header_size=limits.header_size,
        max_boundary=limits.boundary,
    )
    read = False
    try:
        while piece := req.read(BLOCK):
            parser.feed(piece)
            read = True
        parts = parser.close() if read else []  # a body whose length was said to be 0 is not cut off
        if sum(part.size for part in parts if part.file is not None and not part.filename) > limits.text:
            raise SERVER_RETURN(HTTP_REQUEST_ENTITY_TOO_LARGE)
        return parts
    except BaseException:
        parser.discard()
        raise


def _parts(parts: list[tuple[Any, str | None]], charset: str) -> list[Entry]:
    declared = next((part.value for part, _ in parts if part.file is None and part.name == _CHARSET), None)
    if declared is not None:
        charset = known_charset(declared) or charset
    found: list[Entry] = []
    for part, text in parts:
        name = part.name or ""
        field: Field | StringField
        _to_start(part.file)
        if text is not None:
            field = StringField(text if charset == UTF8 else reread(text, charset))
            if part.filename is None:
                field._file = part.file
        else:
            field = Field(name, part.file)
            field.filename = part.filename
        field.name = name if charset == UTF8 else reread(name, charset)
        field._part = part
        found.append(field)
    return found


def _to_start(file: Any) -> None:
    """Let a file be read from its start, if there is one and it can; who had an earlier form may have closed it."""
    seek = getattr(file, "seek", None)
    if seek is not None and not getattr(file, "closed", False):
        seek(0)


def _text_of(part: Any) -> str | None:
    """The text that a part is, be it in a file of a field_callback, or in one without a name. None for an upload.

    Browsers send the latter, with nothing in it, where no file was chosen.
    """
    if part.file is None:
        text: str = part.value
        return text
    if part.filename:
        return None
    if not part.size:
        return ""
    part.file.seek(0)
    content: bytes = part.file.read()
    return content.decode("utf-8", "surrogateescape")
