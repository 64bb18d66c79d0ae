"""Sessions as files: <folder>/ab/ab12…, each a signed record.

Law: a file is the old record or the new one, never half of one, whenever the process or the machine stops. What was
not written here is moved to <folder>/set-aside, under a name that tells nothing, with a line in the log; the session is
new then, and all others are as they were.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from ..own_files import open_own_file, replace_file
from .folders import Folder, check_sub_folder, kept_folder, opened
from .keys import key_of_folder
from .record import Corrupt, Unreadable, pack, unpack

__all__ = ["SET_ASIDE", "FileStore", "shards"]

SET_ASIDE: Final = "set-aside"
TEMPORARY: Final = "~"  # what the name of a file begins with that is being written

_BLOCK: Final = 65536

Log = Callable[[str], None]


def shards() -> list[str]:
    """The names of the folders that the files are spread over: the first two digits of a session's name."""
    return [f"{number:02x}" for number in range(256)]


class FileStore:
    """The sessions in a folder.

    key: what records are signed with; None for the key in the folder. sync: wait until a record is on the disk.
    log: gets a line for each record that was set aside. Methods raise OSError for what the file system refuses.
    """

    def __init__(self, folder: str, *, key: bytes | None, sync: bool, log: Log) -> None:
        self.folder = folder
        self._key = key
        self._sync = sync
        self._log = log

    def key(self) -> bytes:
        """The key, from the folder if none was given; a store lives no longer than a request."""
        if self._key is None:
            self._key = key_of_folder(self.folder)
        return self._key

    def load(self, sid: str) -> dict[str, Any] | None:
        """The record of a session, or None. Its file is touched, so that a cleanup leaves it for this request."""
        folder = kept_folder(self.folder)
        try:
            check_sub_folder(folder.number, sid[:2], make=False)
            file = open_own_file(_place(sid), os.O_RDONLY, folder=folder.number)
        except FileNotFoundError:
            return None
        with opened(file):
            data = read_all(file)
            try:
                record = unpack(sid, data, self.key())
            except Corrupt as error:
                self._set_aside(folder, sid, file, len(data), error)
                return None
            except Unreadable as error:
                self._log(f"FileSession: {error}")
                return None
            now = time.time()
            os.utime(file, (now, now))
            return record

    def save(self, sid: str, record: dict[str, Any]) -> None:
        """Keep a record. Raises also what cannot be pickled."""
        folder = kept_folder(self.folder)
        data = pack(sid, record, self.key())
        check_sub_folder(folder.number, sid[:2], make=True)
        temporary = f"{sid[:2]}/{TEMPORARY}{sid}.{os.getpid()}.{threading.get_ident():x}"
        replace_file(folder.number, _place(sid), temporary, data, sync=self._sync)

    def delete(self, sid: str) -> None:
        """Forget a record; nothing if there is none."""
        folder = kept_folder(self.folder)
        with contextlib.suppress(FileNotFoundError):
            check_sub_folder(folder.number, sid[:2], make=False)
            os.unlink(_place(sid), dir_fd=folder.number)

    def _set_aside(self, folder: Folder, sid: str, file: int, size: int, error: Corrupt) -> None:
        """Move the file that was read. One that has its name by now is another's record (without locks), and stays."""
        said = f"FileSession: a record of {size} bytes cannot be used, {error}"
        if not _is_at(file, _place(sid), folder.number):
            self._log(f"{said}: it is gone by now")
            return
        name = secrets.token_hex(8)  # not the session's own, which is a secret and stands in the log
        check_sub_folder(folder.number, SET_ASIDE, make=True)
        os.rename(_place(sid), f"{SET_ASIDE}/{name}", src_dir_fd=folder.number, dst_dir_fd=folder.number)
        self._log(f"{said}: it is set aside as {os.path.join(self.folder, SET_ASIDE, name)}")


def _is_at(file: int, path: str, folder: int) -> bool:
    """Whether an open file is the one at a path in a folder."""
    try:
        return os.path.samestat(os.fstat(file), os.stat(path, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _place(sid: str) -> str:
    return f"{sid[:2]}/{sid}"


def read_all(file: int) -> bytes:
    """What is in an open file, which is a plain one."""
    piece = os.read(file, _BLOCK)
    if len(piece) < _BLOCK:
        return piece
    pieces = [piece]
    while piece := os.read(file, _BLOCK):
        pieces.append(piece)
    return b"".join(pieces)
