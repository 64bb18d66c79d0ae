"""What is to be imported: the modules that Python handlers name, pages of the publisher, PythonImport.

Law: each is imported once for each interpreter and path that it would really be imported under.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..config.directives import core, python
from ..config.host_config import HostConfig
from ..config.hosts import Hosts
from ..config.model import Origin, SectionKind
from ..config.request_config import RequestConfig
from ..dispatch import file_named
from ..environ import normalise
from ..errors import BadRequest
from ..httpd.translate import target_of
from ..interpreter_names import interpreter_name
from ..phases import HANDLER
from .answering import PUBLISHERS, filter_calls_of, python_calls, python_calls_of

__all__ = ["MAX_JOBS", "MAX_PAGES", "Job", "Jobs"]

MAX_JOBS = 2_000  # modules; each may take as long as it likes up to the limit
MAX_PAGES = 1_000  # of the publisher among them: they are compiled anyway, and mostly alike


_NAMING = (python.HANDLERS, python.INPUT_FILTERS, python.OUTPUT_FILTERS)


class Job(NamedTuple):
    """A module or page to import. Everything is plain data, as another process does it."""

    interpreter: str
    python_path: str | None  # the expression of PythonPath
    directory: str | None  # to put in front of the path, where there is no PythonPath
    module: str | None  # None for a page
    page: str | None  # or another file that a directive names
    names: tuple[str, ...]  # what must be in the module; () if nothing must
    shown: str  # the directive, for messages
    file: str | None
    line: int | None
    aside: str | None = None  # the directory that PythonPath takes out of the path; for messages
    importer_path: str | None = None  # the expression of PythonOption mod_python.importer.path
    beside: bool = False  # whether what lies beside the file can be imported


class _Asked(NamedTuple):
    """As much of a request as the choice of an interpreter asks for."""

    filename: str | None


class Jobs:
    """Gathers them; `left_out` counts those over the limits."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[Any, ...], Job] = {}
        self._pages = 0
        self.left_out = 0

    def all(self) -> list[Job]:
        """What was gathered, in order."""
        return list(self._jobs.values())

    def add_hosts(self, hosts: Hosts) -> None:
        """What stands at the level of servers and in Location sections, and PythonImport."""
        for host in (hosts.main, *hosts.virtual):
            if not hosts.reachable(host):
                continue
            self.add(RequestConfig(host, host.base), None)
            sections = host.host.sections if host is not hosts.main else ()
            for section in (*hosts.main.host.sections, *sections):
                if section.kind is SectionKind.LOCATION and section.regex is None:
                    self._add_location(host, section.pattern)
                elif section.kind is SectionKind.LOCATION_MATCH or section.regex is not None:
                    self.add(RequestConfig(host, host.base.merged(section.settings)), None)
        path = hosts.main.base[python.PYTHON_CONFIG].get("PythonPath")
        for entry in hosts.main.base[python.PYTHON_IMPORTS]:
            name, _, function = entry.module.partition("::")
            names = (function,) if function else ()
            shown = f"PythonImport {entry.module}"
            file = file_named(name)
            module = name if file is None else None
            self._keep(entry.interpreter, path, None, module, file, names, shown, entry.origin, beside=file is not None)

    def _add_location(self, host: HostConfig, path: str) -> None:
        try:
            target = target_of(host, normalise(path if path.startswith("/") else f"/{path}"))
            config = target.config or target.early
            if target.config is None:
                directory = host.directory(target.filename[: target.filename.rfind("/") + 1])
                config = RequestConfig(host, directory.settings.merged(host.location(target.uri)[1]))
        except BadRequest:  # a path that no request has
            return
        self.add(config, None)

    def add(self, config: RequestConfig, filename: str | None) -> None:
        """The handlers that hold there, those of its Files sections too; `filename` of a folder ends in "/"."""
        self._add(config, filename)
        for section in config.settings[core.FILES_SECTIONS]:
            if any(setting in section.settings for setting in _NAMING):
                self._add(RequestConfig(config.host, config.settings.merged(section.settings)), filename)

    def _add(self, config: RequestConfig, filename: str | None) -> None:
        settings = config.settings
        for phase, extension, call, origin in (
            *python_calls_of(settings, filename),
            *filter_calls_of(settings, filename),
        ):
            if not call.module:
                continue
            name = interpreter_name(_Asked(filename), config, call.directory)  # type: ignore[arg-type]
            directory = None if call.is_location else call.directory
            names = () if call.silent else (call.name,)
            limit = f" | {extension}" if extension else ""
            shown = f"{phase.directive} {call.handler}{limit}"
            if call.silent:
                shown = f"PythonHandlerModule {call.module}"
            module = call.module if call.file is None else None
            importer_path = settings[python.PYTHON_OPTIONS].get(python.IMPORTER_PATH)
            file = call.file
            self._keep(
                *(name, config.python_path, directory, module, file, names, shown, origin),
                importer_path=importer_path,
                beside=file is not None,
            )

    def add_page(self, path: str, config: RequestConfig) -> None:
        """A page of the publisher."""
        if self._pages >= MAX_PAGES:
            self.left_out += 1
            return
        for _, _, call, _ in python_calls(config, HANDLER, path):
            if call.module in PUBLISHERS:
                name = interpreter_name(_Asked(path), config, call.directory)  # type: ignore[arg-type]
                directory = None if call.is_location else call.directory
                self._pages += 1
                self._keep(name, config.python_path, directory, None, path, (), "a page of the publisher", None)
                return

    def _keep(
        self,
        interpreter: str,
        python_path: str | None,
        directory: str | None,
        module: str | None,
        page: str | None,
        names: tuple[str, ...],
        shown: str,
        origin: Origin | None,
        *,
        importer_path: str | None = None,
        beside: bool = False,
    ) -> None:
        aside = directory if python_path is not None else None
        directory = None if python_path is not None else directory
        key = (interpreter, python_path, directory, module, page, names, importer_path)
        if key in self._jobs:
            return
        if len(self._jobs) >= MAX_JOBS:
            self.left_out += 1
            return
        file, line = (origin.file, origin.line) if origin is not None else (page, None)
        self._jobs[key] = Job(
            *(interpreter, python_path, directory, module, page, names, shown, file, line, aside),
            importer_path=importer_path,
            beside=beside,
        )
