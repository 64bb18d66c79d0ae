"""The sections of the core: where they may stand. load.py knows what each of them does."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

MODULES: tuple[str, ...] = ()

_USAGES = {
    "<Directory": "<Directory path>",
    "<DirectoryMatch": "<DirectoryMatch regex>",
    "<Files": "<Files name>",
    "<FilesMatch": "<FilesMatch regex>",
    "<IfDefine": "<IfDefine [!]name>",
    "<IfDirective": "<IfDirective [!]name>",
    "<IfFile": "<IfFile [!]path>",
    "<IfModule": "<IfModule [!]module>",
    "<IfSection": "<IfSection [!]name>",
    "<IfVersion": "<IfVersion [[!]operator] version>",
    "<Limit": "<Limit method ...>",
    "<LimitExcept": "<LimitExcept method ...>",
    "<Location": "<Location URL-path>",
    "<LocationMatch": "<LocationMatch regex>",
    "<VirtualHost": "<VirtualHost address[:port] ...>",
}
_SECTIONS = known(
    Kind.IMPLEMENTED,
    "",
    """
    <Directory       raw server
    <DirectoryMatch  raw server
    <Files           raw any    ALL
    <FilesMatch      raw any    ALL
    <IfDefine        raw any    ALL
    <IfDirective     raw any    ALL
    <IfFile          raw any    ALL
    <IfModule        raw any    ALL
    <IfSection       raw any    ALL
    <IfVersion       raw any    ALL
    <Limit           raw access AuthConfig|Limit
    <LimitExcept     raw access AuthConfig|Limit
    <Location        raw server
    <LocationMatch   raw server
    <VirtualHost     raw global
    """,
)
ROWS = tuple(section._replace(usage=_USAGES[section.name]) for section in _SECTIONS) + known(
    Kind.UNSUPPORTED,
    "expressions that are judged per request are not evaluated",
    """
    <If      raw any ALL
    <ElseIf  raw any ALL
    <Else    raw any ALL
    """,
)
