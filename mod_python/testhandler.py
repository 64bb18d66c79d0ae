"""The handler mod_python.testhandler: a page that shows the request, the server and their configuration."""

from modpy_wsgi.handlers.testhandler import handler as handler
