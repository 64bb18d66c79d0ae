"""Lets no cookie pass that the configuration does not name (PythonOption cookies.kept): neither as a header of the
answer, nor as a <meta http-equiv="Set-Cookie"> of a page.

Headers can be changed until the first byte goes on, which the first call comes before.
"""

import re

LONGEST_TAG = 64 * 1024  # bytes

_META = re.compile(
    rb"<meta\s(?=[^>]*http-equiv\s*=\s*[\"']?set-cookie)[^>]*?content\s*=\s*[\"']?([^=;\"'>]*)[^>]*>", re.IGNORECASE
)


def outputfilter(filter):
    req = filter.req
    if not hasattr(filter, "rest"):
        filter.rest = b""
        filter.kept = req.get_options().get("cookies.kept", "").split()
        for headers in (req.headers_out, req.err_headers_out):
            _strip(headers, filter.kept)
    s = filter.read()
    while s:
        page = filter.rest + s
        start = page.rfind(b"<")
        waits = start >= 0 and b">" not in page[start:] and len(page) - start <= LONGEST_TAG
        filter.rest = page[start:] if waits else b""
        filter.write(_without_cookies(page[:start] if waits else page, filter.kept))
        s = filter.read()
    if s is None:
        filter.write(_without_cookies(filter.rest, filter.kept))
        filter.close()


def _strip(headers, kept):
    """Take the Set-Cookie headers out whose cookies are not to be kept."""
    cookies = [value for name, value in headers.items() if name.lower() == "set-cookie"]
    if cookies:
        del headers["Set-Cookie"]
    for cookie in cookies:
        if cookie.partition("=")[0].strip() in kept:
            headers.add("Set-Cookie", cookie)


def _without_cookies(page, kept):
    def keep(found):
        name = found.group(1).strip().decode("utf-8", "replace")
        return found.group() if name in kept else b""

    return _META.sub(keep, page)
