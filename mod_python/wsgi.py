"""The handler mod_python.wsgi."""

from modpy_wsgi.handlers.wsgi import handler as handler
