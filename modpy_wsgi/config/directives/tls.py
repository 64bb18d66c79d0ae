"""mod_ssl and mod_md: certificates and encryption, for listeners of our own; who must use it; the rest."""

from __future__ import annotations

from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import accepted, known, row
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import absolute, flag, path

# No MODULES: <IfModule ssl_module> holds where LoadModule names it. A configuration is as likely written for a server
# without it, and would change by what it says for one that has it.

SSL_ENGINE: Setting[bool] = Setting("SSLEngine", False)
SSL_CERTIFICATES: Setting[tuple[str, ...]] = Setting("SSLCertificateFile", ())  # one for each algorithm
SSL_KEYS: Setting[tuple[str, ...]] = Setting("SSLCertificateKeyFile", ())  # in the same order
SSL_CHAIN: Setting[str | None] = Setting("SSLCertificateChainFile", None)
SSL_PROTOCOLS: Setting[frozenset[str]] = Setting("SSLProtocol", frozenset({"tlsv1.2", "tlsv1.3"}))
SSL_CIPHERS: Setting[str | None] = Setting("SSLCipherSuite", None)  # for TLS up to 1.2, in OpenSSL's words
SSL_HONOR_ORDER: Setting[bool] = Setting("SSLHonorCipherOrder", False)
SSL_TICKETS: Setting[bool] = Setting("SSLSessionTickets", True)
SSL_STRICT_SNI: Setting[bool] = Setting("SSLStrictSNIVHostCheck", False)
SSL_REQUIRED: Setting[bool] = Setting("SSLRequireSSL", False, lambda outer, inner: outer or inner)


class SSLOptions(NamedTuple):
    """What SSLOptions says in one place."""

    chosen: frozenset[str] | None = None  # without a sign: all there are; None: those of the section around
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def over(self, outer: SSLOptions) -> SSLOptions:
        """The same, with the section around taken into account."""
        if self.chosen is not None:
            return self
        return SSLOptions(outer.chosen, (outer.added - self.removed) | self.added, outer.removed | self.removed)

    def has(self, name: str) -> bool:
        """Whether an option holds."""
        return name in self.added or (name in (self.chosen or ()) and name not in self.removed)


SSL_OPTIONS: Setting[SSLOptions] = Setting("SSLOptions", SSLOptions(), lambda outer, inner: inner.over(outer))

# TLS 1.0 and 1.1 are in no `all` any more, as in distributions' OpenSSL; SSLv2 and SSLv3 nobody speaks.
_PROTOCOLS = {"tlsv1": False, "tlsv1.1": False, "tlsv1.2": True, "tlsv1.3": True}
_FORGOTTEN = frozenset({"sslv2", "sslv3"})


def _engine(so_far: Any, args: tuple[str, ...], origin: Origin) -> bool:
    word = args[0].lower()
    if word == "optional":
        raise ValueError(f"{Kind.UNSUPPORTED.value}: a connection is encrypted from its beginning, or not at all")
    if word not in ("on", "off"):
        raise ValueError("Argument must be On, Off, or Optional")
    return word == "on"


def _files(so_far: tuple[str, ...] | None, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    return (*(so_far or ()), absolute(args[0], origin))


def _protocols(so_far: Any, args: tuple[str, ...], origin: Origin) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    words = args[0].split()
    for position, word in enumerate(words):
        sign, name = (word[0], word[1:].lower()) if word[0] in "+-" else ("", word.lower())
        if name == "all":
            named = frozenset(each for each, modern in _PROTOCOLS.items() if modern)
        elif name in _FORGOTTEN:
            if sign != "-":
                raise ValueError(f"'{word}': nobody speaks it any more")
            named = frozenset()
        elif name in _PROTOCOLS:
            named = frozenset({name})
        else:
            raise ValueError(f"'{word}' is no protocol")
        if sign == "-":
            found -= named
        elif sign == "+" or not position:
            found |= named
        else:
            found = named
    if not found:
        raise ValueError("no protocol is left")
    return found


def _ciphers(so_far: str | None, args: tuple[str, ...], origin: Origin) -> str | None:
    if not origin.where & Where.RSRC:
        raise ValueError(f"{Kind.UNSUPPORTED.value}: nothing is agreed anew for a directory")
    if len(args) == 1:
        return args[0]
    return args[1] if args[0].lower() == "ssl" else so_far  # those of TLS 1.3 are OpenSSL's own


def _ssl_options(so_far: SSLOptions | None, args: tuple[str, ...], origin: Origin) -> SSLOptions:
    if any(word.lower() in ("fakebasicauth", "+fakebasicauth") for word in args):
        raise ValueError(f"{Kind.UNSUPPORTED.value}: certificates of clients do not stand for passwords")
    chosen = frozenset(word.lower() for word in args if word[:1] not in "+-")
    added = frozenset(word[1:].lower() for word in args if word[:1] == "+")
    removed = frozenset(word[1:].lower() for word in args if word[:1] == "-")
    found = SSLOptions(chosen or None, added, removed)
    return found if so_far is None else found.over(so_far)


def _required(so_far: Any, args: tuple[str, ...], origin: Origin) -> bool:
    return True


def _no_arguments(text: str) -> tuple[str, ...]:
    if text:
        raise ValueError("Require ssl takes no arguments")
    return ()


PROVIDERS = {"ssl": _no_arguments}

ROWS = (
    row("SSLEngine", Args.TAKE1, Where.RSRC, SSL_ENGINE, _engine, "On|Off"),
    row("SSLCertificateFile", Args.TAKE1, Where.RSRC, SSL_CERTIFICATES, _files, "file"),
    row("SSLCertificateKeyFile", Args.TAKE1, Where.RSRC, SSL_KEYS, _files, "file"),
    row("SSLCertificateChainFile", Args.TAKE1, Where.RSRC, SSL_CHAIN, path, "file"),
    row("SSLProtocol", Args.RAW, Where.RSRC, SSL_PROTOCOLS, _protocols, "[+|-]protocol ..."),
    Row(
        "SSLCipherSuite",
        Args.TAKE12,
        Where.ANY,
        Override.AUTHCONFIG,
        setting=SSL_CIPHERS,
        value=_ciphers,
        usage="SSLCipherSuite [protocol] ciphers",
    ),
    row("SSLHonorCipherOrder", Args.FLAG, Where.RSRC, SSL_HONOR_ORDER, flag, "On|Off"),
    row("SSLSessionTickets", Args.FLAG, Where.RSRC, SSL_TICKETS, flag, "On|Off"),
    row("SSLStrictSNIVHostCheck", Args.FLAG, Where.RSRC, SSL_STRICT_SNI, flag, "On|Off"),
    *known(
        Kind.UNSUPPORTED,
        "by what, and by whose certificate, the connection is encrypted is not judged",
        """
        SSLRequire    raw  access    AuthConfig
        SSLUserName   1    any       AuthConfig
        """,
    ),
    Row(
        "SSLRequireSSL",
        Args.RAW,  # whatever stands behind it, httpd does not look at it: "Off" requires it, too
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=SSL_REQUIRED,
        value=_required,
        usage="SSLRequireSSL",
    ),
    *accepted(
        "none",
        "certificates of clients are not asked for",
        """
        SSLVerifyClient 1 any       AuthConfig
        """,
    ),
    *accepted(
        "off",
        "clients are not sent to https",
        """
        MDRequireHttps 1 any       AuthConfig
        """,
    ),
    *known(
        Kind.SERVER,
        "encryption is done by the front server or the WSGI server",
        """
        <MDomain                            raw  server
        <MDomainSet                         raw  server
        MDActivationDelay                   1    server
        MDBaseServer                        1    server
        MDCACertificateFile                 1    server
        MDCAChallenges                      0+   server
        MDCertificateAgreement              1    server
        MDCertificateAuthority              0+   server
        MDCertificateCheck                  2    server
        MDCertificateFile                   1    server
        MDCertificateKeyFile                1    server
        MDCertificateMonitor                1    server
        MDCertificateProtocol               1    server
        MDCertificateStatus                 1    server
        MDChallengeDns01                    raw  server
        MDChallengeDns01Version             1    server
        MDCheckInterval                     1    server
        MDContactEmail                      1    server
        MDDriveMode                         1    server
        MDExternalAccountBinding            1,2  server
        MDHttpProxy                         1    server
        MDHttpProxyCACertificateFile        1    server
        MDInitialDelay                      1    server
        MDMatchNames                        1    server
        MDMember                            0+   server
        MDMembers                           0+   server
        MDMessageCmd                        raw  server
        MDMustStaple                        1    server
        MDNotifyCmd                         raw  server
        MDomain                             0+   server
        MDPortMap                           1,2  server
        MDPrivateKeys                       0+   server
        MDProfile                           1    server
        MDProfileMandatory                  1    server
        MDRenewMode                         1    server
        MDRenewViaARI                       1    server
        MDRenewWindow                       1    server
        MDRetryDelay                        1    server
        MDRetryFailover                     1    server
        MDServerStatus                      1    server
        MDStapleOthers                      1    server
        MDStapling                          1    server
        MDStaplingKeepResponse              1    server
        MDStaplingRenewWindow               1    server
        MDStoreDir                          1    server
        MDStoreLocks                        1    server
        MDWarnWindow                        1    server
        NWSSLTrustedCerts                   1+   server
        NWSSLUpgradeable                    2    server
        SecureListen                        2,3  server
        SSLCACertificateFile                1    any       AuthConfig
        SSLCACertificatePath                1    any       AuthConfig
        SSLCADNRequestFile                  1    server
        SSLCADNRequestPath                  1    server
        SSLCARevocationCheck                raw  server
        SSLCARevocationFile                 1    server
        SSLCARevocationPath                 1    server
        SSLCompression                      flag server
        SSLCryptoDevice                     1    server
        SSLFIPS                             flag server
        SSLInsecureRenegotiation            flag server
        SSLLog                              raw  any       ALL
        SSLLogLevel                         raw  any       ALL
        SSLMutex                            1    server
        SSLOCSPDefaultResponder             1    server
        SSLOCSPEnable                       raw  server
        SSLOCSPNoverify                     flag server
        SSLOCSPOverrideResponder            flag server
        SSLOCSPProxyURL                     1    server
        SSLOCSPResponderCertificateFile     1    server
        SSLOCSPResponderTimeout             1    server
        SSLOCSPResponseMaxAge               1    server
        SSLOCSPResponseTimeSkew             1    server
        SSLOCSPUseRequestNonce              flag server
        SSLOpenSSLConfCmd                   2    server
        SSLPassPhraseDialog                 1    server
        SSLProxyCACertificateFile           1    server
        SSLProxyCACertificatePath           1    server
        SSLProxyCARevocationCheck           raw  server
        SSLProxyCARevocationFile            1    server
        SSLProxyCARevocationPath            1    server
        SSLProxyCheckPeerCN                 flag server
        SSLProxyCheckPeerExpire             flag server
        SSLProxyCheckPeerName               flag server
        SSLProxyCipherSuite                 1,2  server
        SSLProxyEngine                      flag server
        SSLProxyMachineCertificateChainFile 1    server
        SSLProxyMachineCertificateFile      1    server
        SSLProxyMachineCertificatePath      1    server
        SSLProxyProtocol                    raw  server
        SSLProxyVerify                      1    server
        SSLProxyVerifyDepth                 1    server
        SSLRandomSeed                       2,3  server
        SSLRenegBufferSize                  1    access    AuthConfig
        SSLSessionCache                     1    server
        SSLSessionCacheTimeout              1    server
        SSLSessionTicketKeyFile             1    server
        SSLSRPUnknownUserSeed               1    server
        SSLSRPVerifierFile                  1    server
        SSLStaplingCache                    1    server
        SSLStaplingErrorCacheTimeout        1    server
        SSLStaplingFakeTryLater             flag server
        SSLStaplingForceURL                 1    server
        SSLStaplingResponderTimeout         1    server
        SSLStaplingResponseMaxAge           1    server
        SSLStaplingResponseTimeSkew         1    server
        SSLStaplingReturnResponderErrors    flag server
        SSLStaplingStandardCacheTimeout     1    server
        SSLUseStapling                      flag server
        SSLVerifyDepth                      1    any       AuthConfig
        SSLVHostSNIPolicy                   1    server
        """,
    ),
    Row(
        "SSLOptions",
        Args.ARGV,
        Where.ANY,
        Override.OPTIONS,
        setting=SSL_OPTIONS,
        value=_ssl_options,
        usage="SSLOptions [+|-]option ...",
    ),
)
