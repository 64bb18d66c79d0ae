"""Pages for the parser of PSP: odd ones by hand, and random ones; and the campaign that asks Apache about those.

`python -m tests.oracle psp_code --random N --seed S` compares N random pages with what the original makes of them.
"""

import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from . import apache
from .request import post
from .site import File, Site

# What there is in a page: each a piece that the grammar, or Python, may take notice of.
WORDS = (
    *("<%", "<%=", "<%@", "<%--", "--%>", "%>", "<", "%", ">", "-", "=", "@", "<%%>", "%%>", "<<%", "%>>"),
    *("\n", "\r\n", "\r", "\n\n", " ", "  ", "    ", "\t", "\x0b", "\x0c", "\n  ", "\n\t", "\n%>", "<%\n", "\n  %>"),
    *(":", "::", ";", "#", "# end", "'", '"', '"""', "'''", '\\"', "\\", "\\\\", "\\n", "\\t", "\\r", "\\x41", "\\N"),
    *("a", "text", "x = 1", "x", "1", "(", ")", "[0]", "{}", ",", "if x:", "else:", "for y in z:", "pass", "def f():"),
    *("\u00e9", "\u20ac", "\U0001f600", "include", "file", 'include file="one"', 'include  file = "two" ', "file="),
    *('include file="three"%>"', 'include\tfile="one"', "include file='one'", ' include file="one" ', "\nimport os\n"),
)
INCLUDED = ("one", "two", "three")  # "three" is the only one that the others include, so that there is an end


def page(chance: random.Random, longest: int = 40) -> str:
    """A random page."""
    return "".join(chance.choices(WORDS, k=chance.randint(0, chance.choice((4, 12, longest)))))


def files(chance: random.Random) -> dict[str, str]:
    """What pages include: random, too. Some of it leaves code open."""
    found = {}
    for name in INCLUDED:
        text = page(chance, 12).replace("include", "exclude")
        if name != "three" and chance.random() < 0.3:
            text += '<%@ include file="three" %>' + page(chance, 8).replace("include", "exclude")
        found[name] = text
    return found


def without_includes(text: str) -> str:
    """A page for parsestring: the original's ends the process when it includes something."""
    return text.replace("include", "exclude")


# The function is the last part of the path; the body is what it works on.
PARSER = r"""
    import json
    import os
    from mod_python import apache, _psp

    FOLDER = "@ROOT@/pages/"

    def handler(req):
        req.content_type = "text/plain; charset=utf-8"
        return globals()[req.uri.rpartition("/")[2]](req)

    def parse(name):
        try:
            return _psp.parse(name, FOLDER)
        except Exception as error:
            return type(error).__name__

    def string(req):
        req.write(_psp.parsestring(req.read()))
        return apache.OK

    def file(req):
        req.write(parse(req.args))
        return apache.OK

    def alone(req):
        os.chdir(FOLDER)
        req.write(_psp.parse(req.args))
        return apache.OK

    def body(req):
        with open(FOLDER + "body", "wb") as file:
            file.write(req.read())
        req.write(parse("body"))
        return apache.OK

    def many(req):
        told = json.loads(req.read().decode())
        for name, text in told["files"].items():
            with open(FOLDER + name, "wb") as file:
                file.write(text.encode())
        found = [_psp.parsestring(text.encode()) for text in told["strings"]]
        for text in told["pages"]:
            with open(FOLDER + "page", "wb") as file:
                file.write(text.encode())
            found.append(parse("page"))
        req.write(json.dumps(found))
        return apache.OK
"""


def parser_site(pages: dict[str, bytes]) -> Site:
    """A site that says what the parser makes of pages: of its own, below pages/, and of what it is sent."""
    conf = """
        <Directory "@ROOT@/htdocs">
            SetHandler mod_python
            PythonHandler parser
        </Directory>
    """
    kept = {f"pages/{name}": File(content, mode=0o666) for name, content in pages.items()}
    spare = {f"pages/{name}": File(b"", mode=0o666) for name in ("page", "body", *INCLUDED) if name not in pages}
    return Site(conf, {"htdocs/parser.py": PARSER, **kept, **spare})


AT_ONCE = 200  # pages in one request


def ours(folder: Path, strings: list[str], pages: list[str]) -> list[str]:
    """What we make of the same pages."""
    from mod_python import _psp

    found = [_psp.parsestring(text.encode()) for text in strings]
    for text in pages:
        (folder / "page").write_bytes(text.encode())
        try:
            found.append(_psp.parse("page", f"{folder}/"))
        except Exception as error:
            found.append(type(error).__name__)
    return found


def campaign(count: int, seed: int) -> int:
    """Compare at least `count` random pages with a live Apache. Exit status 1 if there is a difference."""
    root = Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp"))
    done = different = 0
    begun = time.monotonic()
    try:
        with apache.serve(parser_site({}), root) as server:
            folder = root / "pages"
            while done < count:
                chance = random.Random(seed)
                strings = [without_includes(page(chance)) for _ in range(AT_ONCE // 2)]
                pages = [page(chance) for _ in range(AT_ONCE // 2)]
                told = {"files": files(chance), "strings": strings, "pages": pages}
                answer = server.ask(post("/many", json.dumps(told).encode()))
                if answer.status != "200 OK":
                    print(f"seed {seed}: {answer.status} {answer.log}", file=sys.stderr)
                    return 1
                wanted = json.loads(answer.body)
                for text, want, got in zip(strings + pages, wanted, ours(folder, strings, pages), strict=True):
                    done += 1
                    if want != got:
                        different += 1
                        print(f"seed {seed}: {text!r}\n  Apache: {want!r}\n  here:   {got!r}")
                seed += 1
    finally:
        shutil.rmtree(root)
    print(f"{done} pages up to seed {seed - 1}, {time.monotonic() - begun:.0f} s: {different or 'no'} differences")
    return 1 if different else 0
