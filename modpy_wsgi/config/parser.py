"""Files of a configuration into one tree of directives, as httpd reads them.

Law: this is the pass that only knows the directives which act while reading (`_ON_READ`): conditions are decided,
Include is replaced by what it names, ${NAME} by its value, ServerRoot and LoadModule take effect. Everything else is
only put in its place; load.py judges it.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterable
from typing import NamedTuple

from modpy_wsgi.config.conditions import CONDITIONS, module_names
from modpy_wsgi.config.directives import ALL
from modpy_wsgi.config.include import matches
from modpy_wsgi.config.lexer import MAX_LINE, decode, expand, logical_lines, name_and_rest, words
from modpy_wsgi.config.model import Kind, Names
from modpy_wsgi.config.refusal import Wrong, refuse
from modpy_wsgi.errors import ConfigError

__all__ = ["MAX_INCLUDE_DEPTH", "MAX_NESTING", "Node", "Reader", "Tree", "tree_of"]

MAX_INCLUDE_DEPTH = 128  # httpd's own: more is a file that includes itself
MAX_NESTING = 100  # of containers; httpd has no limit but its stack, and ours is shallower


class Node(NamedTuple):
    """A directive, or a container with its directives."""

    name: str  # as the tables write it where known; containers start with "<"
    args: str  # the text after the name, with a container's ">"
    file: str
    line: int  # of the first physical line
    children: tuple[Node, ...] | None  # None for a plain directive


class Tree(NamedTuple):
    """All that was read, and what reading left behind."""

    nodes: tuple[Node, ...]
    files: tuple[str, ...]
    names: Names
    warnings: tuple[str, ...]


def read_file(path: str, limit: int = -1) -> bytes:
    """The bytes of a file of the configuration, at most `limit`; OSError if it cannot be read or is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for who writes
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) and path != os.devnull:
            raise OSError("not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(descriptor)


class Reader:
    """The state of reading; one for a whole configuration, or for one .htaccess.

    on_read_allowed: False in .htaccess, where only the conditions act. What is given is added to as reading goes on.
    """

    def __init__(
        self,
        *,
        server_root: str = "/",
        defines: set[str] | None = None,
        variables: dict[str, str] | None = None,
        modules: set[str] | None = None,
        line_limit: int = MAX_LINE,
        on_read_allowed: bool = True,
        wrong: Wrong = refuse,
        warnings: list[str] | None = None,
    ) -> None:
        self.server_root = server_root
        self.defines = set() if defines is None else defines
        self.variables = {} if variables is None else variables
        self.modules = set() if modules is None else modules
        self.line_limit = line_limit
        self.on_read_allowed = on_read_allowed
        self.wrong = wrong
        self.warnings = [] if warnings is None else warnings
        self.files: list[str] = []
        self.depth = 0

    def file(self, path: str) -> list[Node]:
        """Reads one file. Raises ConfigError (also if the file cannot be opened)."""
        try:
            data = read_file(path)
        except OSError as error:
            raise ConfigError(f"could not open configuration file: {error.strerror or error}", path) from None
        self.files.append(path)
        return self.text(decode(data), path)

    def text(self, text: str, file: str) -> list[Node]:
        """Reads the lines of one file, which must close what it opens."""
        nodes: list[Node] = []
        stack: list[_Open] = []
        skipping: list[_Open] = []  # inside of a condition that does not hold
        for number, line in logical_lines(text, file, self.line_limit):
            try:
                nodes = self._line(line, nodes, stack, skipping, file, number)
            except ConfigError as error:
                self.wrong(error)
        if skipping:
            opened = skipping[-1]
            self.wrong(ConfigError(f"expected </{opened.name[1:]}> before end of file", file, opened.line))
        return self._end(stack, nodes, file)

    def _line(
        self, line: str, nodes: list[Node], stack: list[_Open], skipping: list[_Open], file: str, number: int
    ) -> list[Node]:
        """Reads one logical line; the list that what follows belongs to."""
        if skipping:
            self._tell_passed_over(line, skipping[0], file)
            _skip(line, skipping, file, number)
            return nodes
        if "${" in line:
            line = expand(line, self.variables, lambda name: self._undefined(name, file, number))
        name, args = name_and_rest(line)
        if name[:2] == "</":
            return self._close(name, stack, nodes, file, number)
        if name[:1] == "<":
            if name[-1] == ">":
                name = name[:-1]
                args = args or ">"
            if len(stack) >= MAX_NESTING:
                raise ConfigError(f"containers nested more than {MAX_NESTING} deep", file, number)
            condition = CONDITIONS.get(name.lower())
            if condition is None:
                row = ALL.get(name.lower())
                stack.append(_Open(row.name if row else name, args, number, nodes))
                nodes = []
            elif self._holds(condition, name, args, file, number):
                stack.append(_Open(name, None, number, nodes))
            else:
                skipping.append(_Open(name, args, number, nodes))
            return nodes
        lower = name.lower()
        act = _ON_READ.get(lower)
        if act is not None and self.on_read_allowed:
            nodes += act(self, name, args, file, number)
            return nodes
        row = ALL.get(lower)
        nodes.append(Node(row.name if row else name, args, file, number, None))
        return nodes

    def _end(self, stack: list[_Open], nodes: list[Node], file: str) -> list[Node]:
        for opened in reversed(stack):
            if opened.args is not None:
                self.wrong(ConfigError(f"{opened.name}> was not closed", file, opened.line))
                nodes = self._ended(opened, nodes, file)
                continue
            # httpd takes the end of the file for the end of a condition that holds.
            self.warnings.append(f"{file}:{opened.line}: {opened.name}> was not closed")
        return nodes

    def _close(self, name: str, stack: list[_Open], nodes: list[Node], file: str, line: int) -> list[Node]:
        if not stack:
            raise ConfigError(f"{name} without matching <{name[2:].rstrip('>')}> section", file, line)
        opened = stack[-1]
        if not name.endswith(">"):
            raise ConfigError(f"{name}> directive missing closing '>'", file, line)
        closed = name[2:-1].lower()
        if closed != opened.name[1:].lower():
            self.wrong(ConfigError(f"expected </{opened.name[1:]}> but saw {name}", file, line))
            if closed not in [outer.name[1:].lower() for outer in stack]:
                return nodes
            while stack[-1].name[1:].lower() != closed:  # what was opened in it and not closed ends with it
                nodes = self._ended(stack.pop(), nodes, file)
        return self._ended(stack.pop(), nodes, file)

    def _ended(self, opened: _Open, nodes: list[Node], file: str) -> list[Node]:
        """Put a container into what surrounds it; a condition that held has put its lines there already."""
        if opened.args is None:
            return nodes
        opened.nodes.append(Node(opened.name, opened.args, file, opened.line, tuple(nodes)))
        return opened.nodes

    def _holds(self, condition: Callable[[str, Reader], bool], name: str, args: str, file: str, line: int) -> bool:
        end = args.rfind(">")
        if end < 0:
            self.wrong(ConfigError(f"{name}> directive missing closing '>'{_usage(name)}", file, line))
            return False
        try:
            return condition(args[:end], self)
        except ValueError as error:
            self.wrong(ConfigError(f"{name}> {error}{_usage(name)}", file, line))
            return False

    def _tell_passed_over(self, line: str, opened: _Open, file: str) -> None:
        """Warn, once for each, of a part for a module that may have been compiled into httpd, where no LoadModule is.

        Only of what would stop the start if it were followed: what is followed here needs no LoadModule.
        """
        if self.modules or opened.name.lower() != "<ifmodule" or opened.args is None or opened.args[:1] == "!":
            return
        row = ALL.get(name_and_rest(line)[0].rstrip(">").lower())
        if row is None or row.kind is not Kind.UNSUPPORTED:
            return
        text = f"{file}:{opened.line}: {opened.name} {opened.args} does not hold, as no LoadModule names it"
        if not self.warnings or not self.warnings[-1].startswith(text):
            self.warnings.append(f"{text}: {row.name} and what else is in it is passed over")

    def _undefined(self, name: str, file: str, line: int) -> None:
        if ":" not in name:  # ${name:...} is left to the module that reads it
            self.warnings.append(f"{file}:{line}: config variable ${{{name}}} is not defined")

    # -- the directives that act while reading ------------------------------------------------------------------------

    def _include(self, name: str, args: str, file: str, line: int) -> list[Node]:
        pattern = _one(name, args, file, line)
        if self.depth >= MAX_INCLUDE_DEPTH:
            raise ConfigError(f"included more than {MAX_INCLUDE_DEPTH} deep: a recursion?", file, line)
        try:
            found = matches(posixpath.join(self.server_root, pattern), optional=name.lower() == "includeoptional")
        except ValueError as error:
            raise ConfigError(f"{name}: {error}", file, line) from None
        nodes: list[Node] = []
        self.depth += 1
        for path in found:
            try:
                nodes += self.file(path)
            except ConfigError as error:
                if error.file == path and error.line is None:
                    error = ConfigError(f"{name}: {path}: {error.message}", file, line)
                self.wrong(error)
        self.depth -= 1
        return nodes

    def _define(self, name: str, args: str, file: str, line: int) -> list[Node]:
        parts = words(args)
        if not 1 <= len(parts) <= 2 or not parts[0]:
            raise ConfigError(f"{name} takes a name and optionally a value{_usage(name)}", file, line)
        _check_variable(parts[0], file, line)
        self.defines.add(parts[0])
        if len(parts) == 2 and parts[1]:
            self.variables[parts[0]] = parts[1]
        return []

    def _undefine(self, name: str, args: str, file: str, line: int) -> list[Node]:
        variable = _one(name, args, file, line)
        _check_variable(variable, file, line)
        self.defines.discard(variable)
        self.variables.pop(variable, None)
        return []

    def _server_root(self, name: str, args: str, file: str, line: int) -> list[Node]:
        root = _one(name, args, file, line)
        root = posixpath.normpath(posixpath.join(self.server_root, root))
        if not os.path.isdir(root):
            self.warnings.append(f"{file}:{line}: ServerRoot '{root}' is not a directory")
        self.server_root = root
        return [Node("ServerRoot", args, file, line, None)]

    def _load_module(self, name: str, args: str, file: str, line: int) -> list[Node]:
        parts = words(args)
        if len(parts) != 2:
            raise ConfigError(f"{name} takes two arguments{_usage(name)}", file, line)
        self.modules |= module_names(*parts)
        return [Node("LoadModule", args, file, line, None)]

    def _refused(self, name: str, args: str, file: str, line: int) -> list[Node]:
        row = ALL[name.lower()]
        raise ConfigError(f"{row.name} is {Kind.UNSUPPORTED.value}: {row.note}", file, line)


class _Open(NamedTuple):
    """A container whose end has not come yet; `args` is None for a condition."""

    name: str
    args: str | None
    line: int
    nodes: list[Node]  # of what surrounds it


_ON_READ: dict[str, Callable[[Reader, str, str, str, int], list[Node]]] = {
    "define": Reader._define,
    "include": Reader._include,
    "includeoptional": Reader._include,
    "loadmodule": Reader._load_module,
    "serverroot": Reader._server_root,
    "undefine": Reader._undefine,
    "use": Reader._refused,
}


def _skip(line: str, skipping: list[_Open], file: str, number: int) -> None:
    """A line inside of a condition that does not hold: only the containers are counted."""
    if line[0] != "<":
        return
    name, args = name_and_rest(line)
    if name[1:2] != "/":
        skipping.append(_Open(name[:-1] if not args and name.endswith(">") else name, None, number, []))
        if len(skipping) > MAX_NESTING:
            raise ConfigError(f"containers nested more than {MAX_NESTING} deep", file, number)
        return
    if name[2:-1].lower() != skipping[-1].name[1:].lower():
        raise ConfigError(f"expected </{skipping[-1].name[1:]}> but saw {name}", file, number)
    skipping.pop()


def _one(name: str, args: str, file: str, line: int) -> str:
    parts = words(args)
    if len(parts) != 1 or not parts[0]:
        raise ConfigError(f"{name} takes one argument{_usage(name)}", file, line)
    return parts[0]


def _usage(name: str) -> str:
    return f" (usage: {ALL[name.lower()].form})"


def _check_variable(name: str, file: str, line: int) -> None:
    if ":" in name:
        raise ConfigError("a variable's name must not contain ':'", file, line)


def tree_of(reader: Reader, nodes: Iterable[Node]) -> Tree:
    """What a reader has gathered, frozen."""
    return Tree(
        nodes=tuple(nodes),
        files=tuple(reader.files),
        names=Names(reader.server_root, frozenset(reader.modules), frozenset(reader.defines), reader.variables),
        warnings=tuple(reader.warnings),
    )
