"""mod_ssl and mod_md: encryption, which the front server or the WSGI server does."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Where
from modpy_wsgi.config.values import Several


def _ssl_options(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    if any(word.lower() in ("fakebasicauth", "+fakebasicauth") for word in args):
        raise ValueError(f"{Kind.UNSUPPORTED.value}: certificates of clients do not stand for passwords")
    return Several()


ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "whether the connection is encrypted, and by whose certificate, is not judged",
        """
        SSLRequire    raw  access    AuthConfig
        SSLRequireSSL none access    AuthConfig
        SSLUserName   1    any       AuthConfig
        """,
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
        SSLCertificateChainFile             1    server
        SSLCertificateFile                  1    server
        SSLCertificateKeyFile               1    server
        SSLCipherSuite                      1,2  any       AuthConfig
        SSLCompression                      flag server
        SSLCryptoDevice                     1    server
        SSLEngine                           1    server
        SSLFIPS                             flag server
        SSLHonorCipherOrder                 flag server
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
        SSLProtocol                         raw  server
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
        SSLSessionTickets                   flag server
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
        SSLStrictSNIVHostCheck              flag server
        SSLUseStapling                      flag server
        SSLVerifyDepth                      1    any       AuthConfig
        SSLVHostSNIPolicy                   1    server
        """,
    ),
    Row("SSLOptions", Args.ARGV, Where.ANY, Override.OPTIONS, value=_ssl_options, usage="SSLOptions [+|-]option ..."),
)
