"""The handler mod_python.cgihandler (manual 6.2)."""

from modpy_wsgi.handlers.cgi import handler as handler
