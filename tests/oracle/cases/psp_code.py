"""What the parser of PSP makes of pages (manual of mod_python 3.1, section psp; reference section 9).

The pages with a name are odd on purpose; the numbered ones are random, and each is asked for in a file and as a string.
"""

import random

from ..psp_pages import files, page, parser_site, without_includes
from ..request import ANY, get, post
from . import Case

RANDOM = 60
SEED = 20261126

BYTES = "psp-bytes: the original cannot read it, with Python 3"
CRASHES = "psp-include: the original ends the process"
NESTED = "psp-nested: the original goes on until it may open no more files"

PAGES: dict[str, bytes] = {
    "empty": b"",
    "text": b"text",
    "line": b"text\n",
    "line end": b"\n",
    "two line ends": b"\n\n",
    "carriage return": b"\r",
    "windows lines": b"one\r\ntwo\r\n",
    "mac lines": b"one\rtwo\r",
    "mixed line ends": b"a\r\r\nb\n\rc",
    "quote": b'say "hello"',
    "three quotes": b'say """hello"""',
    "quote at the end": b'"',
    "apostrophes": b"it's '''so'''",
    "backslash": b"a\\b",
    "backslash at the end": b"a\\",
    "backslash before a tag": b"a\\<%= 1 %>b",
    "backslash before a quote": b'a\\"b',
    "escapes": b"\\n \\r \\t \\x41 \\a \\0 \\101 \\\\ \\' \\q",
    "two backslashes and n": b"\\\\n",
    "three backslashes and n": b"\\\\\\n",
    "backslash and line end": b"a\\\nb",
    "backslash and windows line end": b"a\\\r\nb",
    "unicode escapes": b"\\u00e9 \\U0001f600 \\N{EURO SIGN}",
    "windows path": b"C:\\users\\new",
    "expression": b"<%= 1 %>",
    "expression alone in a line": b"a\n<%= 1 %>\nb",
    "empty expression": b"<%=%>",
    "blank expression": b"<%= %>",
    "expression over lines": b"<%=\n1\n+ 2\n%>b",
    "indented expression over lines": b"<%= f(\n    1,\n    2) %>b",
    "expression with a tag in a string": b"<%= '%>' %>",
    "expression with a colon": b"<%= d[1:] %>x<% %>y",
    "expression that ends in a colon": b"<%= d[1:%>x<%%>y",
    "code": b"<% x = 1 %>",
    "empty code": b"<%%>",
    "blank code": b"<%  %>",
    "code between": b"a<% x = 1 %>b",
    "two codes": b"<% x = 1 %><% y = 2 %>",
    "code over lines": b"<%\nx = 1\ny = 2\n%>",
    "code that is not closed": b"a<% x = 1",
    "code that is not closed, with a line": b"a<%\nx = 1\n",
    "code that is opened only": b"a<%",
    "expression that is opened only": b"a<%=",
    "lone begin": b"a<b % > c",
    "lone end": b"a %> b",
    "tags that touch": b"<<%= 1 %>>",
    "percent signs": b"100% <%= 1 %>%",
    "code with equal sign after a blank": b"<% = 1 %>",
    "minus": b"<%- 1 %>",
    "block": b"<%\nif x:\n%>yes<%\n%>no",
    "block with a comment": b"<%\nfor i in x:\n    # begin\n%>\n<p><%= i %></p>\n<%\n# end\n%>\nrest",
    "block by indentation": b"<%\nfor i in x:\n    y = i\n%>in<%\nz = 1\n%>out",
    "block with an end of nothing": b"<%\nif x:\n    pass\n%>in<%\n%>out",
    "block in one line": b"<% if x: %>yes<% else: %>no<% %>",
    "block in one line, colon last": b"<% if x:%>yes<%\n%>no",
    "block with else": b"<%\nif x:\n%>yes<%\nelse:\n%>no<%\n# end\n%>rest",
    "nested blocks": b"<%\nfor a in x:\n    for b in a:\n%>b<%\n    # b\n%>a<%\n# a\n%>rest",
    "blocks with tabs": b"<%\nfor a in x:\n\tfor b in a:\n\t\t# in\n%>b<%\n\t# b\n%>a<%\n# a\n%>rest",
    "tabs and blanks": b"<%\nif x:\n        a = 1\n\tb = 2\n%>text",
    "colon and blank": b"<%\nif x: \n%>yes",
    "colon and comment": b"<%\nif x: # so\n%>yes",
    "colon and line end": b"<%\nif x:\n\n%>yes",
    "colon and indented end": b"<%\nif x:\n    %>yes<%\n    %>more<%\n%>no",
    "colon of another kind": b"<%\nx = {1:\n2}\n%>text",
    "colon in a comment": b"<%\n# note:\n%>text",
    "colon in a string": b"<%\nx = 'a:\n%>'\n%>text",
    "colon that is left over": b"<%= x[1:\n%>a<%%>b",
    "empty line at the end": b"<%\nif x:\n    a = 1\n\n%>text",
    "empty line within": b"<%\nif x:\n\n    a = 1\n%>text",
    "blank line at the end": b"<%\nif x:\n    a = 1\n    \n%>text",
    "less blank line at the end": b"<%\nif x:\n    if y:\n        a = 1\n  \n%>text",
    "indented end": b"<%\nif x:\n    a = 1\n  %>text",
    "first line is code": b"<% if x:\n    a = 1\n%>text",
    "indentation of the first line": b"<%     a = 1 %>text",
    "indentation is forgotten": b"<%\nif x:\n    a = 1\n%>in<% b = 2 %>out",
    "expression keeps nothing": b"<%\nif x:\n    a = 1\n%>in<%= 2 %>still<%\n%>out",
    "expression over lines and code": b"<%=\n    1 %>a<% %>b",
    "mac lines in code": b"<%\rif x:\r    a = 1\r%>text<%\r# end\r%>rest",
    "windows lines in code": b"<%\r\nif x:\r\n    a = 1\r\n%>text<%\r\n# end\r\n%>rest",
    "carriage return before the end": b"<%\nif x:\n    a = 1\n    \r%>text",
    "form feed": b"<%\n\x0cx = 1\n%>text\x0c",
    "vertical tab": b"<%\n\x0bx = 1\n%>",
    "docstring": b'<%\ndef f():\n    """a\n%>b"""\n%>text',
    "class": b"<%\nclass A:\n    def f(self):\n        return 1\n# end\n%><%= A().f() %>",
    "decorator": b"<%\n@f\ndef g(): pass\n%>",
    "continued line": b"<%\nx = 1 + \\\n    2\n%>text",
    "semicolons": b"<% a = 1; b = 2; %>text",
    "comment": b"a<%-- no --%>b",
    "comment over lines": b"a<%--\nno\nno\n--%>b\nc",
    "empty comment": b"a<%----%>b",
    "short comment": b"a<%--%>b--%>c",
    "comment with tags": b"a<%-- <%= 1 %> --%>b",
    "comment with minus": b"a<%--- no ---%>b",
    "comment that is not closed": b"a<%-- no",
    "nested comments": b"a<%-- <%-- x --%> y --%>b",
    "comment in code": b"<% x = 1 <%-- no --%> %>",
    "python comment": b"<%# no %>text",
    "python comment in an expression": b"<%= 1 # no %>text",
    "python comment before a line end": b"<% # no\n%>text",
    "include": b'a<%@ include file="inc" %>b',
    "include without blanks": b'a<%@include file="inc"%>b',
    "include with blanks": b'a<%@   include   file = "inc"   %>b',
    "include with more blanks": b'a<%@ include file  =  "inc" %>b',
    "include with tabs": b'a<%@\tinclude\tfile="inc"\t%>b',
    "include with apostrophes": b"a<%@ include file='inc' %>b",
    "include without quotes": b"a<%@ include file=inc %>b",
    "include of nothing": b'a<%@ include file="" %>b',
    "include over lines": b'a<%@\ninclude file="inc"\n%>b',
    "include twice": b'a<%@ include file="inc" %>b<%@ include file="inc" %>c',
    "two in one directive": b'a<%@ include file="inc" include file="inc2" %>b',
    "include that is not closed": b'a<%@ include file="inc"',
    "include with more behind": b'a<%@ include file="inc"x" %>b',
    "include up to the next quote": b'a<%@ include file="inc"%>"b"c d',
    "include with another word": b'a<%@ includes file="inc" %>b',
    "include with a word before": b'a<%@ do include file="inc" %>b',
    "include with capitals": b'a<%@ Include File="inc" %>b',
    "include with a blank in the name": b'a<%@ include file="in c" %>b',
    "include in a folder": b'a<%@ include file="./inc" %>b',
    "include above": b'a<%@ include file="../pages/inc" %>b',
    "include of what is not there": b'a<%@ include file="nothing" %>b',
    "include of an empty file": b'a<%@ include file="empty" %>b',
    "include of code": b'a<%@ include file="code" %>b<%= x %>',
    "include of an open block": b'<%@ include file="block" %>in<%\n%>out',
    "include of open code": b'a<%@ include file="open" %>b',
    "include of an open comment": b'a<%@ include file="comment" %>b --%>c',
    "include of an open directive": b'a<%@ include file="directive" %>b %>c',
    "include of a file that includes": b'a<%@ include file="outer" %>b',
    "include in a block": b'<%\nif x:\n    # in\n%><%@ include file="inc" %><%\n# end\n%>',
    "include in code": b'<% include file="inc" %>',
    "other directive": b'a<%@ page language="python" %>b',
    "empty directive": b"a<%@%>b",
    "directive that is not closed": b"a<%@ b",
    "directive with a tag": b"a<%@ <%= 1 %> %>b",
    "utf-8": "caf\u00e9 \u20ac \U0001f600 <%= '\u00e9' %>".encode(),
    "byte order mark": "\ufeff<html>".encode(),
    "coding cookie": b"<%\n# -*- coding: utf-8 -*-\nx = '\xc3\xa9'\n%>\xc3\xa9",
    "nul in text": b"a\0b",
    "nul in code": b"<% x = 1 \0 y = 2 %>",
    "nul in a comment": b"a<%-- \0 --%>b",
    "nul behind": b"<% x = 1\n\0",
}
INCLUDED: dict[str, bytes] = {
    "inc": b'[inc "quoted"\n]',
    "inc2": b"[inc2]",
    "code": b"<%\nx = 1\n%>[code]\n",
    "block": b"<%\nif 1:\n    # in\n%>[block]",
    "open": b"[open<% x = 1\n",
    "comment": b"[comment <%-- x",
    "directive": b"[directive <%@ x",
    "outer": b'[outer <%@ include file="inc" %> outer]',
}
IN_FILES_ONLY = [name for name, text in PAGES.items() if b"<%@" in text and b"include" in text]

_chance = random.Random(SEED)
RANDOM_PAGES = {f"random-{number}": page(_chance) for number in range(RANDOM)}
RANDOM_FILES = files(_chance)


def _name(title: str) -> str:
    return title.replace(" ", "-").replace(",", "")


FILES = {_name(name): text for name, text in (PAGES | INCLUDED).items()}
LATIN = b"caf\xe9 <%= '\xe9' %>"
SITE = parser_site(
    {
        **FILES,
        "latin": LATIN,
        "absolute": b'a<%@ include file="@ROOT@/pages/inc" %>b',
        "itself": b'a<%@ include file="itself" %>b',
    }
)

CASES = (
    Case("files", SITE, [get(f"/file?{_name(name)}", name=name) for name in PAGES]),
    Case(
        "strings",
        SITE,
        [post("/string", text, name=name) for name, text in PAGES.items() if name not in IN_FILES_ONLY and text],
    ),
    Case("a file by its own name", SITE, [get("/alone?text"), get("/alone?code")]),
    Case(
        "random pages",
        parser_site({name: text.encode() for name, text in {**RANDOM_PAGES, **RANDOM_FILES}.items()}),
        [
            *[get(f"/file?{name}", name=name) for name in RANDOM_PAGES],
            *[
                post("/string", without_includes(text).encode(), name=f"{name} as a string")
                for name, text in RANDOM_PAGES.items()
                if text
            ],
        ],
    ),
    Case(
        "what the original cannot do",
        SITE,
        [
            get(
                "/file?latin",
                name="no utf-8",
                differs={
                    "body": (ANY, BYTES),
                    "header:Content-Length": (ANY, BYTES),
                },
            ),
            get("/file?itself", name="a file that includes itself", differs={"body": ("IncludeError", NESTED)}),
        ],
    ),
)
