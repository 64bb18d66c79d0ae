"""mod_python.version: the release of mod_python whose interface this is."""

from modpy_wsgi.constants import MOD_PYTHON_VERSION as version

__all__ = ["version"]
