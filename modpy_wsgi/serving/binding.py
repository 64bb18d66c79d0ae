"""Whether an address can be listened on, told in one line before anything is begun."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

from gunicorn import util

from ..errors import ConfigError

__all__ = ["check_bind"]

UNIX_PATH_MOST = 107  # bytes; Linux's sun_path less its NUL


def check_bind(address: Any) -> None:
    """Raises ConfigError if `address` cannot be listened on.

    gunicorn would find out as well, but it tries for five seconds and says so in the log only.
    """
    if not isinstance(address, tuple):
        reason = _unix_trouble(str(address))
        if reason:
            raise ConfigError(f"cannot listen on unix:{address}: {reason}")
        return
    family = socket.AF_INET6 if util.is_ipv6(address[0]) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            if address[1]:
                probe.listen()
        except OSError as error:
            reason = "address in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
            raise ConfigError(f"cannot listen on {address[0]}:{address[1]}: {reason}") from error


def _unix_trouble(path: str) -> str | None:
    if path.startswith("\0"):  # in no folder
        return None
    folder = Path(path).parent
    if not folder.is_dir():
        return f"no directory {folder}"
    if not Path(path).exists():
        if not os.access(folder, os.W_OK):
            return "permission denied"
        return "the path is too long" if len(os.fsencode(path)) > UNIX_PATH_MOST else None
    if not Path(path).is_socket():
        return "something else is there"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:  # left over from a server that is gone: gunicorn makes it anew
            return None
    return "address in use"
