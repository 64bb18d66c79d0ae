"""Conditional requests with several headers, and entity tags: FileETag."""

from itertools import product

from ..request import get, head, post, request
from ..site import Entry, File, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "htdocs/ten.txt": "0123456789",
    "htdocs/empty.txt": "",
    "htdocs/large.bin": File(b"0123456789" * 7000),
    "htdocs/old.txt": File("old\n", mtime=0),
    "htdocs/future.txt": File("of the future\n", mtime=4102444800),
    "htdocs/sub/ten.txt": "0123456789",
    "htdocs/page.html.fr": "<p>fr\n",
}
TAG = '"a-6107255704080"'
DATE = "Sat, 03 Feb 2024 04:05:06 GMT"
BEFORE = "Fri, 02 Feb 2024 04:05:06 GMT"
AFTER = "Sun, 04 Feb 2024 04:05:06 GMT"
TAGS = {"same": TAG, "other": '"other"'}
DATES = {"same": DATE, "before": BEFORE, "after": AFTER, "nonsense": "yesterday"}

PAIRS = {
    f"{first} {one}, {second} {two}": {first: values[one], second: others[two]}
    for (first, values), (second, others) in (
        (("If-None-Match", TAGS), ("If-Modified-Since", DATES)),
        (("If-None-Match", TAGS), ("If-Unmodified-Since", DATES)),
        (("If-None-Match", TAGS), ("If-Match", TAGS)),
        (("If-Match", TAGS), ("If-Modified-Since", DATES)),
        (("If-Match", TAGS), ("If-Unmodified-Since", DATES)),
        (("If-Modified-Since", DATES), ("If-Unmodified-Since", DATES)),
    )
    for one, two in product(values, others)
}
LISTS = {
    "blanks": f'"x" ,\t{TAG} , "y"',
    "commas in a tag": f'"a,b", {TAG}',
    "empty members": f", ,{TAG},",
    "half a quote": f'"x, {TAG}',
    "weak and strong": f'W/"x", W/{TAG}',
    "w/ small": f"w/{TAG}",
    "star among others": f'"x", *, {TAG}',
    "star and more": "*, x",
    "another case": TAG.upper(),
    "part of it": '"a-61072557"',
    "blank at the end": f"{TAG} ",
}
ODD_DATES = {
    "no GMT": "Sat, 03 Feb 2024 04:05:06",
    "another zone": "Sat, 03 Feb 2024 05:05:06 +0100",
    "wrong day": "Mon, 03 Feb 2024 04:05:06 GMT",
    "no day": "03 Feb 2024 04:05:06 GMT",
    "one digit": "Sat, 3 Feb 2024 04:05:06 GMT",
    "ISO": "2024-02-03T04:05:06Z",
    "seconds": "1706933106",
    "second 60": "Sat, 03 Feb 2024 04:05:60 GMT",
    "hour 25": "Sat, 03 Feb 2024 25:05:06 GMT",
    "small letters": "sat, 03 feb 2024 04:05:06 gmt",
    "year 1900": "Sat, 03 Feb 1900 04:05:06 GMT",
    "year 9999": "Sat, 03 Feb 9999 04:05:06 GMT",
    "30 February": "Sat, 30 Feb 2024 04:05:06 GMT",
    "text behind": f"{DATE} or so",
    "blank before": f"  {DATE}",
    "epoch": "Thu, 01 Jan 1970 00:00:00 GMT",
    "empty": "",
}
CLOSED = {**FILES, "htdocs/closed/.htaccess": "Require all denied\n", "htdocs/closed/x": "x"}
OPEN = '\n<Directory "@ROOT@/htdocs">\nAllowOverride All\n</Directory>'
PATHS = words("/ten.txt /empty.txt /large.bin /sub/ten.txt")


def words_of(*headers: dict[str, str]) -> str:
    """Headers in a name."""
    return ", ".join(f"{name} {value}" for each in headers for name, value in each.items())


def tagged(directives: str, htaccess: str = "") -> Case:
    """FileETag, and the tags of some files."""
    files = {**FILES, **({"htdocs/sub/.htaccess": htaccess} if htaccess else {})}
    name = f"{directives} / {htaccess}" if htaccess else directives
    conf = f'{directives}\n<Directory "@ROOT@/htdocs">\nAllowOverride FileInfo\n</Directory>'
    paths = PATHS[-1:] if directives == "FileETag All" else PATHS  # an inode's number is another each time
    return Case(name.replace("\n", "; "), Site(conf, files), [*(get(path) for path in paths), head(paths[-1])])


CASES = (
    Case("pairs", Site("", FILES), [get("/ten.txt", headers, name=name) for name, headers in PAIRS.items()]),
    Case(
        "pairs, POST",
        Site("", FILES),
        [post("/ten.txt", b"x", headers, name=name) for name, headers in list(PAIRS.items())[:20]],
    ),
    Case(
        "lists",
        Site("", FILES),
        [
            get("/ten.txt", {header: value}, name=f"{header} {name}")
            for header in ("If-None-Match", "If-Match")
            for name, value in LISTS.items()
        ],
    ),
    Case(
        "lists, POST",
        Site("", FILES),
        [
            post("/ten.txt", b"x", {"If-None-Match": value}, name=f"If-None-Match {name}")
            for name, value in LISTS.items()
        ],
    ),
    Case(
        "dates",
        Site("", FILES),
        [
            get("/ten.txt", {header: value}, name=f"{header} {name}")
            for header in ("If-Modified-Since", "If-Unmodified-Since")
            for name, value in ODD_DATES.items()
        ],
    ),
    Case(
        "old files and files of the future",
        Site("", FILES),
        [
            get(path, headers, name=f"{path} {' '.join(headers)}")
            for path in ("/old.txt", "/future.txt")
            for headers in ({}, {"If-Modified-Since": DATE}, {"If-Unmodified-Since": DATE}, {"If-None-Match": "*"})
        ],
    ),
    Case(
        "with If-Range",
        Site("", FILES),
        [
            request(
                method,
                "/ten.txt",
                {**parts, "If-Range": name, **asked},
                name=f"{method} {words_of(parts, asked)}; {name}",
            )
            for method in ("GET", "POST")
            for name in (TAG, '"other"', DATE, AFTER, "nonsense", "")
            for parts in ({"Range": "bytes=2-5"}, {"Range": "bits=2-5"}, {})
            for asked in (
                {"If-None-Match": TAG},
                {"If-None-Match": '"other"'},
                {"If-Modified-Since": AFTER},
                {"If-None-Match": TAG, "If-Modified-Since": AFTER},
                {"If-Match": '"other"'},
            )
        ],
    ),
    Case(
        "of the page for an error",
        Site(
            "ErrorDocument 404 /ten.txt\nErrorDocument 412 /sub/ten.txt\nErrorDocument 403 /sub/ten.txt" + OPEN, CLOSED
        ),
        [
            request(method, path, headers, name=f"{method} {path} {words_of(headers)}")
            for method in ("GET", "HEAD", "POST")
            for path in ("/absent", "/closed/x", *(("/ten.txt",) if method != "HEAD" else ()))
            for headers in (
                {"If-None-Match": "*"},
                {"If-None-Match": TAG},
                {"If-Match": '"other"'},
                {"If-Modified-Since": AFTER},
                {"If-Unmodified-Since": BEFORE},
                {"Range": "bytes=2-5", "If-Modified-Since": AFTER},
            )
        ],
    ),
    Case(
        "methods",
        Site("", FILES),
        [
            request(method, path, headers, name=f"{method} {path} {' '.join(headers)}")
            for method in ("PUT", "OPTIONS", "DELETE")
            for path in ("/ten.txt", "/absent")
            for headers in ({}, {"If-None-Match": "*"}, {"If-Match": '"other"'})
        ],
    ),
    Case(
        "TraceEnable Off",
        Site("TraceEnable Off", FILES),
        [request("TRACE", "/ten.txt"), request("OPTIONS", "/ten.txt"), request("PUT", "/ten.txt")],
    ),
    *(
        tagged(directives)
        for directives in (
            "",
            "FileETag MTime",
            "FileETag Size",
            "FileETag MTime Size",
            "FileETag -MTime",
            "FileETag +MTime -Size",
            "FileETag None",
            "FileETag Digest",
            "FileETag MTime Digest",
            "FileETag +Digest",
            "FileETag None Size",
            "FileETag Size None",
            "FileETag mtime",
            "FileETag Nonsense",
            "FileETag",
            "FileETag -MTime -Size",
            "FileETag Size\nFileETag MTime",
            "FileETag Size\nFileETag +MTime",
            "FileETag Size\nFileETag -MTime",
            "FileETag Size\nFileETag -Size",
            "FileETag Size +MTime",
            "FileETag MTime Size -Size",
            "FileETag Size -Size",
            "FileETag +MTime Size",
            "FileETag -MTime Size",
            "FileETag -MTime +MTime",
            "FileETag +Size -Size",
            "FileETag All -INode",
            "FileETag +None",
            "FileETag -All",
            "FileETag None +Size",
            "FileETag None -Size",
            "FileETag -Digest",
        )
    ),
    tagged("FileETag Size", "FileETag MTime"),
    tagged("FileETag Size", "FileETag +MTime"),
    tagged("FileETag MTime Size", "FileETag -MTime"),
    tagged("FileETag None", "FileETag +Size"),
    tagged("FileETag Size", "FileETag None"),
    tagged("FileETag All", "FileETag -INode"),
    tagged("FileETag Digest", "FileETag Size"),
    tagged("FileETag +MTime", "FileETag +Size"),
    tagged("FileETag -MTime", "FileETag +Size"),
    tagged("FileETag -MTime", "FileETag MTime Size"),
    tagged("FileETag Size", "FileETag -Size"),
    tagged("FileETag +Size", "FileETag -Size"),
    tagged("FileETag All", "FileETag -INode -Size"),
    tagged("FileETag Size", "FileETag +MTime -Size"),
    tagged("FileETag Size", "FileETag -Size +MTime"),
    tagged("FileETag -Size", "FileETag -MTime"),
    tagged("FileETag None", "FileETag -Size"),
    tagged("FileETag Size", "FileETag +Digest"),
    tagged("FileETag Digest", "FileETag -Digest"),
)
