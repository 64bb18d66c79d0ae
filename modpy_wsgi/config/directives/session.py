"""mod_session and its stores, and mod_dbd."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *accepted(
        "0",
        "sessions of the server are not kept",
        """
        Session flag any       AuthConfig
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning where Session is off",
        """
        SessionCookieName           raw  any       AuthConfig
        SessionCookieName2          raw  any       AuthConfig
        SessionCookieRemove         flag any       AuthConfig
        SessionCryptoCipher         1    any       AuthConfig
        SessionCryptoDriver         raw  server
        SessionCryptoPassphrase     1+   any       AuthConfig
        SessionCryptoPassphraseFile 1    conf
        SessionDBDCookieName        raw  any       AuthConfig
        SessionDBDCookieName2       raw  any       AuthConfig
        SessionDBDCookieRemove      flag any       AuthConfig
        SessionDBDDeleteLabel       1    any       AuthConfig
        SessionDBDInsertLabel       1    any       AuthConfig
        SessionDBDPerUser           flag any       AuthConfig
        SessionDBDSelectLabel       1    any       AuthConfig
        SessionDBDUpdateLabel       1    any       AuthConfig
        SessionEnv                  flag any       AuthConfig
        SessionExclude              1    any       AuthConfig
        SessionExpiryUpdateInterval 1    any       AuthConfig
        SessionHeader               1    any       AuthConfig
        SessionInclude              1    any       AuthConfig
        SessionMaxAge               1    any       AuthConfig
        """,
    ),
    *known(
        Kind.SERVER,
        "no database is opened by the server",
        """
        DBDExptime    1    server
        DBDInitSQL    1    server
        DBDKeep       1    server
        DBDMax        1    server
        DBDMin        1    server
        DBDParams     1    server
        DBDPersist    flag server
        DBDPrepareSQL 1,2  server
        DBDriver      1    server
        """,
    ),
)
