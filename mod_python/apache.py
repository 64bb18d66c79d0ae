"""mod_python.apache (manual 4.5): see modpy_wsgi.apache."""

from modpy_wsgi.apache import *
from modpy_wsgi.apache import __all__ as _names
from modpy_wsgi.apache import __getattr__

__all__ = [*_names, "interpreter", "main_server"]  # noqa: F405 - by __getattr__: they depend on who asks
