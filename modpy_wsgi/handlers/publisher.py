"""The publisher: URLs as paths through the objects of a page (manual 6.1, reference section 8).

Law: what is published was meant to be. A name with an underscore, a module, a class, a builtin, and what lies inside of
a function or of a builtin type are out of reach; every object on the way is asked for __auth__ and __access__.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..arguments import Parameters, call, called_for, can_be_called, fields_of, parameters_of
from ..constants import HTTP_FORBIDDEN, HTTP_METHOD_NOT_ALLOWED, HTTP_NOT_FOUND, OK
from ..dispatch import just_seen
from ..errors import SERVER_RETURN
from ..forms import FieldStorage
from .publisher_auth import NOBODY, Visitor, check, has_rules
from .publisher_path import Way, find_page
from .replaceable import GONE, reading

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["REPLACEABLE", "handler", "process_auth", "publish_object", "replaceable", "resolve_object"]

Asking = Callable[["mp_request", Any, Visitor], Visitor]

METHODS = frozenset({"GET", "POST", "HEAD"})

# What has no parts to go on to, its subclasses included.
_CLOSED = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.CodeType,
    types.FrameType,
    types.GeneratorType,
    types.TracebackType,
    type,
    types.ModuleType,
)
# What has none either; but a site's own subclass may have been made for it. All that `types` knows is among it, as in
# the original, which closes even a SimpleNamespace (observed); so there is more of it with each version of Python.
_DATA = frozenset(
    (str, bytes, bytearray, int, float, complex, bool, list, tuple, dict, set, frozenset, range, slice, type(None))
).union(kind for kind in vars(types).values() if isinstance(kind, type))
_MOST_CALLS = 300  # of one function's answers, each of which is a function: it may return itself
_NO_ANSWER = (type, types.ModuleType, types.BuiltinFunctionType, types.MethodWrapperType, types.WrapperDescriptorType)


def handler(req: mp_request) -> int:
    """The PythonHandler mod_python.publisher. Returns apache.OK or raises SERVER_RETURN (403, 404, 405)."""
    req._allowed = METHODS
    if req._method not in METHODS:
        raise SERVER_RETURN(HTTP_METHOD_NOT_ALLOWED)
    place, seen = req._place, just_seen(req)
    if seen is not None and place is not None and place.parts is not None and place.file is req._filename:
        file, way = place.file, place.parts
    else:
        file, seen, way = find_page(req, seen)
    interpreter, autoreload = req._interpreter, req._config.auto_reload
    page = interpreter.known(interpreter.file_names.get(file), autoreload, seen)
    if page is None:
        page = interpreter.load_file(file, autoreload=autoreload, found=seen)
    if interpreter.replaced:
        return _publish_by_replaced(req, page, way.names)
    function, parameters = _open_function(page, way)
    if parameters is None:
        publish(req, traverse(req, page, way.names))
    else:
        publish(req, _answer_of(req, function, parameters), True)
    return OK


def _open_function(page: types.ModuleType, way: Way) -> tuple[Any, Parameters | None]:
    """The function that most pages are, with how it is called: named alone, and nobody is asked on the way to it.

    Without parameters there is none of that kind.
    """
    if way.only is not None and type(page) is types.ModuleType:
        names = page.__dict__
        function = names.get(way.only)
        # As check() would find out, which a page's `__getattr__` could tell of rules as well.
        if type(function) is types.FunctionType and not (
            "__auth__" in names or "__access__" in names or "__auth_realm__" in names or "__getattr__" in names
        ):
            parameters: Parameters | None = way.parameters
            if parameters is not None and parameters.code is function.__code__:
                return function, parameters
            if not has_rules(function.__code__):
                parameters = way.parameters = parameters_of(function)
                return function, parameters
    return None, None


def traverse(req: mp_request, page: types.ModuleType, path: list[str]) -> Any:
    """The object at the end of the path, everything on the way asked. Raises SERVER_RETURN (401, 403, 404)."""
    return _go_on(req, page, path, check(req, page, NOBODY), check)


def _go_on(req: mp_request, start: Any, path: list[str], visitor: Visitor, ask: Asking) -> Any:
    """The object at the end of the path from `start`, which has been asked already."""
    found = start
    for index, name in enumerate(path):
        if name.startswith("_") or not name:
            req.log_error(f"mod_python.publisher: {'.'.join(path)}: {name!r} is private")
            raise SERVER_RETURN(HTTP_FORBIDDEN)
        if index and (type(found) in _DATA or isinstance(found, _CLOSED)):
            req.log_error(f"mod_python.publisher: {'.'.join(path)}: {path[index - 1]!r} cannot be gone into")
            raise SERVER_RETURN(HTTP_FORBIDDEN)
        try:
            found = getattr(found, name)
        except AttributeError:
            raise SERVER_RETURN(HTTP_NOT_FOUND) from None
        visitor = ask(req, found, visitor)
    if type(found) is not types.FunctionType and isinstance(found, _NO_ANSWER):
        req.log_error(f"mod_python.publisher: {'.'.join(path)} is not something that can be published")
        raise SERVER_RETURN(HTTP_FORBIDDEN)
    return found


def process_auth(
    req: mp_request, obj: Any, realm: str | None = "unknown", user: str | None = None, passwd: str | None = None
) -> tuple[str, str | None, str | None]:
    """Let the visitor pass `obj`, or raise SERVER_RETURN(401 or 403). Returns realm, user and password then."""
    return check(req, obj, Visitor(realm or NOBODY.realm, user, passwd))


def resolve_object(
    req: mp_request,
    obj: Any,
    object_str: str,
    realm: str | None = None,
    user: str | None = None,
    passwd: str | None = None,
) -> Any:
    """The object at the end of the dotted name, from `obj`, a page or an object that has been asked already.

    Everything on the way is asked, by the site's own process_auth if it has one. Raises SERVER_RETURN (401, 403, 404).
    """
    ask = _replaced(req, "process_auth")

    def asked(req: mp_request, thing: Any, visitor: Visitor) -> Visitor:
        return Visitor(*ask(req, thing, *visitor))

    return _go_on(req, obj, object_str.split("."), Visitor(realm or NOBODY.realm, user, passwd), asked)


def publish_object(req: mp_request, obj: Any) -> bool:
    """Write an object's text, or that of what it returns, by the site's own publish_object if it has one.

    Returns whether there was anything to write.
    """
    if can_be_called(obj):
        function = _called_for(req, obj)
        answer = _answer_of(req, function, parameters_of(function))
        if not _flows(answer):
            return bool(_replaced(req, "publish_object")(req, answer))
        publish(req, answer, True)
    else:
        publish(req, obj)
    return obj is not None


REPLACEABLE: dict[str, Callable[..., Any]] = {
    "process_auth": process_auth,
    "publish_object": publish_object,
    "resolve_object": resolve_object,
}
replaceable = reading("mod_python.publisher", REPLACEABLE)
"""The `__getattr__` of that module, which gives these functions as the site has them."""


def _replaced(req: mp_request, name: str) -> Callable[..., Any]:
    """One of the functions of REPLACEABLE, as the site has it; where it has deleted it, as it was."""
    found: Any = req._interpreter.replaced.get(name, GONE)
    own: Callable[..., Any] = REPLACEABLE[name] if found is GONE else found
    return own


def _publish_by_replaced(req: mp_request, page: types.ModuleType, path: list[str]) -> int:
    """What the handler does with a page, by functions that the site has put in place of those of mod_python."""
    visitor = _replaced(req, "process_auth")(req, page)
    found = _replaced(req, "resolve_object")(req, page, ".".join(path), *visitor)
    _replaced(req, "publish_object")(req, found)
    return OK


def _called_for(req: mp_request, thing: Any) -> Any:
    """What is called for an object, asked like all on the way to it. Raises SERVER_RETURN (400, 401, 403)."""
    return called_for(thing, lambda each: _replaced(req, "process_auth")(req, each))


def _answer_of(req: mp_request, function: Callable[..., Any], parameters: Parameters | None) -> Any:
    """What a published function returns, called with the fields of the form; without parameters, as it is."""
    # A new one each time: an earlier handler may have made one without blank values, or something else of that name.
    form = req.form = FieldStorage(req, 1)  # type: ignore[attr-defined]
    if parameters is None:
        return function()
    fields = fields_of(form)
    fields["req"] = req
    return call(function, parameters, fields)


def publish(req: mp_request, thing: Any, called: bool = False) -> None:
    """Write an object's text; if it can be called, that of what it returns, whatever that is.

    Only what a function returns (`called`) is sent in pieces: a file or generator that a page merely has is not read.
    """
    calls = 0
    while type(thing) is not str:
        if thing is None:
            return
        if can_be_called(thing):
            calls += 1
            if calls > _MOST_CALLS:
                raise RecursionError("what a published function returns can be called, again and again")
            function = _called_for(req, thing)
            thing = _answer_of(req, function, parameters_of(function))
            called = True
        elif called and _flows(thing):
            _write_pieces(req, thing)
            return
        else:
            if not isinstance(thing, (bytes, bytearray, memoryview)):
                thing = str(thing)
            break
    if not req._typed_by_handler:
        _set_type(req, thing)
    if req._method != "HEAD" or not req._body_sent:
        req.write(thing, 0)


def _flows(thing: Any) -> bool:
    """Whether it is an iterator, and has no text of its own that could be meant instead."""
    kind: Any = type(thing)
    return hasattr(kind, "__next__") and kind.__str__ is object.__str__


def _write_pieces(req: mp_request, pieces: Iterator[Any]) -> None:
    """Send each piece as it comes: a generator's author means that."""
    try:
        for piece in pieces:
            body = piece if isinstance(piece, (bytes, bytearray, memoryview)) else str(piece)
            if not req._typed_by_handler:
                _set_type(req, body)
            req.write(body)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _set_type(req: mp_request, body: Any) -> None:
    """Guess the content type as the original does: by </html> near the end."""
    is_text = isinstance(body, str)
    end = (body[-100:] if is_text else bytes(body[-100:]).decode("latin-1")).rstrip()
    ends = end[-1:] == ">" and end[:-1].rstrip()[-6:].lower() == "</html"  # blanks may stand before the >
    content_type = "text/html" if ends else "text/plain"
    if is_text and not body.isascii():
        content_type += "; charset=UTF-8"  # as with Python 2, where text that is no ASCII was unicode
    req._content_type = content_type
    req._typed_by_handler = 1
