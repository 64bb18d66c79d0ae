"""mod_python.version: the release of mod_python whose interface this is, and httpd's whose rules are followed."""

from sys import executable as PYTHON_BIN

from modpy_wsgi.constants import MOD_PYTHON_VERSION as version
from modpy_wsgi.httpd_names import HTTPD_VERSION_TEXT as HTTPD_VERSION

__all__ = ["HTTPD_VERSION", "PYTHON_BIN", "version"]
