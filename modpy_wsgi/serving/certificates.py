"""TLS on our own listeners: the certificates of a site as contexts, and the one for a name chosen in the handshake.

Law: read by the first process, which may read keys that workers may not. A certificate that cannot be used stops the
start with the line that names it; a name that nobody has gets the certificate of the first host of the address, as in
httpd.
"""

from __future__ import annotations

import contextlib
import ssl
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from ..config.directives import tls
from ..config.hosts import Hosts
from ..config.model import Host, Settings, Site
from ..environ import plain_address
from ..errors import ConfigError
from .listeners import Bases
from .places import Place, last_of, own_directives

__all__ = ["SPOKEN", "Certificates", "SecuredSocket", "Spoken", "tls_variables"]

_VERSIONS: Final = {
    "tlsv1": ssl.TLSVersion.TLSv1,
    "tlsv1.1": ssl.TLSVersion.TLSv1_1,
    "tlsv1.2": ssl.TLSVersion.TLSv1_2,
    "tlsv1.3": ssl.TLSVersion.TLSv1_3,
}


class SecuredSocket(ssl.SSLSocket):
    """The server's end of a TLS connection: no step of it waits for a silent client for ever."""

    patience: float | None = None  # seconds; set for a whole process
    asked_name: str | None = None  # by the client, in the handshake
    variables: dict[str, str] | None = None  # of mod_ssl, once somebody wanted them

    def setblocking(self, flag: bool) -> None:
        """Blocking means as long as the patience lasts: OpenSSL would try again after a time-out of the kernel's."""
        self.settimeout(self.patience if flag else 0.0)

    def do_handshake(self, block: bool = False) -> None:
        """The handshake. Raises ssl.SSLError and OSError."""
        if self.gettimeout() is None:
            self.settimeout(self.patience)
        super().do_handshake(block)

    def shutdown(self, how: int) -> None:
        """The end of what is sent, told by TLS as well: else a client must take it for cut off."""
        with contextlib.suppress(OSError, ValueError):
            self.settimeout(0.0)
            self.unwrap()  # sends close_notify, and does not wait for the client's
        super().shutdown(how)


class Spoken:
    """In the place of a context, where the handshake is over and TLS is spoken."""

    def wrap_socket(self, sock: Any, **how: Any) -> Any:
        """As of a context: the socket, as it is."""
        return sock


SPOKEN: Final = Spoken()


class Certificates:
    """The contexts of a site. Raises ConfigError, with the place of the directive that names what cannot be used."""

    def __init__(self, site: Site, hosts: Hosts) -> None:
        self._site = site
        self._hosts = hosts
        self._bases = Bases(site)
        self._made: dict[int, ssl.SSLContext] = {}  # by the identity of the host
        self._found: dict[tuple[str, int], ssl.SSLContext | None] = {}

    @property
    def used(self) -> bool:
        """Whether anything was loaded."""
        return bool(self._made)

    def check(self, address: str, port: int) -> None:
        """Load what connections to a listener's address may need. Raises ConfigError."""
        for host in self._candidates(address, port):
            settings = self._bases.settings(host)
            if self._bases.tls(host, port) and (settings[tls.SSL_CERTIFICATES] or settings[tls.SSL_ENGINE]):
                self._context(host)

    def check_all(self, binds: Iterable[str]) -> None:
        """The same for listeners in the form of a plan. Raises ConfigError."""
        for bind in binds:
            host, _, port = bind.rpartition(":")
            if port.isdigit():
                self.check(host.strip("[]"), int(port))

    def leads_to_tls(self, address: str, port: int) -> bool:
        """Whether connections to a listener's address begin with a handshake, some at least."""
        return any(id(host) in self._made and self._bases.tls(host, port) for host in self._candidates(address, port))

    def _candidates(self, address: str, port: int) -> tuple[Host, ...]:
        """The hosts that a listener may lead to; one for all addresses leads to all hosts of its port."""
        if address not in ("0.0.0.0", "::"):  # noqa: S104 - as a name for all
            return self._bases.hosts(address, port)
        of_port = [host for host in self._site.hosts if any(each.port in (None, port) for each in host.addresses)]
        return (*of_port, self._site.main)

    def context(self, address: str, port: int) -> ssl.SSLContext | None:
        """What a connection to an address of this machine begins with; None: it is in the clear."""
        key = (address, port)
        if key not in self._found:  # as many as the machine has addresses
            host = self._bases.hosts(address, port)[0]
            self._found[key] = self._context(host) if self._bases.tls(host, port) else None
        return self._found[key]

    def _choose(self, secured: Any, name: str | None, context: ssl.SSLContext) -> int | None:
        """OpenSSL's hook for the name that a client asks for: the certificate of that host, or an alert."""
        address, port = secured.getsockname()[:2]
        strict = self._bases.settings(self._bases.hosts(address, port)[0])[tls.SSL_STRICT_SNI]
        if name is None:
            return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE if strict else None
        secured.asked_name = name
        host = self._hosts.select(plain_address(address), port, name.lower()).host
        if strict and not _bears(host, name.lower()):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        found = self._made.get(id(host))
        if found is not None:
            secured.context = found
        return None

    def _context(self, host: Host) -> ssl.SSLContext:
        found = self._made.get(id(host))
        if found is None:
            found = self._made[id(host)] = self._new_context(host)
        return found

    def _new_context(self, host: Host) -> ssl.SSLContext:
        settings = self._bases.settings(host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sslsocket_class = SecuredSocket
        context.sni_callback = self._choose
        context.set_alpn_protocols(["http/1.1"])
        self._agree(context, settings, host)
        keys = settings[tls.SSL_KEYS]
        if not settings[tls.SSL_CERTIFICATES] and settings[tls.SSL_ENGINE]:
            raise ConfigError("SSLEngine on: no SSLCertificateFile", *self._place(host, "SSLEngine"))
        # Without any, for a port that is for https all the same, no handshake can succeed.
        certificates: tuple[str, ...] = settings[tls.SSL_CERTIFICATES]
        for number, certificate in enumerate(certificates):
            self._load(context, host, certificate, keys[number] if number < len(keys) else None)
        return context

    def _agree(self, context: ssl.SSLContext, settings: Settings, host: Host) -> None:
        """Protocols and ciphers."""
        versions = sorted(_VERSIONS[name] for name in settings[tls.SSL_PROTOCOLS])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the old ones are the administrator's wish
            context.minimum_version, context.maximum_version = versions[0], versions[-1]
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        if not settings[tls.SSL_HONOR_ORDER]:
            context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        if not settings[tls.SSL_TICKETS]:
            context.options |= ssl.OP_NO_TICKET
            context.num_tickets = 0
        ciphers = settings[tls.SSL_CIPHERS]
        if ciphers is not None:
            try:
                context.set_ciphers(ciphers)
            except ssl.SSLError:
                message = f"SSLCipherSuite {ciphers}: names no cipher that is there"
                raise ConfigError(message, *self._place(host, "SSLCipherSuite")) from None

    def _load(self, context: ssl.SSLContext, host: Host, certificate: str, key: str | None) -> None:
        chain = self._bases.settings(host)[tls.SSL_CHAIN]
        for directive, file in (
            ("SSLCertificateFile", certificate),
            ("SSLCertificateKeyFile", key),
            ("SSLCertificateChainFile", chain),
        ):
            if file is not None:
                self._readable(directive, file, host)
        try:
            with _joined(certificate, chain) as file:
                context.load_cert_chain(file, key or certificate, password=_nobody_types)
        except _EncryptedError:
            message = f"{key or certificate}: the key is encrypted, and nobody is there to type the pass phrase"
            raise ConfigError(message, *self._place(host, "SSLCertificateKeyFile", "SSLCertificateFile")) from None
        except (ssl.SSLError, OSError) as error:
            reason = getattr(error, "reason", None) or error.strerror or str(error)
            what = f"{certificate} with the key {key}" if key else certificate
            message = f"SSLCertificateFile {what} cannot be used: {reason}"
            raise ConfigError(message, *self._place(host, "SSLCertificateFile")) from None

    def _readable(self, directive: str, file: str, host: Host) -> None:
        try:
            with open(file, "rb") as opened:
                empty = not opened.read(1)
        except OSError as error:
            raise ConfigError(f"{directive} {file}: {error.strerror}", *self._place(host, directive)) from None
        if empty:
            raise ConfigError(f"{directive} {file}: is empty", *self._place(host, directive))

    def _place(self, host: Host, *directives: str) -> Place:
        """Where the directive stands, or the host that lacks it."""
        place = last_of(own_directives(self._site, host), *directives)
        if place.file is None:
            place = last_of(self._site.tree, *directives)
        return place if place.file is not None or not host.origin.file else Place(host.origin.file, host.origin.line)


def _bears(host: Host, name: str) -> bool:
    return name in host.names or any(fnmatchcase(name, wild) for wild in host.wild_names)


class _EncryptedError(Exception):
    """A key wants a pass phrase."""


def _nobody_types() -> str:
    raise _EncryptedError


@contextlib.contextmanager
def _joined(certificate: str, chain: str | None) -> Iterator[str]:
    """One file with the certificate and those of SSLCertificateChainFile; Python takes no other."""
    if chain is None:
        yield certificate
        return
    with tempfile.NamedTemporaryFile(prefix="chain-", suffix=".pem") as both:
        for file in (certificate, chain):
            with open(file, "rb") as part:
                both.write(part.read() + b"\n")
        both.flush()
        yield both.name


def tls_variables(secured: ssl.SSLSocket) -> dict[str, str]:
    """The variables of mod_ssl for a connection, those that Python's ssl lets know."""
    known = getattr(secured, "variables", None)
    if known is not None:
        return dict(known)
    cipher, _, bits = secured.cipher() or ("", "", 0)
    found = {
        "HTTPS": "on",
        "SSL_PROTOCOL": secured.version() or "",
        "SSL_CIPHER": cipher,
        "SSL_CIPHER_USEKEYSIZE": str(bits),
        "SSL_CIPHER_ALGKEYSIZE": str(bits),
        "SSL_CIPHER_EXPORT": "false",
        "SSL_CLIENT_VERIFY": "NONE",
        "SSL_COMPRESS_METHOD": "NULL",
        "SSL_SECURE_RENEG": "true",
        "SSL_SESSION_RESUMED": "Resumed" if secured.session_reused else "Initial",
        "SSL_VERSION_INTERFACE": "modpy_wsgi",
        "SSL_VERSION_LIBRARY": "/".join(ssl.OPENSSL_VERSION.split()[:2]),
    }
    name = getattr(secured, "asked_name", None)
    if name:
        found["SSL_TLS_SNI"] = name
    if isinstance(secured, SecuredSocket):
        secured.variables = found
    return dict(found)
