"""The application for a WSGI server that is started without a line of Python: `gunicorn modpy_wsgi.wsgi`.

The environment says which: MODPY_WSGI_CONF is the path of the configuration, MODPY_WSGI_DEFINES holds the names that
httpd would be given with -D, separated by blanks or commas. A configuration that cannot be read raises ConfigError, so
that no server starts with it.
"""

from __future__ import annotations

import os

from . import from_httpd_conf
from .errors import ConfigError
from .serving import uwsgi

__all__ = ["application"]

_conf = os.environ.get("MODPY_WSGI_CONF")
if not _conf:
    raise ConfigError("MODPY_WSGI_CONF is not set: it names the configuration, e.g. /etc/httpd/conf/httpd.conf")

application = from_httpd_conf(_conf, defines=os.environ.get("MODPY_WSGI_DEFINES", "").replace(",", " ").split())
application.open_access_logs()  # so that no server starts that could not write them
uwsgi.attach(application)
