"""The listing of a directory of 10,000 entries, beside what one writes without thinking of anything else.

Run: python benchmarks/bench_listing.py [rounds]. In process, CPU time; both take turns in every round. The plain loop
looks at each entry once (os.scandir, stat), sorts, escapes and writes a line; it knows nothing of access rules, icons
and descriptions. The configuration is Debian's, with a hundred icons and `.ht*` closed. Goals: 100 ms, and hardly more
than the plain loop.
"""

from __future__ import annotations

import html
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_dispatch import environ
from benchmarks.figures import goal

ENTRIES = 10_000
KINDS = ("txt", "html", "png", "tar.gz", "py", "pdf", "c", "conf", "JPG", "unknown")

CONF = """
ServerName bench.test
TypesConfig "{root}/mime.types"
DocumentRoot "{root}/htdocs"
<Directory "{root}/htdocs">
    Options Indexes FollowSymLinks
    Require all granted
</Directory>
<FilesMatch "^\\.ht">
    Require all denied
</FilesMatch>
IndexOptions FancyIndexing VersionSort{table} NameWidth=* DescriptionWidth=* Charset=UTF-8
IndexOptions -VersionSort
AddIconByEncoding (CMP,/icons/compressed.gif) x-compress x-gzip x-bzip2
AddIconByType (TXT,/icons/text.gif) text/*
AddIconByType (IMG,/icons/image2.gif) image/*
AddIconByType (SND,/icons/sound2.gif) audio/*
AddIconByType (VID,/icons/movie.gif) video/*
AddIcon /icons/binary.gif .bin .exe
AddIcon /icons/binhex.gif .hqx
AddIcon /icons/tar.gif .tar
AddIcon /icons/world2.gif .wrl .wrl.gz .vrml .vrm .iv
AddIcon /icons/compressed.gif .Z .z .tgz .gz .zip
AddIcon /icons/a.gif .ps .ai .eps
AddIcon /icons/layout.gif .html .shtml .htm .pdf
AddIcon /icons/text.gif .txt
AddIcon /icons/c.gif .c
AddIcon /icons/p.gif .pl .py
AddIcon /icons/f.gif .for
AddIcon /icons/dvi.gif .dvi
AddIcon /icons/uuencoded.gif .uu
AddIcon /icons/script.gif .conf .sh .shar .csh .ksh .tcl
AddIcon /icons/tex.gif .tex
AddIcon /icons/bomb.gif */core
AddIcon (SND,/icons/sound2.gif) .ogg
AddIcon (VID,/icons/movie.gif) .ogm
AddIcon /icons/back.gif ..
AddIcon /icons/hand.right.gif README
AddIcon /icons/folder.gif ^^DIRECTORY^^
AddIcon /icons/blank.gif ^^BLANKICON^^
AddIcon /icons/odf6odt-20x22.png .odt .ods .odp .odg .odc .odf .odb .odi .odm .ott .ots .otp .otg .otc .otf .oti .oth
DefaultIcon /icons/unknown.gif
IndexIgnore .??* *~ *# RCS CVS *,v *,t
"""


def plain(folder: Path) -> bytes:
    """What one writes without thinking of anything else."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            stat = entry.stat()
            at = time.strftime("%Y-%m-%d %H:%M", time.localtime(stat.st_mtime))
            name = html.escape(entry.name)
            link = html.escape(quote(entry.name))
            found.append(
                (entry.name, f'<tr><td><a href="{link}">{name}</a></td><td>{at}</td><td>{stat.st_size}</td></tr>')
            )
    found.sort()
    return "\n".join([line for _, line in found]).encode()


def listing(root: Path, table: str, query: str = "") -> Callable[[], Any]:
    """One request in process."""
    from modpy_wsgi import from_httpd_conf

    conf = root / f"httpd{table.strip()}.conf"
    conf.write_text(CONF.format(root=root, table=table))
    app = from_httpd_conf(str(conf))
    env = environ("/") | {"QUERY_STRING": query}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        assert status == "200 OK", status

    def request() -> None:
        body = b"".join(app(env, start_response))
        assert body.count(b'<a href="file') == ENTRIES, body[:2000]

    return request


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    root = Path(tempfile.mkdtemp(prefix="bench-listing-"))
    try:
        (root / "htdocs").mkdir()
        (root / "mime.types").write_text("text/html html\ntext/plain txt\nimage/png png\napplication/pdf pdf\n")
        for number in range(ENTRIES):
            (root / "htdocs" / f"file{number:05}.{KINDS[number % len(KINDS)]}").write_text("x" * (number % 3000))
        calls = {
            "plain loop": lambda: plain(root / "htdocs"),
            "table": listing(root, " HTMLTable"),
            "columns": listing(root, ""),
            "list": listing(root, "", "F=0"),
        }
        seen: dict[str, list[float]] = {name: [] for name in calls}
        for call in calls.values():
            call()
        for _ in range(rounds):
            for name, call in calls.items():
                start = time.process_time()
                call()
                seen[name].append((time.process_time() - start) * 1e3)
        base = statistics.median(seen["plain loop"])
        for name, times in seen.items():
            middle = statistics.median(times)
            print(f"{name:12}{middle:8.1f} ms   {middle / base:5.2f} x the plain loop")
        goal("a listing of 10,000 entries as a table, ms", statistics.median(seen["table"]), 100)
        goal("the same, times the plain loop", statistics.median(seen["table"]) / base, 1.15)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
