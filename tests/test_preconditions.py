"""Entity tags of files, and what a conditional request gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modpy_wsgi.testing import request, site

MTIME_NS = 1_000_000_000_250_000_000
DATE = "Sun, 09 Sep 2001 01:46:40 GMT"  # the whole second of it
EARLIER, LATER = "Sun, 09 Sep 2001 01:46:39 GMT", "Sun, 09 Sep 2001 01:46:41 GMT"

# FileETag -> what the tag is made of, in this order
TAGS = {
    "": ("size", "mtime"),
    "FileETag MTime": ("mtime",),
    "FileETag Size": ("size",),
    "FileETag INode MTime Size": ("inode", "size", "mtime"),
    "FileETag +INode": ("inode",),
    "FileETag MTime Size -MTime": ("size",),
    "FileETag -MTime": ("size", "mtime"),
    "FileETag All": ("inode", "size", "mtime"),
    "FileETag None": (),
}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_bytes(b"x" * 255)
    os.utime(path, ns=(MTIME_NS, MTIME_NS))
    return path


@pytest.mark.parametrize("config", TAGS, ids=[config or "default" for config in TAGS])
def test_tag(page: Path, config: str) -> None:
    values = {"inode": f"{page.stat().st_ino:x}", "size": "ff", "mtime": f"{MTIME_NS // 1000:x}"}
    wanted = '"' + "-".join([values[part] for part in TAGS[config]]) + '"' if TAGS[config] else None
    assert site(config, root=page.parent).get("/page.txt").headers.get("ETag") == wanted
    req = request("/page.txt", root=page.parent, config=config)
    req.set_etag()
    assert req.headers_out.get("ETag") == wanted


def test_no_tag_without_a_file(tmp_path: Path) -> None:
    req = request("/absent", root=tmp_path)
    req.set_etag()
    assert "ETag" not in req.headers_out


# the headers of a request for a file whose tag is TAG -> the status; httpd's rules, where they differ from the RFC's
TAG = f'"ff-{MTIME_NS // 1000:x}"'
CONDITIONS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"If-None-Match": TAG}, 304),
    ({"If-None-Match": f"W/{TAG}"}, 304),
    ({"If-None-Match": f'"other", {TAG}'}, 304),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": '"other"'}, 200),
    ({"If-Modified-Since": DATE}, 304),
    ({"If-Modified-Since": EARLIER}, 200),
    ({"If-Modified-Since": LATER}, 304),
    ({"If-Modified-Since": "Sun, 09 Sep 2999 01:46:41 GMT"}, 200),
    ({"If-Modified-Since": "yesterday"}, 200),
    ({"If-None-Match": TAG, "If-Modified-Since": EARLIER}, 200),
    ({"If-None-Match": '"other"', "If-Modified-Since": DATE}, 200),
    ({"If-Match": TAG}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": f"W/{TAG}"}, 412),
    ({"If-Match": '"other"'}, 412),
    ({"If-Unmodified-Since": DATE}, 200),
    ({"If-Unmodified-Since": EARLIER}, 412),
    ({"If-Unmodified-Since": "yesterday"}, 200),
]


@pytest.mark.parametrize(("headers", "status"), CONDITIONS)
def test_conditions(page: Path, headers: dict[str, str], status: int) -> None:
    reply = site("", root=page.parent).get("/page.txt", headers=headers, expect_errors=True)
    assert reply.status_int == status
    assert len(reply.body) == (255 if status == 200 else 0)
    assert reply.headers["ETag"] == TAG
