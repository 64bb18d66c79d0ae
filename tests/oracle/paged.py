"""A site of one handler, whose pages are the functions of its module: /count is `_count(req)`."""

from collections.abc import Mapping

from .site import Entry, Site

HANDLER = """
    def handler(req):
        req.content_type = "text/plain"
        globals()["_" + req.uri.rpartition("/")[2]](req)
        return apache.OK
"""
CONF = """
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler page
        PythonDebug Off
        %s
    </Directory>
    %s
"""


def paged(*options: str, files: Mapping[str, Entry], more: str = "") -> Site:
    """The site with PythonOptions. `files` has the module, htdocs/page.py; `more` is further configuration."""
    lines = [f"PythonOption {option}" for option in options]
    return Site(CONF % ("\n        ".join(lines), more), files)
