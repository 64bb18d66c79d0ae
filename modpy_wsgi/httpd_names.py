"""By which names and versions we answer as httpd."""

from ._version import __version__
from .config.conditions import HTTPD_VERSION

__all__ = ["SERVER_SOFTWARE"]

SERVER_SOFTWARE = f"Apache/{'.'.join(map(str, HTTPD_VERSION))} (Unix) mod_python/3.5.0 modpy_wsgi/{__version__}"
