"""The life of a worker in servers that load the application themselves.

uWSGI tells when a worker begins; the other servers do not, and the application sees to it at the first request. The end
of a worker is the end of its interpreter everywhere.
"""

from __future__ import annotations

import atexit
import sys

from ..app import Application
from .reach import unreachable_under

__all__ = ["attach"]

TELL_NO_ADDRESS = ("uwsgi", "waitress")  # modules that are imported inside such a server


def attach(application: Application) -> None:
    """Has `application` start (PythonImport) and stop (registered cleanups) with each worker of the running server.

    What this server cannot do of the configuration is said on the standard error.
    """
    atexit.register(application.stop_worker)
    for server in TELL_NO_ADDRESS:
        if server in sys.modules:
            sys.stderr.writelines(f"modpy-wsgi: note: {line}\n" for line in unreachable_under(server, application.site))
    try:
        import uwsgi  # there inside uWSGI only
    except ImportError:
        return
    if uwsgi.worker_id():  # --lazy-apps: this is a worker already
        application.start_worker()
    elif uwsgi.masterpid():
        from uwsgidecorators import postfork

        def start() -> None:
            if uwsgi.worker_id():  # mules and spoolers serve no requests
                application.start_worker()

        postfork(start)
