"""The tree of a configuration: conditions, includes, variables, nesting. The answers are those of `httpd -t`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from modpy_wsgi.config.parser import Node, Reader, Tree, tree_of
from modpy_wsgi.errors import ConfigError


def parse_text(
    text: str, *, file: str = "<text>", defines: Iterable[str] = (), environ: Mapping[str, str] | None = None
) -> Tree:
    """The tree of a configuration given as text; `defines` are the -D of the command line."""
    reader = Reader(defines=set(defines), variables=dict(os.environ if environ is None else environ))
    return tree_of(reader, reader.text(text, file))


def shown(nodes: tuple[Node, ...]) -> list[object]:
    """The tree in short: "Name args", and [..., children] for a container."""
    out: list[object] = []
    for node in nodes:
        line = f"{node.name} {node.args}".strip()
        out.append(line if node.children is None else [line, *shown(node.children)])
    return out


TREES = {
    "plain": ("ServerName x\nListen 80", ["ServerName x", "Listen 80"]),
    "names as the tables write them": ("servername x\nFoo x", ["ServerName x", "Foo x"]),
    "container": ("<directory /x>\nOptions None\n</DIRECTORY>", [["<Directory /x>", "Options None"]]),
    "container without arguments": ("<Directory>\n</Directory>", [["<Directory >"]]),
    "space before the bracket": ("<Directory /x >\n</Directory>", [["<Directory /x >"]]),
    "nested": (
        "<VirtualHost *>\n<Files a>\nA\n</Files>\nB\n</VirtualHost>",
        [["<VirtualHost *>", ["<Files a>", "A"], "B"]],
    ),
    "a quoted name": ('"ServerName" x', ["ServerName x"]),
    "a condition that holds": ("A\n<IfDefine !X>\nB\n</IfDefine>\nC", ["A", "B", "C"]),
    "one that does not": ("A\n<IfDefine X>\nB\n</IfDefine>\nC", ["A", "C"]),
    "nested conditions": ("<IfDefine X>\n<IfDefine !X>\nB\n</IfDefine>\n<Foo>\n</Foo>\n</IfDefine>\nC", ["C"]),
    "what does not hold need not be well formed": ('<IfDefine X>\nGarbage "\n${Y}\n</IfDefine>', []),
    "in a container": ("<Directory /x>\n<IfDefine !X>\nB\n</IfDefine>\n</Directory>", [["<Directory /x>", "B"]]),
    "a container in a condition": ("<IfDefine !X>\n<Directory /x>\n</Directory>\n</IfDefine>", [["<Directory /x>"]]),
    "Define": ("Define X\n<IfDefine X>\nA\n</IfDefine>", ["A"]),
    "Define, later lines only": ("A ${X}\nDefine X 1\nA ${X}\nDefine X 2\nA ${X}", ["A ${X}", "A 1", "A 2"]),
    "Define with a value of two words": ('Define X "a b"\nA ${X}', ["A a b"]),
    "Define inside of a condition": ("<IfDefine !X>\nDefine X 1\n</IfDefine>\nA ${X}", ["A 1"]),
    "Define outlives its container": ("<Directory /x>\nDefine X 1\n</Directory>\nA ${X}", [["<Directory /x>"], "A 1"]),
    "UnDefine": ("Define X 1\nUnDefine X\nA ${X}\n<IfDefine X>\nB\n</IfDefine>", ["A ${X}"]),
    "a variable of the environment": ("A ${HOME}", ["A /home/me"]),
    "Define wins over the environment": ("Define HOME x\nA ${HOME}", ["A x"]),
    "a variable in a name": ("Define X Server\n${X}Name x", ["ServerName x"]),
    "a variable in a section": ("Define X /x\n<Directory ${X}>\n</Directory>", [["<Directory /x>"]]),
    "-D": ("<IfDefine GIVEN>\nA\n</IfDefine>", ["A"]),
    "LoadModule": (
        "LoadModule foo_module m/mod_foo.so\n<IfModule foo_module>\nA\n</IfModule>\n"
        "<IfModule mod_foo.c>\nB\n</IfModule>",
        ["LoadModule foo_module m/mod_foo.so", "A", "B"],
    ),
    "only after its LoadModule": (
        "<IfModule foo_module>\nA\n</IfModule>\nLoadModule foo_module m/mod_foo.so",
        ["LoadModule foo_module m/mod_foo.so"],
    ),
    "a module loaded but not implemented here": (
        "LoadModule rewrite_module m/mod_rewrite.so\n<IfModule mod_rewrite.c>\nA\n</IfModule>",
        ["LoadModule rewrite_module m/mod_rewrite.so", "A"],
    ),
    "a source with a name of its own": (
        "LoadModule ldap_module m/mod_ldap.so\n<IfModule util_ldap.c>\nA\n</IfModule>",
        ["LoadModule ldap_module m/mod_ldap.so", "A"],
    ),
    "text after the bracket of a condition": ("<IfDefine !X> x\nA\n</IfDefine>", ["A"]),
}


@pytest.mark.parametrize(("text", "wanted"), TREES.values(), ids=TREES)
def test_tree(text: str, wanted: list[object]) -> None:
    tree = parse_text(text, defines=["GIVEN"], environ={"HOME": "/home/me"})
    assert shown(tree.nodes) == wanted


CONDITIONS = {
    "IfModule core.c": True,
    "IfModule http_core.c": True,
    "IfModule mod_python.c": True,
    "IfModule python_module": True,
    "IfModule mod_alias.c": True,
    "IfModule mod_access.c": True,
    "IfModule mod_rewrite.c": False,
    "IfModule !mod_rewrite.c": True,
    'IfModule "core.c"': True,
    'IfModule !"core.c"': False,
    "IfModule prefork.c": True,
    "IfModule mpm_prefork_module": True,
    "IfModule worker.c": False,
    "IfDefine A": True,
    "IfDefine !A": False,
    "IfDefine B": False,
    "IfVersion 2.4.71": True,
    "IfVersion = 2.4": False,
    "IfVersion >= 2.4": True,
    "IfVersion > 2.4": True,
    "IfVersion >= 2.5": False,
    "IfVersion < 2.4": False,
    "IfVersion <= 3": True,
    "IfVersion !< 2.4": True,
    "IfVersion == 2.4.71": True,
    "IfVersion !2.2": None,
    r"IfVersion ~ ^2\.4\.": True,
    r"IfVersion !~ ^2\.4\.": False,
    r"IfVersion = /^2\.4\./": True,
    r'IfVersion = "/^2\.[0-3]\./"': False,
    "IfVersion = /2.4": None,
    "IfVersion >= 2.x": None,
    "IfVersion 2.4.71.1": None,
    "IfVersion foo 2.4": None,
    "IfVersion >= 2 4": None,
    "IfFile /dev/null": True,
    "IfFile dev/null": True,
    "IfFile !/dev/null": False,
    "IfFile /nothing/here": False,
    f"IfFile {'x' * 300}": False,  # longer than a name may be: no file, and no error
    "IfDirective ServerName": True,
    "IfDirective servername": True,
    "IfDirective NoSuch": False,
    "IfSection Directory": True,
    "IfSection NoSuch": False,
    "IfModule": None,
    "IfDefine !": None,
}


@pytest.mark.parametrize(("condition", "wanted"), CONDITIONS.items())
def test_condition(condition: str, wanted: bool | None) -> None:
    text = f"<{condition}>\nHeld\n</{condition.split()[0]}>"
    if wanted is None:
        with pytest.raises(ConfigError, match=r"^<text>:1: <If"):
            parse_text(text, defines=["A"])
    else:
        assert bool(parse_text(text, defines=["A"]).nodes) is wanted


def test_another_processing_model_takes_the_place_of_the_default_one() -> None:
    loaded = "LoadModule mpm_event_module modules/mod_mpm_event.so\n"
    text = "<IfModule event.c>\nA\n</IfModule>\n<IfModule prefork.c>\nB\n</IfModule>"
    assert shown(parse_text(loaded + text).nodes)[1:] == ["A"]


BROKEN = {
    "not closed": ("A\n<Directory /x>\nB\n", "2: <Directory> was not closed"),
    "closed by another": ("<Directory /x>\n</Location>", "2: expected </Directory> but saw </Location>"),
    "closed without having been opened": ("</Directory>", "1: </Directory> without matching <Directory> section"),
    "closed inside of a condition": (
        "<Directory /x>\n<IfDefine !X>\n</Directory>\n</IfDefine>",
        "3: expected </IfDefine> but saw </Directory>",
    ),
    "no bracket at the end": ("<Directory /x>\n</Directory", "2: </Directory> directive missing closing '>'"),
    "no bracket of a condition": ("<IfModule core.c\n</IfModule>", "1: <IfModule> directive missing closing '>'"),
    "a false condition is not closed": ("<IfDefine X>\nA\n", "1: expected </IfDefine> before end of file"),
    "closed by another, not holding": ("<IfDefine X>\n</Foo>", "2: expected </IfDefine> but saw </Foo>"),
    "Define without a name": ("Define", "1: Define takes a name and optionally a value"),
    "Define with a colon": ("Define a:b", "1: a variable's name must not contain ':'"),
    "Include without a name": ("Include", "1: Include takes one argument"),
    "Include of nothing": ("\nInclude /nothing/here", "2: Include: /nothing/here: could not open configuration file"),
    "Include of too long a name": (f"Include /{'x' * 300}", "could not open configuration file: File name too long"),
    "no match": ("Include /dev/null*x", "1: Include: no matches for the wildcard 'null*x' in '/dev'"),
    "no such folder": ("Include /nothing/*.conf", "1: Include: could not open directory /nothing"),
    "LoadModule without a file": ("LoadModule x", "1: LoadModule takes two arguments"),
    "macros": ("Use Foo", "1: Use is not implemented: macros are not expanded"),
    "too deep": ("<Files a>\n" * 101, "101: containers nested more than 100 deep"),
    "too deep, not holding": ("<IfDefine X>\n" + "<Files a>\n" * 101, "nested more than 100 deep"),
}


@pytest.mark.parametrize(("text", "wanted"), BROKEN.values(), ids=BROKEN)
def test_broken(text: str, wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_text(text)
    assert wanted in str(caught.value)
    assert caught.value.file is not None


def test_the_end_of_the_file_closes_a_condition_that_holds() -> None:
    tree = parse_text("<IfDefine !X>\nA", file="c")
    assert shown(tree.nodes) == ["A"]
    assert tree.warnings == ("c:1: <IfDefine> was not closed",)


REWRITING = "<IfModule mod_rewrite.c>\nRewriteEngine On\n<Files x>\nRewriteRule ^ - [F]\n</Files>\nRewriteRule a b\n"
TOLD = "c:1: <IfModule mod_rewrite.c> does not hold, as no LoadModule names it: RewriteRule and what else is in it is"
PASSED_OVER: dict[str, tuple[str, str]] = {
    "of a module that is nowhere": (f"{REWRITING}</IfModule>", f"{TOLD} passed over"),
    "in a condition within": (
        f"{REWRITING}<IfModule x>\nRewriteRule a b\n</IfModule>\n</IfModule>",
        f"{TOLD} passed over",
    ),
    "where others are loaded": (f"LoadModule a_module a.so\n{REWRITING}</IfModule>", ""),
    "negated": ("<IfModule !mod_rewrite.c>\n</IfModule>\n<IfModule !mod_dir.c>\nRewriteRule a b\n</IfModule>", ""),
    "what would be followed": ("<IfModule mod_rewrite.c>\nRedirect /a /b\n</IfModule>", ""),
    "another condition": ("<IfDefine X>\nRewriteRule a b\n</IfDefine>", ""),
}


@pytest.mark.parametrize(("text", "wanted"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_what_is_passed_over_for_want_of_a_module_is_told(text: str, wanted: str) -> None:
    tree = parse_text(text, file="c")
    assert tree.warnings == ((wanted,) if wanted else ())
    assert not any(name.startswith("Rewrite") for name in shown(tree.nodes))


def test_an_unknown_variable_is_told() -> None:
    tree = parse_text("A\nB ${NONE} ${LC:x}", file="c", environ={})
    assert tree.warnings == ("c:2: config variable ${NONE} is not defined",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "conf.d/b.conf",
        "conf.d/a.conf",
        "conf.d/B.conf",
        "conf.d/.hidden.conf",
        "conf.d/sub/z.conf",
        "two/x.conf",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"Read {name}\n")
    (tmp_path / "link").symlink_to("conf.d")
    return tmp_path


INCLUDES = {
    "one file": ("Include two/x.conf", ["two/x.conf"]),
    "an absolute name": ("Include {root}/two/x.conf", ["two/x.conf"]),
    "by the bytes of the names, no dot files": (
        "Include conf.d/*.conf",
        ["conf.d/B.conf", "conf.d/a.conf", "conf.d/b.conf"],
    ),
    "a dot file if it is named": ("Include conf.d/.h*", ["conf.d/.hidden.conf"]),
    "a folder, with everything in it": (
        "Include conf.d",
        ["conf.d/.hidden.conf", "conf.d/B.conf", "conf.d/a.conf", "conf.d/b.conf", "conf.d/sub/z.conf"],
    ),
    "a pattern that finds a folder": ("Include conf.d/s*", ["conf.d/sub/z.conf"]),
    "a pattern for the folder": ("Include t*/x.conf", ["two/x.conf"]),
    "patterns for both": ("Include */[ax].conf", ["conf.d/a.conf", "two/x.conf"]),
    "a link to a folder is no folder for a pattern": ("IncludeOptional l*/a.conf", []),
    "but may be named": ("Include link/a.conf", ["link/a.conf"]),
    "optional": ("IncludeOptional nothing/*.conf\nIncludeOptional nothing\nIncludeOptional conf.d/*.foo", []),
    "in a container": ("<Directory /x>\nInclude two\n</Directory>", ["two/x.conf"]),
    "in a condition that does not hold": ("<IfDefine X>\nInclude nothing\n</IfDefine>", []),
    "a variable in the name": ("Define D two\nInclude ${{D}}/x.conf", ["two/x.conf"]),
}


@pytest.mark.parametrize(("text", "wanted"), INCLUDES.values(), ids=INCLUDES)
def test_include(text: str, wanted: list[str], folder: Path) -> None:
    main = folder / "httpd.conf"
    main.write_text(f"ServerRoot {folder}\n" + text.format(root=folder))
    reader = Reader()
    tree = tree_of(reader, reader.file(str(main)))
    assert [os.path.relpath(file, folder) for file in tree.files[1:]] == wanted
    read = [node for node in tree.nodes if node.name != "ServerRoot"]
    if read and read[0].children is not None:
        read = list(read[0].children)
    assert [node.args for node in read] == [name.replace("link", "conf.d") for name in wanted]
    assert all(node.file == str(folder / name) and node.line == 1 for node, name in zip(read, wanted, strict=True))


def test_a_file_has_to_close_what_it_opens(folder: Path) -> None:
    (folder / "open.conf").write_text("\n<Directory /x>\n")
    with pytest.raises(ConfigError, match=r"open\.conf:2: <Directory> was not closed"):
        parse_text(f"Include {folder}/open.conf\n</Directory>")


def test_a_file_cannot_close_what_it_has_not_opened(folder: Path) -> None:
    (folder / "close.conf").write_text("</Directory>\n")
    with pytest.raises(ConfigError, match=r"close\.conf:1: </Directory> without matching"):
        parse_text(f"<Directory /x>\nInclude {folder}/close.conf\n")


def test_a_file_that_includes_itself(folder: Path) -> None:
    (folder / "self.conf").write_text(f"Include {folder}/self.conf\n")
    with pytest.raises(ConfigError, match=r"self\.conf:1: included more than 128 deep"):
        parse_text(f"Include {folder}/self.conf")


def test_a_folder_that_leads_back(folder: Path) -> None:
    (folder / "two" / "again").symlink_to(folder / "two")
    with pytest.raises(ConfigError, match=r"nested|could not open"):
        parse_text(f"Include {folder}/two")


def test_what_is_no_file_is_not_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(ConfigError, match="not a regular file"):
        parse_text(f"Include {folder}/pipe")


def test_defines_and_modules_are_left_behind() -> None:
    tree = parse_text("Define A 1\nDefine B\nLoadModule foo_module foo.so\nServerRoot /", defines=["C"], environ={})
    assert tree.names.defines == {"A", "B", "C"}
    assert tree.names.variables == {"A": "1"}
    assert tree.names.modules == {"foo_module", "mod_foo.c", "foo.c"}
    assert tree.names.server_root == "/"


def test_a_relative_server_root_is_under_the_one_before(folder: Path) -> None:
    text = f"ServerRoot {folder}\nServerRoot two\nInclude x.conf"
    tree = parse_text(text)
    assert tree.names.server_root == str(folder / "two")
    assert tree.files == (str(folder / "two/x.conf"),)
