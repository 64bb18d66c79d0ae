"""Where the configuration comes from: a file, or a plain directory with .htaccess files in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..app import Application
from ..config.directives import core, mpm
from ..config.load import load_site
from ..config.model import Settings, Site
from ..config.refusal import Wrong, refuse
from ..errors import ConfigError
from .preload import preload

__all__ = ["Source"]

# What holds for `modpy-wsgi serve DIR`, as a configuration anybody can read.
DIRECTORY_CONF = Path(__file__).with_name("directory.conf")
_SPECIAL = '"\\$*?['  # of which a configuration makes something else


class Source(NamedTuple):
    """A configuration that can be read again (at HUP), the same way each time.

    Exactly one of `conf` (a configuration file) and `directory` (a DocumentRoot) is given. `before` and `after` are
    directive lines as httpd's -C and -c take them. With `cgi` a directory is served as `python -m http.server --cgi`
    did it: folders are listed, and what lies in those that it names is run.
    """

    conf: Path | None = None
    directory: Path | None = None
    server_root: str | None = None  # as httpd's -d; None: what follows from where the configuration is
    defines: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    as_httpd: bool = False  # whether there are an ErrorLog and a PidFile without directives, httpd's own
    cgi: tuple[str, ...] = ()  # of `directory`: folders below it whose files are programs

    def load(self) -> Application:
        """Reads it. Raises ConfigError for anything that cannot be followed, a missing file included."""
        site = self.site()
        preload(site)
        return Application(site)

    def site(self, *, wrong: Wrong = refuse, traced: bool = False) -> Site:
        """The same without an application. `wrong` and `traced` as for `load_site`, for those who serve nothing of it.

        A missing file raises ConfigError whatever `wrong` is.
        """
        before, after = self.before, self.after
        if self.directory is not None:
            root = self.directory.resolve()
            if root.exists() and not root.is_dir():
                raise ConfigError(f"{self.directory}: not a directory (a configuration is served with -f)")
            if not root.is_dir():
                raise ConfigError(f"{self.directory}: no such directory")
            if not set(str(root)).isdisjoint(_SPECIAL):
                raise ConfigError(f"{root}: a path with quotes, backslashes, $ or wildcards cannot be served this way")
            before = (f'Define SITE_ROOT "{root}"', *before)
            if self.cgi:
                after = (*_with_programs(root, self.cgi), *after)
        conf = self.conf or DIRECTORY_CONF
        if conf.is_dir():
            raise ConfigError(f"{conf}: a directory, where a configuration is wanted (without -f it would be served)")
        if not conf.is_file():
            raise ConfigError(f"{conf}: no such file")
        defines = tuple(self.defines)
        site = load_site(
            conf,
            defines=defines,
            server_root=self.server_root,
            before=before,
            after=after,
            wrong=wrong,
            traced=traced,
        )
        if not self.as_httpd:
            return site
        logs = f"{site.names.server_root}/logs"
        usual = Settings({core.ERROR_LOG: f"{logs}/error_log", mpm.PID_FILE: f"{logs}/httpd.pid"})
        return site._replace(main=site.main._replace(settings=usual.merged(site.main.settings)))


def _with_programs(root: Path, names: tuple[str, ...]) -> list[str]:
    """The directives for folders of programs. Raises ConfigError for a name that is none of a folder below `root`."""
    lines = ["DirectoryIndex index.html index.htm", '<Directory "${SITE_ROOT}">', "Options +Indexes", "</Directory>"]
    for name in names:
        folder = root / name.strip("/")
        if not folder.is_dir() or root not in folder.resolve().parents:
            raise ConfigError(f"--cgi {name}: no folder in {root}")
        if not set(name).isdisjoint(_SPECIAL):
            raise ConfigError(f"--cgi {name}: quotes, backslashes, $ and wildcards cannot be served this way")
        lines += [f'<Directory "{folder}">', "SetHandler cgi-script", "Options +ExecCGI", "</Directory>"]
    return lines
