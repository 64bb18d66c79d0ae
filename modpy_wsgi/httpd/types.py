"""What a file's extensions say: its media type, encoding, language and handler (mod_mime), as far as handlers need it.

Law: every extension counts, from left to right, the last of a kind wins; a handler that is named is never guessed away.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING, Any, NamedTuple

from ..config.directives import mime
from ..config.request_config import RequestConfig
from ..constants import DIR_MAGIC_TYPE

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Guess", "exceptions", "extensions", "guess", "guess_of", "read_types"]


@lru_cache(maxsize=16)
def read_types(path: str) -> dict[str, str]:
    """A mime.types file as a dict from extension to media type; the standard library's own list if there is no file."""
    try:
        text = Path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        import mimetypes  # which a server with a list of its own does without

        return {extension[1:]: media_type for extension, media_type in mimetypes.types_map.items()}
    types: dict[str, str] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        for extension in words[1:]:
            types[extension.lower()] = words[0]
    return types


class Guess(NamedTuple):
    """What the extensions of a file name say."""

    content_type: str | None
    handler: str | None
    encoding: str | None
    languages: tuple[str, ...]


def guess(req: mp_request, config: RequestConfig) -> None:
    """Set the request's content type, encoding, languages and handler from the extensions of its file name.

    What a directory is its name does not tell.
    """
    found = req._stat
    if found is not None and S_ISDIR(found.st_mode):
        req._content_type = DIR_MAGIC_TYPE
        return
    filename = req._filename
    if not filename or filename[-1] == "/":
        return
    _take(req, _guess_of(filename, req._path_info, config))


def guess_at_place(req: mp_request, config: RequestConfig) -> None:
    """The same, before any handler has run: then what was guessed for the place is right still."""
    place = req._place
    if place is None or place.config is not config:
        guess(req, config)
        return
    found = place.guess
    if found is None:
        found = place.guess = _guess_of(place.file, place.path_info, config)
    content_type, handler, encoding, languages = found
    if encoding is not None or languages:
        _take(req, found)
        return
    if content_type is not None:
        req._content_type = content_type
    if handler is not None:
        req._handler = handler


def _take(req: mp_request, found: Guess) -> None:
    content_type, handler, encoding, languages = found
    if content_type is not None:
        req._content_type = content_type
    if handler is not None:
        req._handler = handler
    if encoding is not None or languages:
        req._content_encoding = encoding
        req._content_languages = languages
        req._more_to_say = True


def _guess_of(filename: str, path_info: str | None, config: RequestConfig) -> Guess:
    if path_info and config.settings[mime.USE_PATH_INFO]:
        filename += path_info
    name = filename[filename.rfind("/") + 1 :]
    guesses = config.host.guesses
    found: Guess | None = guesses.get((config, name))
    if found is None:
        found = guesses.keep_named((config, name), _guess(name, config), name)
    return found


def extensions(name: str) -> tuple[str, list[str]]:
    """A file name as its base name and its extensions. Dots at its beginning, and empty extensions, are no dots."""
    bare = name.lstrip(".")
    first, *rest = bare.split(".")
    return name[: len(name) - len(bare)] + first, [part for part in rest if part]


def exceptions(name: str, config: RequestConfig) -> list[str] | None:
    """The parts of a file name that tell nothing about the file, its base name among them, for MultiViews.

    None if no part tells anything. What counts beside type, encoding, language and charset is for MultiviewsMatch.
    """
    settings = config.settings
    match = settings[mime.MULTIVIEWS_MATCH]
    tables: list[Any] = [settings[mime.TYPES_BY_EXT], settings[mime.ENCODINGS_BY_EXT]]
    tables += [settings[mime.LANGUAGES_BY_EXT], settings[mime.CHARSETS_BY_EXT]]
    if "handlers" in match:
        tables.append(settings[mime.HANDLERS_BY_EXT])
    if "filters" in match:
        tables.append(settings[mime.OUTPUT_FILTERS_BY_EXT])
    known = read_types(config.host.base[mime.TYPES_CONFIG])
    types = settings[mime.TYPES_BY_EXT]
    first, parts = extensions(name)
    unknown = [first]
    for part in parts:
        extension = part.lower()
        listed = extension in known and extension not in types
        if not ("any" in match or listed or any(table.get(extension) for table in tables)):
            unknown.append(part)
    return unknown if len(unknown) <= len(parts) else None


def guess_of(name: str, config: RequestConfig) -> Guess:
    """What the extensions of a name say under a configuration, for a name that nobody may ask of again."""
    return _guess(name, config)


def _guess(name: str, config: RequestConfig) -> Guess:
    settings = config.settings
    types, handlers = settings[mime.TYPES_BY_EXT], settings[mime.HANDLERS_BY_EXT]
    known = read_types(config.host.base[mime.TYPES_CONFIG])
    encodings, languages = settings[mime.ENCODINGS_BY_EXT], settings[mime.LANGUAGES_BY_EXT]
    charsets = settings[mime.CHARSETS_BY_EXT]
    content_type = charset = handler = None
    found: list[str] = []
    encoded: list[str] = []
    for part in extensions(name)[1]:
        extension = part.lower()
        content_type = (types[extension] if extension in types else known.get(extension)) or content_type
        handler = handlers.get(extension) or handler
        charset = charsets.get(extension) or charset
        encoding = encodings.get(extension)
        if encoding:
            encoded.append(encoding)
        language = languages.get(extension)
        if language:
            found.append(language)
    if content_type and (charset or ";" in content_type):
        content_type = _with_parameters(content_type, charset)
    default = settings[mime.DEFAULT_LANGUAGE]
    if default and not found:
        found.append(default)
    return Guess(content_type, handler, ", ".join(encoded) or None, tuple(found))


_PARAMETER = re.compile(r'\s*;\s*([^\s;="/]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"=]+)\s*')


def _with_parameters(content_type: str, charset: str | None) -> str:
    """The type with its parameters as httpd writes them, the charset among them. As it is, if it is malformed."""
    semicolon = content_type.find(";")
    result, at = (content_type, len(content_type)) if semicolon < 0 else (content_type[:semicolon].rstrip(), semicolon)
    while at < len(content_type):
        parameter = _PARAMETER.match(content_type, at)
        if parameter is None:
            return content_type
        name, value = parameter.groups()
        at = parameter.end()
        if charset and name == "charset":
            if f"; charset={charset}" in result:
                continue
            value = charset
        result += f"; {name}={value}"
    if charset and f"; charset={charset}" not in result:
        result += f"; charset={charset}"
    return result
