"""By which names and versions we answer as httpd."""

import platform

from ._version import __version__
from .config.conditions import HTTPD_VERSION

__all__ = ["HTTPD_VERSION_TEXT", "SERVER_SOFTWARE", "server_banner"]

HTTPD_VERSION_TEXT = ".".join(map(str, HTTPD_VERSION))

_MAJOR, _MINOR, _PATCH = HTTPD_VERSION
_BANNERS = {
    "prod": "Apache",
    "major": f"Apache/{_MAJOR}",
    "minor": f"Apache/{_MAJOR}.{_MINOR}",
    "min": f"Apache/{_MAJOR}.{_MINOR}.{_PATCH}",
    "os": f"Apache/{_MAJOR}.{_MINOR}.{_PATCH} (Unix)",
}
SERVER_SOFTWARE = f"{_BANNERS['os']} mod_python/3.5.0 Python/{platform.python_version()} modpy_wsgi/{__version__}"


def server_banner(tokens: str) -> str:
    """What the server says that it is, under a ServerTokens."""
    return _BANNERS.get(tokens, SERVER_SOFTWARE)
