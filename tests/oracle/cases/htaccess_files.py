"""A .htaccess that cannot be read, or is no file: closed, and never as if it were not there."""

from typing import Any

from ..request import get
from ..site import Entry, File, Folder, Link, Site
from . import Case

CONF = """
    <Directory "@ROOT@/htdocs">
        AllowOverride All
        Options {options}
    </Directory>
"""
PAGES: dict[str, Entry] = {
    "htdocs/page.txt": "page\n",
    "htdocs/in/page.txt": "page in\n",
    "htdocs/in/index.html": "index in\n",
    "htdocs/in/deep/page.txt": "page deep\n",
    "htdocs/other/page.txt": "page other\n",
    "elsewhere/htaccess": "AddType text/x-elsewhere .txt\n",
    "elsewhere/broken": "Nonsense\n",
    "elsewhere/closed/htaccess": "Require all denied\n",
}
PATHS = ("/page.txt", "/in/page.txt", "/in/", "/in", "/in/deep/page.txt", "/in/absent", "/other/page.txt")
LONG = "/" + "y" * 300
FOLDERS = (
    *("/locked", "/locked/", "/locked/page.txt", "/blind/", "/blind/page.txt", "/loop", "/loop/", "/loop/page.txt"),
    *("/long", "/long/page.txt", "/nowhere", "/nowhere/page.txt", "/through", "/through/x", "/outside/htaccess"),
    *(LONG, f"{LONG}/", f"{LONG}/page.txt", f"/in{LONG}", "/page.txt/x"),
)
LOG = (".htaccess", "Nonsense", "unable to check htaccess file, ensure it is readable")
NOTE = "htaccess-note: the original's page says why"
CLOSED = {"status": ("403 Forbidden", NOTE), **{f"log:{text}": (text != "Nonsense", NOTE) for text in LOG}}
NUL = {"status": ("500 Internal Server Error", "htaccess-nul: the original reads a line as far as its NUL")}


def asked(
    name: str, htaccess: Entry | None, *, options: str = "FollowSymLinks", differs: Any = None, **more: Any
) -> Case:
    """A site with this in the place of in/.htaccess; `differs` is for what lies below in/."""
    files = {**PAGES, **({"htdocs/in/.htaccess": htaccess} if htaccess is not None else {}), **more}
    requests = [get(path, log=LOG, differs=(differs or {}) if path.startswith("/in") else {}) for path in PATHS]
    return Case(name, Site(CONF.format(options=options), files), requests, as_nobody=True)


def line(length: int, end: str = "\n") -> str:
    """A directive of so many characters."""
    start = "AddType text/x-long .txt ."
    return start + "x" * (length - len(start)) + end


CASES = (
    asked("none", None),
    asked("readable", "AddType text/x-mine .txt\n"),
    asked("unreadable", File("AddType text/x-mine .txt\n", mode=0o000), differs=CLOSED),
    asked("unreadable and broken", File("Nonsense\n", mode=0o000), differs=CLOSED),
    asked("unreadable and empty", File("", mode=0o000), differs=CLOSED),
    asked("a directory", Folder(), differs=CLOSED),
    asked("a directory that nobody may enter", Folder(mode=0o000), differs=CLOSED),
    asked("a link to a file", Link("../../elsewhere/htaccess")),
    asked("a link, without FollowSymLinks", Link("../../elsewhere/htaccess"), options="None"),
    asked("a link to a broken file", Link("../../elsewhere/broken")),
    asked("a link that leads nowhere", Link("../../elsewhere/absent")),
    asked("a link that leads nowhere by way of a file", Link("page.txt/absent")),
    asked("a link to itself", Link(".htaccess"), differs=CLOSED),
    asked("a link to a directory", Link("../../elsewhere"), differs=CLOSED),
    asked("a link to /dev/null", Link("/dev/null"), differs=CLOSED),
    asked(
        "a link to a file in a closed directory",
        Link("../../elsewhere/locked/htaccess"),
        differs=CLOSED,
        **{"elsewhere/locked": Folder(mode=0o000)},
    ),
    asked("a link with too long a name", Link("../../elsewhere/" + "x" * 300), differs=CLOSED),
    asked("empty", ""),
    asked("nothing but a NUL", File(b"\0"), differs=NUL),
    asked("a NUL at the end", File(b"AddType text/x-mine .txt\0"), differs=NUL),
    asked("a NUL in a line", File(b"AddType text/x-mine .txt\0Nonsense\n"), differs=NUL),
    asked("a NUL in a comment", File(b"# x\0\nAddType text/x-mine .txt\n"), differs=NUL),
    asked("a byte order mark", File(b"\xef\xbb\xbfAddType text/x-mine .txt\n")),
    asked("UTF-16", File("AddType text/x-mine .txt\n".encode("utf-16"))),
    asked("binary", File(bytes(range(1, 256)))),
    asked("a line of 8190 characters", line(8190)),
    asked("a line of 8191 characters", line(8191)),
    asked("a line of 8192 characters", line(8192)),
    asked("a line of 8193 characters", line(8193)),
    asked("a last line of 8190 characters", line(8190, "")),
    asked("a last line of 8191 characters", line(8191, "")),
    asked("a last line of 8192 characters", line(8192, "")),
    asked("a continued line of 8190 characters", line(4000, "\\\n") + "x" * 4190 + "\n"),
    asked("a continued line of 8191 characters", line(4000, "\\\n") + "x" * 4191 + "\n"),
    asked("a continued line of 8192 characters", line(4000, "\\\n") + "x" * 4192 + "\n"),
    asked("a line of 8190 characters, carriage return", line(8190, "\r\n")),
    asked("a line of 8191 characters, carriage return", line(8191, "\r\n")),
    asked("a line continued after 8190 characters", line(8190, "\\\n") + "\n"),
    asked("a line continued after 8191 characters", line(8191, "\\\n") + "\n"),
    asked("a line continued with nothing after 8191 characters", line(8190, "\\\n") + "\\\n\n"),
    asked("a last line of 8193 characters", line(8193, "")),
    asked("a line of 4110 characters in 8190 bytes", line(30, "") + "\u00e9" * 4080 + "\n"),
    asked("a line of 4111 characters in 8192 bytes", line(30, "") + "\u00e9" * 4081 + "\n"),
    asked("spaces around 8100 characters", " " * 60 + line(8100, " " * 60 + "\n")),
    asked("a continued line of 8200 characters", line(4000, "\\\n") + "x" * 4200 + "\n"),
    asked("a continued line of 20000 characters", line(4000, "\\\n") + ("x" * 4000 + "\\\n") * 4 + "\n"),
    asked("a comment of 9000 characters", "#" + "x" * 9000 + "\nAddType text/x-mine .txt\n"),
    asked("a word of 9000 characters", "x" * 9000),
    asked("many lines", "# nothing\n" * 50_000 + "AddType text/x-mine .txt\n"),
    asked("many directives", "AddType text/x-mine .txt\n" * 5_000),
    asked("many sections", "<Files x>\n</Files>\n" * 2_000 + "AddType text/x-mine .txt\n"),
    *(
        Case(
            f"folders that cannot be entered, {options}",
            Site(
                CONF.format(options=options),
                {
                    **PAGES,
                    "htdocs/locked": Folder(mode=0o000),
                    "htdocs/blind": Folder(mode=0o311),  # it may be entered and not be read
                    "htdocs/loop": Link("loop"),
                    "htdocs/long": Link("x" * 300),
                    "htdocs/nowhere": Link("absent"),
                    "htdocs/through": Link("page.txt/x"),
                    "htdocs/outside": Link("../elsewhere/closed"),
                },
            ),
            [
                get(path, differs={"status": ("403 Forbidden", NOTE)} if path.startswith("/locked") else {})
                for path in FOLDERS
            ],
            as_nobody=True,
        )
        for options in ("FollowSymLinks", "None", "SymLinksIfOwnerMatch")
    ),
)
