"""Providers of users and groups that are not implemented: databases, LDAP, forms; and who has the last word in 2.2."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "passwords come from files, anonymous visitors and a PythonAuthenHandler only",
        """
        AuthDBDUserPWQuery            1    directory
        AuthDBDUserRealmQuery         1    directory
        AuthDBMGroupFile              1    access    AuthConfig
        AuthDBMType                   1    access    AuthConfig
        AuthDBMUserFile               1    access    AuthConfig
        AuthFormAuthoritative         flag access    AuthConfig
        AuthFormBody                  1    access    AuthConfig
        AuthFormDisableNoStore        flag access    AuthConfig
        AuthFormFakeBasicAuth         flag access    AuthConfig
        AuthFormLocation              1    access    AuthConfig
        AuthFormLoginRequiredLocation 1    access    AuthConfig
        AuthFormLoginSuccessLocation  1    access    AuthConfig
        AuthFormLogoutLocation        1    access    AuthConfig
        AuthFormMethod                1    access    AuthConfig
        AuthFormMimetype              1    access    AuthConfig
        AuthFormPassword              1    access    AuthConfig
        AuthFormProvider              1+   access    AuthConfig
        AuthFormSitePassphrase        1    access    AuthConfig
        AuthFormSize                  1    directory
        AuthFormUsername              1    access    AuthConfig
        AuthLDAPAuthorizePrefix       1    access    AuthConfig
        AuthLDAPBindAuthoritative     flag access    AuthConfig
        AuthLDAPBindDN                1    access    AuthConfig
        AuthLDAPBindPassword          1    access    AuthConfig
        AuthLDAPCharsetConfig         1    server
        AuthLDAPCompareAsUser         flag access    AuthConfig
        AuthLDAPCompareDNOnServer     flag access    AuthConfig
        AuthLDAPDereferenceAliases    1    access    AuthConfig
        AuthLDAPGroupAttribute        1+   access    AuthConfig
        AuthLDAPGroupAttributeIsDN    flag access    AuthConfig
        AuthLDAPInitialBindAsUser     flag access    AuthConfig
        AuthLDAPInitialBindPattern    2    access    AuthConfig
        AuthLDAPMaxSubGroupDepth      1    access    AuthConfig
        AuthLDAPRemoteUserAttribute   1    access    AuthConfig
        AuthLDAPRemoteUserIsDN        flag access    AuthConfig
        AuthLDAPSearchAsUser          flag access    AuthConfig
        AuthLDAPSubGroupAttribute     1+   access    AuthConfig
        AuthLDAPSubGroupClass         1+   access    AuthConfig
        AuthLDAPURL                   1,2  access    AuthConfig
        AuthnCacheContext             1    directory
        AuthnCacheEnable              none server
        AuthnCacheProvideFor          1+   access    AuthConfig
        AuthnCacheSOCache             1    server
        AuthnCacheTimeout             1    access    AuthConfig
        AuthnzFcgiCheckAuthnProvider  0+   any       FileInfo
        AuthnzFcgiDefineProvider      0+   server
        AuthzDBDLoginToReferer        flag directory
        AuthzDBDQuery                 1    directory
        AuthzDBDRedirectQuery         1    directory
        AuthzDBMAuthoritative         flag access    AuthConfig
        AuthzDBMType                  1    access    AuthConfig
        AuthzLDAPAuthoritative        flag access    AuthConfig
        """,
    ),
    *accepted(
        "1",
        "who is refused by one kind of requirement is not let in by another module of httpd 2.2",
        """
        AuthDefaultAuthoritative    flag access AuthConfig
        AuthzDefaultAuthoritative   flag access AuthConfig
        AuthzGroupFileAuthoritative flag access AuthConfig
        AuthzOwnerAuthoritative     flag access AuthConfig
        AuthzUserAuthoritative      flag access AuthConfig
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning as long as no user comes from a directory",
        """
        LDAPCacheEntries      1    server
        LDAPCacheTTL          1    server
        LDAPConnectionPoolTTL 1    server
        LDAPConnectionTimeout 1    server
        LDAPLibraryDebug      1    server
        LDAPOpCacheEntries    1    server
        LDAPOpCacheTTL        1    server
        LDAPReferralHopLimit  1    access    AuthConfig
        LDAPReferrals         1    access    AuthConfig
        LDAPRetries           1    server
        LDAPRetryDelay        1    server
        LDAPSharedCacheFile   1    server
        LDAPSharedCacheSize   1    server
        LDAPTimeout           1    server
        LDAPTrustedClientCert 2,3  access    AuthConfig
        LDAPTrustedGlobalCert 2,3  server
        LDAPTrustedMode       1    server
        LDAPVerifyServerCert  flag server
        """,
    ),
)
