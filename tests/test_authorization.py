"""Require beside a model of its own: random trees, merged in random orders; and what its providers read and ask."""

from __future__ import annotations

import grp
import ipaddress
import os
import pwd
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi import stamps
from modpy_wsgi.config.host_config import HostConfig
from modpy_wsgi.config.htaccess import parse_htaccess
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import Names, Override
from modpy_wsgi.config.override import Rules
from modpy_wsgi.config.request_config import RequestConfig
from modpy_wsgi.constants import HTTP_FORBIDDEN, OK
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.httpd import authorization, clients, groups
from modpy_wsgi.testing import site

# -- the model: a section is a tree of tuples, judged word by word as httpd's documentation tells it ------------------

# ("require", negated, "A" or "user", methods) or (kind, members, methods); methods is None or a set of names.
Tree = tuple[Any, ...]
LEAVES = ("A", "B", "user", "granted", "denied")
KINDS = ("All", "Any", "None")
MERGING = ("", "Off", "And", "Or")


def leaves() -> st.SearchStrategy[Tree]:
    """Require lines, some in a <Limit>."""
    methods = st.sampled_from((None, None, None, "GET", "POST"))
    return st.tuples(st.just("require"), st.booleans(), st.sampled_from(LEAVES), methods)


def trees() -> st.SearchStrategy[Tree]:
    """What may stand in a section: lines and containers, valid or not."""

    def containers(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        members = st.lists(inner, max_size=3).map(tuple)
        return st.tuples(st.sampled_from(KINDS), members, st.sampled_from((None, None, "GET", "POST")))

    return st.recursive(leaves(), containers, max_leaves=6)


sections = st.tuples(st.sampled_from(MERGING), st.lists(trees(), max_size=3).map(tuple))


def written(tree: Tree) -> str:
    """The tree as lines of a configuration."""
    methods = tree[-1]
    if tree[0] == "require":
        _, negated, what, _ = tree
        names = {"user": "user me", "granted": "all granted", "denied": "all denied"}
        text = f"Require {'not ' if negated else ''}{names.get(what, f'env {what}')}"
    else:
        kind, members, _ = tree
        text = "\n".join([f"<Require{kind}>", *map(written, members), f"</Require{kind}>"])
    return f"<Limit {methods}>\n{text}\n</Limit>" if methods else text


class Refused(Exception):
    """httpd does not start, or answers 500."""


@dataclass
class Node:
    """A rule of the model: `what` is a leaf's name, or "every" or "any"."""

    what: str
    negated: bool = False
    methods: frozenset[str] = frozenset()
    members: list[Node] = field(default_factory=list)


BOTH = frozenset({"GET", "POST"})


def read(lines: tuple[Tree, ...], limit: frozenset[str] = BOTH) -> Node | None:
    """The rules of a section; None if it has none."""
    top = Node("any")
    for line in lines:
        _put(top, line, limit)
    return top if top.members else None


def _put(group: Node, tree: Tree, limit: frozenset[str]) -> None:
    if tree[-1]:
        inner = limit & {tree[-1]}
        if not inner or limit == inner:
            raise Refused  # "excludes all methods", "already excluded"
        limit = inner
    if tree[0] == "require":
        _, negated, what, _ = tree
        made = Node(what, negated, limit)
    else:
        kind, members, _ = tree
        made = Node("every" if kind == "All" else "any", kind == "None")
        for member in members:
            _put(made, member, limit)
        if not made.members:
            raise Refused
    if made.negated and group.what == "any":
        raise Refused
    group.methods |= made.methods
    if made.members and not made.negated and made.what == group.what:
        group.members += made.members
    else:
        group.members.append(made)


def worked_over(group: Node) -> None:
    """What httpd does to its own configuration before the start, not to .htaccess."""
    members: list[Node] = []
    for member in group.members:
        if member.members:
            worked_over(member)
            if member.negated and member.what != group.what:
                for each in member.members:
                    each.negated = not each.negated
                    members.append(each)
                continue
        members.append(member)
    group.members = members
    if all(member.negated for member in members):
        raise Refused


def verdict(node: Node, facts: frozenset[str], method: str, around: str) -> str:
    """granted, denied, user (a user might help) or nothing."""
    if method not in node.methods:
        return "granted" if around == "every" else "nothing"
    if node.members:
        found = {verdict(member, facts, method, node.what) for member in node.members}
        order = ("denied", "user", "granted") if node.what == "every" else ("granted", "user", "denied")
        said = next((word for word in order if word in found), "nothing")
    elif node.what == "user":
        said = {"me": "granted", "other": "denied"}.get(next(iter(facts & {"me", "other"}), ""), "user")
    else:
        said = "granted" if node.what == "granted" or node.what in facts else "denied"
    if node.negated:
        return "denied" if said == "granted" else "nothing"
    return said


def merged(layers: list[tuple[str, Node | None]]) -> Node | None:
    """Sections from the outermost to the innermost, as one."""
    held: Node | None = None
    for merging, rules in layers:
        if merging in ("", "Off"):
            held = rules if rules or merging else held
        elif held and rules:
            what = "every" if merging == "And" else "any"
            held = Node(what, False, held.methods | rules.methods, [held, rules])
        else:
            held = rules or held
    return held


def wanted(
    config: list[tuple[str, Tree]], htaccess: tuple[str, Tree] | None, facts: frozenset[str], method: str
) -> str:
    """The model's answer; Refused if the configuration is not accepted."""
    layers = []
    for merging, lines in config:
        rules = read(lines)
        if rules:
            worked_over(rules)
        layers.append((merging, rules))
    if htaccess is not None:
        layers.append((htaccess[0], read(htaccess[1])))
    rules = merged(layers)
    if rules is None:
        return "granted"
    said = verdict(rules, facts, method, "every")
    return "denied" if said == "nothing" else said


@dataclass
class Asked:
    """As much of a request as the rules look at."""

    _method: str
    subprocess_env: frozenset[str]
    _user: str | None
    uri: str = "/a/"
    filename: str = "/srv/a/"

    @property
    def _application(self) -> Asked:
        return self

    def log_request(self, *words: Any) -> None:
        """Nobody reads it here."""


def lines_of(section: tuple[str, tuple[Tree, ...]]) -> str:
    """A section's lines."""
    merging, trees_ = section
    return "\n".join([*([f"AuthMerging {merging}"] if merging else []), *map(written, trees_)])


def config_of(config: list[Any], htaccess: Any) -> RequestConfig:
    """What holds for /srv/a/ under these sections, the same path's several times."""
    paths = ("/srv", "/srv", "/srv/a", "/srv/a")
    text = "\n".join(
        f"<Directory {path}>\n{lines_of(section)}\n</Directory>" for path, section in zip(paths, config, strict=False)
    )
    host = HostConfig(load_text(text))
    directory = host.directory("/srv/a/")
    if htaccess is not None:
        parsed = parse_htaccess(
            lines_of(htaccess).encode(), "/srv/a/.htaccess", rules=Rules(Override.ALL), names=Names(), warn=print
        )
        directory = directory.overlaid(parsed)
    return directory.config("", ((), load_text("").main.settings), True)


ANSWERS = {OK: "granted", authorization.NEEDS_USER: "user", HTTP_FORBIDDEN: "denied"}


@settings(max_examples=600, deadline=None)
@given(
    config=st.lists(sections, min_size=1, max_size=4),
    htaccess=st.none() | sections,
    variables=st.sets(st.sampled_from(("A", "B"))),
    user=st.sampled_from((None, "me", "other")),
    method=st.sampled_from(("GET", "POST")),
)
def test_trees_and_their_merging(
    config: Any, htaccess: Any, variables: set[str], user: str | None, method: str
) -> None:
    facts = frozenset(variables) | ({user} if user else set())
    try:
        expected = wanted(config, htaccess, facts, method)
    except Refused:
        with pytest.raises(ConfigError):
            config_of(config, htaccess)
        return
    asked: Any = Asked(method, frozenset(variables), user)
    found = config_of(config, htaccess)
    assert ANSWERS[authorization.without_user(asked, found)] == expected
    assert authorization.has_work(found) or expected == "granted"


def test_the_model_is_no_stranger_to_refusals() -> None:
    with pytest.raises(Refused):
        read((("require", True, "A", None),))
    assert wanted([("", (("All", (("require", False, "A", None), ("require", True, "B", None)), None),))], None,
                  frozenset("A"), "GET") == "granted"  # fmt: skip


# -- names of hosts ---------------------------------------------------------------------------------------------------


class Resolver:
    """DNS as a test wants it: names of addresses, addresses of names. Counts what it is asked."""

    def __init__(self, names: dict[str, str], addresses: dict[str, tuple[str, ...]]) -> None:
        self.names, self.addresses, self.asked = names, addresses, 0

    def gethostbyaddr(self, address: str) -> tuple[str, list[str], list[str]]:
        self.asked += 1
        if address not in self.names:
            raise socket.herror(1, "Unknown host")
        return self.names[address], [], [address]

    def getaddrinfo(self, name: str, port: Any) -> list[Any]:
        self.asked += 1
        if name not in self.addresses:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in self.addresses[name]]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """Names for some addresses; 192.0.2.2 calls itself what does not lead back to it."""
    made = Resolver(
        {
            "192.0.2.1": "Www.Good.Example",
            "192.0.2.2": "www.good.example",
            "192.0.2.3": "gone.example",
            "2001:db8::1": "six.good.example",
        },
        {
            "www.good.example": ("198.51.100.1", "192.0.2.1"),
            "six.good.example": ("2001:db8::1",),
            "moving.example": ("192.0.2.9",),
        },
    )
    monkeypatch.setattr(socket, "gethostbyaddr", made.gethostbyaddr)
    monkeypatch.setattr(socket, "getaddrinfo", made.getaddrinfo)
    return made


GOOD = {"192.0.2.1": 200, "192.0.2.2": 403, "192.0.2.3": 403, "192.0.2.4": 403, "2001:db8::1": 200, "": 403, "x": 403}
NAMED = {
    "Require host good.example": GOOD,
    "Require host GOOD.example": GOOD,
    "Require host .good.example": GOOD,
    "Require host ood.example": dict.fromkeys(GOOD, 403),
    "Require host www.good.example": {**GOOD, "2001:db8::1": 403},
    "Order allow,deny\nAllow from good.example": GOOD,
    # Whoever has no name that leads back is denied by no name, as in httpd; an address that is not known is.
    "Order allow,deny\nAllow from all\nDeny from good.example": {
        **dict.fromkeys(GOOD, 200), "192.0.2.1": 403, "2001:db8::1": 403, "": 403, "x": 403,
    },
    "Require forward-dns www.good.example": {**dict.fromkeys(GOOD, 403), "192.0.2.1": 200},
    "Require forward-dns nowhere.example six.good.example": {**dict.fromkeys(GOOD, 403), "2001:db8::1": 200},
    "<RequireAll>\nRequire all granted\nRequire not host good.example\n</RequireAll>": {
        address: 403 if code == 200 or address in ("", "x") else 200 for address, code in GOOD.items()
    },
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A document root with a page and a guard that believes in a header."""
    (tmp_path / "page.txt").write_text("page")
    (tmp_path / "guard.py").write_text(
        dedent("""
            from mod_python import apache

            def authenhandler(req):
                req.user = req.headers_in["X-User"]
                return apache.OK

            def handler(req):
                req.content_type = "text/plain"
                req.write(repr(req.requires()))
                return apache.OK
        """)
    )
    return tmp_path


@pytest.mark.parametrize(("address", "rules"), [(a, r) for r, codes in NAMED.items() for a in codes])
def test_names_of_hosts(root: Path, resolver: Resolver, rules: str, address: str) -> None:
    app = site(rules, root=root, extra_environ={"REMOTE_ADDR": address})
    assert app.get("/page.txt", status="*").status_int == NAMED[rules][address]


def test_a_name_is_asked_for_once_for_a_request(root: Path, resolver: Resolver) -> None:
    rules = "Order allow,deny\nAllow from a.example good.example\nRequire host a.example\nRequire host good.example"
    app = site(rules, root=root, extra_environ={"REMOTE_ADDR": "192.0.2.1"})
    app.get("/page.txt", status=200)
    assert resolver.asked == 2


def test_no_name_is_asked_for_where_none_stands(root: Path, resolver: Resolver) -> None:
    app = site("Require ip 192.0.2.1\nOrder allow,deny\nAllow from 192.0.2 env=X", root=root)
    app.get("/page.txt", status=200, extra_environ={"REMOTE_ADDR": "192.0.2.1"})
    assert resolver.asked == 0


def test_the_name_that_moved_is_seen_with_the_next_request(root: Path, resolver: Resolver) -> None:
    app = site("Require forward-dns moving.example", root=root, extra_environ={"REMOTE_ADDR": "192.0.2.9"})
    app.get("/page.txt", status=200)
    resolver.addresses["moving.example"] = ("192.0.2.8",)
    app.get("/page.txt", status=403)


DOMAINS = [
    ("a.example", "a.example", True),
    ("www.a.example", "a.example", True),
    ("www.a.example", ".a.example", True),
    ("a.example", ".a.example", False),
    ("ba.example", "a.example", False),
    ("a.example", "www.a.example", False),
    ("a.example", "", False),
    ("a.example.", "", True),
]


@pytest.mark.parametrize(("name", "domain", "wanted"), DOMAINS)
def test_domain(name: str, domain: str, wanted: bool) -> None:
    assert clients.in_domain(name, domain) is wanted


def test_what_is_known_of_a_client_is_kept_once_for_a_list_of_networks() -> None:
    inside, outside = (ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24"))
    assert clients.among([inside, outside]) is clients.among(iter((inside, outside)))
    assert clients.among([inside])("198.51.100.7") is False
    assert clients.among([inside, outside])("198.51.100.7") is True


# -- groups and owners ------------------------------------------------------------------------------------------------

ME, MY_GROUP = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
GUARDED = "AuthType Mine\nAuthName x\nPythonAuthenHandler guard\n"


def asked(app: Any, user: str, path: str = "/page.txt") -> int:
    """The status of the answer to a user."""
    code: int = app.get(path, headers={"X-User": user}, status="*").status_int
    return code


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No group file of another test."""
    groups._files.clear()
    yield
    groups._files.clear()


def test_group_file_is_read_again_when_it_changed(root: Path) -> None:
    file = root / ".htgroups"
    file.write_text("staff: ann\n")
    app = site(f"{GUARDED}AuthGroupFile {file}\nRequire group staff", root=root)
    assert (asked(app, "ann"), asked(app, "bob")) == (200, 401)
    file.write_text("staff: bob and others\n")
    assert (asked(app, "ann"), asked(app, "bob")) == (401, 200)
    file.unlink()
    assert asked(app, "bob") == 401
    file.write_text("staff: bob\n")
    assert asked(app, "bob") == 200


def test_group_file_is_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = root / ".htgroups"
    file.write_text("staff: ann\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))  # long ago: a young file is read again
    app = site(f"{GUARDED}AuthGroupFile {file}\nRequire group staff", root=root)
    assert asked(app, "ann") == 200
    monkeypatch.setattr(groups, "read_file", None)
    assert (asked(app, "ann"), asked(app, "bob")) == (200, 401)


BROKEN = {
    "no colon": ("staff ann\nboard: ann\n", ":1: no group's line", 401),
    "a NUL": ("staff: ann\0\n", "a NUL byte in the file", 401),
    "other lines hold": ("nonsense\nstaff: ann\n", ":1: no group's line", 200),
}


@pytest.mark.parametrize(("text", "line", "wanted"), BROKEN.values(), ids=BROKEN)
def test_broken_group_file(root: Path, capfd: pytest.CaptureFixture[str], text: str, line: str, wanted: int) -> None:
    file = root / ".htgroups"
    file.write_text(text)
    app = site(f"{GUARDED}AuthGroupFile {file}\nRequire group staff", root=root)
    assert asked(app, "ann") == wanted
    assert line in capfd.readouterr().err
    assert asked(app, "ann") == wanted
    assert line not in capfd.readouterr().err  # told once


def test_group_file_that_is_none(
    root: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = root / ".htgroups"
    app = site(f"{GUARDED}AuthGroupFile {file}\nRequire group staff\nRequire user bob", root=root)
    assert (asked(app, "ann"), asked(app, "bob")) == (401, 200)
    assert f"Could not open group file: {file}: No such file" in capfd.readouterr().err
    file.mkdir()
    assert asked(app, "ann") == 401
    assert f"Could not open group file: {file}: not a regular file" in capfd.readouterr().err
    file.rmdir()
    file.write_text("staff: ann\n")
    monkeypatch.setattr(groups, "MAX_FILE", 10)
    assert asked(app, "ann") == 401
    assert f"Could not open group file: {file}: more than 10 bytes" in capfd.readouterr().err


def test_group_files_are_forgotten(tmp_path: Path) -> None:
    for number in range(groups.MAX_FILES + 20):
        file = tmp_path / str(number)
        file.write_text(f"staff: user{number}\n")
        assert groups.groups_of(str(file), f"user{number}") == ({"staff"}, ())
    assert len(groups._files) <= groups.MAX_FILES


def test_a_young_group_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one tick of the clock a file may be written twice, as long as before and with the same stamp."""
    file = tmp_path / "groups"
    at = 1_700_000_000.0
    monkeypatch.setattr(stamps.time, "time", lambda: at)
    for user, other in (("ann", "bob"), ("bob", "ann")):
        file.write_text(f"staff: {user}\n")
        os.utime(file, (at, at))
        assert groups.groups_of(str(file), user) == ({"staff"}, ())
        assert groups.groups_of(str(file), other) == (frozenset(), ())
    at += stamps.SETTLED_AFTER + 1
    assert groups.groups_of(str(file), "bob") == ({"staff"}, ())
    monkeypatch.setattr(groups, "read_file", None)  # which is not asked any more
    assert groups.groups_of(str(file), "bob") == ({"staff"}, ())


def test_owner_and_group_of_a_file(root: Path) -> None:
    file = root / ".htgroups"
    file.write_text(f"{MY_GROUP.upper()}: ann\nothers: bob\n")
    owner = site(f"{GUARDED}Require file-owner", root=root)
    assert (asked(owner, ME), asked(owner, "ann"), asked(owner, ME, "/absent")) == (200, 401, 401)
    group = site(f"{GUARDED}AuthGroupFile {file}\nRequire file-group", root=root)
    assert (asked(group, "ann"), asked(group, "bob"), asked(group, ME)) == (200, 401, 401)


def test_owner_without_a_name(root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    app = site(f"{GUARDED}Require file-owner", root=root)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    assert asked(app, ME) == 401
    assert "could not get name of file owner" in capfd.readouterr().err


# -- what handlers see, and bounds ------------------------------------------------------------------------------------


def test_requires(root: Path) -> None:
    rules = (
        '<RequireAny>\nRequire user  me "the boss"\n<RequireAll>\nRequire ip 127.0.0.0/8\nRequire not env X\n'
        "</RequireAll>\n</RequireAny>\n<Limit POST>\nRequire group staff\n</Limit>"
    )
    app = site(f"{GUARDED}SetHandler mod_python\nPythonHandler guard\n{rules}", root=root)
    assert app.get("/x").text == "('user me the boss', 'ip 127.0.0.0/8', 'not env X')"
    assert "'group staff'" in app.post("/x").text


def test_addresses_are_remembered_within_bounds() -> None:
    import ipaddress

    found = clients.among([ipaddress.ip_network("10.0.0.0/8")])
    assert all(found(f"10.0.{number >> 8}.{number & 255}") for number in range(3000))
    assert found.cache_info().currsize <= clients.MAX_ADDRESSES  # type: ignore[attr-defined]


def test_as_many_rules_as_one_likes(root: Path) -> None:
    names = " ".join(f"env=X{number}" for number in range(3000))
    app = site(f"SetEnvIf X-A . X2999\nOrder allow,deny\nAllow from all\nDeny from {names}", root=root)
    app.get("/page.txt", status=200)
    app.get("/page.txt", headers={"X-A": "1"}, status=403)
    users = "\n".join(f"Require env X{number}" for number in range(3000))
    app = site(f"SetEnvIf X-A . X2999\n{users}", root=root)
    app.get("/page.txt", status=403)
    app.get("/page.txt", headers={"X-A": "1"}, status=200)


def test_merging_without_end_is_closed() -> None:
    text = "".join(
        f"<Directory {'/a' * depth}>\nAuthMerging {'And' if depth % 2 else 'Or'}\nRequire env X\n</Directory>\n"
        for depth in range(1, 600)
    )
    host = HostConfig(load_text(text))
    config = host.directory("/a" * 599 + "/").config("", ((), load_text("").main.settings), True)
    someone: Any = Asked("GET", frozenset("X"), None)
    assert authorization.without_user(someone, config) == HTTP_FORBIDDEN  # httpd lets in as far as its stack goes


# -- over TLS, or not --------------------------------------------------------------------------------------------------

OVER_TLS = {
    "SSLRequireSSL": (403, 200),
    "SSLRequireSSL\nSatisfy Any\nOrder allow,deny\nAllow from all": (403, 200),
    "Require ssl": (403, 200),
    "<RequireAny>\nRequire ssl\nRequire env NEVER\n</RequireAny>": (403, 200),
    "<RequireAll>\nRequire all granted\nRequire not ssl\n</RequireAll>": (200, 403),
}


@pytest.mark.parametrize(("lines", "wanted"), OVER_TLS.items(), ids=list(OVER_TLS))
def test_tls_is_required(tmp_path: Path, lines: str, wanted: tuple[int, int]) -> None:
    (tmp_path / "page.txt").write_text("page\n")
    app = site(lines, root=tmp_path)
    claimed = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "HTTPS": "on"}
    plain = app.get("/page.txt", headers=claimed, expect_errors=True).status_int
    assert (plain, app.get("https://localhost/page.txt", expect_errors=True).status_int) == wanted


def test_tls_stays_required_below(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "page.txt").write_text("page\n")
    below = f"<Directory {tmp_path}/sub>\nRequire all granted\n</Directory>"
    app = site(f"SSLRequireSSL\n{below}", root=tmp_path)
    assert app.get("/sub/page.txt", expect_errors=True).status_int == 403
    assert app.get("https://localhost/sub/page.txt").status_int == 200
