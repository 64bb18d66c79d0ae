"""Cookies: Cookie, SignedCookie, MarshalCookie and the functions beside them (reference section 10).

Law: names, attributes and text are the original's. What would break out of the header is refused when the cookie is
written, what a client sent is believed only behind a signature.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import marshal
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from . import cookie_signing, python2_marshal
from .cookie_text import CookieError, checked, cookie_date, date_in, pairs, wrong_prefix

__all__ = [
    "Cookie",
    "CookieError",
    "MarshalCookie",
    "SignedCookie",
    "add_cookie",
    "cookie_header",
    "get_cookie",
    "get_cookies",
    "metaCookie",
]

_ATTRIBUTES = (
    *("version", "path", "domain", "secure", "comment", "expires", "max_age", "samesite"),
    *("commentURL", "discard", "port"),  # RFC 2965
    "httponly",
)
_FLAGS = frozenset({"secure", "discard", "httponly"})
_BY_KEYWORD = {name.lower(): name for name in _ATTRIBUTES}

C = TypeVar("C", bound="Cookie")


class metaCookie(type):  # noqa: N801 - the original's name
    """Gives every class of cookies the attributes that a cookie can have and no others, subclasses included."""

    def __new__(cls, name: str, bases: tuple[type, ...], names: dict[str, Any]) -> metaCookie:
        first = not any(isinstance(base, metaCookie) for base in bases)
        names.setdefault("__slots__", (*_ATTRIBUTES, "name", "value", "_expires", "__data__") if first else ())
        made = type.__new__(cls, name, bases, names)
        if first:
            made.expires = property(_get_expires, _set_expires)  # type: ignore[attr-defined]
        return made


def _get_expires(self: Any) -> str:
    """When the cookie is no longer sent, as text; AttributeError if unset."""
    text: str = self._expires
    return text


def _set_expires(self: Any, value: Any) -> None:
    self._expires = date_in(value) if type(value) is str else cookie_date(value)


class Cookie(metaclass=metaCookie):
    """One cookie: `name`, `value` and attributes, each of which is unset until it is assigned.

    Attributes: version path domain secure comment expires max_age samesite commentURL discard port httponly. `expires`
    takes seconds since the epoch, or text like "Wed, 09-Nov-1999 23:12:40 GMT"; ValueError for other text. Of secure,
    discard and httponly it counts that they are set, not to what. Any other attribute is an AttributeError.

    str() is the text for a Set-Cookie header. The value is not quoted. CookieError if it would break out of the header,
    or if the name begins with __Host- or __Secure- and the attributes do not keep that promise.
    """

    DOWNGRADE = 0
    IGNORE = 1
    EXCEPTION = 3

    _valid_attr = _ATTRIBUTES

    name: Any
    value: Any
    __data__: dict[str, Any]  # for subclasses

    def __init__(self, name: Any, value: Any, **kw: Any) -> None:
        """kw: attributes, in lower or upper case."""
        self.name = name
        self.value = value
        for key, setting in kw.items():
            setattr(self, _BY_KEYWORD.get(key.lower(), key), setting)
        self.__data__ = {}

    @classmethod
    def parse(Class: type[C], str: str, names: Collection[str] | None = None) -> dict[str, C]:  # noqa: A002, N803, N804
        """The cookies of a Cookie header, by name; of several with one name the last. Only those in `names`, if given.

        Names that begin with $ are attributes (RFC 2965), and left out.
        """
        return {
            name: Class(name, value)
            for name, value in pairs(str)
            if name[0] != "$" and (names is None or name in names)
        }

    def __str__(self) -> str:
        return self._text(self.value)

    def _text(self, value: Any) -> str:
        """The cookie with its attributes, and this for its value."""
        name = f"{self.name}"
        if not name or "=" in name:
            raise CookieError("the name of a cookie may not be empty or contain '='")
        lack = wrong_prefix(
            name,
            secure=hasattr(self, "secure"),
            path=getattr(self, "path", None),
            domain=getattr(self, "domain", None),
        )
        if lack is not None:
            raise CookieError(lack)
        parts = [f"{checked(name, 'the name of a cookie')}={checked(f'{value}', 'the value of a cookie')}"]
        for attribute in self._valid_attr:
            if hasattr(self, attribute):
                if attribute in _FLAGS:
                    parts.append(attribute)
                else:
                    setting = f"{getattr(self, attribute)}"
                    parts.append(f"{attribute}={checked(setting, f'the {attribute} of a cookie')}")
        return "; ".join(parts)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


class SignedCookie(Cookie):
    """A cookie whose value is signed, so that no client can change it. It is not hidden from the client."""

    @classmethod
    def parse(  # type: ignore[override]  # the original's: a secret more
        Class: type[C],  # noqa: N803, N804
        str: str,  # noqa: A002
        secret: str | bytes,
        mismatch: int = Cookie.DOWNGRADE,
        names: Collection[str] | None = None,
    ) -> dict[str, Any]:
        """The cookies of a Cookie header, their signatures taken off.

        One whose signature does not hold becomes a Cookie with mismatch=DOWNGRADE, is left out with IGNORE; with
        EXCEPTION CookieError is raised.
        """
        return _verified(Class, str, names, mismatch, lambda cookie: cookie.unsign(secret))

    def __init__(self, name: Any, value: Any, secret: str | bytes | None = None, **kw: Any) -> None:
        """Without a secret the cookie can be read, but not written: CookieError."""
        super().__init__(name, value, **kw)
        self.__data__["secret"] = secret

    def __str__(self) -> str:
        return self._signed(f"{self.value}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>" if self.__data__["secret"] else f"<{type(self).__name__} unsigned>"

    def _signed(self, text: str) -> str:
        return self._text(f"{self.hexdigest(text)}{text}")

    def hexdigest(self, str: str) -> str:  # noqa: A002
        """The signature of the name and a text, of the kind that is written here. Raises CookieError without secret."""
        return cookie_signing.signature(cookie_signing.rule().writes, self.__data__["secret"], self.name, str)

    def unsign(self, secret: str | bytes) -> None:
        """Take the signature off the value. Raises CookieError, and changes nothing, if it does not hold."""
        self._unsigned(secret)

    def _unsigned(self, secret: str | bytes) -> str:
        self.value, kind = cookie_signing.signed_by(secret, self.name, self.value)
        self.__data__["secret"] = secret
        return kind


class MarshalCookie(SignedCookie):
    """A signed cookie for any object that marshal knows: numbers, text, bytes, lists, tuples, dicts, sets."""

    @classmethod
    def parse(  # type: ignore[override]
        Class: type[C],  # noqa: N803, N804
        str: str,  # noqa: A002
        secret: str | bytes,
        mismatch: int = Cookie.DOWNGRADE,
        names: Collection[str] | None = None,
    ) -> dict[str, Any]:
        """As SignedCookie.parse. Nothing is unmarshalled whose signature does not hold."""
        return _verified(Class, str, names, mismatch, lambda cookie: cookie.unmarshal(secret))

    def __str__(self) -> str:
        return self._signed(base64.b64encode(marshal.dumps(self.value, 2)).decode("ascii"))

    def unmarshal(self, secret: str | bytes) -> None:
        """Take the signature off, and make the object of the rest. Raises CookieError."""
        kind = self._unsigned(secret)
        try:
            data = base64.b64decode(self.value)
        except (binascii.Error, ValueError):
            raise CookieError(f"Cannot base64 Decode Cookie: {self.name}") from None
        try:
            # What the original signed was written by Python 2; with Python 3 it never could.
            # S302: marshal is what such a cookie holds, and its signature held.
            self.value = python2_marshal.loads(data) if kind == "md5" else marshal.loads(data)  # noqa: S302
        except (EOFError, ValueError, TypeError):
            raise CookieError(f"Cannot Unmarshal Cookie: {self.name}") from None


def _verified(
    kind: type[C], header: str, names: Collection[str] | None, mismatch: int, verify: Callable[[Any], None]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs(header):
        if name[0] != "$" and (names is None or name in names):
            found[name] = kind(name, value)
    for name, cookie in list(found.items()):
        try:
            verify(cookie)
        except CookieError:
            if mismatch == Cookie.EXCEPTION:
                raise
            if mismatch == Cookie.IGNORE:
                del found[name]
            else:
                found[name] = Cookie(name, cookie.value)
    return found


def add_cookie(req: Any, cookie: Any, value: Any = "", **kw: Any) -> None:
    """Add a Set-Cookie header, and with the first of them a Cache-Control that keeps caches from keeping it.

    cookie: a Cookie, or the name of one, for which `value` and the attributes in `kw` are used. Raises CookieError.
    """
    if not isinstance(cookie, Cookie):
        cookie = Cookie(cookie, value, **kw)
    headers = req.headers_out
    if "Set-Cookie" not in headers:
        headers.add("Cache-Control", 'no-cache="set-cookie"')
    with cookie_signing.following(req) if isinstance(cookie, SignedCookie) else contextlib.nullcontext():
        headers.add("Set-Cookie", str(cookie))


def cookie_header(req: Any) -> str | None:
    """The Cookie header of a request; several are joined. None without one."""
    sent = req.headers_in
    if "cookie" not in sent:
        return None
    header = sent["cookie"]
    return header if isinstance(header, str) else "; ".join(header)


def get_cookies(req: Any, Class: type[Cookie] = Cookie, **kw: Any) -> dict[str, Any]:  # noqa: N803
    """The cookies that a request brings, by name. `kw` goes to `Class.parse`: names, secret, mismatch."""
    header = cookie_header(req)
    if header is None:
        return {}
    if issubclass(Class, SignedCookie):
        with cookie_signing.following(req):
            return Class.parse(header, **kw)
    return Class.parse(header, **kw)


def get_cookie(req: Any, name: str, Class: type[Cookie] = Cookie, **kw: Any) -> Any:  # noqa: N803
    """The cookie of this name that a request brings, or None."""
    return get_cookies(req, Class, names=[name], **kw).get(name)
