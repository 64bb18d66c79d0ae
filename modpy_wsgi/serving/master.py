"""The first process: gunicorn's arbiter, with httpd's signals, its pid file, and restarts that drop nothing.

Law: what a restart cannot do leaves everything as it was. A socket that both configurations listen on stays open all
the time; one that is new is opened before anything of the old is given up.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from gunicorn import sock
from gunicorn.arbiter import Arbiter

from ..constants import APLOG_NOTICE, APLOG_WARNING
from .binding import check_bind
from .connection_workers import gather
from .pid_file import PidFile, State
from .settings import MODULE

__all__ = ["Master", "check_new"]


class Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master process.

    TERM and WINCH end it when the running requests have ended (WINCH is httpd's graceful-stop, and what resizing a
    terminal sends: there it is left alone). HUP and USR1 read the configuration again. gunicorn's own meaning of USR1,
    that each worker opens its logs again, fails where only root may write them.
    """

    pid_file: PidFile | None = None
    gone: list[Any]  # what the configuration before listened on
    app: Any
    cfg: Any
    LISTENERS: Any

    def start(self) -> None:
        """gunicorn's hook for the beginning. Raises ConfigError."""
        self.gone = []
        if "GUNICORN_PID" not in os.environ:  # else the one before still has the file (USR2)
            self.take_pid_file()
        super().start()

    def take_pid_file(self) -> None:
        """Take the file that the configuration names, and let go of another. Raises ConfigError."""
        wanted = self.app.pid_file
        if wanted is self.pid_file:  # a reload that leads to the same file keeps the object
            return
        if wanted is not None and wanted.take() is State.STALE:
            text = f"pid file {wanted.path} overwritten -- Unclean shutdown of previous run?"
            self.app.application.main_server._log.write(text, APLOG_WARNING, module="core")
        self.release_pid_file()
        self.pid_file = wanted

    def release_pid_file(self) -> None:
        """Remove the file. In the process that took it; in others nothing is done."""
        if self.pid_file is not None:
            self.pid_file.release()

    def maybe_promote_master(self) -> None:
        """gunicorn's hook: whether the master before has gone (USR2)."""
        waited = self.master_pid
        super().maybe_promote_master()
        if waited and not self.master_pid:
            self.take_pid_file()

    def handle_usr1(self) -> None:
        """gunicorn's hook for a signal."""
        self.notice("Graceful restart requested, doing restart")
        super().handle_hup()

    def handle_hup(self) -> None:
        """gunicorn's hook for a signal."""
        self.notice("SIGHUP received.  Attempting to restart")
        super().handle_hup()

    def handle_term(self) -> None:
        """gunicorn's hook for a signal."""
        self.notice("caught SIGTERM, shutting down")
        super().handle_term()

    def handle_winch(self) -> None:
        """gunicorn's hook for a signal."""
        if not any(os.isatty(number) for number in range(3)):
            self.notice("caught SIGWINCH, shutting down gracefully")
            super().handle_term()

    def notice(self, text: str) -> None:
        """A line in the error log, in httpd's words, which people search for."""
        self.app.application.main_server._log.write(text, APLOG_NOTICE, module=MODULE)

    def reload(self) -> None:
        """gunicorn's hook for reading the configuration again, and replacing the workers."""
        before = self.cfg.address
        self.app.reload()
        after = self.app.cfg.address
        if after != before and not self.systemd:
            self.gone = self._listen(after)
        self.take_pid_file()
        self.cfg = self.app.cfg  # the addresses are as they are to be: gunicorn would close all and open them anew
        with self.app.reloaded():
            super().reload()
        self.close_gone()

    def stop(self, graceful: bool = True) -> None:
        """gunicorn's hook for the end."""
        gather(self)
        super().stop(graceful)

    def close_gone(self) -> None:
        """Close what is not listened on any more: here, and in each new worker, which has it from here."""
        for listener in self.gone:
            listener.close()
        self.gone = []

    def _listen(self, addresses: Iterable[Any]) -> list[Any]:
        """Open what is not open yet. Returns what is no longer wanted; raises nothing, as `reload` asked before."""
        opened = {_address(listener): listener for listener in self.LISTENERS}
        wanted = list(addresses)
        missing = [address for address in wanted if address not in opened]
        new = sock.create_sockets(self.app.only(missing), self.log) if missing else []
        opened |= dict(zip(missing, new, strict=True))
        self.LISTENERS = [opened.pop(address) for address in dict.fromkeys(wanted)]
        return list(opened.values())


def _address(listener: Any) -> Any:
    return listener.cfg_addr


def check_new(before: Iterable[Any], after: Iterable[Any]) -> None:
    """Raises ConfigError if one of the addresses that were not listened on cannot be."""
    had = set(before)
    for address in after:
        if address not in had:
            check_bind(address)
