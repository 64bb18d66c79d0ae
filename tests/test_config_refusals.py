"""What is refused, and in which words; what is accepted though nothing follows it; that no name of httpd is missing."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi.config.directives import ALL, nearest
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import Kind, Override, Where
from modpy_wsgi.errors import ConfigError

REFUSED = {
    # counting
    "ServerName": "ServerName takes one argument (usage: ServerName [scheme://]name[:port])",
    "ServerName a b": "ServerName takes one argument",
    'ServerName ""': "ServerName takes one argument",
    "KeepAlive maybe": "KeepAlive must be On or Off",
    "KeepAlive": "KeepAlive must be On or Off",
    "PassEnv": "PassEnv requires at least one argument",
    "AddHandler x": "AddHandler requires at least two arguments",
    "Redirect a b c d": "Redirect takes one, two or three arguments",
    "RedirectMatch a": "RedirectMatch takes two or three arguments",
    "SetEnv A b c": "SetEnv takes 1-2 arguments",
    "PythonPath sys.path + ['x']": "PythonPath takes one argument",
    "PythonImport a": "PythonImport takes two arguments (usage: PythonImport module interpreter)",
    "LogFormat": "LogFormat takes 1-2 arguments",
    # values
    "ServerName *.example.org": "use ServerAlias",
    "ServerName [::1]:80": "use ServerAlias",
    "ServerName a:0": "out of range",
    "Listen 0": "'0' is no port",
    "Listen 65536": "'65536' is no port",
    "Listen example.org": "the port is missing",
    "Listen ::1:80": "brackets",
    "ErrorLog syslog:nobody": "'nobody' is no facility of syslog",
    "ErrorLog Syslog:nobody:site": "'nobody' is no facility of syslog",
    "Timeout soon": "'soon' is not a time in seconds",
    "LogLevel loud": "'loud' is no level",
    "LogLevel": "LogLevel: takes a level",
    "LimitRequestLine -1": "out of range",
    "LimitRequestBody 9999999999999999999": "is not a number",
    "ErrorDocument 999 /x": "'999' is no HTTP status",
    "ErrorDocument 404 /x?%{REQUEST_URI}": "expressions",
    "SetHandler %{ENV:h}": "expressions",
    "HostnameLookups maybe": "'maybe' is none of on, off, double",
    "FileETag Foo": "unknown keyword 'Foo'",
    "AccessFileName ../x": "takes names of files",
    "Options Foo": "illegal option 'Foo'",
    "Options Indexes +Includes": "either all Options must start with",
    "Options +Indexes Includes": "either all Options must start with",
    "Options Indexes None": "must be the first",
    "Options -None": "must be the first",
    "Alias /a": "must have two arguments when used globally (usage: Alias [URL-path] file-path)",
    "<Directory /a>\nAlias /b\n</Directory>": "with one argument it stands in <Location> only",
    "<Location /a>\nAlias /a /b\n</Location>": "cannot occur within",
    "DirectoryIndexRedirect 404": "'404' is out of range (300 to 399) (usage: DirectoryIndexRedirect On|Off|permanent",
    "DirectoryIndexRedirect maybe": "'maybe' is neither On nor Off, and no redirection",
    "FallbackResource /a /b": "FallbackResource takes one argument (usage: FallbackResource disabled | URL-path)",
    "UserDir": "UserDir: requires an argument (usage: UserDir folder ... | disabled [name ...] | enabled [name ...])",
    "RemoteIPHeader a b": "RemoteIPHeader takes one argument (usage: RemoteIPHeader header)",
    "RemoteIPTrustedProxy": "requires at least one argument (usage: RemoteIPTrustedProxy address|network|host ...)",
    "RemoteIPTrustedProxy 10.0.0.0/99": "'10.0.0.0/99' is no address or network",
    "RemoteIPTrustedProxy name.invalid/8": "'name.invalid/8': a name has no mask",
    "RemoteIPTrustedProxy name.invalid": "no host of that name is known",
    "RemoteIPInternalProxyList /no/such/file": "could not open file /no/such/file: No such file or directory",
    "UseCanonicalPhysicalPort maybe": "'maybe' is none of on, off (usage: UseCanonicalPhysicalPort On|Off)",
    "AliasMatch (a /b": "regular expression '(a'",
    "Redirect /a b": "'b' is no URL",
    "Redirect gone /a http://b": "makes no sense with the status 410",
    "Redirect 301 /a": "the URL to redirect to is missing",
    "Redirect foo /a http://b": "'foo' is no status",
    "Redirect 999 /a": "'999' is no HTTP status",
    "RedirectMatch [a http://b": "regular expression '[a'",
    "SetEnvIf Host": "SetEnvIf: the regular expression is missing",
    "SetEnvIf Host a": "SetEnvIf: the name of a variable is missing",
    "BrowserMatch (a b": "regular expression '(a'",
    "PythonTransHandler a | .py": "cannot be limited to extensions",
    "PythonPostReadRequestHandler a | .py": "cannot be limited to extensions",
    "PythonHandler": "no handler is named",
    "PythonHandler a |": "no extension",
    "Error The administrator says no": "Error: The administrator says no",
    # not implemented
    "RewriteEngine On": "RewriteEngine: not implemented: URLs are not rewritten",
    "RewriteRule ^ -": "RewriteRule is not implemented: URLs are not rewritten",
    "ProxyPass / http://x/": "ProxyPass is not implemented",
    "MetaFiles On": "MetaFiles is not implemented",
    "SetOutputFilter SUBSTITUTE": "output filter 'SUBSTITUTE': it is one of httpd's that is not implemented",
    "SetOutputFilter DEFLATE;CAPITALISE": "filter 'CAPITALISE': no PythonOutputFilter registers it",
    "SetInputFilter INCLUDES": "nobody provides the input filter 'INCLUDES': it is one for output",
    "AddInputFilter NOTHING .txt": "nobody provides the input filter 'NOTHING'",
    "AddOutputFilter INCLUDES;NOTHING .txt .text": "nobody provides the output filter 'NOTHING'",
    "AddOutputFilterByType NOTHING text/html": "nobody provides the output filter 'NOTHING'",
    "AddOutputFilterByType DEFLATE": "requires at least two arguments",
    "PythonOutputFilter": "takes 1-2 arguments",
    "PythonInputFilter a B c": "takes 1-2 arguments",
    "PythonConnectionHandler a | .x": "cannot be limited to extensions",
    "RemoteIPProxyProtocol On": "the PROXY protocol is the WSGI server's business",
    "SSLVerifyClient require": "SSLVerifyClient: not implemented",
    "SSLOptions +FakeBasicAuth": "SSLOptions: not implemented",
    "VirtualDocumentRoot /srv/%0": "VirtualDocumentRoot: not implemented",
    "Session On": "Session: not implemented",
    "XBitHack Perhaps": "XBitHack: 'Perhaps' is none of off, on, full",
    # expressions
    "<Location /a>\nAlias /srv/%{HTTP_HOST}\n</Location>": "expressions that are judged per request",
    "<Location /a>\nScriptAlias /srv/%{HTTP_HOST}\n</Location>": "expressions that are judged per request",
    "<Location /a>\nRedirect https://x/%{REQUEST_URI}\n</Location>": "expressions that are judged per request",
    "<Location /a>\nRedirect 301 https://x/%{REQUEST_URI}\n</Location>": "expressions that are judged per request",
    "<Location /a>\nAlias /srv/\\\\101\n</Location>": "characters by their codes",
    'SetEnvIfExpr "true" a=b': "SetEnvIfExpr is not implemented: expressions",
    '<If "true">\nSetEnv a b\n</If>': "<If> is not implemented",
    '<Directory /a>\n<If "true">\n</If>\n<ElseIf "true">\n</ElseIf>\n</Directory>': "<If> is not implemented",
    '<ElseIf "true">\n</ElseIf>': "<ElseIf> is not implemented",
    "<Else>\n</Else>": "<Else> is not implemented",
    '<Location /a>\nRequire expr "true"\n</Location>': "Require",
    'Header set A b "expr=true"': "Header: not implemented: expressions",
    "Header set A expr=%{REQUEST_URI}": "Header: not implemented: expressions",
    'RequestHeader set A b "expr=true"': "RequestHeader: not implemented: expressions",
    'Header set A "b\\nB: c"': "a header must not have a line's end",
    "Header set A %x": "unrecognized header format %x",
    "Header frob A b": "'frob': the first argument must be one of",
    "ExpiresDefault 3600": "bad expires code, unrecognised <base> '3600'",
    "ExpiresByType html A60": "'html' is no media type",
    "RewriteBase /": "RewriteBase is not implemented",
    "RewriteCond %{HTTPS} off": "RewriteCond is not implemented",
    "RewriteMap a txt:/b": "RewriteMap is not implemented",
    "RewriteOptions Inherit": "RewriteOptions is not implemented",
    "<If true>\n</If>": "<If> is not implemented",
    "<Macro A>\n</Macro>": "<Macro> is not implemented",
    # places
    "AuthType Basic": "AuthType not allowed here",
    "Require all granted": "Require not allowed here",
    "Allow from all": "Allow not allowed here",
    "AllowOverride All": "AllowOverride not allowed here",
    "<Limit GET>\n</Limit>": "<Limit> not allowed here",
    "ServerAlias a": "ServerAlias not allowed here",
    "<VirtualHost *>\nListen 80\n</VirtualHost>": "Listen not allowed in <VirtualHost> context",
    "<VirtualHost *>\nUser a\n</VirtualHost>": "User not allowed in <VirtualHost> context",
    "<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n</VirtualHost>": "<VirtualHost> not allowed in <VirtualHost>",
    "<Directory /x>\nDocumentRoot /\n</Directory>": "DocumentRoot not allowed in <Directory> context",
    "<Directory /x>\n<Directory /y>\n</Directory>\n</Directory>": "<Directory> not allowed in <Directory> context",
    "<Files x>\nScriptAlias /a /b\n</Files>": "cannot occur within",
    "<Directory /x>\nPythonTransHandler a\n</Directory>": "PythonTransHandler not allowed in <Directory> context",
    "<Location /x>\n<Files y>\n</Files>\n</Location>": "<Files> cannot occur within <Location> section",
    "<Directory /x>\n<Limit GET>\n<Files y>\n</Files>\n</Limit>\n</Directory>": "<Files> cannot occur within <Limit>",
    # sections
    "<Directory x>\n</Directory>": "<Directory> 'x' is no absolute path",
    "<Directory>\n</Directory>": "<Directory> directive requires additional arguments",
    "<Directory /a /b>\n</Directory>": "<Directory> takes one path or pattern",
    "<Directory /a\n</Directory>": "<Directory> directive missing closing '>'",
    "<Directory ~ (>\n</Directory>": "regular expression '('",
    "<FilesMatch [>\n</FilesMatch>": "regular expression '['",
    "<VirtualHost 80>\n</VirtualHost>": "'80': the address is missing",
    "<VirtualHost *:http>\n</VirtualHost>": "'http' is no port",
    # names
    "Requre all granted": "unknown directive 'Requre' (did you mean Require?)",
    "PythonHandlr a": "unknown directive 'PythonHandlr' (did you mean PythonHandler?)",
    "<Direktory /x>\n</Direktory>": "unknown directive '<Direktory>' (did you mean <Directory>?)",
    "php_value a b": "unknown directive 'php_value'",
    "WSGIScriptAlias / /x": "unknown directive 'WSGIScriptAlias'",
    "Xyzzy": "unknown directive 'Xyzzy'",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    lines = text.split("\n")
    with pytest.raises(ConfigError) as caught:
        load_text("# first line\n" + text, file="/etc/httpd.conf")
    error = caught.value
    assert REFUSED[text] in error.message
    assert error.file == "/etc/httpd.conf"
    assert error.line is not None and 2 <= error.line <= len(lines) + 1


REFUSED_IN_DIRECTORY = {
    "Require all": "'granted' or 'denied'",
    "Require": "unknown kind of requirement ''",
    "Require ALL granted": "unknown kind of requirement 'ALL'",
    "Require foo": "unknown kind of requirement 'foo'",
    "Require expr true": "'expr' is not implemented: expressions",
    "Require not expr true": "'expr' is not implemented: expressions",
    "Require ldap-user a": "'ldap-user' is not implemented: users and groups",
    "Require user %{REQUEST_URI}": "expressions that are judged per request are not evaluated",
    "Require group a%{ENV:X}": "expressions that are judged per request are not evaluated",
    "Require host %{HTTP_HOST}": "expressions that are judged per request are not evaluated",
    "Require forward-dns %{HTTP_HOST}": "expressions that are judged per request are not evaluated",
    "Require not": "unknown kind of requirement ''",
    "Require not not all denied": "unknown kind of requirement 'not'",
    "Require not ip 10": "negative directive has no effect in <RequireAny> directive",
    "Require all granted x": "'granted' or 'denied'",
    'Require all "granted"': "'granted' or 'denied'",
    "Require ip": "must be followed by addresses",
    "Require ip example.org": "'example.org' is no address",
    "Require ip 10.1/16": "'10.1/16' is no address",
    "Require ip 300.1": "is no address",
    "Require method get": "invalid method 'get'",
    "Require method BREW": "invalid method 'BREW'",
    "<RequireAll>\n</RequireAll>": "<RequireAll> directive contains no authorization directives",
    "<RequireAny>\nAuthName x\n</RequireAny>": "<RequireAny> directive contains no authorization directives",
    "<RequireNone>\n</RequireNone>": "<RequireNone> directive contains no authorization directives",
    "<RequireAll x>\nRequire local\n</RequireAll>": "<RequireAll> directive doesn't take additional arguments",
    "<RequireAll x\nRequire local\n</RequireAll>": "<RequireAll> directive missing closing '>'",
    "<RequireAny>\nRequire not local\n</RequireAny>": "negative directive has no effect in <RequireAny> directive",
    "<RequireNone>\nRequire not local\n</RequireNone>": "negative directive has no effect in <RequireNone> directive",
    "<RequireNone>\nRequire local\n</RequireNone>": "<RequireNone> directive has no effect in <RequireAny> directive",
    "<RequireAll>\nRequire not local\n</RequireAll>": "<RequireAll> directive contains only negative authorization",
    "<RequireAll>\n<RequireNone>\nRequire local\n</RequireNone>\n</RequireAll>": "contains only negative authorization",
    "<RequireAll>\nDeny from all\n</RequireAll>": "Deny not allowed in <RequireAll> context",
    "<RequireAll>\nAllowOverride None\n</RequireAll>": "AllowOverride not allowed in <RequireAll> context",
    "<RequireAll>\n<Files x>\n</Files>\n</RequireAll>": "<Files> cannot occur within <RequireAll> section",
    "<RequireNotAll>\nRequire local\n</RequireNotAll>": "<RequireNotAll> is not implemented",
    "AuthMerging Maybe": "'Maybe' is none of Off, And, Or",
    "AuthzSendForbiddenOnFailure maybe": "must be On or Off",
    "AuthGroupFile": "takes one argument",
    "Satisfy Some": "'Some' is neither All nor Any",
    "AuthType": "AuthType takes one argument",
    "AuthType %{ENV:TYPE}": "expressions that are judged per request are not evaluated",
    "AuthName a b": "(usage: AuthName realm)",
    "AuthBasicProvider dbm": "the provider 'dbm' is not implemented (usage: AuthBasicProvider file|anon ...)",
    "AuthBasicProvider mine": "unknown provider 'mine'",
    "AuthBasicProvider File": "unknown provider 'File'",
    "AuthBasicProvider": "requires at least one argument (usage: AuthBasicProvider file|anon ...)",
    "AuthBasicAuthoritative maybe": "must be On or Off (usage: AuthBasicAuthoritative On|Off)",
    "AuthBasicFake %{user}": "expressions that are judged per request are not evaluated",
    "AuthBasicFake a b c": "(usage: AuthBasicFake Off|user [password])",
    "AuthBasicUseDigestAlgorithm SHA": "'SHA' is none of md5, off",
    "AuthUserFile a b": "takes one argument (usage: AuthUserFile file)",
    "Anonymous": "requires at least one argument (usage: Anonymous user|* ...)",
    "Anonymous_NoUserID": "(usage: Anonymous_NoUserID On|Off)",
    "AuthDigestProvider anon": "the provider 'anon' has no hashes for Digest (usage: AuthDigestProvider file ...)",
    "AuthDigestProvider dbm": "the provider 'dbm' is not implemented",
    "AuthDigestQop auth-int": "'auth-int': only 'auth' is supported (usage: AuthDigestQop auth)",
    "AuthDigestAlgorithm SHA-256": "unsupported algorithm 'SHA-256' (usage: AuthDigestAlgorithm MD5)",
    "AuthDigestNonceLifetime 5m": "'5m' is not a number of seconds (usage: AuthDigestNonceLifetime seconds)",
    "AuthDigestNonceLifetime 0": "a nonce for one request needs memory that processes share",
    "AuthDigestNcCheck On": "counting the uses of a nonce needs memory that processes share",
    "AuthDigestDomain 'a\"b'": "a quotation mark in",
    "AuthDigestNonceFormat x": "AuthDigestNonceFormat is not implemented",
    "AuthDigestShmemSize 1K": "AuthDigestShmemSize not allowed",
    "<AuthnProviderAlias file a>\n</AuthnProviderAlias>": "<AuthnProviderAlias>",
    "Order foo": "'foo' is no order",
    "Order deny, allow": "Order takes one argument",
    "Allow 10": "requires at least two arguments",
    "Allow form all": "must be followed by 'from'",
    "Deny from example.org#": "no comment is possible here",
    "Deny from 300.1.2.3": "is no address",
    "Deny from example.org/24": "is no address",
    "Deny from 10/99": "is no address",
    "Require ssl on": "Require ssl takes no arguments",
    "Require ssl-verify-client": "'ssl-verify-client' is not implemented",
    "SSLRequire %{SSL_CIPHER} != 1": "SSLRequire is not implemented",
    "AuthzUserAuthoritative Off": "AuthzUserAuthoritative: not implemented",
    "AuthDefaultAuthoritative maybe": "must be On or Off",
    "AllowMethods": "No method or 'reset' keyword given",
    "AllowMethods get": "Invalid Method 'get'",
    "AllowMethods GET reset": "Invalid Method 'reset'",
    "AllowMethods reset GET": "'reset' stands alone",
    "Dav On": "Dav: not implemented",
    "AllowOverride Foo": "illegal override option 'Foo'",
    "AllowOverride Nonfatal": "Nonfatal must be followed by",
    "AllowOverride Options=Foo": "illegal option 'foo'",
    "AllowOverrideList None Redirect": "'None' stands alone",
    "<Limit TRACE>\n</Limit>": "TRACE cannot be controlled",
    "<Limit GET>\n<Limit POST>\n</Limit>\n</Limit>": "excludes all methods",
    "<Limit GET>\n<Limit GET>\n</Limit>\n</Limit>": "methods already excluded",
    "<Location /x>\n</Location>": "<Location> not allowed in <Directory> context",
}


@pytest.mark.parametrize("text", REFUSED_IN_DIRECTORY)
def test_refused_in_a_directory(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(f"<Directory /srv>\n{text}\n</Directory>")
    assert REFUSED_IN_DIRECTORY[text] in caught.value.message


ACCEPTED = """
RewriteEngine Off
UserDir disabled root
UserDir disabled
ProxyRequests Off
SSLEngine On
SSLVerifyClient none
SSLOptions +StdEnvVars
SetOutputFilter DEFLATE
AddOutputFilterByType DEFLATE text/html text/plain
CustomLog logs/access_log "%h %l"
LogFormat "%h" short
IndexOptions FancyIndexing
NameVirtualHost *:80
ExtendedStatus On
Mutex default
EnableMMAP Off
MIMEMagicFile conf/magic
LanguagePriority en de
DavLockDB /var/lib/dav/lockdb
ContentDigest Off
RegexDefaultOptions +DOTALL
XBitHack off
VirtualDocumentRoot none
RequestReadTimeout header=20-40
CookieTracking off
<Location />
    AuthDefaultAuthoritative On
    AuthzUserAuthoritative on
</Location>
<Proxy *>
    Require all granted
    Foo bar
</Proxy>
LoadFile /usr/lib/x.so
"""


def test_what_is_the_servers_business_is_accepted() -> None:
    site = load_text(ACCEPTED, file="c")
    assert site.warnings == ()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Requre", "Require"), ("pythonhandlers", "PythonHandler"), ("<Direktory", "<Directory"), ("qqqqq", None)],
)
def test_nearest(name: str, wanted: str | None) -> None:
    assert nearest(name) == wanted


def test_a_long_name_is_cut() -> None:
    with pytest.raises(ConfigError) as caught:
        load_text("x" * 100_000)
    assert len(str(caught.value)) < 200


def test_rows_are_well_formed() -> None:
    for name, row in ALL.items():
        assert name == row.name.lower()
        assert row.where
        if row.kind is Kind.IMPLEMENTED:
            assert row.value is not None or name.startswith("<")
            assert bool(row.setting) or row.value is not None or name.startswith("<")
        else:
            assert row.note, row.name


def listed_by_httpd(folder: Path) -> dict[str, tuple[bool, bool, Override]]:
    """What `httpd -L` of this machine says with all its modules: lower-case name -> (outside and inside of sections,
    classes of AllowOverride)."""
    httpd = shutil.which("apache2", path="/usr/sbin:/usr/local/sbin") or shutil.which("httpd")
    modules = sorted(Path("/usr/lib/apache2/modules").glob("mod_*.so"))
    if httpd is None or not modules:
        pytest.skip("no httpd is installed")
    others = {"mod_mpm_worker", "mod_mpm_prefork", "mod_cgid", "mod_bucketeer", "mod_case_filter", "mod_case_filter_in"}
    lines = [f"ServerRoot {folder}", f"ErrorLog {folder}/log", "ServerName x"]
    lines += [f"LoadModule {m.stem[4:]}_module {m}" for m in modules if m.stem not in others]
    conf = folder / "all.conf"
    conf.write_text("\n".join(lines) + "\n")
    done = subprocess.run([httpd, "-f", str(conf), "-L"], capture_output=True, text=True, timeout=30, check=False)
    found: dict[str, tuple[bool, bool, Override]] = {}
    for name, about in re.findall(r"^(\S+) \(\S+\)\n((?:\t.*\n)+)", done.stdout, re.MULTILINE):
        where = " ".join(about.split()).rpartition("Allowed in *.conf ")[2]
        if "Allowed in" not in about:
            continue  # a description of many lines
        conf_part, _, override_part = where.partition(" and in .htaccess when AllowOverride ")
        override = Override.ALL if override_part == "isn't None" else Override.NONE
        for word in re.findall(r"AuthConfig|FileInfo|Indexes|Limit|Options", override_part):
            override |= Override[word.upper()]
        found[name.lower()] = ("only inside" not in conf_part, "only outside" not in conf_part, override)
    assert len(found) > 500, done.stderr
    return found


def test_names_places_and_overrides_are_those_of_httpd(tmp_path: Path) -> None:
    wanted = listed_by_httpd(tmp_path)
    assert sorted(set(wanted) - set(ALL)) == []
    known = {name: (bool(r.where & Where.RSRC), bool(r.where & Where.DIRECTORY), r.override) for name, r in ALL.items()}
    assert {name: known[name] for name in wanted} == wanted


NAMES = sorted(row.name for name, row in ALL.items() if name not in ("include", "includeoptional", "serverroot"))
WORDS = st.one_of(
    st.sampled_from(
        [
            "on",
            "Off",
            "none",
            "all",
            "404",
            "-1",
            "0",
            "80",
            "*:80",
            "[::1]:80",
            "/srv",
            "~",
            "^/(a|b)$",
            "from",
            "+x",
            "",
            ">",
        ]
    ),
    st.text(max_size=12),
)
LINES = st.builds(
    lambda name, words, end: f"{name} {' '.join(words)}{end}" if name[0] != "<" else f"{name} {' '.join(words)}>",
    st.sampled_from(NAMES),
    st.lists(WORDS, max_size=4),
    st.sampled_from(["", "\\", '"']),
)


@settings(max_examples=300)
@given(
    st.lists(LINES, min_size=1, max_size=4),
    st.sampled_from(["", "<Directory /srv>", "<VirtualHost *>", "<Location />"]),
)
def test_whatever_is_written_is_loaded_or_refused(lines: list[str], around: str) -> None:
    closed = [line + f"\n</{line[1:].split()[0]}>" if line[0] == "<" else line for line in lines]
    end = f"\n</{around[1:].split()[0]}>" if around else ""
    try:
        load_text(f"{around}\n" + "\n".join(closed) + end)
    except ConfigError as error:
        assert error.file is not None and error.line is not None


@settings(max_examples=200)
@given(st.text(alphabet='<>/!IfModuleDefine core.cAB \n\\"${}#', max_size=80))
def test_whatever_the_structure(text: str) -> None:
    try:
        load_text(text)
    except ConfigError as error:
        assert error.file is not None and error.line is not None


def test_every_directive_with_any_argument() -> None:
    """Each name, in each place, with arguments that fit none in particular: a site or a ConfigError, nothing else."""
    chance = random.Random(1)
    words = ["On", "1", "a", "a:b", "/a", "http://a/", "a=b", "%{a}", '"a b"', "(", "[", "+a", "all", "env=a", ".x"]
    for name in NAMES:
        for _ in range(6):
            line = f"{name} {' '.join(chance.choices(words, k=chance.randrange(4)))}"
            text = f"{line}>\n</{name[1:]}>" if name[0] == "<" else line
            for around in ("%s", "<VirtualHost *>\n%s\n</VirtualHost>", "<Directory /x>\n%s\n</Directory>"):
                try:
                    load_text(around.replace("%s", text))
                except ConfigError as error:
                    assert error.line is not None, line
