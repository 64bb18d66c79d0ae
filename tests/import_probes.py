"""Small sites, each with what its `answer()` returns: what `import` and all that goes by module names does in Python.

Each text holds files under `--- name` lines. Unless it has its own, a site also has a module `config` and a package
`pkg`.
"""

from __future__ import annotations

import textwrap
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["PROBES", "Probe", "write_site"]


class Probe(NamedTuple):
    site: str
    wanted: Any  # what json can hold


COMMON = {
    "config.py": """
        NAME = 'config'
        class Thing:
            def __init__(self, x=0):
                self.x = x
        """,
    "pkg/__init__.py": "KIND = 'package'",
    "pkg/sub.py": "VALUE = 'sub'",
    "pkg/deep/__init__.py": "",
    "pkg/deep/leaf.py": "VALUE = 'leaf'",
}


def write_site(root: Path, site: str) -> Path:
    """Write the files of a site into a folder and return the folder."""
    _, *parts = textwrap.dedent(site).split("\n--- ")
    files = {name: text for name, _, text in (part.partition("\n") for part in parts)}
    own_package = "pkg/__init__.py" in files
    common = {name: text for name, text in COMMON.items() if not (own_package and name.startswith("pkg/"))}
    for name, text in (common | files).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".zip"):
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("zipped.py", "V = 'zip'\n")
                archive.writestr("zpkg/__init__.py", "")
                archive.writestr("zpkg/inner.py", "V = 'inner'\n")
        else:
            file.write_text(textwrap.dedent(text).strip("\n") + "\n")
    return root


PROBES: dict[str, Probe] = {
    "sibling": Probe(
        """
        --- main.py
        import config
        def answer(): return config.NAME
        """,
        "config",
    ),
    "sibling from": Probe(
        """
        --- main.py
        from config import NAME as n
        def answer(): return n
        """,
        "config",
    ),
    "import as": Probe(
        """
        --- main.py
        import config as c
        def answer(): return c.NAME
        """,
        "config",
    ),
    "lazy import in a function": Probe(
        """
        --- main.py
        def answer():
            import config
            return config.NAME
        """,
        "config",
    ),
    "package submodule": Probe(
        """
        --- main.py
        import pkg.sub
        def answer(): return [pkg.KIND, pkg.sub.VALUE]
        """,
        ["package", "sub"],
    ),
    "package submodule, as": Probe(
        """
        --- main.py
        import pkg.deep.leaf as z
        def answer(): return z.VALUE
        """,
        "leaf",
    ),
    "from package import submodule": Probe(
        """
        --- main.py
        from pkg import sub, KIND
        def answer(): return [KIND, sub.VALUE]
        """,
        ["package", "sub"],
    ),
    "from package.submodule import name": Probe(
        """
        --- main.py
        from pkg.deep.leaf import VALUE
        def answer(): return VALUE
        """,
        "leaf",
    ),
    "submodule attribute without importing it": Probe(
        """
        --- main.py
        import pkg
        def answer(): return [hasattr(pkg, 'sub'), pkg.KIND]
        """,
        [False, "package"],
    ),
    "relative imports": Probe(
        """
        --- pkg/__init__.py
        from . import a
        from .a import V
        from .in_.b import W
        --- pkg/a.py
        V = 'v'
        --- pkg/in_/__init__.py
        --- pkg/in_/b.py
        from .. import a
        from ..a import V
        W = V + a.V
        --- main.py
        from pkg import V, W, a
        def answer(): return [V, W, a.V]
        """,
        ["v", "vv", "v"],
    ),
    "relative import without a package": Probe(
        """
        --- main.py
        def answer():
            try:
                from . import config
            except ImportError as error:
                return str(error)
        """,
        "attempted relative import with no known parent package",
    ),
    "relative import beyond the outermost package": Probe(
        """
        --- pkg/__init__.py
        --- pkg/a.py
        def up():
            try:
                from .. import config
            except ImportError as error:
                return str(error)
        --- main.py
        from pkg.a import up as answer
        """,
        "attempted relative import beyond top-level package",
    ),
    "star": Probe(
        """
        --- config.py
        NAME = 'config'
        class Thing:
            def __init__(self, x=0):
                self.x = x
        _hidden = 1
        --- main.py
        from config import *
        def answer(): return [NAME, '_hidden' in globals()]
        """,
        ["config", False],
    ),
    "star of a package with __all__": Probe(
        """
        --- pkg/__init__.py
        __all__ = ['sub', 'X']
        X = 1
        --- pkg/sub.py
        V = 2
        --- main.py
        from pkg import *
        def answer(): return [X, sub.V]
        """,
        [1, 2],
    ),
    "circular": Probe(
        """
        --- other.py
        import main
        def back(): return main.NAME
        --- main.py
        import other
        NAME = 'main'
        def answer(): return other.back()
        """,
        "main",
    ),
    "circular in a package": Probe(
        """
        --- pkg/__init__.py
        from . import a
        --- pkg/a.py
        from . import b
        A = 1
        --- pkg/b.py
        from . import a
        import pkg.a as again
        def get(): return [a.A, again is a]
        --- main.py
        import pkg.b
        def answer(): return pkg.b.get()
        """,
        [1, True],
    ),
    "import_module": Probe(
        """
        --- main.py
        import importlib
        def answer(): return importlib.import_module('pkg.sub').VALUE
        """,
        "sub",
    ),
    "import_module, bound early": Probe(
        """
        --- main.py
        from importlib import import_module as im
        def answer(): return [im('pkg').KIND, im('pkg.deep.leaf').VALUE]
        """,
        ["package", "leaf"],
    ),
    "import_module, relative": Probe(
        """
        --- pkg/sub.py
        import importlib
        VALUE = importlib.import_module('.deep.leaf', __package__).VALUE
        --- main.py
        import importlib
        from pkg.sub import VALUE
        def answer(): return [VALUE, importlib.import_module('.sub', 'pkg').VALUE]
        """,
        ["leaf", "leaf"],
    ),
    "import_module, standard library": Probe(
        """
        --- main.py
        import importlib, sys
        def answer():
            return [importlib.import_module('json').dumps([1]), importlib.import_module('os.path').sep,
                    importlib.import_module('sys').path is sys.path]
        """,
        ["[1]", "/", True],
    ),
    "__import__ gives the outermost package": Probe(
        """
        --- main.py
        def answer():
            m = __import__('pkg.sub')
            return [m.KIND, m.sub.VALUE]
        """,
        ["package", "sub"],
    ),
    "__import__ with a fromlist gives the leaf": Probe(
        """
        --- main.py
        def answer(): return [__import__('pkg.sub', fromlist=['x']).VALUE, __import__('pkg', {}, {}, ['sub']).sub.VALUE]
        """,
        ["sub", "sub"],
    ),
    "__import__, then sys.modules": Probe(
        """
        --- main.py
        import sys
        def answer():
            __import__('config'), __import__('pkg.sub')
            return [sys.modules['config'].NAME, sys.modules['pkg.sub'].VALUE, sys.modules['pkg'].KIND]
        """,
        ["config", "sub", "package"],
    ),
    "a module finds itself in sys.modules": Probe(
        """
        --- main.py
        import sys
        X = 5
        def answer(): return [sys.modules[__name__].X, sys.modules[__name__].__dict__ is globals()]
        """,
        [5, True],
    ),
    "missing": Probe(
        """
        --- main.py
        def answer():
            found = []
            for statement in ('import nowhere', 'from nowhere import x', 'import config.nowhere', 'import nowhere.sub'):
                try:
                    exec(statement, globals())
                except ImportError as error:
                    found.append([type(error).__name__, str(error), error.name])
            return found
        """,
        [
            ["ModuleNotFoundError", "No module named 'nowhere'", "nowhere"],
            ["ModuleNotFoundError", "No module named 'nowhere'", "nowhere"],
            ["ModuleNotFoundError", "No module named 'config.nowhere'; 'config' is not a package", "config.nowhere"],
            ["ModuleNotFoundError", "No module named 'nowhere'", "nowhere"],
        ],
    ),
    "missing name": Probe(
        """
        --- main.py
        def answer():
            try:
                from config import nothing
            except ImportError as error:
                return type(error).__name__
        """,
        "ImportError",
    ),
    "optional import": Probe(
        """
        --- main.py
        try:
            import no_such_json as json
        except ImportError:
            import json
        def answer(): return json.dumps(1)
        """,
        "1",
    ),
    "site before installed": Probe(
        """
        --- colorsys.py
        MINE = True
        --- main.py
        import colorsys
        def answer(): return colorsys.MINE
        """,
        True,
    ),
    "what Python loads at its start stays": Probe(
        """
        --- types.py
        MINE = 1
        --- sys.py
        MINE = 1
        --- os.py
        MINE = 1
        --- time.py
        MINE = 1
        --- main.py
        import types, sys, os, time
        def answer(): return [hasattr(m, 'MINE') for m in (types, sys, os, time)]
        """,
        [False, False, False, False],
    ),
    "a folder is no module where there is a real one": Probe(
        """
        --- json/data.txt
        --- email/x.txt
        --- main.py
        import json, email.message
        def answer(): return json.dumps([email.__name__])
        """,
        '["email"]',
    ),
    "namespace package": Probe(
        """
        --- space/a.py
        V = 1
        --- space/inner/b.py
        from ..a import V
        W = V + 1
        --- main.py
        import space.a
        from space.inner import b
        def answer(): return [space.a.V, b.W]
        """,
        [1, 2],
    ),
    "__main__ guard": Probe(
        """
        --- main.py
        RAN = []
        if __name__ == '__main__':
            RAN.append(1)
        def answer(): return RAN
        """,
        [],
    ),
    "module __getattr__ and __dir__": Probe(
        """
        --- config.py
        def __getattr__(name):
            if name == 'late':
                return 7
            raise AttributeError(name)
        def __dir__(): return ['late']
        --- main.py
        import config
        from config import late
        def answer(): return [late, config.late, dir(config), hasattr(config, 'x')]
        """,
        [7, 7, ["late"], False],
    ),
    "dataclasses": Probe(
        """
        --- config.py
        from __future__ import annotations
        import dataclasses
        from typing import ClassVar
        @dataclasses.dataclass
        class Base:
            kind: ClassVar[int] = 1
            x: int
            y: list[int] = dataclasses.field(default_factory=list)
        --- main.py
        from __future__ import annotations
        import dataclasses, config
        @dataclasses.dataclass(frozen=True)
        class Point(config.Base if False else object):
            x: int
            skip: dataclasses.InitVar[int] = 0
        def answer():
            return [dataclasses.asdict(config.Base(1)), [f.name for f in dataclasses.fields(Point)],
                    dataclasses.make_dataclass('D', ['a'])(3).a]
        """,
        [{"x": 1, "y": []}, ["x"], 3],
    ),
    "typing.get_type_hints": Probe(
        """
        --- main.py
        from __future__ import annotations
        import typing, config
        from config import Thing
        class Holder:
            one: Thing
            two: 'config.Thing'
            def f(self, t: Holder) -> 'Thing': ...
        def answer():
            hints = typing.get_type_hints(Holder)
            return [hints['one'] is Thing, hints['two'] is Thing, typing.get_type_hints(Holder.f)['t'] is Holder]
        """,
        [True, True, True],
    ),
    "NamedTuple, TypedDict, Protocol": Probe(
        """
        --- main.py
        import typing, collections, pickle
        class P(typing.NamedTuple):
            x: int
        Q = collections.namedtuple('Q', 'a b')
        class T(typing.TypedDict):
            a: int
        def answer():
            return [pickle.loads(pickle.dumps(P(1))) == P(1), pickle.loads(pickle.dumps(Q(1, 2))) == Q(1, 2), T(a=1)]
        """,
        [True, True, {"a": 1}],
    ),
    "pickle": Probe(
        """
        --- pkg/sub.py
        class Inner:
            class Nested:
                pass
        def function(): pass
        --- main.py
        import pickle, config, pkg.sub
        class Own(config.Thing): pass
        def answer():
            out = []
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                for dumps, loads in ((pickle.dumps, pickle.loads), (pickle._dumps, pickle._loads)):
                    t = loads(dumps([config.Thing(5), Own(6), pkg.sub.Inner(), pkg.sub.function], protocol))
                    out.append([type(t[0]) is config.Thing, t[0].x, type(t[1]) is Own, t[1].x,
                                type(t[2]) is pkg.sub.Inner, t[3] is pkg.sub.function])
            return [len(out), all(each == [True, 5, True, 6, True, True] for each in out)]
        """,
        [12, True],
    ),
    "pickle written elsewhere, under the plain name": Probe(
        r"""
        --- pkg/__init__.py
        --- pkg/sub.py
        class Inner: pass
        --- main.py
        import io, pickle
        def answer():
            out = []
            for text in (b"cconfig\nThing\n.", b"\x80\x04\x8c\x06config\x8c\x05Thing\x93.", b"cpkg.sub\nInner\n."):
                out.append(pickle.loads(text).__qualname__)
                out.append(pickle._loads(text).__qualname__)
                out.append(pickle.Unpickler(io.BytesIO(text)).load().__qualname__)
            import config
            return [out, pickle.loads(b"cconfig\nThing\n.") is config.Thing]
        """,
        [["Thing", "Thing", "Thing", "Thing", "Thing", "Thing", "Inner", "Inner", "Inner"], True],
    ),
    "copy, copyreg, shelve": Probe(
        """
        --- config.py
        NAME = 'config'
        class Thing:
            def __init__(self, x=0):
                self.x = x
        def back(x): return Thing(x)
        --- main.py
        import copy, copyreg, pickle, shelve, tempfile, os, config
        copyreg.pickle(config.Thing, lambda t: (config.back, (t.x + 1,)))
        def answer():
            with tempfile.TemporaryDirectory() as folder:
                with shelve.open(os.path.join(folder, 'db')) as db:
                    db['t'] = config.Thing(1)
                    kept = db['t']
            return [pickle.loads(pickle.dumps(config.Thing(1))).x, copy.copy(config.Thing(3)).x,
                    type(copy.deepcopy(config.Thing(1))) is config.Thing, type(kept) is config.Thing]
        """,
        [2, 4, True, True],
    ),
    "enum": Probe(
        """
        --- config.py
        import enum
        class Colour(enum.Enum):
            RED = 1
        class F(enum.IntFlag):
            A = 1
            B = 2
        Made = enum.Enum('Made', 'X Y')
        --- main.py
        import pickle, copy, config
        def answer():
            back = [pickle.loads(pickle.dumps(v)) for v in (config.Colour.RED, config.F.A | config.F.B, config.F.A)]
            return [back[0] is config.Colour.RED, back[1] == 3, back[2] is config.F.A,
                    copy.deepcopy(config.Colour.RED) is config.Colour.RED,
                    str(config.Colour.RED)]
        """,
        [True, True, True, True, "Colour.RED"],
    ),
    "inspect": Probe(
        """
        --- main.py
        import inspect, config
        def answer():
            return [inspect.getsource(config), inspect.getsource(config.Thing.__init__).strip()[:12],
                    inspect.getmodule(config.Thing) is config, inspect.getmodule(answer).answer is answer,
                    inspect.getfile(config.Thing)[-9:], inspect.signature(config.Thing).parameters['x'].default]
        """,
        [
            "NAME = 'config'\nclass Thing:\n    def __init__(self, x=0):\n        self.x = x\n",
            "def __init__",
            True,
            True,
            "config.py",
            0,
        ],
    ),
    "logging configuration": Probe(
        """
        --- loghelp.py
        import logging
        LINES = []
        class Keep(logging.Handler):
            def emit(self, record):
                LINES.append(record.getMessage())
        class Only(logging.Filter):
            def filter(self, record):
                return 'no' not in record.getMessage()
        def make(): return logging.Formatter('%(message)s')
        STREAM = __import__('io').StringIO()
        --- main.py
        import logging.config, loghelp
        def answer():
            logging.config.dictConfig({
                'version': 1, 'disable_existing_loggers': False,
                'formatters': {'f': {'()': 'loghelp.make'}},
                'filters': {'o': {'()': 'loghelp.Only'}},
                'handlers': {'k': {'class': 'loghelp.Keep', 'filters': ['o']},
                             's': {'class': 'logging.StreamHandler', 'stream': 'ext://loghelp.STREAM',
                                   'formatter': 'f'}},
                'loggers': {'probe.log': {'handlers': ['k', 's'], 'level': 'INFO', 'propagate': False}}})
            logger = logging.getLogger('probe.log')
            logger.info('yes'); logger.info('no')
            logger.handlers.clear()
            return [loghelp.LINES, loghelp.STREAM.getvalue()]
        """,
        [["yes"], "yes\nno\n"],
    ),
    "unittest.mock": Probe(
        """
        --- main.py
        import unittest.mock as mock, config, pkg.sub
        def answer():
            with mock.patch('config.NAME', 'patched'), mock.patch('pkg.sub.VALUE', 8):
                inside = [config.NAME, pkg.sub.VALUE]
            with mock.patch.object(config, 'NAME', 'again'):
                inside.append(config.NAME)
            return [inside, config.NAME, pkg.sub.VALUE]
        """,
        [["patched", 8, "again"], "config", "sub"],
    ),
    "importlib.reload": Probe(
        """
        --- config.py
        import builtins
        COUNT = globals().get('COUNT', 0) + 1
        --- main.py
        import importlib, config
        def answer():
            before = config
            importlib.reload(config)
            return [config is before, config.COUNT]
        """,
        [True, 2],
    ),
    "importlib.util, pkgutil, resources": Probe(
        """
        --- pkg/data.txt
        hello
        --- main.py
        import importlib.util, importlib.resources, pkgutil, pkg
        def answer():
            return [importlib.util.find_spec('pkg.sub') is not None, importlib.util.find_spec('nowhere') is None,
                    pkgutil.get_data('pkg', 'data.txt').decode(),
                    importlib.resources.files('pkg').joinpath('data.txt').read_text(),
                    importlib.resources.files(pkg).joinpath('data.txt').read_text(),
                    sorted(m.name for m in pkgutil.iter_modules(pkg.__path__)), pkgutil.resolve_name('pkg.sub:VALUE')]
        """,
        [True, True, "hello\n", "hello\n", "hello\n", ["deep", "sub"], "sub"],
    ),
    "a loader that is asked by name": Probe(
        """
        --- pkg/data.txt
        hello
        --- main.py
        import importlib.util, os.path
        def loader_of(name): return importlib.util.find_spec(name).loader
        def refused(name):
            try:
                loader_of('config').get_filename(name)
            except ImportError:
                return True
        def answer():  # Flask('config') asks for its root path in this way, before it looks into sys.modules
            return [os.path.relpath(loader_of('config').get_filename('config'), os.path.dirname(__file__)),
                    os.path.relpath(loader_of('pkg').get_filename(), os.path.dirname(__file__)),
                    loader_of('config').is_package('config'), loader_of('pkg').is_package('pkg'),
                    'NAME' in loader_of('config').get_source('config'), loader_of('config').get_code('config').co_name,
                    loader_of('pkg').get_resource_reader('pkg').files().joinpath('data.txt').read_text(),
                    refused('other')]
        """,
        ["config.py", "pkg/__init__.py", False, True, True, "<module>", "hello\n", True],
    ),
    "zip on sys.path": Probe(
        """
        --- lib.zip
        --- main.py
        import os, sys
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib.zip'))
        import zipped, zpkg.inner
        sys.path.pop(0)
        def answer(): return [zipped.V, zpkg.inner.V, __import__('inspect').getsource(zipped)]
        """,
        ["zip", "inner", "V = 'zip'\n"],
    ),
    "sys.path is the site's to change": Probe(
        """
        --- lib/extra.py
        V = 'extra'
        --- more/another.py
        V = 'another'
        --- main.py
        import os, sys
        from sys import path
        here = os.path.dirname(os.path.abspath(__file__))
        sys.path.insert(0, os.path.join(here, 'lib'))
        path.append(os.path.join(here, 'more'))
        import extra, another
        def answer():
            return [extra.V, another.V, sys.path.pop(0) == os.path.join(here, 'lib'),
                    sys.path.pop() == os.path.join(here, 'more'), sys.path is path, sys.maxsize > 0]
        """,
        ["extra", "another", True, True, True, True],
    ),
    "sys is the real one in all else": Probe(
        """
        --- main.py
        import sys, io
        def answer():
            old, sys.stdout = sys.stdout, io.StringIO()
            try:
                print('caught', end='')
                caught = sys.stdout.getvalue()
            finally:
                sys.stdout = old
            try:
                1 / 0
            except ZeroDivisionError:
                kind = sys.exc_info()[0].__name__
            return [caught, kind, sys._getframe().f_code.co_name, isinstance(sys, type(io)),
                    'version_info' in dir(sys), sys.__name__]
        """,
        ["caught", "ZeroDivisionError", "answer", True, True, "sys"],
    ),
    "a thread that the site starts": Probe(
        r"""
        --- late.py
        V = 'late'
        --- main.py
        import threading, pickle, logging.config
        def answer():
            out = []
            def work():
                import late
                out.append(late.V)
                out.append(pickle._loads(b"cconfig\nThing\n.").__qualname__)
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            return out
        """,
        ["late", "Thing"],
    ),
    "exec and eval in the module's names": Probe(
        """
        --- main.py
        def answer():
            names = dict(__name__=__name__)
            exec('import config', names)
            return [names['config'].NAME, eval("__import__('config').NAME")]
        """,
        ["config", "config"],
    ),
    "classes know their module": Probe(
        """
        --- main.py
        import sys, config
        def answer(): return sys.modules[config.Thing.__module__] is config
        """,
        True,
    ),
    "exception caught across modules": Probe(
        """
        --- errors_.py
        class E(Exception): pass
        --- a.py
        from errors_ import E
        def go(): raise E('x')
        --- main.py
        import a, errors_
        def answer():
            try:
                a.go()
            except errors_.E as error:
                return str(error)
        """,
        "x",
    ),
    "abstract classes and functools": Probe(
        """
        --- config.py
        import abc, functools
        class A(abc.ABC):
            @abc.abstractmethod
            def f(self): ...
        @functools.singledispatch
        def show(x): return 'any'
        @show.register
        def _(x: int): return 'int'
        @functools.lru_cache
        def cached(x): return x
        --- main.py
        import config
        class B(config.A):
            def f(self): return config.show(1)
        def answer(): return [B().f(), config.show('x'), config.cached(2)]
        """,
        ["int", "any", 2],
    ),
    "warnings and tracebacks": Probe(
        """
        --- config.py
        import warnings
        def warn(): warnings.warn('old', DeprecationWarning, stacklevel=2)
        def fail(): raise ValueError('bad')
        --- main.py
        import traceback, warnings, config
        def answer():
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter('always')
                config.warn()
            try:
                config.fail()
            except ValueError:
                text = traceback.format_exc()
            return [str(seen[0].message), seen[0].filename[-7:], text.splitlines()[-1],
                    "raise ValueError('bad')" in text]
        """,
        ["old", "main.py", "ValueError: bad", True],
    ),
}
