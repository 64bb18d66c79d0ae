"""What a server's processes have used, as the kernel counts it (Linux)."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["Account", "account", "descriptors", "rss", "tree", "uss"]

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: [0] is the state, [1] the parent."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            children[int(_stat(int(folder.name))[1])].append(int(folder.name))
    found = [pid]
    for each in found:
        found += children[each]
    return found


def uss(pid: int) -> int:
    """Bytes of memory that one process shares with no other."""
    total = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Clean:", "Private_Dirty:")):
            total += int(line.split()[1]) * 1024
    return total


def rss(pid: int) -> int:
    """Bytes of memory that one process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(pid: int) -> int:
    """How many files, pipes and sockets one process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


class Account:
    """The user and system time of a process and of all that it starts, however they end.

    A control group counts it (version 2; root), and everything in it. Without one it is summed up from /proc, where
    those that ended are in it only if they were waited for, which the CGI scripts of mod_cgid are not.
    """

    def __init__(self, group: Path | None) -> None:
        self._group = group
        self.pid = 0

    @property
    def exact(self) -> bool:
        """Whether nothing is missing."""
        return self._group is not None

    def enter(self) -> None:
        """Called in the new process, before its program starts."""
        if self._group is not None:
            (self._group / "cgroup.procs").write_text(str(os.getpid()))

    def cpu_seconds(self) -> float:
        """What was used so far."""
        if self._group is None:
            return _cpu_seconds(self.pid)
        counted = dict(line.split() for line in (self._group / "cpu.stat").read_text().splitlines())
        return int(counted["usage_usec"]) / 1e6


@contextlib.contextmanager
def account() -> Iterator[Account]:
    """An account for one server; what is still in its group at the end is killed."""
    group = _make_group()
    try:
        yield Account(group)
    finally:
        if group is not None:
            with contextlib.suppress(OSError):
                (group / "cgroup.kill").write_text("1")
            _patiently(group.rmdir)


def _make_group() -> Path | None:
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            with contextlib.suppress(OSError):
                group = Path(tempfile.mkdtemp(prefix="modpy-bench-", dir=place))
                if "usage_usec" in (group / "cpu.stat").read_text():
                    return group
                group.rmdir()
    return None


def _patiently(remove: Callable[[], None]) -> None:
    for _ in range(100):
        try:
            remove()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _cpu_seconds(pid: int) -> float:
    seconds = 0.0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{each}/task").glob("*/schedstat"):  # in nanoseconds, where stat counts ticks
                seconds += int(thread.read_text().split()[0]) / 1e9
            fields = _stat(each)
            seconds += (int(fields[13]) + int(fields[14])) / TICK  # of children that were waited for
    return seconds
