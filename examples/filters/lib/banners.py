"""Cuts advertisement banners out of pages.

A banner is an <img>, <iframe>, <script> or <object> that comes from one of the hosts, or has one of the sizes, which
the configuration names (PythonOption banners.hosts and banners.sizes). The link around a picture goes with it.

A page arrives in pieces, and a tag may begin in one and end in the next. What is not complete yet waits in the filter
object for the next call; everything else goes on at once.
"""

import re

LONGEST_TAG = 64 * 1024  # bytes; what is longer is no tag

_TAG = re.compile(rb"<(img|iframe|script|object|a)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_CONTENT = {b"iframe": b"</iframe>", b"script": b"</script>", b"object": b"</object>", b"a": b"</a>"}


def outputfilter(filter):
    if not hasattr(filter, "rest"):
        filter.rest = b""
        options = filter.req.get_options()
        filter.hosts = options.get("banners.hosts", "").lower().split()
        filter.sizes = options.get("banners.sizes", "").lower().split()
        if not (filter.req.content_type or "").startswith("text/html"):
            filter.disable()
            filter.pass_on()
            return
    s = filter.read()
    while s:
        done, filter.rest = _cut(filter.rest + s, filter.hosts, filter.sizes)
        filter.write(done)
        s = filter.read()
    if s is None:
        filter.write(_cut(filter.rest, filter.hosts, filter.sizes, last=True)[0])
        filter.close()


def _cut(page, hosts, sizes, last=False):
    """What can go on without its banners, and what has to wait for more."""
    done = []
    at = 0
    while True:
        start = page.find(b"<", at)
        if start < 0:
            return b"".join(done) + page[at:], b""
        done.append(page[at:start])
        tag = _TAG.match(page, start)
        if tag is None:
            if not last and _may_become_one(page, start):
                return b"".join(done), page[start:]
            done.append(b"<")
            at = start + 1
            continue
        name = tag.group(1).lower()
        end = inside_end = tag.end()
        closing = _CONTENT.get(name)
        if closing is not None and not tag.group(2).endswith(b"/"):
            found = page.lower().find(closing, end)
            if found < 0 and not last and len(page) - start <= LONGEST_TAG:
                return b"".join(done), page[start:]
            if found >= 0:
                inside_end, end = found, found + len(closing)
        inside = page[tag.end() : inside_end]
        if _is_banner(tag.group(2), hosts, sizes) or (name == b"a" and _is_one_banner(inside, hosts, sizes)):
            at = end
        else:
            done.append(tag.group())
            at = tag.end()


def _may_become_one(page, start):
    """Whether a tag may begin there whose end has not arrived."""
    head = page[start : start + 8].lower()
    names = (b"<img", b"<iframe", b"<script", b"<object", b"<a")
    begins = any(head.startswith(name) or name.startswith(head) for name in names)
    return begins and len(page) - start <= LONGEST_TAG and b">" not in page[start:]


def _is_one_banner(inside, hosts, sizes):
    """Whether the content of a link is a banner and nothing else."""
    tag = _TAG.fullmatch(inside.strip())
    return tag is not None and tag.group(1).lower() == b"img" and _is_banner(tag.group(2), hosts, sizes)


def _is_banner(text, hosts, sizes):
    found = {}
    for name, quoted, single, bare in _ATTRIBUTE.findall(text):
        value = (quoted or single or bare).decode("utf-8", "replace").strip().lower()
        found.setdefault(name.decode("ascii").lower(), value)
    address = found.get("src") or found.get("data") or ""
    host = address.partition("//")[2].partition("/")[0].partition(":")[0]
    if any(host == each or host.endswith("." + each) for each in hosts):
        return True
    return "%s x %s" % (found.get("width"), found.get("height")) in [each.replace("x", " x ") for each in sizes]
