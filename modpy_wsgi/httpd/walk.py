"""From a translated file name to the file: which part exists, what stands in the way, and what holds there.

Law: nothing is served that this walk has not seen. It is httpd's directory walk: a component that does not exist ends
it (the rest is path info), a symbolic link needs FollowSymLinks or SymLinksIfOwnerMatch where it lies, a .htaccess
counts where AllowOverride says so, and what is neither file nor directory is refused.

Where every folder on the way lets links be followed, there is nothing to look at but the .htaccess files: then the way
is kept as a trail, what was seen of those files with what they lead to, and is good as long as each is as it was. One
that has changed a moment ago is read each time: its stamp may not tell the next change.

For a name that is not there the trail is that of the last folder on the way, and the first name that is not there is
looked at all the same: it may be a link to nowhere.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from .._fast.look import Look, as_they_were, is_missing, look, look_for
from ..config.directory import Directory
from ..config.host_config import HostConfig
from ..config.htaccess import MAX_FILE, parse_htaccess, rules_of
from ..config.model import EMPTY, Settings
from ..config.parser import read_file
from ..errors import BadRequest, ConfigError
from ..stamps import FileStatus, RightsStamp, are_rights_settled, rights_stamp

__all__ = ["Refused", "Walk", "walk"]


class Refused(BadRequest):
    """The server's configuration or file system refuses; the message is for the log only."""


# Where a walk ended: the file name as far as it went (a directory's with a slash at the end), the rest ("" or beginning
# with "/"), what is there (None: nothing), and the directory that holds it (a directory holds itself).
Walk = tuple[str, str, "FileStatus | None", Directory]

# What was looked at on the way to a directory, None for what was not there, and the directory under all of it; None if
# links are looked at.
_Trail = tuple[tuple[tuple[str, "Look | None"], ...], "Directory | None"]

_NEAR = 4  # how far up the last folder is looked for: one that is farther up is as near to the root


def walk(host: HostConfig, filename: str, known: int = 0) -> Walk:
    """Walk to `filename` (absolute, normalised).

    `known` is how many letters of it were a file when somebody looked last, the rest being path info: if they still
    are, nothing else can be true.

    Raises Refused: 403 for a link, a special file or missing permission, 500 for a broken .htaccess.
    """
    try:
        found = look_for(filename[:known] if known else filename)
    except OSError as error:
        if error.errno is None or isinstance(error, PermissionError):
            raise Refused(403, f"access to {filename} denied: {error.strerror}") from None
        return _descend(host, filename, exists=False)
    except ValueError as error:  # a name that the file system cannot have
        raise Refused(404, str(error)) from None
    if found is None:
        if known:
            return walk(host, filename)
        return _absent(host, filename) or _descend(host, filename, exists=False)
    if stat.S_ISREG(found.st_mode):
        file, rest = (filename[:known], filename[known:]) if known else (filename, "")
        path = file[: file.rfind("/") + 1]
        directory = host.directory(path)
        if directory.plain:
            return (file, rest, found, directory)
        trodden = _trail(host, path)
        if trodden is not None and trodden.follow:  # the file itself may be a link
            return (file, rest, found, trodden)
    elif stat.S_ISDIR(found.st_mode) and not known:
        trodden = _trail(host, filename if filename[-1] == "/" else filename + "/")
        if trodden is not None:
            return (trodden.path, "", found, trodden)
    return _descend(host, filename, exists=not known)


def _trail(host: HostConfig, path: str) -> Directory | None:
    """The directory `path` (which is there, ends in "/") under every .htaccess on the way; None if links are looked at.

    Raises Refused as walk() does.
    """
    trail: _Trail | None = host.trails.get(path)
    if trail is not None and as_they_were(trail[0]):
        return trail[1]
    looks = _Looks()
    directory = with_htaccess(host.root, looks)
    for name in path[1:-1].split("/") if path != "/" else ():
        if not directory.follow:  # here, or in the .htaccess so far
            host.trails.replace_named(path, ((), None), path)
            return None
        directory = with_htaccess(directory.child(name), looks)
    if looks.settled:
        host.trails.replace_named(path, (tuple(looks.seen), directory), path)
    return directory


def _absent(host: HostConfig, filename: str) -> Walk | None:
    """The walk to `filename`, which is not there, by the trail to the last folder that is; None: it must be descended.

    Raises Refused as walk() does.
    """
    if "//" in filename:  # which ends a descent
        return None
    end = len(filename)
    for _ in range(_NEAR):
        path = filename[: filename.rfind("/", 0, end) + 1]
        if not as_they_were(((path, None),)):
            break
        end = len(path) - 1
    else:
        return None
    directory = host.directory(path)
    trodden = directory if directory.plain else _trail(host, path)
    if trodden is None:
        return None
    if is_missing(filename[:end]):  # so what is above is a folder
        return (filename[:end], filename[end:], None, trodden)
    return None


def _descend(host: HostConfig, filename: str, *, exists: bool) -> Walk:
    directory = with_htaccess(host.root)
    segments = filename[1:].split("/")
    last = len(segments) - 1
    for index, name in enumerate(segments):
        if name == "":
            break
        path = directory.path + name
        if not (exists and index < last and directory.follow):
            found = _look(directory, path)
            rest = segments[index + 1 :]
            path_info = "/" + "/".join(rest) if rest else ""
            if found is None:
                return (path, path_info, None, directory)
            if stat.S_ISREG(found.st_mode):
                return (path, path_info, found, directory)
            if not stat.S_ISDIR(found.st_mode):
                raise Refused(403, f"object is not a file, directory or symlink: {path}")
        directory = with_htaccess(directory.child(name))
    return (directory.path, "", _look(directory, directory.path), directory)


def _look(directory: Directory, path: str) -> os.stat_result | None:
    """The stat of what `path` is or points to, if the directory's options let one follow it there."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Refused(403, f"access to {path} denied: {error.strerror}") from None
    if not stat.S_ISLNK(found.st_mode):
        return found
    try:
        target = os.stat(path)
    except OSError as error:  # a link that leads nowhere, too
        raise Refused(403, f"access to {path} denied: {error.strerror}") from None
    if directory.follow or (directory.if_owner and found.st_uid == target.st_uid):
        return target
    raise Refused(403, f"symbolic link not allowed or link target not accessible: {path}")


class _Looks:
    """What was looked at on a way: each name, and what was found if it was there."""

    __slots__ = ("seen", "settled")

    def __init__(self) -> None:
        self.seen: list[tuple[str, Look | None]] = []
        self.settled = True  # whether a further look would tell a further change of each


def with_htaccess(directory: Directory, looks: _Looks | None = None) -> Directory:
    """The directory under its .htaccess, if there may be one and there is; parsed again when the file changed.

    `looks` gets what was looked at.
    """
    for name in directory.access_files:
        path = directory.path + name
        try:
            found = look(path)
        except (FileNotFoundError, NotADirectoryError):
            if looks is not None:
                looks.seen.append((path, None))
            continue
        except OSError as error:
            raise Refused(
                403, f"{path}: unable to check htaccess file, ensure it is readable: {error.strerror}"
            ) from None
        stamp = rights_stamp(found)
        settled = are_rights_settled(found)
        if looks is not None:
            looks.seen.append((path, found))
            looks.settled &= settled
        settings = _read(directory, path, stamp, settled)
        return directory.overlaid(settings)
    return directory


class _Kept(NamedTuple):
    """What a .htaccess said when it was read last."""

    stamp: RightsStamp
    settled: bool  # whether the stamp would tell a further change
    data: bytes | None  # where it would not
    result: Settings | ConfigError


def _read(directory: Directory, path: str, stamp: RightsStamp, settled: bool) -> Settings:
    key = (path, directory)
    cache = directory.host.htaccess
    kept: _Kept | None = cache.get(key)
    if kept is None or kept.stamp != stamp or not kept.settled:
        try:
            data = read_file(path, MAX_FILE + 1)
        except (FileNotFoundError, NotADirectoryError):  # gone since it was looked at
            return EMPTY
        except OSError as error:
            raise Refused(
                403, f"{path}: unable to check htaccess file, ensure it is readable: {error.strerror or error}"
            ) from None
        result = kept.result if kept is not None and kept.data == data else _parsed(directory, path, data)
        kept = cache.replace(key, _Kept(stamp, settled, None if settled else data, result))
    if isinstance(kept.result, ConfigError):
        raise Refused(500, str(kept.result))
    return kept.result


def _parsed(directory: Directory, path: str, data: bytes) -> Settings | ConfigError:
    rules = rules_of(directory.settings)
    host = directory.host
    try:
        return parse_htaccess(data, path, rules=rules, names=host.site.names, warn=host.warn)
    except ConfigError as error:
        return error
