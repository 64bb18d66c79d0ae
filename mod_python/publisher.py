"""The handler mod_python.publisher (manual 6.1)."""

from modpy_wsgi.handlers.publisher import handler as handler
