"""mod_remoteip: which proxies are believed about the address of a client."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from modpy_wsgi.config.addresses import Network, addresses_of, network
from modpy_wsgi.config.directives.table import accepted, known, row
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Kind, Origin, Setting, Value, Where
from modpy_wsgi.config.values import absolute, text

MODULES = ("remoteip_module", "mod_remoteip.c")


class Proxy(NamedTuple):
    """A network of proxies."""

    network: Network
    internal: bool  # believed about private addresses too, and not shown


def _inner_first(outer: tuple[Proxy, ...] | None, inner: tuple[Proxy, ...] | None) -> tuple[Proxy, ...]:
    return (*(inner or ()), *(outer or ()))


HEADER: Setting[str | None] = Setting("RemoteIPHeader", None)
PROXIES_HEADER: Setting[str | None] = Setting("RemoteIPProxiesHeader", None)
PROXIES: Setting[tuple[Proxy, ...] | None] = Setting("RemoteIPInternalProxy, RemoteIPTrustedProxy", None, _inner_first)


def _networks(word: str) -> tuple[Network, ...]:
    """The network that a word names, or the addresses of a host."""
    address, slash, _ = word.partition("/")
    if ":" in address or not address.strip("0123456789."):
        return (network(word),)
    if slash:
        raise ValueError(f"'{word}': a name has no mask")
    found = addresses_of(address)
    if not found:
        raise ValueError(f"'{word}' is no address, and no host of that name is known")
    return tuple(network(each) for each in found)


def _proxy(internal: bool) -> Value:
    def value(so_far: tuple[Proxy, ...] | None, args: tuple[str, ...], origin: Origin) -> tuple[Proxy, ...]:
        return (*(so_far or ()), *(Proxy(each, internal) for each in _networks(args[0])))

    return value


def _list(internal: bool) -> Value:
    def value(so_far: tuple[Proxy, ...] | None, args: tuple[str, ...], origin: Origin) -> tuple[Proxy, ...]:
        path = absolute(args[0], origin)
        try:
            lines = Path(path).read_text("utf-8", "surrogateescape").splitlines()
        except OSError as error:
            raise ValueError(f"could not open file {path}: {error.strerror}") from None
        found = list(so_far or ())
        for number, line in enumerate(lines, 1):
            for word in words(line):
                if word.startswith("#"):
                    break
                try:
                    found += [Proxy(each, internal) for each in _networks(word)]
                except ValueError as error:
                    raise ValueError(f"{error} (line {number} of {path})") from None
        return tuple(found)

    return value


ROWS = (
    row("RemoteIPHeader", Args.TAKE1, Where.RSRC, HEADER, text, "header"),
    row("RemoteIPProxiesHeader", Args.TAKE1, Where.RSRC, PROXIES_HEADER, text, "header"),
    row("RemoteIPInternalProxy", Args.ITERATE, Where.RSRC, PROXIES, _proxy(True), "address|network|host ..."),
    row("RemoteIPTrustedProxy", Args.ITERATE, Where.RSRC, PROXIES, _proxy(False), "address|network|host ..."),
    row("RemoteIPInternalProxyList", Args.TAKE1, Where.RSRC, PROXIES, _list(True), "file"),
    row("RemoteIPTrustedProxyList", Args.TAKE1, Where.RSRC, PROXIES, _list(False), "file"),
    *accepted(
        "0",
        "the PROXY protocol is the WSGI server's business (gunicorn --proxy-protocol)",
        "RemoteIPProxyProtocol flag server",
    ),
    *known(
        Kind.SERVER,
        "without meaning where RemoteIPProxyProtocol is off",
        "RemoteIPProxyProtocolExceptions 0+ server",
    ),
)
