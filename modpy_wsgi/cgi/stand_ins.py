"""Stand-ins for what a Python script finds in its process: sys.stdin, stdout, stderr, argv, excepthook, os.environ,
and itself as the module __main__.

Law: to a script that runs in a context (thread, greenlet) they are its own, to all other code what they were. They are
put there with the first script, or the first apache.setup_cgi, and stay. os.environ and sys remain the objects that
they are, so it does not matter who has bound them when (`cgi.FieldStorage` binds os.environ as a default).
"""

from __future__ import annotations

import io
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import ModuleType
from typing import Any, Protocol, TypeVar

from ..locks import lock

__all__ = ["RUNNING", "Running", "as_server", "install", "of_server", "put_back"]

T = TypeVar("T")


class Running(Protocol):
    """What a script has for its own."""

    environ: dict[bytes, bytes]
    argv: list[str]
    replaced: dict[str, Any]  # what it has put into sys in the place of a stand-in

    @property
    def names(self) -> dict[str, Any] | None:
        """Its own, if it is to be the module __main__."""

    @property
    def stdin(self) -> Any:
        """The body of the request."""

    @property
    def stdout(self) -> Any:
        """The answer."""

    @property
    def stderr(self) -> Any:
        """The error log."""


STREAMS = ("stdin", "stdout", "stderr")
NESTED = 16  # streams put into sys one within another that are remembered; a program may put ever new ones there

_GONE: Any = object()  # in the place of a member that was deleted

RUNNING: ContextVar[Running | None] = ContextVar("modpy_wsgi.running_script", default=None)
"""The script that runs in this context."""


class _Stream:
    """What a script gets that asks sys for a stream: it passes on to the stream of whoever uses it."""

    def __init__(self, name: str, outer: Any) -> None:
        self.__dict__.update(_name=name, _outer=outer)

    def _meant(self) -> Any:
        script = RUNNING.get()
        return self.__dict__["_outer"] if script is None else getattr(script, self.__dict__["_name"])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._meant(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._meant(), name, value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._meant())

    def __next__(self) -> Any:
        return next(self._meant())

    def __enter__(self) -> Any:
        return self._meant().__enter__()

    def __exit__(self, *args: Any) -> Any:
        return self._meant().__exit__(*args)

    def __repr__(self) -> str:
        return repr(self._meant())


class _Found(_Stream):
    """What stands in sys itself, where print() and input() find it: they are to use what a script has put there."""

    def __init__(self, name: str, outer: Any) -> None:
        super().__init__(name, outer)
        self.__dict__.update(_for_scripts=_Stream(name, outer), _before=deque(maxlen=NESTED))

    def _meant(self) -> Any:
        script = RUNNING.get()
        name = self.__dict__["_name"]
        if script is None:
            meant = self.__dict__["_outer"]
        else:
            meant = script.replaced[name] if name in script.replaced else getattr(script, name)
        if meant is _GONE:
            raise RuntimeError(f"lost sys.{name}")  # as print() says it
        return meant

    def write(self, text: str) -> Any:
        """Write to it: print() finds this method without a detour."""
        return self._meant().write(text)

    def put(self, outer: Any) -> None:
        """Let it be another stream for all but scripts; if that is this one itself, the stream before.

        For unittest.mock.patch("sys.stdout") remembers what it finds in the dictionary of sys, and sets that again.
        """
        before = self.__dict__["_before"]
        if outer is self:
            if not before:
                return
            outer = before.pop()
        elif any(each is outer for each in before):  # by contextlib.redirect_stdout, say
            while before.pop() is not outer:
                pass
        else:
            before.append(self.__dict__["_outer"])
        self.__dict__["_outer"] = self.__dict__["_for_scripts"].__dict__["_outer"] = outer


class _Member:
    """A member of sys that is a script's own where a script runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stream = name.strip("_") if name.strip("_") in STREAMS else None

    def __get__(self, module: ModuleType | None, owner: type) -> Any:
        if module is None:
            return self
        script = RUNNING.get()
        members = vars(module)
        if script is None:
            found = members.get(self.name, _GONE)
            if type(found) is _Found:
                found = found.__dict__["_outer"]
        elif self.name in script.replaced:
            found = script.replaced[self.name]
        elif self.stream is not None:
            found = members[self.stream].__dict__["_for_scripts"]
        else:
            found = script.argv if self.name == "argv" else members.get(self.name, _GONE)
        if found is _GONE:
            raise AttributeError(f"module 'sys' has no attribute {self.name!r}")
        return found

    def __set__(self, module: ModuleType, value: Any) -> None:
        script = RUNNING.get()
        found = vars(module).get(self.name)
        if script is not None:
            if value is found:  # see _Found.put
                script.replaced.pop(self.name, None)
            else:
                script.replaced[self.name] = value
        elif type(found) is _Found:
            found.put(value)
        else:
            vars(module)[self.name] = value

    def __delete__(self, module: ModuleType) -> None:
        self.__get__(module, type(module))
        self.__set__(module, _GONE)


class _Kind(type):
    """The type of the class of sys. `type(sys)` means any module: importlib makes new ones by calling it."""

    def __call__(cls, *args: Any, **named: Any) -> ModuleType:
        return ModuleType(*args, **named)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, ModuleType)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, ModuleType)


class _Sys(ModuleType, metaclass=_Kind):
    """The class of sys, once there are scripts."""

    stdin = _Member("stdin")
    stdout = _Member("stdout")
    stderr = _Member("stderr")
    __stdin__ = _Member("__stdin__")
    __stdout__ = _Member("__stdout__")
    __stderr__ = _Member("__stderr__")
    argv = _Member("argv")
    excepthook = _Member("excepthook")


_Sys.__name__ = _Sys.__qualname__ = ModuleType.__name__


class _Main(ModuleType):
    """The class of __main__, once there are scripts: pickle looks there for what a script has defined."""

    def __getattribute__(self, name: str) -> Any:
        script = RUNNING.get()
        names = None if script is None else script.names
        if names is None:
            return super().__getattribute__(name)
        if name == "__dict__":
            return names
        if name in names:
            return names[name]
        raise AttributeError(f"module '__main__' has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        script = RUNNING.get()
        if script is None or script.names is None:
            super().__setattr__(name, value)
        else:
            script.names[name] = value

    def __delattr__(self, name: str) -> None:
        script = RUNNING.get()
        if script is None or script.names is None:
            super().__delattr__(name)
        elif name in script.names:
            del script.names[name]
        else:
            raise AttributeError(f"module '__main__' has no attribute {name!r}")


_Environ: type = type(os.environ)


class _ScriptsEnviron(_Environ):  # type: ignore[misc]  # which has no public name
    """The class of os.environ and os.environb, once there are scripts."""

    @property
    def _data(self) -> dict[bytes, bytes]:
        script = RUNNING.get()
        data: dict[bytes, bytes] = vars(self)["_data"] if script is None else script.environ
        return data

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a variable, without an exception on the way where there is none."""
        value = self._data.get(self.encodekey(key))
        return default if value is None else self.decodevalue(value)

    def __setitem__(self, key: Any, value: Any) -> None:
        if RUNNING.get() is None:
            super().__setitem__(key, value)
        else:
            self._data[self.encodekey(key)] = self.encodevalue(value)

    def __delitem__(self, key: Any) -> None:
        if RUNNING.get() is None:
            super().__delitem__(key)
            return
        try:
            del self._data[self.encodekey(key)]
        except KeyError:
            raise KeyError(key) from None


_lock = lock()
_environ, _environb = os.environ, os.environb
_installed = False


def install() -> None:
    """Put the stand-ins into the process; again does nothing."""
    global _installed
    if _installed:
        return
    with _lock:
        if _installed:
            return
        for name in STREAMS:
            vars(sys)[name] = _Found(name, vars(sys)[name])
        sys.__class__ = _Sys
        _environ.__class__ = _environb.__class__ = _ScriptsEnviron
        io.TextIOBase.register(_Stream)  # by which xml.sax and others tell text files from those of bytes
        main = sys.modules.get("__main__")
        if type(main) is ModuleType:
            main.__class__ = _Main
        _installed = True


def as_server(call: Callable[..., T], *args: Any) -> T:
    """Call something that is to find the server's own streams and environment, whatever script asks for it."""
    token = RUNNING.set(None)
    try:
        return call(*args)
    finally:
        RUNNING.reset(token)


def of_server(stream: str) -> Any:
    """A stream of the server's own, by its name in sys."""
    return vars(sys)[stream].__dict__["_outer"]


def put_back() -> None:
    """Undo what a script has done to the modules themselves: `os.environ = {...}`, `del os.environ`."""
    os.environ = _environ  # noqa: B003 - it is the process's own object
    os.environb = _environb
