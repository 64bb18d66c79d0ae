"""What the matrix is made of: questions, groups of rules, families of groups.

Law: nothing here depends on chance or on the order of a set; the same source asks the same questions.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..request import Request
from ..site import Entry, Site
from .tree import FILES, MAIN, MODULES

# Who asks: nobody, the user of the group `staff`, another one, the first with a wrong password, a stranger.
PEOPLE = {
    "": None,
    "ann": "ann:eggs",
    "bob": "bob:spam",
    "wrong": "ann:spam",
    "stranger": "eve:eggs",
}


class Ask(NamedTuple):
    """One question: a method, a target as it goes over the wire, and who asks. @HOST@ is the group's host."""

    method: str
    target: str
    who: str = ""

    def request(self, host: str) -> Request:
        """The request to a group's host."""
        told = PEOPLE[self.who]
        headers = (("Authorization", "Basic " + b64encode(told.encode()).decode("ascii")),) if told else ()
        return Request(self.method, self.target.replace("@HOST@", host), headers, host=host)


@dataclass(frozen=True)
class Group:
    """Rules that hold together, and what is asked of them: one virtual host.

    `conf` is the inside of the <VirtualHost>; `files` are added to the tree of the family, so their names are the
    group's own (a .htaccess is named by AccessFileName). `judged` is what Apache gets in the place of `conf`, where it
    cannot judge that one itself.
    """

    name: str
    conf: str
    asks: tuple[Ask, ...]
    files: Mapping[str, Entry] = field(default_factory=dict)
    judged: str | None = None

    def text(self, host: str, *, for_apache: bool = False) -> str:
        """Its <VirtualHost>."""
        conf = self.judged if for_apache and self.judged is not None else self.conf
        inside = "\n".join(f"    {line}" for line in conf.strip("\n").splitlines())
        return f"<VirtualHost *:@PORT@>\n    ServerName {host}\n{inside}\n</VirtualHost>\n"

    def excerpt(self) -> str:
        """The rules as they are shown beside a difference: .htaccess files after the configuration."""
        shown = [self.conf.strip("\n")]
        shown += [f"# {name}\n{content}".rstrip("\n") for name, content in self.files.items()]
        return "\n".join(shown)


@dataclass(frozen=True)
class Family:
    """Groups that are served together."""

    name: str
    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        names = [group.name for group in self.groups]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"{self.name}: {twice}"
        for group in self.groups:
            assert len(set(group.asks)) == len(group.asks), f"{self.name}: {group.name} asks something twice"

    def hosts(self) -> Iterable[tuple[str, Group]]:
        """The groups, each with the name of its host."""
        return ((host_name(index), group) for index, group in enumerate(self.groups))

    def site(self) -> Site:
        """All groups as one site, for Apache."""
        return site_of(self.hosts(), for_apache=True)

    def count(self) -> int:
        """How many questions are asked."""
        return sum(len(group.asks) for group in self.groups)


def host_name(index: int) -> str:
    """The name of a group's virtual host."""
    return f"g{index:04}.test"


def site_of(hosts: Iterable[tuple[str, Group]], *, for_apache: bool = False) -> Site:
    """Some groups as one site, over the tree that all share."""
    conf = [MAIN]
    files: dict[str, Entry] = dict(FILES)
    for host, group in hosts:
        conf.append(group.text(host, for_apache=for_apache))
        assert not group.files.keys() & files.keys(), f"{group.name}: a file of the tree or of another group"
        files.update(group.files)
    return Site("\n".join(conf), files, MODULES)


def digest(group: Group) -> str:
    """A mark of rules and questions, so that answers to other ones are noticed."""
    asked = (group.conf, group.judged, tuple(group.files.items()), [tuple(ask) for ask in group.asks])
    found = _COMMON.copy()
    found.update(repr(asked).encode())
    return found.hexdigest()[:8]


_COMMON = hashlib.sha256(repr((MAIN, tuple(FILES.items()), PEOPLE)).encode())
