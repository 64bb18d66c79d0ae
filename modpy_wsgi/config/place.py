"""Where the reading of directives is: what may stand there, and where values go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from modpy_wsgi.config.directives import authz_core, mime
from modpy_wsgi.config.model import Host, Limit, Origin, Override, Row, Section, Setting, Settings, Where
from modpy_wsgi.config.override import NO_RULES, Rules
from modpy_wsgi.config.parser import Node
from modpy_wsgi.config.patterns import Regex
from modpy_wsgi.config.refusal import Wrong, refuse
from modpy_wsgi.config.requirements import checked

__all__ = ["Container", "Place", "Warn"]

Warn = Callable[[str], None]
Container = Callable[[str, Node, "Place"], None]  # acts on (text before the bracket, the node, where it stands)


class Place(NamedTuple):
    """A section, a virtual host, the server itself, or a .htaccess, while it is read."""

    where: Where
    section: str  # "<Directory>", for messages; "" at the top
    containers: Mapping[str, Container]  # what containers do, by the name in lower case: "<directory"
    server_root: str
    warn: Warn
    values: dict[Setting[Any], Any]
    sections: list[Section]  # of the host
    hosts: list[Host]
    directory: str | None = None
    directory_pattern: Regex | None = None
    location: str | None = None
    methods: Limit | None = None
    within_require: bool = False  # in <RequireAll> and the like
    rules: Rules = NO_RULES
    wrong: Wrong = refuse
    traced: bool = False  # whether it is kept which directive has decided what

    def origin(self, node: Node) -> Origin:
        """The place of a directive."""
        return Origin(
            node.file,
            node.line,
            self.directory,
            self.directory_pattern,
            self.location,
            self.server_root,
            self.methods,
            self.rules is not NO_RULES,
            self.rules.allow_options,
            self.where,
        )

    def inner(self, node: Node, **changes: Any) -> Place:
        """The place inside of a container that has settings of its own."""
        where = self.where if self.where is Where.HTACCESS else Where.DIRECTORY
        return self._replace(where=where, section=f"{node.name}>", values={}, **changes)

    def permits(self, row: Row) -> bool:
        """Whether the directive may stand here."""
        if self.within_require and not (
            row.override & Override.AUTHCONFIG or row.name.lower() in self.rules.allow_list
        ):
            return False
        return self.rules.permit(row, self.where)

    def settings(self) -> Settings:
        """What the directives of a section have set, at its end. ValueError if they contradict one another."""
        found = self.values.get(authz_core.AUTHORIZATION)
        if found is not None and found.rules is not None and self.where is not Where.HTACCESS:
            # httpd checks no .htaccess: there, what may only refuse refuses.
            self.values[authz_core.AUTHORIZATION] = found._replace(rules=checked(found.rules))
        mime.complete(self.values)
        return Settings(self.values)
