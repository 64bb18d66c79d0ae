"""Server-side includes (mod_include)."""

from collections.abc import Callable, Mapping
from typing import Any

from ..answer import hide
from ..request import ANY, Request, get, head, post
from ..site import Entry, File, Folder, Link, Site
from . import Case, words

MODULES = ("include",)
ON = """
Options Includes FollowSymLinks
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
"""
OLD = 1600000000
FILES: dict[str, Entry] = {
    "htdocs/part.html": "<b>part</b>\n",
    "htdocs/part.txt": "text & <part>\n",
    "htdocs/big.bin": File("x" * 12345, mtime=OLD),
    "htdocs/sub/inner.html": "inner\n",
    "htdocs/sub/page.shtml": 'sub <!--#echo var="DOCUMENT_NAME" --> <!--#echo var="DOCUMENT_URI" -->'
    ' <!--#include file="inner.html" --><!--#include virtual="inner.html" --><!--#set var="here" value="sub" -->\n',
    "htdocs/closed/secret.html": "secret\n",
    "htdocs/nested.shtml": '[<!--#echo var="x" --> <!--#set var="x" value="nested" -->'
    '<!--#echo var="QUERY_STRING" -->]',
    "htdocs/loop.shtml": 'loop <!--#include virtual="loop.shtml" -->',
    "htdocs/picture.png": "png\n",
    "htdocs/empty.html": "",
    "htdocs/folder": Folder(),
    "htdocs/link.html": Link("part.html"),
}
CLOSED = '<Directory "@ROOT@/htdocs/closed">\nRequire all denied\n</Directory>\n'


def pages(
    name: str,
    *texts: str,
    conf: str = "",
    files: Mapping[str, Entry] | None = None,
    query: str = "",
    modules: tuple[str, ...] = MODULES,
    loose: Mapping[int, Mapping[str, Any]] | None = None,
    tidy: Callable[[str], str] | None = None,
) -> Case:
    """A case with a page for each text; `loose` has what is another here, with the reason."""
    entries = {f"htdocs/page{number}.shtml": text for number, text in enumerate(texts)}
    site = Site(ON + CLOSED + conf, {**FILES, **(files or {}), **entries}, modules=modules)
    reasons = loose or {}
    return Case(
        name,
        site,
        [
            asked(
                f"/page{number}.shtml{query}",
                tidy=tidy,
                differs=reasons.get(number),
            )
            for number in range(len(texts))
        ],
    )


WHOLE = "write-buffer: where a page is parsed httpd may send chunks"
PIECES = {"framing": (ANY, WHOLE), "header:Content-Length": (ANY, WHOLE), "header:Accept-Ranges": (ANY, WHOLE)}


def asked(target: str, *args: Any, differs: Mapping[str, Any] | None = None, **more: Any) -> Request:
    """GET of a page."""
    return get(target, *args, differs={**PIECES, **(differs or {})}, **more)


def own_variables(text: str) -> str:
    """Of all variables those that are about the page."""
    kept = ("DOCUMENT_NAME", "DOCUMENT_URI", "DOCUMENT_ARGS", "LAST_MODIFIED", "USER_NAME", "REQUEST_METHOD")
    return "".join([line for line in text.splitlines(keepends=True) if line.startswith(kept)])


def if_(*expressions: str) -> str:
    """A page that shows of each expression whether it holds."""
    return "".join(
        f"<!--#if expr='{each}' -->yes<!--#else -->no<!--#endif --> {n}\n" for n, each in enumerate(expressions)
    )


def accessible(operator: str) -> str:
    """A page that shows of each URI whether it may be seen."""
    return if_(*(f'{operator} "{uri}"' for uri in SEEN))


FILE_URI = "ssi-file-uri: a file in a folder below has no URI, and so finds nothing beside it"
QUOTE = "vlist-tag: an entity tag stands in quotes, and clients compare it with others"
CAPTURES = "ssi-captures: what groups have matched is not there"
WRITES = "ssi-python-writes: what is written twice in an element overwrites what was written before"
ERRORS = "ssi-python-errors: an exception ends the process"
WRONG = "[an error occurred while processing this directive]"
SET = '<!--#set var="a" value="one" --><!--#set var="b" value="two words" --><!--#set var="e" value="" -->'
IFS = {
    "T": "<!--#if expr='true' -->",
    "F": "<!--#if expr='false' -->",
    "E": "<!--#if expr='wrong(' -->",
    "t": "<!--#elif expr='true' -->",
    "f": "<!--#elif expr='false' -->",
    "e": "<!--#elif expr='wrong(' -->",
    "l": "<!--#else -->",
    "d": "<!--#endif -->",
}
SEEN = words("/part.html part.html /absent /closed/secret.html /closed/ closed/secret.html /moved /gone /user/ / ../x")
RULES = """
Redirect /moved /part.html
Redirect gone /gone
<Location /user>
AuthType Basic
AuthName x
AuthUserFile @ROOT@/none
Require valid-user
</Location>
"""
LEGACY = '<Directory "@ROOT@/htdocs">\nSSILegacyExprParser On\n</Directory>\n'

CASES = (
    pages(
        "grammar",
        "plain text, <!-- a comment --> and <!--# not\n",
        'a<!--#echo var="DOCUMENT_NAME" -->b<!--#echo var="DOCUMENT_NAME"-->c\n',
        "a<!--#echo var='DOCUMENT_NAME' -->b<!--#echo var=`DOCUMENT_NAME` -->c<!--#echo var=DOCUMENT_NAME -->d\n",
        'a<!--#ECHO VAR="DOCUMENT_NAME" -->b<!--#Echo Var = "DOCUMENT_NAME" -->c\n',
        'a<!--#echo  var="DOCUMENT_NAME"  encoding="none"   -->b\n<!--#echo\nvar="DOCUMENT_NAME"\n-->c\n',
        'a<!--# echo var="DOCUMENT_NAME" -->b<!--#-->c<!--#nothing -->d<!--#nothing x="y"-->e\n',
        'a<!--#echo "DOCUMENT_NAME" -->b<!--#echo ="DOCUMENT_NAME" -->c<!--#echo var -->d<!--#echo var= "x" -->e\n',
        'a<!--#echo var="DOCUMENT_NAME',
        'a<!--#echo var="DOCUMENT_NAME"',
        "a<!--#ech",
        "a<!--",
        "a<!--#",
        'a<!--#echo var="DOCUMENT_NAME" --',
        'a<!--#echo var="DOCUMENT_NAME" -- x="y" -->b\n',
        'a<!--#set var="q" value="a \\" b \\\\ c \\d $e \\$f" --><!--#echo var="q" encoding="none" -->b\n',
        "a<!--#comment what ever=\"is\" 'here' -->b<!--#comment-->c\n",
        'a<!--#echo var=DOCUMENT_NAME-->b <!--#echo var="x" -->c\n',
        'a<!--#printenv x-->b --> c="d" -->e\n',
        'a<<!--#echo var="DOCUMENT_NAME" --><!--<!--#echo var="DOCUMENT_NAME" -->-->b\n',
        'a<!--#echo var="DOCUMENT_NAME" ---->b<!--#echo--->c<!--#echo---->d\n',
        'a<!--#if expr="x" x-->b<!--#endif -->c<!--#endif x="y" -->d<!--#else -->e\n',
    ),
    pages(
        "echo",
        *(
            f'<!--#set var="v" value="{value}" --><!--#echo {coding} var="v" -->|\n'
            for value in (
                "a &lt;b&gt; & 'c' d",
                "%41%2f%zz+b",
                "QSBi",
                "&auml;&#228;&#1;&unknown;&amp;",
                "a b/c?d=e&f~g*h-i_j.k",
            )
            for coding in (
                "",
                'encoding="none"',
                'encoding="url"',
                'encoding="urlencoded"',
                'encoding="entity"',
                'encoding="base64"',
                'decoding="url" encoding="none"',
                'decoding="urlencoded" encoding="none"',
                'decoding="entity" encoding="none"',
                'decoding="base64" encoding="none"',
                'decoding="url, entity" encoding="url entity"',
            )
        ),
        '<!--#echo var="absent" --><!--#echo -->x<!--#echo x="y" -->\n',
        '<!--#echo encoding="wrong" var="DOCUMENT_NAME" -->x<!--#echo decoding="wrong" var="DOCUMENT_NAME" -->\n',
        '<!--#echo var="DOCUMENT_NAME" var="absent" encoding="none" var="DOCUMENT_URI" -->\n',
    ),
    pages(
        "variables",
        *(
            f'<!--#echo var="{name}" -->|\n'
            for name in words(
                "DOCUMENT_NAME DOCUMENT_URI DOCUMENT_ARGS DOCUMENT_PATH_INFO LAST_MODIFIED USER_NAME QUERY_STRING "
                "QUERY_STRING_UNESCAPED REQUEST_METHOD REQUEST_URI SCRIPT_NAME PATH_INFO GATEWAY_INTERFACE SERVER_NAME "
                "document_name 0 9"
            )
        ),
        query="?a=%41&b=%3cx%3e;%22'`|c",
        conf='<Files "*.shtml">\nAcceptPathInfo On\n</Files>\n',
    ),
    pages(
        "set",
        SET + '<!--#set var="c" value="$a ${b} $absent ${absent} \\$a $ a$$ ${} ${a" --><!--#echo var="c" -->|\n',
        SET + '<!--#set var="c$a" value="x" --><!--#echo var="cone" --><!--#echo var="c${a}" -->|\n',
        '<!--#set value="x" var="y" --><!--#echo var="y" -->|<!--#set var="y" -->|<!--#set x="y" z="a" -->\n',
        '<!--#set var="y" decoding="url" value="%41" --><!--#echo var="y" --><!--#set var'
        '="y" encoding="url" value="a b" -->'
        '<!--#echo var="y" --><!--#set var="y" encoding="wrong" value="a" -->\n',
        '<!--#set var="y" value="1" var="z" value="2" --><!--#echo var="y" --><!--#echo var="z" -->\n',
        '<!--#set var="&auml;" value="&auml;" --><!--#echo var="&auml;" encoding="none" -->\n',
    ),
    pages(
        "config",
        '<!--#config errmsg="[$DOCUMENT_NAME]" --><!--#nothing -->|<!--#config echomsg="n'
        'one" --><!--#echo var="absent" -->\n',
        '<!--#config timefmt="%Y-%m-%d %H:%M:%S %Z %%" --><!--#echo var="LAST_MODIFIED" -'
        '-><!--#flastmod file="big.bin" -->\n',
        '<!--#config sizefmt="bytes" --><!--#fsize file="big.bin" -->|<!--#config sizefmt'
        '="abbrev" --><!--#fsize file="big.bin" -->\n',
        '<!--#config sizefmt="wrong" -->|<!--#config x="y" -->|<!--#config -->|<!--#confi'
        'g timefmt="" --><!--#echo var="LAST_MODIFIED" -->\n',
    ),
    pages(
        "directives",
        '<!--#nothing -->|<!--#echo var="absent" -->|<!--#flastmod file="big.bin" -->|<!-'
        '-#echo var="LAST_MODIFIED" -->\n',
        conf='SSIErrorMsg "<i>wrong</i>"\nSSIUndefinedEcho "-"\nSSITimeFormat "%d.%m.%Y"\n',
    ),
    pages(
        "tags",
        '{{echo var="DOCUMENT_NAME" }}<!--#echo var="DOCUMENT_NAME" -->{{echo var="DOCUME'
        'NT_NAME"}}{{printenv x}}|{{{echo var=DOCUMENT_NAME }}\n',
        conf='SSIStartTag "{{"\nSSIEndTag "}}"\n',
    ),
    pages(
        "size and time",
        *(
            f'<!--#{tag} {name}="{value}" -->|\n'
            for tag in ("fsize", "flastmod")
            for name, value in (
                ("file", "big.bin"),
                ("virtual", "big.bin"),
                ("virtual", "/big.bin"),
                ("virtual", "big.bin?x=1"),
                ("file", "sub/inner.html"),
                ("file", "absent"),
                ("file", "/etc/passwd"),
                ("file", "../conf"),
                ("file", "folder"),
                ("virtual", "closed/secret.html"),
                ("file", "closed/secret.html"),
                ("wrong", "x"),
            )
        ),
        '<!--#fsize -->|<!--#fsize file="big.bin" file="part.html" -->|<!--#fsize file="absent" file="part.html" -->\n',
    ),
    pages(
        "include",
        *(
            f"a<!--#include {text} -->b\n"
            for text in (
                'file="part.html"',
                'virtual="part.html"',
                'virtual="/part.txt"',
                'virtual="sub/inner.html"',
                'file="sub/inner.html"',
                'file="sub/../part.html"',
                'file="../part.html"',
                'file="/part.html"',
                'virtual="../part.html"',
                'virtual="absent"',
                'file="absent"',
                'virtual="closed/secret.html"',
                'file="closed/secret.html"',
                'virtual="folder"',
                'virtual="folder/"',
                'file="folder"',
                'virtual="sub/page.shtml"',
                'file="sub/page.shtml"',
                'virtual="nested.shtml"',
                'virtual="nested.shtml?x=1"',
                'virtual="picture.png"',
                'virtual="empty.html"',
                'virtual="link.html"',
                'virtual="%70art.html"',
                'virtual="part.html#x"',
                'virtual="http://elsewhere.test/"',
                'virtual=""',
                'wrong="part.html"',
                'file="part.html" virtual="sub/inner.html"',
                'virtual="absent" onerror="part.html"',
                'virtual="absent" onerror="absent"',
                'virtual="absent" file="part.html" onerror="sub/inner.html"',
                'onerror="part.html"',
                'virtual="part.html" onerror="sub/inner.html"',
                'virtual="$DOCUMENT_ARGS"',
                "",
                "file",
            )
        ),
        '<!--#set var="x" value="before" --><!--#include virtual="nested.shtml?q" --> <!-'
        '-#echo var="x" --> <!--#echo var="QUERY_STRING" -->\n',
        '<!--#include virtual="sub/page.shtml" --><!--#echo var="here" --> <!--#echo var="DOCUMENT_NAME" -->\n',
        loose={17: {"body": ("asub page17.shtml /page17.shtml inner\ninner\n\nb\n", FILE_URI)}},
    ),
    Case(
        "include without end",
        Site(ON, FILES, modules=MODULES),
        [asked("/loop.shtml", tidy=hide("(loop )+", "loop "))],
    ),
    pages(
        "include of handlers",
        '<!--#include virtual="hello.py" -->|<!--#include virtual="hello.py?x=1" -->|<!--'
        '#include virtual="/hello.py/info" -->\n',
        '<!--#include virtual="failing.py" -->|<!--#include virtual="refusing.py" -->|<!-'
        '-#include virtual="moved" -->\n',
        conf="AddHandler mod_python .py\nPythonHandler handling\nPythonPath \"['@ROOT@/lib'] + sys.path\"\n"
        "Redirect /moved /part.html\n",
        files={
            "htdocs/hello.py": "",
            "htdocs/failing.py": "",
            "htdocs/refusing.py": "",
            "lib/handling.py": """
                def handler(req):
                    if "refusing" in req.filename:
                        return 403
                    if "failing" in req.filename:
                        raise ValueError("failing")
                    req.write("hello %s %s %s" % (req.args, req.path_info, req.main.uri))
                    return 0
            """,
        },
    ),
    pages(
        "if",
        if_("true", "false", "!true", "! false", "true && false", "true || false", "(true)", "true && (false || true)"),
        SET + if_(*(f'v("a") {op} "one"' for op in ("=", "==", "!=", "<", "<=", ">", ">="))),
        SET
        + if_(
            '-n v("a")',
            '-z v("a")',
            '-n v("e")',
            '-n v("absent")',
            '-T "yes"',
            '-T "off"',
            '-n reqenv("a")',
            '-n env("a")',
        ),
        if_(
            '"10" -gt "9"', '"10" > "9"', "10 -eq 10", "10 eq 11", "3 -lt 4", '"a" -eq 0', "5 ne 5", "2 -ge 2", "2 le 1"
        ),
        SET + if_('v("b") =~ /two/', 'v("b") =~ /TWO/i', 'v("b") !~ /two/', 'v("b") =~ m#w.r#', 'v("b") =~ /^(t)(w)/'),
        SET
        + '<!--#if expr=\'v("b") =~ /(t.)o (w)/\' --><!--#echo var="0" -->|<!--#echo var="1" -->|<!--#echo var="2" -->'
        '<!--#echo var="3" --><!--#endif -->\n',
        SET + if_('v("a") in { "one", "two" }', 'v("a") in {"x"}', '"a" . "b" == "ab"', '"%{REQUEST_METHOD}" == "GET"'),
        if_(
            "%{REQUEST_URI} =~ /page/",
            '%{DOCUMENT_NAME} == "x"',
            '%{ABSENT} == "x"',
            "-n %{HTTP_HOST}",
            '%{HTTPS} == "off"',
        ),
        if_(
            'tolower("AB") == "ab"',
            'toupper("ab") == "AB"',
            'wrong("x") == "x"',
            'base64("a") == "YQ=="',
            '-n file("/etc/passwd")',
        ),
        if_("", "a", '"a"', "true false", "true &&", "(true", "true)", '"a" ==', '-e "/etc"', '"a" =~ "b"', "=", "$a"),
        if_(
            '"ab" -strmatch "a*"',
            '"AB" -strcmatch "a*"',
            '"a/b" -fnmatch "a*"',
            '"127.0.0.1" -ipmatch "127.0.0.0/8"',
            '-R "127.0.0.1"',
        ),
        SET
        + if_(
            'v("a") == "one" && v("b") == "two words" || false', '!(v("a") == "one")', '! -z v("a")', '"$a" == "one"'
        ),
        "a<!--#if expr='true' -->b<!--#if expr='false' -->c<!--#else -->d<!--#endif -->e<"
        "!--#else -->f<!--#endif -->g\n",
        "a<!--#if expr='false' -->b<!--#if expr='true' -->c<!--#else -->d<!--#endif -->e<"
        "!--#else -->f<!--#endif -->g\n",
        "a<!--#if expr='false' -->b<!--#elif expr='true' -->c<!--#elif expr='true' -->d<!--#else -->e<!--#endif -->f\n",
        "a<!--#if expr='true' -->b<!--#elif expr='true' -->c<!--#else -->d<!--#endif -->e\n",
        "a<!--#if expr='wrong' -->b<!--#elif expr='wrong' -->c<!--#else -->d<!--#endif -->e\n",
        "a<!--#if expr='false' -->b<!--#elif expr='wrong' -->c<!--#elif expr='true' -->d<"
        "!--#else -->e<!--#endif -->f\n",
        "a<!--#if -->b<!--#endif -->c<!--#if x='y' -->d<!--#endif -->e<!--#if expr -->f<!--#endif -->g\n",
        "a<!--#if expr='false' -->b<!--#else x='y' -->c<!--#endif x='y' -->d<!--#nothing -->e\n",
        "a<!--#else -->b<!--#endif -->c<!--#elif expr='true' -->d<!--#endif -->e\n",
        "a<!--#if expr='false' -->b<!--#nothing --><!--#include virtual='absent' --><!--#set var='x' value='y' -->",
        "a<!--#if expr='false' -->b<!--#else -->c<!--#else -->d<!--#else -->e<!--#endif -->f\n",
        loose={5: {"body": ("two w|tw|w(none)\n", CAPTURES)}},
    ),
    pages(
        "if, words for signs",
        if_(
            "true and true",
            "true and false",
            "false or true",
            "not false",
            "! not false",
            "not (false or true)",
            "false and false or true",
            "true AND true",
            "NOT false",
            "true && and",
        ),
        if_(
            '"a" -in {"b", "a"}',
            '"a" -IN {"a"}',
            '"a" IN {"a"}',
            "1 -EQ 1",
            "1 EQ 1",
            "TRUE",
            "-1 -lt 0",
            '"x" -gt -1',
            '"-1" == -1',
        ),
        if_('"ab" =~ /B/i', '"ab" =~ /b/g', '"ab" =~ /b/is', '"ab" =~ /b/I'),
        if_(
            '-R "127"',
            '-R "127.0"',
            '-R "10."',
            '-R "127.0.0.0/255.0.0.0"',
            '"10.1.2.3" -ipmatch "10.1"',
            '"x" -ipmatch "10.1"',
            '-R "x"',
            '-R v("x")',
            "-R 127",
        ),
        if_(
            '%{DOCUMENT_URI} == "/page4.shtml"',
            '%{HANDLER} == "text/html"',
            '%{CONN_REMOTE_ADDR} == "127.0.0.1"',
            '%{REMOTE_IDENT} == ""',
        ),
    ),
    pages(
        "if, where a condition is wrong",
        *(
            "0" + "".join(f"{IFS[letter]}{place}" for place, letter in enumerate(letters, 1))
            for letters in words("EftTlT TEtlFl EftlFld EdFl TElld EeTlFldl tEl FEld TEldl")
        ),
    ),
    pages(
        "if, what may be seen",
        accessible("-A"),
        accessible("-U"),
        if_('! -A "/closed/"', '-A "/closed/" || -A "/part.html"', "-A v('DOCUMENT_URI')", "-A", '-A "/" == "/"'),
        conf=RULES,
    ),
    pages(
        "if, what may be seen, the old way",
        if_(*(f"-A {uri}" for uri in SEEN), "-A", "-A ''", "-A $DOCUMENT_URI"),
        if_("!-A /closed/", "-A /closed/ || -A /part.html", "! -A part.html && x", "a -A b", "-A = x", "$a = -A"),
        if_("/x", "a /x", "/o/ = $a", "$a < /o/", "$a =~ /o/", "a/b", "$a = o/n", "$a !=/o/"),
        conf=RULES + LEGACY,
    ),
    pages(
        "if, the old way",
        SET + if_("$a", "$absent", "$e", "one", "!$a", "!$absent", "$a = one", "$a != one", "$a == one", "$a = $b"),
        SET
        + if_("$a = /o/", "$a = /x/", "$a != /o/", "$b = /^(t)(.)/ ", "$a < two", "$a > two", "$a <= one", "$a >= p"),
        SET
        + if_(
            "$a && $b",
            "$a && $absent",
            "$absent || $b",
            "$absent || $e",
            "($a)",
            "($a && $b) || $e",
            "$a && ($e || $b)",
        ),
        SET
        + if_(
            "$a && $e || $b", "$e || $a && $b", "$e && $a || $b", "$a || $a && $e", "! $a = one", "!($a = one)", "!!$a"
        ),
        SET
        + if_(
            "", "(", ")", "$a &&", "&& $a", "= one", "$a =", "$a = = one", "$a ( $b )", "( $a", "$a = /o", "$a = /o/ x"
        ),
        SET + if_("$b = two words", '$b = "two words"', "a b = a b", "$a$b", "${a}x = onex", "\\$a = \\$a", "one two"),
        SET + '<!--#if expr="$b = /(t.)o (w)/" --><!--#echo var="0" -->|<!--#echo var="1" -->|<!--#echo var="2" -->'
        "<!--#endif -->\n",
        SET + "<!--#if expr=\"$b = 'two words'\" -->yes<!--#endif --><!--#if expr=\"'' || 'x'\" -->yes<!--#endif -->\n",
        conf=LEGACY,
    ),
    pages(
        "exec",
        '<!--#exec cmd="echo hello; echo $DOCUMENT_NAME ${REQUEST_METHOD} \\$HOME; basename `pwd`" -->|\n',
        '<!--#exec cmd="exit 3" -->|<!--#exec cmd="nothing-there" -->|<!--#exec -->|<!--#'
        'exec x="y" -->|<!--#exec cmd="" -->\n',
        '<!--#exec cmd="cat" -->|<!--#set var="x" value="y" --><!--#exec cmd="echo x is $x" -->\n',
        '<!--#exec cmd="echo one" cmd="echo two" -->\n',
        '<!--#exec cgi="absent.cgi" -->|<!--#exec cgi="part.html?x" -->|<!--#exec cgi="folder" -->\n',
        modules=(*MODULES, "cgi"),
    ),
)
CGI: dict[str, Entry] = {
    "htdocs/run.cgi": File(
        "#!/bin/sh\nprintf 'Content-Type: text/html"
        '\\n\\nran %s %s %s\' "$QUERY_STRING" "$PATH_INFO" "$DOCUMENT_NAME"\n',
        0o755,
    ),
    "htdocs/away.cgi": File("#!/bin/sh\nprintf 'Location: http://elsewhere.test/<x>\\n\\n'\n", 0o755),
    "htdocs/fails.cgi": File(
        "#!/bin/sh\nprintf 'Status: 404 Not Found\\nContent-Type: text/plain\\n\\nnot found'\n", 0o755
    ),
    "htdocs/plain.sh": File("#!/bin/sh\nprintf 'Content-Type: text/html\\n\\nplain'\n", 0o755),
}
CASES += (
    pages(
        "exec cgi",
        '<!--#exec cgi="run.cgi" -->|<!--#exec cgi="/run.cgi" -->|<!--#exec cgi="run.cgi?x" -->|'
        '<!--#exec cgi="run.cgi/x" -->\n',
        '<!--#include virtual="run.cgi" -->|<!--#include virtual="run.cgi?x=1" -->|'
        '<!--#include virtual="run.cgi/more" -->\n',
        '<!--#include file="run.cgi" -->|<!--#exec cgi="fails.cgi" -->|<!--#include virtual="fails.cgi" -->\n',
        '<!--#exec cgi="away.cgi" -->|<!--#include virtual="away.cgi" -->|\n',
        '<!--#exec cgi="plain.sh" -->|<!--#exec cgi="$DOCUMENT_URI" -->|<!--#exec cgi="closed/secret.html" -->\n',
        '<!--#exec cgi="page.psp" -->|<!--#exec cgi="run.psp" -->\n',
        conf="Options +ExecCGI\nAddHandler cgi-script .cgi\nAddHandler mod_python .psp\nPythonHandler mod_python.psp\n",
        files={
            **CGI,
            "htdocs/page.psp": "<b><%= req.uri %></b>",
            "htdocs/run.psp": File("#!/bin/sh\nprintf 'Content-Type: text/html\\n\\nran'", 0o755),
        },
        modules=(*MODULES, "cgi"),
    ),
)
SHOWN = '<!--#echo var="PATH_INFO" -->,<!--#echo var="PATH_TRANSLATED" -->'
CASES += (
    Case(
        "path info of pages and programs",
        Site(
            f"{ON}AcceptPathInfo On\nOptions +ExecCGI\nAddHandler cgi-script .cgi\nAddHandler server-parsed .parsed\n",
            {
                "htdocs/run.cgi": File(
                    "#!/bin/sh\nprintf 'Content-Type: text/html"
                    '\\n\\n%s,%s,%s\' "$SCRIPT_NAME" "$PATH_INFO" "$PATH_TRANSLATED"\n',
                    0o755,
                ),
                "htdocs/own.parsed": File(
                    '<!--#set var="own" value="1" --><!--#echo var="set" -->,<!--#echo var="DOCUMENT_NAME" -->,'
                    f'<!--#echo var="DOCUMENT_URI" -->,{SHOWN}',
                    0o755,
                ),
                "htdocs/part.shtml": f'{SHOWN}|<!--#exec cmd="echo $PATH_INFO,$PATH_TRANSLATED" -->|{SHOWN}',
                "htdocs/a.shtml": f'<!--#set var="set" value="here" -->{SHOWN}|<!--#exec cgi="/run.cgi" -->|'
                '<!--#include virtual="/run.cgi" -->|<!--#include virtual="/run.cgi/own" -->|'
                '<!--#exec cmd="echo $PATH_INFO,$PATH_TRANSLATED" -->|<!--#exec cgi="/own.parsed" -->|'
                f'<!--#echo var="own" -->|{SHOWN}\n',
                "htdocs/b.shtml": '<!--#include virtual="/part.shtml/of/part" -->|'
                '<!--#include virtual="/run.cgi" -->\n',
            },
            modules=(*MODULES, "cgi"),
        ),
        [
            asked(target)
            for target in ("/a.shtml", "/a.shtml/b/c?d", "/a.shtml/run.cgi/x", "/a.shtml/%3b", "/b.shtml", "/b.shtml/b")
        ],
    ),
)
CASES += (
    pages(
        "what is a condition",
        if_(
            '("a") == "a"',
            '"a" == ("a")',
            '("a" == "a")',
            '-n ("a")',
            '-n("a")',
            'tolower(("A")) == "a"',
            '"1" in {("1")}',
        ),
        if_('"a/b" =~ /a\\/b/', '"a#b" =~ m#a\\#b#', '"a/b" =~ m|a/b|', '"a" =~ /a\\/ && "b" =~ /b/', '"a/" =~ m,a/,'),
        if_(
            "-n007",
            "-n 007",
            "-n_x",
            "1 -eq1",
            "1 -eq 1",
            "1 -eq-1",
            "1 -strcmatch1",
            "-T1",
            "not-T007",
            "%{HTTPS} -lt007",
        ),
        if_(
            *(
                f'unescape("{text}") == "{made}"'
                for text in ("%2f", "x%2Fy%41", "%2Fy%zz", "%", "a%4", "a%00b", "%5c+")
                for made in ("", "/", "%2f", "x%2FyA", "%5c", "\\\\+")
            )
        ),
        if_('req_novary("Host") == ""', '"%{req_novary:Host}" == ""', '%{HTTP2} == "off"', '%{http2} == "on"'),
        if_('resp("Content-Type") == "text/html"', 'resp("content-type") == ""')
        + '<!--#include virtual="resp.shtml" -->\n',
        files={"htdocs/resp.shtml": if_('resp("Content-Type") == "text/html"', 'resp("content-type") == ""')},
    ),
    pages(
        "what is denied in the old language",
        if_(
            "!",
            "! ",
            "a && !",
            "! && a",
            "a || !",
            "!a",
            "(!)",
            "!!",
            "! || a",
            "a = !",
            "! = a",
            "!!!",
            "(!) || a",
            "!(!)",
        ),
        conf=LEGACY,
    ),
)
NO_EXEC = ON.replace("Includes", "IncludesNOEXEC")
OPTIONS = [
    ("Includes", "-IncludesNOEXEC"),
    ("Includes", "+IncludesNOEXEC"),
    ("Includes", "-Includes +IncludesNOEXEC"),
    ("Includes", "+Includes -IncludesNOEXEC"),
    ("Includes", "-IncludesNOEXEC +Includes"),
    ("Includes", "Indexes"),
    ("Includes", "+Indexes"),
    ("IncludesNOEXEC", "+Includes"),
    ("IncludesNOEXEC", "-Includes"),
    ("IncludesNOEXEC", "+Includes -IncludesNOEXEC"),
    ("All", "-IncludesNOEXEC"),
    ("All", "-Includes"),
    ("+Includes -IncludesNOEXEC", "+Indexes"),
    ("None", "+Includes -IncludesNOEXEC"),
]


def options(number: int) -> str:
    """The sections of two folders, one in the other."""
    outer, inner = OPTIONS[number]
    folder = f"@ROOT@/htdocs/{number}"
    return "".join(
        f'<Directory "{path}">\nOptions {said}\n</Directory>\n'
        for path, said in ((folder, outer), (f"{folder}/in", inner))
    )


PAGE = 'a<!--#echo var="DOCUMENT_NAME" -->b\n'
XBIT = {
    "htdocs/none.html": PAGE,
    "htdocs/owner.html": File(PAGE, 0o744),
    "htdocs/group.html": File(PAGE, 0o754),
    "htdocs/owner.txt": File(PAGE, 0o744),
}
SINCE = {"If-Modified-Since": "Sat, 03 Feb 2024 04:05:06 GMT"}
CASES += (
    Case(
        "without programs",
        Site(
            NO_EXEC,
            {
                **FILES,
                "htdocs/a.shtml": '<!--#exec cmd="echo x" -->|<!--#exec cgi="x" -->|'
                '<!--#include virtual="part.html" -->\n',
                "htdocs/b.shtml": '<!--#include virtual="picture.png" -->|<!--#include file="part.txt" -->\n',
                "htdocs/c.shtml": "<!--#if expr='true' -->x<!--#endif -->\n",
            },
            modules=(*MODULES, "cgi"),
        ),
        [asked(f"/{name}.shtml") for name in "abc"],
    ),
    Case(
        "options that come and go",
        Site(
            "AddOutputFilter INCLUDES .shtml\n" + "".join(map(options, range(len(OPTIONS)))),
            {f"htdocs/{n}/in/a.shtml": f'{PAGE}<!--#exec cmd="echo hi" -->' for n in range(len(OPTIONS))},
            modules=(*MODULES, "cgi"),
        ),
        [asked(f"/{n}/in/a.shtml", name=", then ".join(pair)) for n, pair in enumerate(OPTIONS)],
    ),
    Case(
        "not allowed",
        Site(ON.replace("Includes ", ""), {"htdocs/a.shtml": PAGE}, modules=MODULES),
        [get("/a.shtml", log=("INCLUDES filter removed",))],
    ),
    *(
        Case(
            f"XBitHack {value}",
            Site(f"Options Includes\nXBitHack {value}\n", XBIT, modules=MODULES),
            [
                *(asked(f"/{name}") for name in words("none.html owner.html group.html owner.txt")),
                *(asked(f"/{name}", SINCE, name=f"{name} since") for name in words("none.html owner.html group.html")),
                asked("/group.html", {"If-None-Match": "*"}, name="group any"),
            ],
        )
        for value in ("Off", "On", "Full")
    ),
    Case("XBitHack wrong", Site("XBitHack Perhaps\n", XBIT, modules=MODULES), [get("/none.html")]),
    Case(
        "server-parsed",
        Site(
            "Options Includes\nAddHandler server-parsed .shtml .sht\nAddType text/plain .sht\n",
            {"htdocs/a.shtml": PAGE, "htdocs/b.sht": PAGE, "htdocs/c.html.shtml": PAGE},
            modules=MODULES,
        ),
        [
            asked("/a.shtml"),
            asked("/b.sht"),
            asked("/c.html.shtml"),
            head("/a.shtml", differs=PIECES),
            asked("/a.shtml/x"),
        ],
    ),
    Case(
        "SetOutputFilter",
        Site(
            'Options Includes\n<Files "*.html">\nSetOutputFilter INCLUDES\n</Files>\nDirectoryIndex page.html\n',
            {"htdocs/page.html": PAGE, "htdocs/x.html": PAGE * 2},
            modules=MODULES,
        ),
        [
            asked("/page.html"),
            asked("/"),
            post("/page.html", b"a=1", differs=PIECES),
            head("/page.html", differs=PIECES),
        ],
    ),
    Case(
        "conditions, and parts",
        Site(
            ON,
            {
                **FILES,
                "htdocs/a.shtml": '<!--#include virtual="/part.html" -->|<!--#include virtual="/sub/page.shtml" -->|'
                '<!--#include file="part.txt" -->|<!--#include virtual="big.bin" -->\n',
            },
            modules=MODULES,
        ),
        [
            asked("/a.shtml", SINCE, name="since"),
            asked("/a.shtml", {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}, name="since long"),
            asked("/a.shtml", {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, name="not since"),
            asked("/a.shtml", {"If-None-Match": "*"}, name="any"),
        ],
    ),
    *(
        Case(
            f"validators, {name}",
            Site(
                f'{ON}<Directory "@ROOT@/htdocs">\n{text}</Directory>\n',
                {"htdocs/a.shtml": PAGE},
                modules=MODULES,
            ),
            [
                asked("/a.shtml"),
                asked("/a.shtml", SINCE, name="since"),
                asked("/a.shtml", {"If-None-Match": "*"}, name="any"),
                asked("/a.shtml", {"If-Match": '"x"'}, name="match"),
                asked(
                    "/a.shtml",
                    {"Range": "bytes=0-1"},
                    name="range",
                    differs={"status": (ANY, WHOLE), "body": (ANY, WHOLE)},
                ),
                head("/a.shtml", differs=PIECES),
            ],
        )
        for name, text in (
            ("none", ""),
            ("time", "SSILastModified On\n"),
            ("tag", "SSIETag On\n"),
            ("both", "SSILastModified On\nSSIETag On\n"),
        )
    ),
    *(
        Case(f"refused: {text}", Site(f"{text}\n", {"htdocs/a": ""}, modules=MODULES), [get("/a")])
        for text in (
            "SSIStartTag 'a b'",
            "SSIEndTag",
            "SSIETag On",
            "SSIErrorMsg",
            "SSIUndefinedEcho a b",
            "SSILegacyExprParser x",
        )
    ),
    Case(
        "an error page",
        Site(
            f"{ON}ErrorDocument 404 /error.shtml\nErrorDocument 403 /error.shtml\n{CLOSED}",
            {
                **FILES,
                "htdocs/error.shtml": '<!--#echo var="REDIRECT_STATUS" --> <!--#echo var="REDIRECT_URL" -->'
                ' <!--#echo var="DOCUMENT_NAME" -->\n',
            },
            modules=MODULES,
        ),
        [asked("/absent"), asked("/closed/secret.html"), asked("/error.shtml")],
    ),
    pages(
        "python",
        '<!--#python eval="1 + 1" -->|<!--#python exec="x = 5" -->|<!--#python eval="x" -'
        '->|<!--#python eval="None" -->\n',
        '<!--#python eval="filter.name" -->|<!--#python eval="filter.req is req_of()" -->'
        '|<!--#python eval="__file__[-12:]" -->\n',
        '<!--#python exec="\nfor i in range(3):\n    filter.write(str(i))\n" -->|<!--#python eval="i" -->\n',
        '<!--#python exec="\ndef f(a):\n    return a * 2\n" --><!--#python eval="f(&quot;ab&quot;)" -->\n',
        '<!--#python -->|<!--#python eval -->|<!--#python eval="" -->|<!--#python x="y" -'
        '->|<!--#python eval="1" exec="2" -->|\n',
        'a<!--#python eval="1 / 0" -->b<!--#python exec="raise ValueError(3)" -->c<!--#python eval="1 +" -->d\n',
        "a<!--#if expr='false' --><!--#python eval=\"1\" --><!--#endif -->b\n",
        "<!--#python exec=\"filter.req.subprocess_env['y'] = 'z'\" --><!--#echo var=\"y\" -->\n",
        '<!--#set var="y" value="z" --><!--#python eval="filter.req.subprocess_env[\'y\']'
        '" --><!--#python eval="$y" -->\n',
        '<!--#python eval="filter.req.ssi_globals[\'__file__\'][-5:]" -->|<!--#include virtual="inner.shtml" -->\n',
        "<!--#python eval=\"'&lt;b&gt;'\" -->|<!--#python exec=\"filter.write('\\xe9')\" "
        '-->|<!--#python eval="filter.is_input" -->\n',
        files={"htdocs/inner.shtml": '<!--#python exec="x = 7" --><!--#python eval="x" -->'},
        loose={
            1: {"body": (ANY, WHOLE)},
            2: {"body": ("012|2\n", WRITES)},
            5: {"status": ("200 OK", ERRORS), "body": (f"a{WRONG}b{WRONG}c{WRONG}d\n", ERRORS)},
            8: {"body": (f"z{WRONG}\n", ERRORS)},
        },
    ),
    pages(
        "python with names of the site",
        '<!--#python eval="greeting" -->|<!--#python eval="filter.req.args" -->\n',
        conf="PythonFixupHandler naming\nPythonPath \"['@ROOT@/lib'] + sys.path\"\n",
        query="?a=1",
        files={
            "lib/naming.py": """
                def fixuphandler(req):
                    req.ssi_globals = {"greeting": "hello"}
                    return 0
            """
        },
    ),
    Case(
        "python is not allowed",
        Site(NO_EXEC, {"htdocs/a.shtml": '<!--#python eval="1 + 1" -->|\n'}, modules=MODULES),
        [asked("/a.shtml")],
    ),
    Case(
        "what a handler writes",
        Site(
            "Options Includes\nAddHandler mod_python .py\nPythonHandler writing\nPythonPath "
            "\"['@ROOT@/lib'] + sys.path\"\n"
            "AddOutputFilter INCLUDES .py\n",
            {
                **FILES,
                "htdocs/a.py": "",
                "lib/writing.py": """
                    def handler(req):
                        req.content_type = "text/html"
                        text = 'x<!--#echo var="DOCUMENT_NAME" -->y<!--#set var="a" value="b" --><!--#echo var="a"-->'
                        if req.args == "pieces":
                            for letter in text:
                                req.write(letter)
                        else:
                            req.write(text + '<!--#include virtual="part.html" -->', 0)
                        return 0
                """,
            },
            modules=MODULES,
        ),
        [asked("/a.py"), asked("/a.py?pieces")],
    ),
    Case(
        "the protocol of a part",
        Site(
            'Options Includes\nAddOutputFilter INCLUDES .shtml\nScriptAlias /run "@ROOT@/run"\n'
            "<Location /own>\nSetHandler mod_python\nPythonHandler own\n"
            "PythonPath \"['@ROOT@/lib'] + sys.path\"\n</Location>\n"
            '<Directory "@ROOT@">\nRequire all granted\n</Directory>\n',
            {
                "htdocs/a.shtml": '<!--#include virtual="/run" --><!--#include virtual="/own" -->'
                '<!--#include virtual="part.shtml" --><!--#echo var="SERVER_PROTOCOL" -->\n',
                "htdocs/part.shtml": '<!--#echo var="SERVER_PROTOCOL" --> ',
                "run": File("#!/bin/sh\nprintf 'Content-Type: text/html\\n\\n'; echo $SERVER_PROTOCOL\n", 0o755),
                "lib/own.py": """
                    def handler(req):
                        req.write("%s %s %s\\n" % (req.protocol, req.proto_num, req.the_request))
                        return 0
                """,
            },
            modules=("include", "cgi"),
        ),
        [asked("/a.shtml"), asked("/run"), asked("/own")],
    ),
    Case(
        "parts that fail behind what they have written",
        Site(
            f"{ON}AddHandler mod_python .py .psp\n"
            "PythonHandler own | .py\nPythonHandler mod_python.psp | .psp\nPythonPath \"['@ROOT@/lib'] + sys.path\"\n",
            {
                "htdocs/a.shtml": '<!--#include virtual="own.py" -->|<!--#include virtual="own.py?flush" -->|'
                '<!--#include virtual="own.py?raise" -->|<!--#include virtual="page.psp" -->|'
                '<!--#include virtual="own.py" onerror="own.py" -->|\n',
                "htdocs/own.py": "",
                "htdocs/page.psp": "a part<% raise ValueError(1) %>and more",
                "lib/own.py": """
                    def handler(req):
                        req.write("a part", req.args == "flush")
                        if req.args == "raise":
                            raise ValueError(1)
                        return 404
                """,
            },
            modules=MODULES,
        ),
        [asked("/a.shtml")],
    ),
    Case(
        "an index, and a variant",
        Site(
            f"{ON}DirectoryIndex index.shtml xbit.html\nXBitHack Full\n"
            "<Directory @ROOT@/htdocs>\nOptions +MultiViews\n</Directory>\n"
            "<Directory @ROOT@/htdocs/early>\nPythonFixupHandler adding\n</Directory>\n"
            "PythonPath \"['@ROOT@/lib'] + sys.path\"\n",
            {
                "htdocs/index.shtml": File(PAGE),
                "htdocs/own/xbit.html": File(PAGE, 0o744),
                "htdocs/full/index.shtml": File(PAGE, 0o654),
                "htdocs/variant.shtml": File(PAGE),
                "htdocs/early/plain.html": File(PAGE),
                "htdocs/early/full.html": File(PAGE, 0o654),
                "lib/adding.py": """
                    def fixuphandler(req):
                        req.add_output_filter("INCLUDES")
                        return 0
                """,
            },
            modules=(*MODULES, "negotiation"),
        ),
        [
            asked(target, headers, name=f"{target}, {name}", differs={"header:ETag": (ANY, QUOTE)})
            for target in ("/", "/own/", "/full/", "/variant", "/early/plain.html", "/early/full")
            for name, headers in (("since", SINCE), ("any", {"If-None-Match": "*"}))
        ],
    ),
    Case(
        "what parts write before they are",
        Site(
            f"{ON}PythonPath \"['@ROOT@/lib'] + sys.path\"\n"
            "<Directory @ROOT@/htdocs/part>\nPythonFixupHandler parting\nDirectoryIndex x.html\n</Directory>\n",
            {
                "htdocs/if.shtml": "a <!--#if expr='-A \"/part/x.html?0\"' -->yes<!--#endif --> b",
                "htdocs/refused.shtml": "a <!--#if expr='-A \"/part/x.html?403\"' --><!--#else -->no<!--#endif --> b",
                "htdocs/folder.shtml": "a <!--#if expr='-U \"/part/?403\"' --><!--#else -->no<!--#endif --> b",
                "htdocs/size.shtml": 'a <!--#fsize virtual="/part/x.html?0" --> b',
                "htdocs/not.shtml": 'a <!--#include virtual="/part/x.html?403" --> b',
                "htdocs/within.shtml": '1 <!--#include virtual="/if.shtml" --> <!--#include virtual="/not.shtml" --> 2',
                "htdocs/twice.shtml": "<!--#if expr='-A \"/part/x.html?0\"' --><!--#endif -->"
                '<!--#include virtual="/part/x.html?0" -->',
                "htdocs/part/x.html": "part",
                "lib/parting.py": """
                    ended = []

                    def fixuphandler(req):
                        if req.main is None:
                            return 0
                        req.register_cleanup(ended.append, "ended")
                        req.content_type = "text/x"
                        req.headers_out["X-Part"] = "1"
                        req.status = 403 if req.args == "403" else 200
                        req.write("[%s %s]" % (req.args, "".join(ended)))
                        del ended[:]
                        return int(req.args)
                """,
            },
            modules=MODULES,
        ),
        [asked(f"/{name}.shtml") for name in ("if", "refused", "folder", "size", "not", "within", "twice")],
    ),
    pages(
        "all variables",
        "<!--#printenv -->",
        tidy=own_variables,
    ),
)
