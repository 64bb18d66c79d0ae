"""By which names and versions we answer as httpd."""

from ._version import __version__

__all__ = ["HTTPD_VERSION", "SERVER_SOFTWARE"]

HTTPD_VERSION = (2, 4, 66)  # whose behaviour is copied; what <IfVersion> sees
SERVER_SOFTWARE = f"Apache/{'.'.join(map(str, HTTPD_VERSION))} (Unix) mod_python/3.5.0 modpy_wsgi/{__version__}"
