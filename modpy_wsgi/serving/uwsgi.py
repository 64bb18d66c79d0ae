"""The life of a worker in servers that load the application themselves.

uWSGI tells when a worker begins; the other servers do not, and the application sees to it at the first request. The end
of a worker is the end of its interpreter everywhere.
"""

from __future__ import annotations

import atexit

from ..app import Application

__all__ = ["attach"]


def attach(application: Application) -> None:
    """Has `application` start (PythonImport) and stop (registered cleanups) with each worker of the running server."""
    atexit.register(application.stop_worker)
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
