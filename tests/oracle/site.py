"""A site as a case table describes it: a piece of httpd.conf and the files beside it.

Law: both servers read the very same configuration text from a folder of the same layout, with files of the same age.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

MODULES = "/usr/lib/apache2/modules"  # where Debian keeps them; the name matters only to Apache itself
MTIME = 1706933106  # 2024-02-03 04:05:06 UTC, so that Last-Modified and ETag are the same in every run

# What Debian enables by default and a mod_python site needs. Debian loads them by name; here mod_python comes first,
# because a module's handlers of a phase run in the order of loading, and behind mod_mime and mod_auth_basic the phases
# Type and Authen of the manual would not be reached.
STOCK = (
    "mpm_prefork",
    "python",
    "access_compat",
    "alias",
    "auth_basic",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_host",
    "authz_user",
    "autoindex",
    "dir",
    "env",
    "mime",
    "setenvif",
)

PROLOGUE = """\
ServerRoot "@ROOT@"
ServerName oracle.test
ServerAdmin admin@oracle.test
Listen 127.0.0.1:@PORT@
PidFile "@ROOT@/logs/httpd.pid"
ErrorLog "@ROOT@/logs/error.log"
DefaultRuntimeDir "@ROOT@/logs"
@LOAD@
StartServers 1
MinSpareServers 1
MaxSpareServers 1
MaxRequestWorkers 2
Timeout 5
TypesConfig "@ROOT@/mime.types"
AccessFileName .htaccess
DocumentRoot "@ROOT@/htdocs"
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory "@ROOT@/htdocs">
    Require all granted
</Directory>
<FilesMatch "^\\.ht">
    Require all denied
</FilesMatch>
"""

MIME_TYPES = """\
text/html html htm
text/plain txt
text/css css
text/x-python py
application/gzip gz
application/pdf pdf
image/png png
"""


@dataclass(frozen=True)
class File:
    """A file with bytes that are not text, another mode or another age."""

    content: str | bytes = ""
    mode: int = 0o644
    mtime: int = MTIME


@dataclass(frozen=True)
class Link:
    """A symbolic link; the target may hold @ROOT@."""

    target: str


@dataclass(frozen=True)
class Folder:
    """An empty folder."""

    mode: int = 0o755


@dataclass(frozen=True)
class Pipe:
    """A named pipe, which nobody writes to."""


Entry = str | bytes | File | Link | Folder | Pipe


@dataclass(frozen=True)
class Site:
    """One configuration and its files.

    `conf` follows the prologue; @ROOT@ and @PORT@ are filled in. `files` maps a path below the site's folder to its
    content (text is dedented and filled in as well). `modules` are further Apache modules (loaded last), `without`
    stock ones left out. `defines` are the -D of the command line.
    """

    conf: str = ""
    files: Mapping[str, Entry] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    prologue: str = PROLOGUE

    def text(self, root: Path, port: int) -> str:
        """The whole httpd.conf."""
        names = [name for name in STOCK if name not in self.without] + list(self.modules)
        load = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
        text = self.prologue + dedent(self.conf).rstrip("\n") + "\n"
        return text.replace("@LOAD@", load).replace("@ROOT@", str(root)).replace("@PORT@", str(port))

    def build(self, root: Path, port: int) -> Path:
        """Write the site below `root` and return the path of its httpd.conf."""
        entries: dict[str, Entry] = {"mime.types": MIME_TYPES, "htdocs": Folder(), "logs": Folder(), **self.files}
        for name, entry in entries.items():
            _write(root, root / name, entry, port)
        conf = root / "httpd.conf"
        conf.write_text(self.text(root, port))
        root.chmod(0o755)  # mkdtemp's 0700 would shut out an Apache that drops its privileges
        for path in root.rglob("*"):
            if not path.is_symlink() and path.is_dir():  # where a link leads may be no name
                os.utime(path, (MTIME, MTIME))
        return conf


def _write(root: Path, path: Path, entry: Entry, port: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(entry, Link):
        path.symlink_to(entry.target.replace("@ROOT@", str(root)))
        return
    if isinstance(entry, Pipe):
        os.mkfifo(path)
        return
    if isinstance(entry, Folder):
        path.mkdir(exist_ok=True)
        path.chmod(entry.mode)
        return
    file = entry if isinstance(entry, File) else File(entry)
    content = file.content
    if isinstance(content, str):
        content = dedent(content).replace("@ROOT@", str(root)).replace("@PORT@", str(port)).encode()
    path.write_bytes(content)
    path.chmod(file.mode)
    os.utime(path, (file.mtime, file.mtime))
