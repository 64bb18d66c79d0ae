"""A whole site looked at: configuration, .htaccess files, modules, handlers.

Law: it is read as `serve` would read it, by the same code; but an error is told, and the next thing looked at.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass

from ..config.directives import python
from ..config.model import Settings, Site
from ..errors import ConfigError
from ..serving.checks import checked
from ..serving.settings import plan
from ..serving.source import Source
from .directives import actions_of, count, error, named_handlers, tell_handlers, tell_server_directives, warning
from .findings import Report, Severity
from .hosts import silent_hosts
from .imports import IMPORT_SECONDS, TOTAL_SECONDS, Importer, importing_account
from .jobs import Jobs
from .pages import Pages
from .password_files import tell_missing_files
from .progress import Progress
from .sources import Sources
from .tree import Root, Tree, roots

__all__ = ["Limits", "check"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the command line may change."""

    imports: bool = True  # whether modules are imported
    as_root: bool = False  # whether root imports them as root
    import_seconds: float = IMPORT_SECONDS
    total_seconds: float = TOTAL_SECONDS


def check(source: Source, limits: Limits = Limits(), progress: Progress | None = None) -> Report:
    """Looks at a site. Raises ConfigError if there is no configuration or directory at all."""
    progress = progress or Progress()
    report = Report()
    problems: list[ConfigError] = []
    progress.tell("reading the configuration")
    site = source.site(wrong=problems.append, traced=True)
    for problem in problems:
        error(problem, report)
    for line in site.warnings:
        warning(line, report)
    count(site.tree, report)
    _serving(site, report)
    for settings in _all_settings(site):
        tell_missing_files(settings, report)
    sources = Sources(report, progress)
    pages = Pages(report, progress)
    tree = Tree(report, progress, sources, pages)
    tree.named += named_handlers(site.tree)
    jobs = Jobs()
    try:
        hosts = silent_hosts(site)
    except ValueError as problem:  # an ErrorLog that can never work
        error(ConfigError(str(problem)), report)
        progress.end()
        return report
    jobs.add_hosts(hosts)
    for root in roots(hosts):
        tree.walk(root, lambda path, config: jobs.add(config, path))
    for path in _path_folders(site):
        tree.walk(Root(path, None, hosts.main, None), lambda path, config: None)
    sources.run()
    pages.run()
    for page, config in tree.pages:
        if page not in sources.broken:
            jobs.add_page(page, config)
    acted = actions_of(site.tree) | tree.acted
    tell_handlers([each for each in tree.named if each.handler.lower() not in acted], tree.met, report)
    tell_server_directives(report)
    _import(source, site, jobs, report, progress, limits)
    progress.end()
    return report


def _serving(site: Site, report: Report) -> None:
    """What `serve --check-config` would say of addresses, accounts, files and PythonPath."""
    try:
        intended = plan(site, cpus=os.cpu_count() or 1, root=os.geteuid() == 0)
        known = set(site.warnings)
        for note in checked(site, intended, starting=False).notes:
            if note not in known:
                warning(note, report, Severity.NOTE)
    except ConfigError as problem:
        error(problem, report)


def _path_folders(site: Site) -> Iterator[str]:
    """The folders that PythonPath directives name as they stand; the expressions are not evaluated."""
    seen: dict[str, None] = {}
    for settings in _all_settings(site):
        expression = settings[python.PYTHON_CONFIG].get("PythonPath")
        if expression is None:
            continue
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # told by `checked`
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/"):
                seen[os.path.normpath(node.value)] = None
    yield from seen


def _all_settings(site: Site) -> Iterator[Settings]:
    for host in (site.main, *site.hosts):
        yield host.settings
        for section in host.sections:
            yield section.settings


def _import(source: Source, site: Site, jobs: Jobs, report: Report, progress: Progress, limits: Limits) -> None:
    if jobs.left_out:
        report.add("not-looked-at", f"{jobs.left_out} more modules and pages were not imported")
    todo = jobs.all()
    if not limits.imports or not todo:
        return
    try:
        who = importing_account(site, as_root=limits.as_root)
    except LookupError as problem:
        suggestion = "run check as the user that the site runs as"
        report.add("handler-not-tried", f"nothing was imported, as that is not done as root: {problem}",
                   suggestion=suggestion)  # fmt: skip
        return
    importer = Importer(source, report, progress, who, seconds=limits.import_seconds, total=limits.total_seconds)
    importer.run(todo)
