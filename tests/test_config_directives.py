"""What each directive makes of its arguments, what it refuses, and that no name of httpd is missing from the tables."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from modpy_wsgi.config.directives import (
    access_compat,
    alias,
    auth_basic,
    auth_digest,
    authn_anon,
    authn_core,
    authn_file,
    authz_core,
    cgi,
    core,
    env,
    mime,
    mpm,
    python,
    setenvif,
)
from modpy_wsgi.config.directives import dir as mod_dir
from modpy_wsgi.config.index import on_top
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import EMPTY, Setting, Settings
from modpy_wsgi.config.patterns import Regex, compile_regex
from modpy_wsgi.config.requirements import Requirement, every_requirement
from modpy_wsgi.errors import ConfigError

ERROR_DOCUMENT = core.ErrorDocument

# text at the top of a configuration -> a setting of the main server
SERVER: dict[str, tuple[Setting[Any], Any]] = {
    "ServerRoot /": (core.SERVER_ROOT, "/"),
    "DocumentRoot htdocs": (core.DOCUMENT_ROOT, "/htdocs"),
    "DocumentRoot /tmp/../tmp//": (core.DOCUMENT_ROOT, "/tmp/"),
    "ServerName Example.org": (core.SERVER_NAME, core.ServerName(None, "Example.org", None)),
    "ServerName example.org:8080": (core.SERVER_NAME, core.ServerName(None, "example.org", 8080)),
    "ServerName HTTPS://example.org:443": (core.SERVER_NAME, core.ServerName("https", "example.org", 443)),
    "ServerAdmin me@example.org": (core.SERVER_ADMIN, "me@example.org"),
    "Listen 80": (core.LISTEN, (core.Listen(None, 80, None),)),
    "Listen 10.0.0.1:80": (core.LISTEN, (core.Listen("10.0.0.1", 80, None),)),
    "Listen *:80": (core.LISTEN, (core.Listen(None, 80, None),)),
    "Listen [::]:443 https": (core.LISTEN, (core.Listen("::", 443, "https"),)),
    "Listen 80\nListen 81": (core.LISTEN, (core.Listen(None, 80, None), core.Listen(None, 81, None))),
    "Timeout 300": (core.TIMEOUT, 300),
    "KeepAlive off": (core.KEEP_ALIVE, False),
    "KeepAliveTimeout 5": (core.KEEP_ALIVE_TIMEOUT, 5.0),
    "KeepAliveTimeout 500ms": (core.KEEP_ALIVE_TIMEOUT, 0.5),
    "KeepAliveTimeout 2min": (core.KEEP_ALIVE_TIMEOUT, 120.0),
    "MaxKeepAliveRequests 0": (core.MAX_KEEP_ALIVE_REQUESTS, 0),
    "ErrorLog logs/error_log": (core.ERROR_LOG, "/logs/error_log"),
    "ErrorLog syslog:local7": (core.ERROR_LOG, "syslog:local7"),
    'ErrorLog "|/usr/bin/rotatelogs x 1"': (core.ERROR_LOG, "|/usr/bin/rotatelogs x 1"),
    "LogLevel Debug": (core.LOG_LEVEL, 7),
    "LogLevel warn core:trace2": (core.LOG_LEVELS, {"core": 9}),
    "LogLevel core:info error": (core.LOG_LEVEL, 3),
    "PidFile run/httpd.pid": (mpm.PID_FILE, "/run/httpd.pid"),
    "User www-data": (mpm.USER, "www-data"),
    "Group #33": (mpm.GROUP, "#33"),
    "LimitRequestLine 100": (core.LIMIT_REQUEST_LINE, 100),
    "LimitRequestFields 0": (core.LIMIT_REQUEST_FIELDS, 0),
    "LimitRequestFieldsize 9000": (core.LIMIT_REQUEST_FIELD_SIZE, 9000),
    "LimitRequestBody 1048576": (core.LIMIT_REQUEST_BODY, 1048576),
    "StartServers 0": (mpm.START_SERVERS, 1),
    "MaxClients 150": (mpm.MAX_REQUEST_WORKERS, 150),
    "MaxRequestWorkers 400": (mpm.MAX_REQUEST_WORKERS, 400),
    "MaxRequestsPerChild 0": (mpm.MAX_CONNECTIONS_PER_CHILD, 0),
    "ThreadsPerChild 25": (mpm.THREADS_PER_CHILD, 25),
    "ServerLimit 16": (mpm.SERVER_LIMIT, 16),
    "GracefulShutdownTimeout 10": (mpm.GRACEFUL_SHUTDOWN_TIMEOUT, 10),
    "AccessFileName .acl .htaccess": (core.ACCESS_FILE_NAMES, (".acl", ".htaccess")),
    "SetHandler mod_python": (core.SET_HANDLER, "mod_python"),
    "SetHandler none": (core.SET_HANDLER, ""),
    "ForceType Text/Plain": (core.FORCE_TYPE, "text/plain"),
    "ForceType None": (core.FORCE_TYPE, ""),
    "DefaultType text/plain": (core.DEFAULT_TYPE, "text/plain"),
    "AddDefaultCharset On": (core.ADD_DEFAULT_CHARSET, "iso-8859-1"),
    "AddDefaultCharset UTF-8": (core.ADD_DEFAULT_CHARSET, "UTF-8"),
    "AddDefaultCharset Off": (core.ADD_DEFAULT_CHARSET, None),
    "HostnameLookups Double": (core.HOSTNAME_LOOKUPS, "double"),
    "UseCanonicalName On": (core.USE_CANONICAL_NAME, "on"),
    "ErrorDocument 404 /missing.html": (core.ERROR_DOCUMENTS, {404: ERROR_DOCUMENT("local", "/missing.html")}),
    'ErrorDocument 404 "Not here."': (core.ERROR_DOCUMENTS, {404: ERROR_DOCUMENT("text", "Not here.")}),
    'ErrorDocument 403 "/no path"': (core.ERROR_DOCUMENTS, {403: ERROR_DOCUMENT("text", "/no path")}),
    "ErrorDocument 500 http://e.org/x": (core.ERROR_DOCUMENTS, {500: ERROR_DOCUMENT("remote", "http://e.org/x")}),
    "ErrorDocument 401 http://e.org/x": (core.ERROR_DOCUMENTS, {}),
    "ErrorDocument 404 default": (core.ERROR_DOCUMENTS, {404: ERROR_DOCUMENT("default", "")}),
    "AcceptPathInfo Off": (core.ACCEPT_PATH_INFO, "off"),
    "AllowEncodedSlashes NoDecode": (core.ALLOW_ENCODED_SLASHES, "nodecode"),
    "ServerSignature EMail": (core.SERVER_SIGNATURE, "email"),
    "ServerTokens ProductOnly": (core.SERVER_TOKENS, "prod"),
    "TraceEnable extended": (core.TRACE_ENABLE, "extended"),
    "MergeSlashes Off": (core.MERGE_SLASHES, False),
    "FileETag None": (core.FILE_ETAG, core.FileTag(frozenset({"none"}))),
    "FileETag INode MTime": (core.FILE_ETAG, core.FileTag(frozenset({"inode", "mtime"}))),
    "FileETag +INode": (core.FILE_ETAG, core.FileTag(frozenset({"inode"}))),
    "EnableSendfile On": (core.ENABLE_SENDFILE, True),
    "AddHandler Mod_Python .Py psp": (mime.HANDLERS_BY_EXT, {"py": "mod_python", "psp": "mod_python"}),
    "RemoveHandler .py": (mime.HANDLERS_BY_EXT, {}),
    "AddHandler a .py\nRemoveHandler .py": (mime.HANDLERS_BY_EXT, {"py": "a"}),
    "RemoveHandler .py\nAddHandler a .py": (mime.HANDLERS_BY_EXT, {"py": "a"}),
    "AddType text/html .shtml\nAddType text/plain .shtml": (mime.TYPES_BY_EXT, {"shtml": "text/plain"}),
    "RemoveType php": (mime.TYPES_BY_EXT, {"php": None}),
    "RemoveType php\nAddType a/b php": (mime.TYPES_BY_EXT, {"php": "a/b"}),
    "TypesConfig /etc/mime.types": (mime.TYPES_CONFIG, "/etc/mime.types"),
    "AddEncoding x-gzip .gz": (mime.ENCODINGS_BY_EXT, {"gz": "x-gzip"}),
    "AddCharset UTF-8 .utf8": (mime.CHARSETS_BY_EXT, {"utf8": "utf-8"}),
    "AddLanguage pt-BR .pt-br": (mime.LANGUAGES_BY_EXT, {"pt-br": "pt-br"}),
    "AddOutputFilter INCLUDES;DEFLATE .shtml": (mime.OUTPUT_FILTERS_BY_EXT, {"shtml": ("includes", "deflate")}),
    "AddOutputFilter DEFLATE .html": (mime.OUTPUT_FILTERS_BY_EXT, {"html": ("deflate",)}),
    "SetEnv A\nPassEnv B C\nUnsetEnv D\nSetEnv E 1": (
        env.ENV,
        (("set", "A", ""), ("pass", "B", ""), ("pass", "C", ""), ("unset", "D", ""), ("set", "E", "1")),
    ),
    "DirectoryIndex index.html index.py": (mod_dir.DIRECTORY_INDEX, ("index.html", "index.py")),
    "DirectoryIndex a\nDirectoryIndex b": (mod_dir.DIRECTORY_INDEX, ("a", "b")),
    "DirectoryIndex disabled": (mod_dir.DIRECTORY_INDEX, ()),
    "DirectoryIndex disabled a": (mod_dir.DIRECTORY_INDEX, ("disabled", "a")),
    "DirectorySlash Off": (mod_dir.DIRECTORY_SLASH, False),
    "PythonDebug On\nPythonAutoReload Off": (python.PYTHON_CONFIG, {"PythonDebug": "1", "PythonAutoReload": "0"}),
    "PythonPath \"sys.path+['/x']\"": (python.PYTHON_CONFIG, {"PythonPath": "sys.path+['/x']"}),
    "PythonInterpreter a": (python.PYTHON_CONFIG, {"PythonInterpreter": "a"}),
    "PythonInterpPerDirective on": (python.PYTHON_CONFIG, {"PythonInterpPerDirective": "1"}),
    'PythonOption a b\nPythonOption c\nPythonOption d ""': (python.PYTHON_OPTIONS, {"a": "b", "c": "", "d": ""}),
}


@pytest.mark.parametrize("text", SERVER)
def test_setting(text: str) -> None:
    setting, wanted = SERVER[text]
    settings = load_text(text).main.settings
    if setting in settings or wanted != setting.default:
        assert setting in settings
    assert settings[setting] == wanted


REMOVED = {
    "in a directory": ("<Directory /x>", "RemoveHandler .py", None),
    "what the section adds before": ("<Directory /x>", "AddHandler a .py\nRemoveHandler .py", None),
    "what the section adds after": ("<Directory /x>", "RemoveHandler .py\nAddHandler a .py", None),
    "in a virtual host": ("<VirtualHost *>", "RemoveHandler .py\nAddHandler a .py", None),
    "for files": ("<Directory /x>", "AddHandler a .x\nAddHandler b .py", "b"),
}


@pytest.mark.parametrize(("around", "text", "wanted"), REMOVED.values(), ids=REMOVED)
def test_removal_of_handlers(around: str, text: str, wanted: str | None) -> None:
    site = load_text(f"{around}\n{text}\n</{around[1:].split()[0]}>")
    inner = (site.hosts or site.main.sections)[0].settings
    assert site.main.settings.merged(inner)[mime.HANDLERS_BY_EXT].get("py") == wanted


# The server's, those of sections merged among themselves, wanted: a removal reaches what its section is laid over
# first, which is another section of its level if that has any directive of mod_mime, and is forgotten then.
FORGOTTEN: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "one section": ("AddHandler a .x .y", ["RemoveHandler .x"], {"y": "a"}),
    "under another removal": ("AddHandler a .x .y", ["RemoveHandler .x", "RemoveHandler .y"], {"x": "a", "y": "a"}),
    "of the same extension": ("AddHandler a .x .y", ["RemoveHandler .x", "RemoveHandler .x"], {"x": "a", "y": "a"}),
    "under a type": ("AddHandler a .x", ["RemoveHandler .x", "AddType b/c .d"], {"x": "a"}),
    "under a language": ("AddHandler a .x", ["RemoveHandler .x", "DefaultLanguage es"], {"x": "a"}),
    "under ModMimeUsePathInfo": ("AddHandler a .x", ["RemoveHandler .x", "ModMimeUsePathInfo On"], {"x": "a"}),
    "under MultiviewsMatch": ("AddHandler a .x", ["RemoveHandler .x", "MultiviewsMatch Any"], {"x": "a"}),
    "under another module": ("AddHandler a .x", ["RemoveHandler .x", "Options None\nForceType b/c"], {}),
    "under nothing": ("AddHandler a .x", ["RemoveHandler .x", ""], {}),
    "above a type": ("AddHandler a .x", ["AddType b/c .d", "RemoveHandler .x"], {"x": "a"}),
    "above another module": ("AddHandler a .x", ["Options None", "RemoveHandler .x"], {}),
    "of the section's own, alone": ("", ["AddHandler a .x\nRemoveHandler .x"], {}),
    "of the section's own, under another": ("", ["AddHandler a .x\nRemoveHandler .x", "RemoveType .y"], {"x": "a"}),
    "of the section's own, above another": ("", ["RemoveType .y", "AddHandler a .x\nRemoveHandler .x"], {}),
    "of what the section above adds": ("AddHandler a .x", ["AddHandler b .x", "RemoveHandler .x"], {"x": "a"}),
    "in the second of three": ("AddHandler a .x", ["RemoveType .y", "RemoveHandler .x", "RemoveType .y"], {"x": "a"}),
}


@pytest.mark.parametrize(("server", "sections", "wanted"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_forgotten_removals(server: str, sections: list[str], wanted: dict[str, str]) -> None:
    among_themselves = on_top(EMPTY, [in_directory(text) for text in sections])
    handlers = load_text(server).main.settings.merged(among_themselves)[mime.HANDLERS_BY_EXT]
    assert handlers == wanted


def in_directory(text: str) -> Settings:
    (section,) = load_text(f"<Directory /srv>\n{text}\n</Directory>").main.sections
    return section.settings


OPTIONS = {
    "Indexes": {"Indexes"},
    "None": set(),
    "All": {"Indexes", "Includes", "IncludesNOEXEC", "FollowSymLinks", "ExecCGI"},
    "All -Indexes": {"Includes", "IncludesNOEXEC", "FollowSymLinks", "ExecCGI"},
    "None +Indexes": {"Indexes"},
    "+Indexes": {"FollowSymLinks", "Indexes"},
    "-FollowSymLinks": set(),
    "+Indexes -FollowSymLinks": {"Indexes"},
    "includesnoexec multiviews": {"IncludesNOEXEC", "MultiViews"},
    "RunScripts": {"MultiViews", "ExecCGI"},
}


@pytest.mark.parametrize(("text", "wanted"), OPTIONS.items())
def test_options(text: str, wanted: set[str]) -> None:
    assert in_directory(f"Options {text}")[core.OPTIONS].names == wanted


MERGED = {
    "replaced": ("Indexes", "ExecCGI", {"ExecCGI"}),
    "added": ("Indexes", "+ExecCGI", {"Indexes", "ExecCGI"}),
    "taken away": ("Indexes ExecCGI", "-ExecCGI", {"Indexes"}),
    "documented by httpd": (
        "Indexes FollowSymLinks",
        "+Includes -Indexes",
        {"FollowSymLinks", "Includes", "IncludesNOEXEC"},
    ),
    "two lines": ("Indexes", "+ExecCGI\nOptions -Indexes", {"ExecCGI"}),
    "a set after a change": ("Indexes", "+ExecCGI\nOptions MultiViews", {"MultiViews"}),
    "a set after what it gives back": ("Indexes", "-Indexes\nOptions Indexes MultiViews", {"MultiViews"}),
    "and after another set": ("Indexes", "-ExecCGI\nOptions None\nOptions ExecCGI Indexes", {"Indexes"}),
    "given back by a change": ("Indexes", "-ExecCGI\nOptions +ExecCGI\nOptions ExecCGI", {"ExecCGI"}),
    "a change after a set": ("Indexes", "MultiViews\nOptions +ExecCGI", {"MultiViews", "ExecCGI"}),
    "programs are taken away": ("Includes", "+IncludesNOEXEC", {"IncludesNOEXEC"}),
    "nothing said": ("Indexes", "", {"Indexes"}),
}


@pytest.mark.parametrize(("outer", "inner", "wanted"), MERGED.values(), ids=MERGED)
def test_options_of_two_sections(outer: str, inner: str, wanted: set[str]) -> None:
    settings = in_directory(f"Options {outer}").merged(in_directory(f"Options {inner}"))
    assert settings[core.OPTIONS].names == wanted


@pytest.mark.parametrize("server", ["None", "FollowSymLinks", "Includes"])
def test_programs_of_pages_stay_taken_away_over_the_servers_options(server: str) -> None:
    folders = in_directory("Options +Includes").merged(in_directory("Options +IncludesNOEXEC"))
    assert "Includes" not in in_directory(f"Options {server}").merged(folders)[core.OPTIONS].names


def test_handlers() -> None:
    settings = in_directory("PythonHandler a b::c | .py psp\nPythonHandler d\nPythonFixupHandler e\nPythonHandler f")
    ref = [python.HandlerRef(name, "/srv/", False, None, None) for name in ("a", "b::c", "d", "e", "f")]
    assert settings[python.HANDLERS] == {
        "PythonHandler.py": (ref[0], ref[1]),
        "PythonHandlerpsp": (ref[0], ref[1]),
        "PythonHandler": (ref[2], ref[4]),
        "PythonFixupHandler": (ref[3],),
    }


def test_a_handler_module_stands_for_every_phase_but_connections() -> None:
    handlers = in_directory("PythonHandlerModule site")[python.HANDLERS]
    assert len(handlers) == 12
    assert "PythonConnectionHandler" not in handlers
    assert set(handlers.values()) == {(python.HandlerRef("site", "/srv/", True, None, None),)}


PLACES = {
    "server": ("PythonHandler a", None, None),
    "directory": ("<Directory /srv/x/../y>\nPythonHandler a\n</Directory>", "/srv/y/", None),
    "files in a directory": ("<Directory /srv>\n<Files x>\nPythonHandler a\n</Files>\n</Directory>", "/srv/", None),
    "files": ("<Files x>\nPythonHandler a\n</Files>", None, None),
    "location": ("<Location /srv>\nPythonHandler a\n</Location>", None, "/srv"),
    "pattern": ("<Directory /home/*/www>\nPythonHandler a\n</Directory>", "/home/*/www/", None),
    "limit": ("<Directory /srv>\n<Limit GET>\nPythonHandler a\n</Limit>\n</Directory>", "/srv/", None),
}


@pytest.mark.parametrize(("text", "directory", "location"), PLACES.values(), ids=PLACES)
def test_where_a_handler_stands(text: str, directory: str | None, location: str | None) -> None:
    site = load_text(text)
    settings = site.main.sections[0].settings if site.main.sections else site.main.settings
    files = settings[core.FILES_SECTIONS]
    (ref,) = (files[0].settings if files else settings)[python.HANDLERS]["PythonHandler"]
    assert (ref.directory, ref.location) == (directory, location)
    assert bool(ref.pattern) is ("*" in text)


def test_imports() -> None:
    imports = load_text("PythonImport a::b one\n<VirtualHost *>\nPythonImport c two\n</VirtualHost>")
    assert [(i.module, i.interpreter) for i in imports.main.settings[python.PYTHON_IMPORTS]] == [("a::b", "one")]
    assert imports.hosts[0].settings[python.PYTHON_IMPORTS][0].origin.line == 3


def test_optimize_is_told() -> None:
    assert load_text("\nPythonOptimize On", file="c").warnings[0].startswith("c:2: PythonOptimize has no effect")
    assert load_text("PythonOptimize Off").warnings == ()


def requirements(settings: Settings) -> list[Requirement]:
    """The Require lines of a section, in order."""
    rules = settings[authz_core.AUTHORIZATION].rules
    return every_requirement(rules) if rules else []


REQUIRE = {
    "all granted": ("all", ("granted",)),
    "all Denied": ("all", ("denied",)),
    "valid-user": ("valid-user", ()),
    'user a "b c"': ("user", ("a", "b c")),
    "user": ("user", ()),
    "local": ("local", ()),
    "method GET POST": ("method", ("GET", "POST")),
    "method HEAD": ("method", ("GET",)),
    "env A b": ("env", ("A", "b")),
    "env": ("env", ()),
    "host A.example .b.example": ("host", ("a.example", ".b.example")),
    "host a.example# b.example": ("host", ("a.example",)),
    "host # b.example": ("host", ()),
    "forward-dns A.example": ("forward-dns", ("a.example",)),
    'group Staff "the Board"': ("group", ("staff", "the board")),
    "file-owner": ("file-owner", ()),
    "file-group": ("file-group", ()),
    "ip 10.1 192.168.1.7/255.255.255.0 ::1": (
        "ip",
        tuple(map(ipaddress.ip_network, ("10.1.0.0/16", "192.168.1.0/24", "::1/128"))),
    ),
}


@pytest.mark.parametrize(("text", "wanted"), REQUIRE.items())
def test_require(text: str, wanted: tuple[str, tuple[object, ...]]) -> None:
    (requirement,) = requirements(in_directory(f"Require {text}"))
    assert (requirement.kind, requirement.args) == wanted
    assert requirement.methods is None and not requirement.negated


def test_authentication() -> None:
    settings = in_directory('AuthType Basic\nAuthName "My realm"\nAuthUserFile /dev/null\nAuthBasicAuthoritative Off')
    assert (settings[authn_core.AUTH_TYPE], settings[authn_core.AUTH_NAME]) == ("Basic", "My realm")
    assert (settings[authn_file.USER_FILE], settings[auth_basic.AUTHORITATIVE]) == ("/dev/null", False)


# text of a <Directory> -> a setting of it
AUTHENTICATION: dict[str, tuple[Setting[Any], Any]] = {
    "AuthType none": (authn_core.AUTH_TYPE, None),
    "AuthUserFile conf/../passwords": (authn_file.USER_FILE, "/passwords"),
    "AuthBasicProvider anon file": (auth_basic.PROVIDERS, ("anon", "file")),
    "AuthBasicProvider anon\nAuthBasicProvider file": (auth_basic.PROVIDERS, ("anon", "file")),
    "AuthBasicFake a": (auth_basic.FAKE, auth_basic.Fake("a", "password")),
    "AuthBasicFake a b": (auth_basic.FAKE, auth_basic.Fake("a", "b")),
    "AuthBasicFake a b\nAuthBasicFake OFF": (auth_basic.FAKE, None),
    "AuthBasicUseDigestAlgorithm md5": (auth_basic.USE_DIGEST, True),
    "AuthBasicUseDigestAlgorithm Off": (auth_basic.USE_DIGEST, False),
    "Anonymous Guest\nAnonymous other": (
        authn_anon.ANONYMOUS,
        authn_anon.Anonymous(users=frozenset({b"guest", b"other"})),
    ),
    "Anonymous a *\nAnonymous_NoUserID On": (
        authn_anon.ANONYMOUS,
        authn_anon.Anonymous(users=frozenset({b"a"}), any_user=True, no_user=True),
    ),
    "Anonymous_MustGiveEmail Off\nAnonymous_VerifyEmail On\nAnonymous_LogEmail Off": (
        authn_anon.ANONYMOUS,
        authn_anon.Anonymous(must_give_email=False, verify_email=True, log_email=False),
    ),
    "AuthDigestDomain / /a\nAuthDigestDomain /b": (
        auth_digest.DIGEST,
        auth_digest.Digest(domain=("/", "/a", "/b")),
    ),
    "AuthDigestProvider file\nAuthDigestNonceLifetime -1": (
        auth_digest.DIGEST,
        auth_digest.Digest(providers=("file",), lifetime=-1),
    ),
    "AuthDigestQop AUTH\nAuthDigestAlgorithm md5\nAuthDigestNcCheck Off": (
        auth_digest.DIGEST,
        auth_digest.Digest(),
    ),
}


@pytest.mark.parametrize("text", AUTHENTICATION)
def test_setting_of_authentication(text: str) -> None:
    setting, wanted = AUTHENTICATION[text]
    settings = in_directory(text)
    assert setting in settings
    assert settings[setting] == wanted


def test_an_inner_section_replaces_anonymous_and_digest_whole() -> None:
    outer = in_directory("Anonymous a\nAuthDigestDomain /\nAuthBasicProvider anon\nAuthBasicAuthoritative Off")
    inner = in_directory("Anonymous_NoUserID On\nAuthDigestQop auth\nAuthBasicProvider file")
    merged = outer.merged(inner)
    assert merged[authn_anon.ANONYMOUS] == authn_anon.Anonymous(no_user=True)
    assert merged[auth_digest.DIGEST] == auth_digest.Digest()
    assert (merged[auth_basic.PROVIDERS], merged[auth_basic.AUTHORITATIVE]) == (("file",), False)


def test_order_allow_deny() -> None:
    text = "Order Deny,Allow\nDeny from all\nAllow from 10.1 env=a env=!b 10.0.0.0/8 Me.Example\nSatisfy All"
    access = in_directory(text)[access_compat.ACCESS]
    assert access is not None
    assert access.orders == (("deny,allow", None),)
    assert access.satisfy == (("all", None),)
    assert access.deny == (("all", "", False, None),)
    assert access.allow == (
        ("ip", ipaddress.ip_network("10.1.0.0/16"), False, None),
        ("env", "a", False, None),
        ("env", "b", True, None),
        ("ip", ipaddress.ip_network("10.0.0.0/8"), False, None),
        ("host", "me.example", False, None),
    )


def test_an_inner_section_replaces_access_whole() -> None:
    outer = in_directory("Order allow,deny\nDeny from 10")
    inner = in_directory("Allow from 11")
    access = outer.merged(inner)[access_compat.ACCESS]
    assert access is not None
    assert (access.orders, access.deny, len(access.allow)) == ((), (), 1)


def test_methods_of_a_limit() -> None:
    text = (
        "<Limit POST PUT>\nRequire user a\nDeny from all\n</Limit>\n<LimitExcept GET>\nRequire user b\n</LimitExcept>"
    )
    settings = in_directory(text)
    post, rest = (requirement.methods for requirement in requirements(settings))
    assert post is not None and rest is not None
    covered = {m for m in ("GET", "HEAD", "POST", "PUT", "FOO") if post.covers(m)}
    assert covered == {"POST", "PUT"}
    assert {m for m in ("GET", "HEAD", "POST", "PUT", "FOO") if rest.covers(m)} == {"POST", "PUT", "FOO"}
    access = settings[access_compat.ACCESS]
    assert access is not None and access.deny[0].methods == post


NESTED_LIMITS = {
    ("<Limit GET POST>", "<Limit POST PUT>"): {"POST"},
    ("<LimitExcept GET>", "<LimitExcept POST>"): {"PUT"},
    ("<LimitExcept GET>", "<Limit GET POST>"): {"POST"},
    ("<Limit GET POST>", "<LimitExcept GET>"): {"POST"},
}


@pytest.mark.parametrize(("sections", "wanted"), NESTED_LIMITS.items())
def test_nested_limits(sections: tuple[str, str], wanted: set[str]) -> None:
    outer, inner = sections
    close = ["</" + section.split()[0][1:] + ">" for section in (inner, outer)]
    (requirement,) = requirements(in_directory("\n".join([outer, inner, "Require local", *close])))
    assert requirement.methods is not None
    assert {method for method in ("GET", "POST", "PUT") if requirement.methods.covers(method)} == wanted


def same(found: Regex | None, text: Any) -> bool:
    """Whether a pattern is the one of this regular expression."""
    return found is None if text is None else found is not None and found.pattern == compile_regex(text).pattern


ALIASES = {
    "Alias /a /srv/b": ("/a", None, "/srv/b", None),
    "Alias /a/ srv/b/": ("/a/", None, "/srv/b/", None),
    "ScriptAlias /cgi-bin/ /srv/cgi/": ("/cgi-bin/", None, "/srv/cgi/", "cgi-script"),
    "AliasMatch ^/~(.*)$ /home/$1": (None, "^/~(.*)$", "/home/$1", None),
    "ScriptAliasMatch ^/x $1": (None, "^/x", "$1", "cgi-script"),
}


@pytest.mark.parametrize(("text", "wanted"), ALIASES.items())
def test_alias(text: str, wanted: tuple[object, ...]) -> None:
    (found,) = load_text(text).main.settings[alias.ALIASES]
    prefix, regex, *others = wanted
    assert [found.prefix, found.target, found.handler] == [prefix, *others]
    assert same(found.regex, regex)


CGI = {
    "CGIScriptTimeout 20": (cgi.SCRIPT_TIMEOUT, 20.0),
    "CGIDScriptTimeout 500ms": (cgi.SCRIPT_TIMEOUT, 0.5),
    "": (cgi.SCRIPT_TIMEOUT, None),
    "ServerRoot /srv\nScriptLog logs/script": (cgi.SCRIPT_LOG, "/srv/logs/script"),
    "ScriptLogLength 10": (cgi.SCRIPT_LOG_LENGTH, 10),
    "ScriptLogBuffer 10": (cgi.SCRIPT_LOG_BUFFER, 10),
    "Action Text/X /a.cgi\nAction y /b virtual": (
        cgi.ACTIONS,
        {"text/x": cgi.Action("/a.cgi", False), "y": cgi.Action("/b", True)},
    ),
    "Script PUT /a\nScript HEAD /b": (cgi.SCRIPTS, {"PUT": "/a", "GET": "/b"}),
    "CGIVar REQUEST_URI Current-URI": (cgi.CGI_REQUEST_URI, "current-uri"),
}


@pytest.mark.parametrize(("text", "wanted"), CGI.items())
def test_cgi(text: str, wanted: tuple[Any, object]) -> None:
    setting, value = wanted
    assert load_text(text).main.settings[setting] == value


@pytest.mark.parametrize(
    "text",
    [
        "Action x",
        "Action x /y z",
        "Script TRACE /x",
        "CGIVar X original-uri",
        "CGIVar REQUEST_URI x",
        "CGIScriptTimeout x",
    ],
)
def test_cgi_mistakes(text: str) -> None:
    with pytest.raises(ConfigError):
        load_text(text)


def test_modules_of_programs_count_only_if_loaded() -> None:
    """Distributions open a folder of programs there."""
    text = "<IfModule mod_cgi.c>\nScriptAlias /cgi-bin/ /srv/\n</IfModule>\n"
    assert load_text(text).main.settings[alias.ALIASES] == ()
    assert load_text("LoadModule cgi_module modules/mod_cgi.so\n" + text).main.settings[alias.ALIASES]


REDIRECTS = {
    "Redirect /a http://b/": ("/a", None, 302, "http://b/"),
    "Redirect /a /b": ("/a", None, 302, "/b"),
    "Redirect permanent /a http://b/": ("/a", None, 301, "http://b/"),
    "Redirect SeeOther /a http://b/": ("/a", None, 303, "http://b/"),
    "Redirect 307 /a http://b/": ("/a", None, 307, "http://b/"),
    "Redirect gone /a": ("/a", None, 410, None),
    "Redirect 404 /a": ("/a", None, 404, None),
    "RedirectTemp /a http://b/": ("/a", None, 302, "http://b/"),
    "RedirectPermanent /a http://b/": ("/a", None, 301, "http://b/"),
    "RedirectMatch ^/a(.*)$ http://b$1": (None, "^/a(.*)$", 302, "http://b$1"),
    "RedirectMatch 301 ^/a $1": (None, "^/a", 301, "$1"),
    "RedirectMatch gone ^/a": (None, "^/a", 410, None),
    "<Location /x>\nRedirect 301 http://b/\n</Location>": (None, None, 301, "http://b/"),
    "<Location /x>\nRedirect http://b/\n</Location>": (None, None, 302, "http://b/"),
    "<Location /x>\nRedirect gone\n</Location>": (None, None, 410, None),
    "<Directory /x>\nRedirect /y http://b/\n</Directory>": ("/y", None, 302, "http://b/"),
}


@pytest.mark.parametrize(("text", "wanted"), REDIRECTS.items())
def test_redirect(text: str, wanted: tuple[object, ...]) -> None:
    main = load_text(text).main
    settings = main.sections[0].settings if main.sections else main.settings
    (found,) = settings[alias.REDIRECTS] or (settings[alias.REDIRECT_HERE],)
    assert found is not None
    prefix, regex, *others = wanted
    assert [found.prefix, found.status, found.target] == [prefix, *others]
    assert same(found.regex, regex)


SETENVIF = {
    "SetEnvIf Host ^a b=c !d e": ("Host", None, "^a", (("b", "c"), ("d", None), ("e", "1"))),
    'SetEnvIf remote_ADDR "^10\\." x': ("remote_addr", None, "^10\\.", (("x", "1"),)),
    "SetEnvIf ^X-.* a b": ("^X-.*", "^X-.*", "a", (("b", "1"),)),
    "BrowserMatch ^Moz a=1=2": ("User-Agent", None, "^Moz", (("a", "1=2"),)),
}


@pytest.mark.parametrize(("text", "wanted"), SETENVIF.items())
def test_setenvif(text: str, wanted: tuple[object, ...]) -> None:
    (rule,) = load_text(text).main.settings[setenvif.SETENVIF]
    attribute, headers, regex, assignments = wanted
    assert (rule.attribute, rule.assignments) == (attribute, assignments)
    assert same(rule.headers, headers) and same(rule.regex, regex)


def test_setenvif_without_case() -> None:
    (rule,) = load_text("BrowserMatchNoCase moz a").main.settings[setenvif.SETENVIF]
    assert rule.regex.search("MOZ")


# Merge rules: outer, inner, setting, wanted
MERGE: dict[str, tuple[str, str, Setting[Any], Any]] = {
    "ErrorDocument, by status": (
        "ErrorDocument 404 /a\nErrorDocument 403 /b",
        "ErrorDocument 404 /c",
        core.ERROR_DOCUMENTS,
        {404: ERROR_DOCUMENT("local", "/c"), 403: ERROR_DOCUMENT("local", "/b")},
    ),
    "AddHandler, by extension": ("AddHandler a .x .y", "RemoveHandler .x", mime.HANDLERS_BY_EXT, {"y": "a"}),
    "PythonOption, by key": (
        "PythonOption a 1\nPythonOption b 2",
        "PythonOption a",
        python.PYTHON_OPTIONS,
        {"a": "", "b": "2"},
    ),
    "SetEnv, one after the other": ("SetEnv A 1", "SetEnv A 2", env.ENV, (("set", "A", "1"), ("set", "A", "2"))),
    "DirectoryIndex, replaced": ("DirectoryIndex a", "DirectoryIndex b", mod_dir.DIRECTORY_INDEX, ("b",)),
    "SetHandler, replaced": ("SetHandler a", "SetHandler None", core.SET_HANDLER, ""),
}


@pytest.mark.parametrize(("outer", "inner", "setting", "wanted"), MERGE.values(), ids=MERGE)
def test_merge(outer: str, inner: str, setting: Setting[Any], wanted: object) -> None:
    assert in_directory(outer).merged(in_directory(inner))[setting] == wanted


def test_handlers_of_an_inner_section_replace_those_of_the_same_phase() -> None:
    outer = in_directory("PythonHandler a\nPythonHandler b\nPythonLogHandler c")
    handlers = outer.merged(in_directory("PythonHandler d"))[python.HANDLERS]
    assert {key: [ref.name for ref in refs] for key, refs in handlers.items()} == {
        "PythonHandler": ["d"],
        "PythonLogHandler": ["c"],
    }


def test_aliases_and_redirects_of_an_inner_section_go_first() -> None:
    site = load_text("Alias /a /1\nRedirect /r /1\n<VirtualHost *>\nAlias /a /2\nRedirect /r /2\n</VirtualHost>")
    merged = site.main.settings.merged(site.hosts[0].settings)
    assert [found.target for found in merged[alias.ALIASES]] == ["/2", "/1"]
    assert [found.target for found in merged[alias.REDIRECTS]] == ["/2", "/1"]
