"""The life of a worker in servers that load the application themselves.

uWSGI tells when a worker begins; the other servers do not, and the application sees to it at the first request. The end
of a worker is the end of its interpreter everywhere.
"""

from __future__ import annotations

import atexit
import signal
import sys
import threading
from collections.abc import Callable

from ..app import Application
from .reach import unreachable_under

__all__ = ["attach", "raw_application"]

TELL_NO_ADDRESS = ("uwsgi", "waitress")  # modules that are imported inside such a server


def attach(application: Application) -> None:
    """Has `application` start (PythonImport) and stop (registered cleanups) with each worker of the running server.

    What this server cannot do of the configuration is said on the standard error.
    """
    atexit.register(application.stop_worker)
    for server in TELL_NO_ADDRESS:
        if server in sys.modules:
            sys.stderr.writelines(f"modpy-wsgi: note: {line}\n" for line in unreachable_under(server, application.site))
    if "waitress" in sys.modules:
        _end_at_term()
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


def _end_at_term() -> None:
    """waitress leaves TERM to the system, which ends a process without its cleanups; so it ends as at an interrupt.

    A handler that somebody else has set stays.
    """
    here = threading.current_thread() is threading.main_thread()
    if here and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))


def raw_application(application: Application) -> Callable[[int], tuple[()]]:
    """What uWSGI calls for each connection to a --raw-socket (the file of --python-raw names it `application`).

    The connection handlers of `application` answer there. uWSGI hands a connection to nobody else: one that no handler
    is for, or that its handler declines, is closed, with a line in the log. Raises ConfigError for certificates that
    cannot be used.
    """
    from . import uwsgi_raw  # and with it TLS, which a site without raw sockets does not need

    return uwsgi_raw.raw_application(application)
