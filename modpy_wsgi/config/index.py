"""The sections of a host, sorted for look-up.

Law: what is literal is found by a look-up, however many sections there are; only what is a pattern is matched. Sections
count by their positions, and what is found is merged in the order of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .model import EMPTY, Section, SectionKind, Settings

__all__ = ["NO_LAYERS", "Index", "merged", "on_top", "position_of", "prefixes"]

_DIRECTORY_KINDS = (SectionKind.DIRECTORY, SectionKind.DIRECTORY_MATCH)


class Index:
    """The sections of one host, sorted for look-up. Positions begin at `start`, so two indexes order as one."""

    def __init__(self, sections: tuple[Section, ...], start: int = 0) -> None:
        self.directories: dict[str, list[tuple[int, Settings]]] = {}
        self.wild_directories: dict[int, list[tuple[int, Section]]] = {}  # by number of path segments
        self.directory_matches: list[tuple[int, Section]] = []
        self.locations: dict[str, list[tuple[int, Settings]]] = {}
        self.location_matches: list[tuple[int, Section]] = []
        self.end = start + len(sections)
        for position, section in enumerate(sections, start):
            entry = (position, section)
            if section.kind in _DIRECTORY_KINDS:
                path = section.pattern.rstrip("/")
                if section.is_match:
                    self.directory_matches.append(entry)
                elif section.regex is not None:
                    self.wild_directories.setdefault(path.count("/"), []).append(entry)
                else:
                    self.directories.setdefault(path, []).append((position, section.settings))
            elif section.regex is not None:
                self.location_matches.append(entry)
            else:
                self.locations.setdefault(section.pattern, []).append((position, section.settings))
        self.longest = max(map(len, self.locations), default=0)  # characters of a literal <Location>


def prefixes(path: str) -> Iterator[str]:
    """What a literal <Location> must be to match `path`: "/a/b" -> "/", "/a", "/a/", "/a/b"."""
    yield "/"
    start = 1
    while (cut := path.find("/", start)) >= 0:
        yield path[:cut]
        yield path[: cut + 1]
        start = cut + 1
    if start < len(path):
        yield path


def merged(entries: Iterable[tuple[int, Settings]]) -> tuple[tuple[int, ...], Settings]:
    """Entries in order of their positions: these, and their settings merged."""
    ordered = sorted(entries, key=position_of)
    return tuple([position for position, _ in ordered]), on_top(EMPTY, [inner for _, inner in ordered])


def on_top(settings: Settings, layers: Iterable[Settings]) -> Settings:
    """Settings with others on top, one after the other."""
    for inner in layers:
        settings = settings.merged(inner)
    return settings


NO_LAYERS: tuple[tuple[int, ...], tuple[Settings, ...]] = ((), ())
position_of: Callable[[tuple[int, Settings]], int] = lambda entry: entry[0]  # noqa: E731
