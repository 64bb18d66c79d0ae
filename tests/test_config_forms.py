"""Every directive with wrong arguments: an error with file and line that shows the right form, and no other error."""

from __future__ import annotations

import pytest

from modpy_wsgi.config.directives import ALL
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import Args, Kind, Row, Where
from modpy_wsgi.errors import ConfigError

# The numbers of arguments that httpd's own counting lets pass; RAW and ARGV count for themselves.
COUNTS = {
    Args.NONE: {0},
    Args.FLAG: {1, 2, 3, 4, 5, 6, 7, 8},  # only the first is looked at
    Args.TAKE1: {1},
    Args.TAKE2: {2},
    Args.TAKE3: {3},
    Args.TAKE12: {1, 2},
    Args.TAKE13: {1, 3},
    Args.TAKE23: {2, 3},
    Args.TAKE123: {1, 2, 3},
    Args.ITERATE: {1, 2, 3, 4, 5, 6, 7, 8},
    Args.ITERATE2: {2, 3, 4, 5, 6, 7, 8},
}
NONSENSE = {
    "nothing": "",
    "an empty word": '""',
    "too many": "a b c d e f g h",
    "signs": "%!( [",
    "a long word": "x" * 5000,
    "no letters": "\xe9\x01\udcff",
    "numbers below": "-1 -1",
    "a huge number": "9" * 4000,
    "a variable": "${NONE_SUCH}",
    "backslashes": "\\a \\\\ \\b",
    "a pattern that is none": "( (",
}
# What has no arguments is all right for some: they reset, or name nobody.
EMPTY_IS_FINE = {
    "accessfilename",
    "allowoverride",
    "directoryindex",
    "fileetag",
    "options",
    "serveralias",
    "ssloptions",
    "sslrequiressl",
}


def text(row: Row, args: str) -> str:
    """A configuration in which the directive stands where it may, on line 2."""
    line = f"{row.name} {args}".rstrip()
    if row.name.startswith("<"):
        line += f">\n</{row.name[1:]}>"
    if Where.SERVER in row.where:
        return f"#\n{line}\n"
    if Where.VHOST in row.where:
        return f"<VirtualHost *>\n{line}\n</VirtualHost>\n"
    return f"<Directory /x>\n{line}\n</Directory>\n"


def error(row: Row, args: str) -> str | None:
    """What is said about it; None if it is accepted."""
    try:
        load_text(text(row, args), file="httpd.conf")
    except ConfigError as refusal:
        return str(refusal)
    return None


READ = [row for row in ALL.values() if row.kind is not Kind.UNSUPPORTED]


@pytest.mark.parametrize("row", READ, ids=[row.name for row in READ])
def test_wrong_arguments(row: Row) -> None:
    for args in NONSENSE.values():
        said = error(row, args)
        if said is None or "could not open" in said or "File name too long" in said:  # an Include
            continue
        assert said.startswith("httpd.conf:2: ")
        lacking = f"httpd.conf:2: {row.name}: {Kind.UNSUPPORTED.value}: "
        unknown = "nobody provides the" in said and "filter" in row.name.lower()  # well formed, and no filter's name
        assert f"(usage: {row.form})" in said or said.startswith(lacking) or unknown
        assert len(said) < 12_000


@pytest.mark.parametrize("row", READ, ids=[row.name for row in READ])
def test_too_few_and_too_many(row: Row) -> None:
    for count in range(9):
        if count not in COUNTS.get(row.args, range(9)):
            said = error(row, " ".join("abcdefgh"[:count]))
            assert said is not None and f"(usage: {row.form})" in said, count
    if row.kind is Kind.IMPLEMENTED and row.name.lower() not in EMPTY_IS_FINE:
        assert row.args in (Args.NONE, Args.ARGV) or error(row, "") is not None
    if row.args is Args.FLAG:
        said = error(row, "maybe")
        assert said is not None and f"(usage: {row.form})" in said


FORMS = {
    "AuthName": "<Directory /x>\nAuthName a b\n</Directory>",
    "AuthName realm": "<Directory /x>\nAuthName\n</Directory>",
    "KeepAlive On|Off": "#\nKeepAlive perhaps",
    "LoadModule name_module file": "#\nLoadModule a",
    "Define name [value]": "#\nDefine",
    "Include file|directory|pattern": "#\nInclude a b",
    "<Directory path>": "#\n<Directory>\n</Directory>",
    "<IfVersion [[!]operator] version>": "#\n<IfVersion>\n</IfVersion>",
    "<VirtualHost address[:port] ...>": "#\n<VirtualHost>\n</VirtualHost>",
    "SetEnvIf attribute regex [!]name[=value] ...": "#\nSetEnvIf Host ( a",
}


@pytest.mark.parametrize(("form", "given"), FORMS.items())
def test_form(form: str, given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(given, file="httpd.conf")
    assert str(caught.value).startswith("httpd.conf:2: ")
    assert f"(usage: {form}" in str(caught.value)


def test_every_implemented_directive_has_a_form_of_its_own() -> None:
    """But for those that take On or Off, which the counting tells."""
    assert not [
        row.name
        for row in ALL.values()
        if row.kind is Kind.IMPLEMENTED and row.setting is not None and row.args is not Args.FLAG and not row.usage
    ]
