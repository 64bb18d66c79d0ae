"""A directory on the way to a file, and what holds for the files in it.

Law: Directory sections and .htaccess are merged from the root downwards, and for a file DirectoryMatch on top; what
they come to is laid over the host's own settings, then what Files come to, then what Location do. Each of the three is
merged by itself first, as in httpd: where a directive takes something back (mod_mime's removals), it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..environ import encode
from .cache import Bounded
from .directives import core
from .index import NO_LAYERS, on_top
from .model import EMPTY, Override, Section, Settings
from .request_config import RequestConfig, Walk

if TYPE_CHECKING:
    from .host_config import HostConfig

__all__ = ["Directory"]


class Directory:
    """A directory on the way to a file, with what holds in it: Directory sections and .htaccess merged so far.

    `plain` says that neither it nor any directory above reads a .htaccess or restricts symbolic links, so that a file
    in it needs no look at the directories on the way.
    """

    __slots__ = (
        "_overlaid",
        "access_files",
        "follow",
        "host",
        "if_owner",
        "layers",
        "path",
        "plain",
        "settings",
    )

    def __init__(self, host: HostConfig, path: str, layers: Settings, settings: Settings, *, above_plain: bool) -> None:
        self.host = host
        self.path = path  # ends in "/"
        self.layers = layers  # the sections and .htaccess on the way, and nothing of the host's own
        self.settings = settings
        overrides = settings[core.ALLOW_OVERRIDE] is not Override.NONE or settings[core.ALLOW_OVERRIDE_LIST]
        self.access_files = settings[core.ACCESS_FILE_NAMES] if overrides else ()
        options = settings[core.OPTIONS]
        self.follow = "FollowSymLinks" in options
        self.if_owner = "SymLinksIfOwnerMatch" in options
        self.plain = above_plain and not self.access_files and self.follow
        self._overlaid: Bounded[Settings, Directory] = Bounded(16)

    def child(self, name: str) -> Directory:
        """The directory `name` in this one, before its .htaccess."""
        host = self.host
        found = host.children.get((self, name))
        if found is None:
            path = f"{self.path}{name}/"
            layers = on_top(self.layers, host.directory_settings(path)[1])
            made = Directory(host, path, layers, self._laid(layers), above_plain=self.plain)
            found = host.children.keep((self, name), made)
        return found

    def _laid(self, layers: Settings) -> Settings:
        """More layers than this directory's, or just these, over the host's own settings."""
        return self.settings if layers is self.layers else self.host.base.merged(layers)

    def overlaid(self, htaccess: Settings) -> Directory:
        """This directory under the settings of its .htaccess (one object for each version of that file)."""
        found = self._overlaid.get(htaccess)
        if found is None:
            layers = self.layers.merged(htaccess)
            directory = Directory(self.host, self.path, layers, self._laid(layers), above_plain=False)
            found = self._overlaid.keep(htaccess, directory)
        return found

    def config(self, name: str, location: tuple[tuple[int, ...], Settings], exists: bool) -> RequestConfig:
        """What holds for the file `name` in this directory ("" is the directory itself) under Location sections.

        `exists`: the file is there, and nothing follows its name; the directory was asked for with a slash at the end.
        """
        by_name = (self, name, location[0], exists)
        known = self.host.configs_by_name.get(by_name)
        if known is None:
            known = self.host.configs_by_name.keep(by_name, self._config(name, location, exists))
        return known

    def config_anew(self, name: str, location: tuple[tuple[int, ...], Settings]) -> RequestConfig:
        """What holds for a file that is there, as config() says, for names of which nobody may ask again."""
        return self._config(name, location, True)

    def _config(self, name: str, location: tuple[tuple[int, ...], Settings], exists: bool) -> RequestConfig:
        path = self.path + name
        own, own_layers = NO_LAYERS
        if name:
            # A <Directory> of a file's name holds for it where httpd need not look for links on the way (observed).
            if exists and self.follow and not self.if_owner:
                own, own_layers = self.host.directory_settings(f"{path}/")
        elif not exists:  # to DirectoryMatch and Files a directory without its slash is a name like others (observed)
            path = path[:-1]
            name = path[path.rfind("/") + 1 :]
        matches = tuple(self.host.directory_matches(path))
        layers = on_top(on_top(self.layers, own_layers), [section.settings for _, section in matches])
        positions = tuple([position for position, _ in matches])
        return self.config_after(Walk(self, (own, positions), self._laid(layers)), name, location)

    def config_after(self, walk: Walk, name: str, location: tuple[tuple[int, ...], Settings]) -> RequestConfig:
        """What holds for a name in this directory, to which `walk` has led: Files and Location sections on top."""
        host = self.host
        settings = walk.settings
        files = settings[core.FILES_SECTIONS]  # some match the empty name of a directory, too
        chosen = _files_matching(files, name)
        key = (self, walk.sections, chosen, location[0])
        found = host.configs.get(key)
        if found is None:
            # Files among themselves, then on top of the directory's: where merging asks, the order matters.
            of_name = on_top(EMPTY, [files[index].settings for index in chosen])
            settings = settings.merged(of_name).merged(location[1])
            alone = not chosen and not location[0]
            found = host.configs.keep(key, RequestConfig(host, settings, of_directory=alone, walk=walk))
        return found


def _files_matching(files: tuple[Section, ...], name: str) -> tuple[int, ...]:
    """The positions of the Files sections that are about a name."""
    raw = encode(name)
    return tuple(
        [
            place
            for place, section in enumerate(files)
            if (section.pattern == name if section.regex is None else section.regex.search(raw))
        ]
    )
