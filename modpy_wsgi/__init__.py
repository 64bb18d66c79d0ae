"""Runs the web applications that were written for Python inside a web server, unchanged, on any WSGI server."""

from ._version import __version__
from .app import Application
from .factory import from_httpd_conf, make_app

__all__ = ["Application", "__version__", "from_httpd_conf", "make_app"]
