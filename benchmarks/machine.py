"""What a run was made on and with: said beside every figure."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sysconfig
from pathlib import Path

__all__ = ["described", "versions"]

PEERS = (
    "Cython",
    "gunicorn",
    "uWSGI",
    "falcon",
    "bottle",
    "Flask",
    "PoorWSGI",
    "multidict",
    "yarl",
    "werkzeug",
    "fast-query-parsers",
    "fast-multipart",
    "multipart",
    "python-multipart",
)
PROGRAMS = (("apache2", "-v", "Server version:"), ("ab", "-V", "This is"), ("wrk", "-v", "wrk"))
PACKAGES = ("libapache2-mod-python",)


def described() -> str:
    """The machine in one sentence."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {_processor()}, {platform.system()} {platform.release()}, load {os.getloadavg()[0]:.1f}"


def versions() -> dict[str, str]:
    """Name to version of Python and of what is compared, if it is installed."""
    found = {platform.python_implementation(): platform.python_version()}
    for name in PEERS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    for name, option, begin in PROGRAMS:
        program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
        if program is not None:
            said = subprocess.run([program, option], capture_output=True, text=True)
            for line in (said.stdout + said.stderr).splitlines():
                if line.startswith(begin):
                    found[name] = line.removeprefix(begin).replace("<$Revision$>", "").strip(" ,")
                    break
    for name in PACKAGES:
        if shutil.which("dpkg-query"):
            said = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True)
            if said.stdout:
                python = "the same Python" if _runs_on_the_originals_python() else "another Python"
                found[name] = f"{said.stdout}, {python}"
    return found


def _runs_on_the_originals_python() -> bool:
    """Whether mod_python.so is linked with the library of the Python that runs this."""
    module = "/usr/lib/apache2/modules/mod_python.so"
    library = sysconfig.get_config_var("INSTSONAME")
    said = subprocess.run(["ldd", module], capture_output=True, text=True).stdout if os.path.exists(module) else ""
    linked = [line.split()[2] for line in said.splitlines() if line.split()[:1] == [library] and "=>" in line]
    own = os.path.join(sysconfig.get_config_var("LIBDIR") or "", library or "")
    return any(os.path.realpath(path) == os.path.realpath(own) for path in linked)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
