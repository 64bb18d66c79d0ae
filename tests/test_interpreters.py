"""Named interpreters: their mode, their path, what they keep apart, and what they leave behind."""

from __future__ import annotations

import builtins
import importlib
import pickle
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import greenlet
import pytest

from modpy_wsgi import interpreters as interpreters_module
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.interpreter import Interpreter
from modpy_wsgi.interpreters import Interpreters, interpreter_of_caller
from modpy_wsgi.site_path import SitePath

Make = Callable[..., Interpreters]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Interpreters] = []

    def make(*names: str, **options: bool) -> Interpreters:
        made.append(Interpreters(names, **options))
        return made[-1]

    before = installed()
    path, modules = list(sys.path), set(sys.modules)
    yield make
    for each in made:
        each.close()
    assert installed() == before
    assert sys.path == path
    left = {name: module for name, module in sys.modules.items() if name not in modules}
    assert not [name for name, module in left.items() if "pytest-of-" in str(getattr(module, "__file__", ""))]
    assert not [
        name for name, module in left.items() if name.startswith("_site_") or type(module).__name__ == "StandIn"
    ]


def installed() -> tuple[Any, ...]:
    return builtins.__import__, importlib.import_module, tuple(sys.meta_path)


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def folder(root: Path, **texts: str) -> str:
    root.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (root / f"{name}.py").write_text(text)
    return str(root)


def ready(interpreter: Interpreter, root: Path, **texts: str) -> Interpreter:
    interpreter.prepend(folder(root, **texts))
    return interpreter


# ---- which mode ---------------------------------------------------------------------------------------------------

MODES = {
    "one name": (("a",), {}, True),
    "one name, twice": (("a", "a"), {}, True),
    "two names": (("a", "b"), {}, False),
    "one name, more may come": (("a",), {"dynamic": True}, False),
    "one name, private": (("a",), {"private": True}, False),
    "none": ((), {}, False),
}


@pytest.mark.parametrize(("names", "options", "plain"), MODES.values(), ids=list(MODES))
def test_mode(names: tuple[str, ...], options: dict[str, bool], plain: bool, make: Make, tmp_path: Path) -> None:
    before = installed()
    interpreters = make(*names, **options)
    assert interpreters.plain is plain
    assert installed() == before, "nothing before the first interpreter is asked for"
    interpreter = interpreters.get("a")
    assert interpreters.get("a") is interpreter
    assert interpreter.name == "a"
    assert interpreter.isolated is not plain
    assert (builtins.__import__ is before[0]) is plain
    assert (interpreter.path is sys.path) is plain
    module = ready(interpreter, tmp_path, mode_probe="").load("mode_probe")
    assert module.__name__ == ("mode_probe" if plain else "_site_a.mode_probe")
    assert interpreter.qualify("x") == ("x" if plain else "_site_a.x")
    assert ("mode_probe" in sys.modules) is plain
    assert (str(tmp_path) in sys.path) is plain


def test_a_name_that_nobody_announced_is_isolated(make: Make, tmp_path: Path) -> None:
    interpreters = make("a")
    a = ready(interpreters.get("a"), tmp_path / "a", whose="NAME = 'a'")
    b = ready(interpreters.get("b"), tmp_path / "b", whose="NAME = 'b'")
    assert [each.load("whose").NAME for each in (a, b, a)] == ["a", "b", "a"]
    assert not a.isolated
    assert b.isolated


def test_requests_cannot_make_interpreters_without_end(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters_module, "MAX_DYNAMIC_INTERPRETERS", 2)
    interpreters = make("a", "b", dynamic=True)
    for name in ("/x/", "/y/", "a", "b", "/x/"):
        interpreters.get(name)
    with pytest.raises(ConfigError, match="no interpreter for '/z/': there are 2 already"):
        interpreters.get("/z/")


def test_closed(make: Make) -> None:
    interpreters = make("a")
    interpreters.close()
    with pytest.raises(RuntimeError):
        interpreters.get("a")


PACKAGES = {
    "www.example.com": "_site_www_example_com",
    "main_interpreter": "_site_main_interpreter",
    "a.b": "_site_a_b_c342481f882a616a",  # as "a_b" is there too
    "a_b": "_site_a_b_9ad734a6cf4947b6",
    "/srv/www/": "_site__srv_www__2ede41fd4d9d8949",
    "": "_site__ef2a8b78dd80da9c",
}


def test_package_names_are_unique_and_the_same_in_every_process(make: Make) -> None:
    first, second = make(*PACKAGES), make(*reversed(PACKAGES))
    assert {name: first.get(name).qualify("")[:-1] for name in PACKAGES} == PACKAGES
    others = {second.get(name).qualify("")[:-1] for name in PACKAGES}
    assert len(others | set(PACKAGES.values())) == 2 * len(PACKAGES), "a second Application has others"
    first.close()
    second.close()
    again = make(*reversed(PACKAGES))
    assert {name: again.get(name).qualify("")[:-1] for name in reversed(PACKAGES)} == PACKAGES


# ---- the path -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [False, True], ids=["plain", "isolated"])
def test_path(make: Make, tmp_path: Path, private: bool) -> None:
    interpreter = make("a", private=private).get("a")
    before = list(sys.path)
    assert interpreter.path == before
    for name in ("one", "two", "one"):
        interpreter.prepend(str(tmp_path / name))
    assert interpreter.path == [str(tmp_path / "two"), str(tmp_path / "one"), *before]
    interpreter.path.remove(str(tmp_path / "two"))
    interpreter.prepend(str(tmp_path / "two"))
    assert str(tmp_path / "two") not in interpreter.path, "once, as the original"
    assert (sys.path == before) is private
    interpreter.path.remove(str(tmp_path / "one"))


@pytest.mark.parametrize("private", [False, True], ids=["plain", "isolated"])
def test_python_path(make: Make, tmp_path: Path, private: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    interpreter = make("a", private=private).get("a")
    before = list(sys.path)
    library = folder(tmp_path / "lib", from_library="V = 1")
    interpreter.set_python_path(f"sys.path + [{library!r}]")
    interpreter.set_python_path(f"sys.path + [{library!r}]")
    assert interpreter.path == [*before, library]
    assert interpreter.load("from_library").V == 1
    interpreter.set_python_path(f"[os.path.join({str(tmp_path)!r}, 'x')] + sys.path")
    assert interpreter.path == [str(tmp_path / "x"), *before, library]
    interpreter.set_python_path("['/only']")
    assert interpreter.path == ["/only"]
    interpreter.path[:] = before


BAD_PYTHON_PATHS = {
    "syntax": ("['/a'", "SyntaxError"),
    "name": ("paths + ['/a']", "NameError"),
    "error": ("sys.path + 1", "TypeError"),
    "one directory": ("'/srv/lib'", "a list of directories is needed, not '/srv/lib'"),
    "no list": ("7", "TypeError"),
    "no str": ("[1]", "a list of directories is needed"),
    "nothing": ("", "SyntaxError"),
}


@pytest.mark.parametrize(("expression", "message"), BAD_PYTHON_PATHS.values(), ids=list(BAD_PYTHON_PATHS))
def test_bad_python_path(expression: str, message: str, make: Make) -> None:
    interpreter = make("a", "b").get("a")
    before = list(interpreter.path)
    for _ in range(2):
        with pytest.raises(ConfigError) as caught:
            interpreter.set_python_path(expression)
        assert str(caught.value).startswith(f"PythonPath {expression}: ")
        assert message in str(caught.value)
    assert interpreter.path == before


def test_each_has_its_own_path(make: Make, tmp_path: Path) -> None:
    interpreters = make("a", "b")
    before = list(sys.path)
    for name in "ab":
        interpreter = interpreters.get(name)
        library = folder(tmp_path / f"lib-{name}", library=f"V = {name!r}")
        interpreter.set_python_path(f"[{library!r}] + sys.path")
        extra = folder(tmp_path / f"extra-{name}", extra=f"V = {name!r}")
        ready(
            interpreter,
            tmp_path / name,
            main=f"import sys, library\nsys.path.append({extra!r})\nimport extra\nvalues = [library.V, extra.V]",
        )
    assert [interpreters.get(name).load("main").values for name in "ab"] == [["a", "a"], ["b", "b"]]
    assert sys.path == before


def test_a_handler_on_the_path_that_the_process_was_started_with(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder(tmp_path / "own", handler_on_path="import beside_it", beside_it="V = 1"))
    vendored = Path(folder(tmp_path / "vendored", vendored_handler="", vendored_module=""))
    (vendored / "something-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(vendored))
    interpreter = make("a", "b").get("a")
    module = interpreter.load("handler_on_path")
    assert module.__name__ == "_site_a.handler_on_path"
    assert module.beside_it.__name__ == "_site_a.beside_it"
    assert interpreter.load("vendored_handler").__name__ == "vendored_handler", "an installer's directory is shared"
    assert make("c", "d").get("c").load("vendored_module").__name__ == "vendored_module"
    for name in ("vendored_handler", "vendored_module"):
        del sys.modules[name]


def test_what_the_process_has_imported_already_is_watched_too(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(folder(tmp_path / "own", imported_before="V = 1"))
    monkeypatch.syspath_prepend(str(root))
    before = importlib.import_module("imported_before")
    interpreter = make("a").get("a")
    interpreter.prepend(str(root))
    assert interpreter.load("imported_before") is before
    folder(root, imported_before="V = 22")
    assert interpreter.load("imported_before").V == 22


def test_the_library_and_what_is_installed_are_nobodys_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever this Python has them, also where they do not stand on its path."""
    places = sysconfig.get_paths()
    monkeypatch.setattr(sys, "path", [])
    path = SitePath()
    found = [places[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    assert not [place for place in (*found, f"{places['platstdlib']}/lib-dynload") if path.is_own(place)]
    assert path.is_own("/srv/site")


def test_a_virtual_environment_inside_a_site_is_no_part_of_it(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "app/venv/lib/python3/site-packages"
    folder(packages, installed_inside="import sys; V = 1")
    monkeypatch.syspath_prepend(str(packages))
    interpreter = ready(make("a", "b").get("a"), tmp_path / "app", main="import installed_inside")
    assert interpreter.load("main").installed_inside.__name__ == "installed_inside"
    del sys.modules["installed_inside"]


def test_a_virtual_environment_that_only_the_site_names_is_its_own(make: Make, tmp_path: Path) -> None:
    """As with `PythonPath "['/srv/a/venv/lib/python3/site-packages'] + sys.path"` of each of two virtual hosts."""
    several = make("a", "b")
    for name in "ab":
        packages = tmp_path / name / "venv/lib/python3/site-packages"
        text = f"import framework.state; V = {name!r}; framework.state.seen.append(V)"
        folder(packages / "framework", __init__="", entry=text, state="seen = []")
        folder(packages / f"framework-{name}.dist-info")
        several.get(name).path.insert(0, str(packages))
    for name in "ab":
        loaded = several.get(name).load("framework.entry")
        assert (loaded.V, loaded.framework.state.seen) == (name, [name])


def test_our_own_names_are_never_a_sites(make: Make, tmp_path: Path) -> None:
    import modpy_wsgi.errors

    root = tmp_path / "a"
    folder(root / "modpy_wsgi", __init__="MINE = 1")
    interpreter = ready(make("a", "b").get("a"), root, main="import modpy_wsgi.errors as errors")
    assert interpreter.load("main").errors is modpy_wsgi.errors


# ---- many in one process -------------------------------------------------------------------------------------------


def test_plain_applications_share_what_is_one(make: Make, tmp_path: Path) -> None:
    first, second = make("a").get("a"), make("b").get("b")
    found = [ready(first, tmp_path / "one", same_name="V = 1").load("same_name").V]
    found += [ready(second, tmp_path / "two", same_name="V = 2").load("same_name").V]
    assert found == [1, 1], "the first wins, as in the original"
    folder(tmp_path / "one", same_name="V = 11")
    assert second.load("same_name") is first.load("same_name")
    assert first.load("same_name").V == 11


@pytest.mark.parametrize("private", [False, True], ids=["plain", "isolated"])
def test_two_directories_of_one_interpreter(make: Make, tmp_path: Path, private: bool) -> None:
    interpreter = make("a", private=private).get("a")
    ready(interpreter, tmp_path / "one", same_name="import beside; V = 1", beside="V = 1")
    assert interpreter.load("same_name").V == 1
    ready(interpreter, tmp_path / "two", same_name="import beside; V = 2", beside="V = 2")
    for text, value in (("import beside; V = 11", 11), ("import beside; V = 111", 111)):
        assert interpreter.load("same_name").beside.V == 1
        folder(tmp_path / "one", same_name=text)
        assert value == interpreter.load("same_name").V
    (tmp_path / "one/same_name.py").unlink()
    assert interpreter.load("same_name").V == 2


def test_private_applications_share_nothing(make: Make, tmp_path: Path) -> None:
    modules = []
    for number in range(5):
        interpreter = make("localhost", private=True).get("localhost")
        modules.append(ready(interpreter, tmp_path / str(number), mptest=f"V = {number}").load("mptest"))
    assert [module.V for module in modules] == list(range(5))
    assert len({module.__name__ for module in modules}) == 5


def test_close_in_any_order_with_somebody_elses_hook(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make("a", private=True), make("a", private=True)
    ready(first.get("a"), tmp_path / "1", main="import json").load("main")
    ready(second.get("a"), tmp_path / "2", main="import json").load("main")
    ours = builtins.__import__
    calls = []

    def wrapping(name: str, *arguments: Any, **options: Any) -> ModuleType:
        calls.append(name)
        return ours(name, *arguments, **options)

    builtins.__import__ = wrapping
    try:
        first.close()
        second.close()
        assert builtins.__import__ is wrapping
        import json

        third = make("a", private=True)
        module = ready(third.get("a"), tmp_path / "3", main="import other", other="V = 3").load("main")
        assert (module.other.V, module.other.__name__) == (3, "_site_a.other")
        assert {"json", "other"} <= set(calls)
        assert json
    finally:
        builtins.__import__ = ours


def test_threads_that_prepend_at_once(make: Make, tmp_path: Path) -> None:
    interpreter = make("a").get("a")  # a plain one, whose path is the process's: the fixture sees what stays there
    threads = [threading.Thread(target=interpreter.prepend, args=(str(tmp_path),)) for _ in range(4)]
    with interpreter._ground.path_lock:
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert interpreter.path.count(str(tmp_path)) == 1


def test_a_directory_that_becomes_the_sites_while_another_thread_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    path = SitePath()

    class Meanwhile(frozenset[str]):
        def __contains__(self, place: object) -> bool:
            path.own(str(tmp_path))
            return super().__contains__(place)

    path._process = Meanwhile(path._process)
    assert not path.is_own(str(tmp_path)), "it was not when that was asked"
    assert path.is_own(str(tmp_path))


def test_threads_with_reloads(make: Make, tmp_path: Path) -> None:
    """8 threads, 4 sites with everything under the same names, one editor."""
    names = [f"{letter}.example" for letter in "abcd"]
    interpreters = make(*names)
    for name in names:
        ready(
            interpreters.get(name),
            tmp_path / name,
            main="import config, pickle, dataclasses\nfrom pkg_ import part\n"
            "@dataclasses.dataclass\nclass Item:\n    site: str\n"
            "def answer():\n    import late\n"
            "    copy = pickle.loads(pickle.dumps(Item(config.NAME)))\n"
            "    old = pickle.loads(b'cconfig\\nThing\\n.')\n"
            "    return {copy.site, late.NAME, part.NAME, old.SITE, config.NAME}\n",
            config=f"NAME = {name!r}\nVERSION = 0\nclass Thing:\n    SITE = {name!r}\n",
            late=f"NAME = {name!r}\n",
        )
        folder(tmp_path / name / "pkg_", __init__="", part="from config import NAME")
    stop, wrong, done = threading.Event(), [], [0] * 8

    def serve(number: int) -> None:
        name = names[number % 4]
        interpreter = interpreters.get(name)
        while not stop.is_set():
            token = interpreter.activate()
            try:
                module = interpreter.load("main")
                found = module.answer()
                if found != {name}:
                    wrong.append((name, found))
            except pickle.PicklingError:
                pass  # the class has been replaced between the import and the pickling: so it is in plain Python
            except BaseException as error:
                wrong.append((name, repr(error)))
                raise
            finally:
                interpreter.deactivate(token)
            done[number] += 1

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for version in range(1, 11):
        for name in names:
            text = f"NAME = {name!r}\nVERSION = {version}\nclass Thing:\n    SITE = {name!r}\n"
            new = tmp_path / name / "config.new"
            new.write_text(text)
            new.replace(tmp_path / name / "config.py")
        stop.wait(0.03)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert min(done) > 3
    assert [interpreters.get(name).load("main").config.VERSION for name in names] == [10] * 4


def test_greenlets(make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(site_packages, green_framework="def get():\n    import root_of_site\n    return root_of_site.NAME\n")
    import green_framework

    interpreters = make("a", "b")
    main_greenlet = greenlet.getcurrent()
    found: list[tuple[str, str]] = []

    def serve(name: str) -> None:
        interpreter = ready(interpreters.get(name), tmp_path / name, root_of_site=f"NAME = {name!r}")
        with interpreter.serving():
            for _ in range(3):
                main_greenlet.switch()
                found.append((name, green_framework.get()))

    greenlets = [greenlet.greenlet(serve) for _ in "ab"]
    for name, each in zip("ab", greenlets, strict=True):
        each.switch(name)
    for _ in range(3):
        for each in greenlets:
            each.switch()
    assert found == [("a", "a"), ("b", "b")] * 3


# ---- shared code that imports the site by name ---------------------------------------------------------------------

FRAMEWORK = {
    "import statement": "def get(name):\n    import site_root\n    return site_root",
    "from": "def get(name):\n    from site_root import NAME\n    import site_root as module\n    return module",
    "submodule": (
        "def get(name):\n    import site_pkg.sub, site_root\n    assert site_pkg.sub.V == 1\n    return site_root"
    ),
    "__import__": "def get(name): return __import__(name)",
    "__import__ with a fromlist": "def get(name): return __import__(name, fromlist=['__name__'], level=0)",
    "__import__, then sys.modules": "import sys\ndef get(name):\n    __import__(name)\n    return sys.modules[name]",
    "import_module": "import importlib\ndef get(name): return importlib.import_module(name)",
    "import_module, bound before": "from importlib import import_module as bound\ndef get(name): return bound(name)",
    "submodule by import_module, bound before": (
        "from importlib import import_module\ndef get(name):\n    assert import_module('site_pkg.sub').V == 1\n"
        "    import site_pkg.sub\n    assert type(site_pkg.sub).__name__ == 'module'\n    return import_module(name)"
    ),
    "pkgutil": "import pkgutil\ndef get(name): return pkgutil.resolve_name(name)",
    "find_spec": (
        "import importlib.util\ndef get(name):\n    assert importlib.util.find_spec(name)\n    return __import__(name)"
    ),
    "exec": "def get(name):\n    names = {}\n    exec('import site_root', names)\n    return names['site_root']",
}


@pytest.mark.parametrize("text", FRAMEWORK.values(), ids=list(FRAMEWORK))
def test_framework(text: str, make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(site_packages, some_framework=text)
    import some_framework

    interpreters = make("a", "b")
    found = []
    for name in "abab":
        interpreter = ready(interpreters.get(name), tmp_path / name, site_root=f"NAME = {name!r}")
        folder(tmp_path / name / "site_pkg", __init__="", sub="V = 1")
        assert interpreter.load("some_framework") is some_framework
        with interpreter.serving():
            module = some_framework.get("site_root")
            found.append(module.NAME)
            assert module.__name__ == f"_site_{name}.site_root"
    assert found == list("abab")
    with pytest.raises((ImportError, AttributeError, ValueError)):  # no site asks
        print(some_framework.get("site_root").NAME)


def test_a_sites_code_is_its_own_whoever_is_served(make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(site_packages, loading_framework="import pickle\ndef get(data): return pickle._loads(data)")
    main = (
        "import pickle\nfrom importlib import import_module\n"
        "def answer():\n    __import__('model')\n    import sys\n"
        "    return [sys.modules['model'].NAME, import_module('model').NAME, pickle.loads(b'cmodel\\nThing\\n.').NAME]"
    )
    interpreters = make("a", "b")
    for name in "ab":
        ready(
            interpreters.get(name), tmp_path / name, main=main, model=f"NAME = {name!r}\nclass Thing: NAME = {name!r}"
        )
    for served in "ab":
        with interpreters.get(served).serving():
            assert [interpreters.get(name).load("main").answer() for name in "ab"] == [["a"] * 3, ["b"] * 3]


def test_a_framework_called_from_a_thread_of_the_site(make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(site_packages, threaded_framework="def get():\n    import site_root\n    return site_root.NAME")
    interpreter = ready(
        make("a", "b").get("a"),
        tmp_path / "a",
        site_root="NAME = 'a'",
        main="import threading, threaded_framework as f\nfound = []\ndef answer():\n"
        "    t = threading.Thread(target=lambda: found.append(f.get()))\n    t.start()\n    t.join()\n    return found",
    )
    assert interpreter.load("main").answer() == ["a"]


def test_a_framework_gets_what_it_wants_before_the_sites_file(make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(
        site_packages,
        choosy_framework="import wanted_thing\ntry:\n    import winreg\nexcept ImportError:\n    winreg = None\n",
        wanted_thing="INSTALLED = 1",
    )
    interpreter = ready(
        make("a", "b").get("a"),
        tmp_path / "a",
        main="import wanted_thing, choosy_framework",
        wanted_thing="INSTALLED = 0",
        winreg="INSTALLED = 0",
    )
    main = interpreter.load("main")
    assert (main.wanted_thing.INSTALLED, main.choosy_framework.wanted_thing.INSTALLED) == (0, 1)
    assert getattr(main.choosy_framework.winreg, "INSTALLED", None) is None, "a name of the standard library"


def test_the_process_can_still_import_a_name_that_sites_use(make: Make, tmp_path: Path, site_packages: Path) -> None:
    interpreter = ready(
        make("a", "b").get("a"),
        tmp_path / "a",
        contested_name="NAME = 'a'",
        main="def answer(): return __import__('contested_name').NAME",
    )
    assert interpreter.load("main").answer() == "a"
    assert "contested_name" in sys.modules, "a stand-in"
    for importing in (lambda: __import__("contested_name"), lambda: importlib.import_module("contested_name")):
        with pytest.raises(ModuleNotFoundError, match="No module named 'contested_name'"):
            importing()
    folder(site_packages, contested_name="NAME = 'installed'")
    importlib.invalidate_caches()
    assert importlib.import_module("contested_name").NAME == "installed"
    assert interpreter.load("main").answer() == "a"
    del sys.modules["contested_name"]


def test_walking_through_sys_modules(make: Make, tmp_path: Path) -> None:
    interpreters = make("a", "b")
    ready(interpreters.get("a"), tmp_path / "a", main="__import__('walked')", walked="").load("main")
    b = ready(interpreters.get("b"), tmp_path / "b", walked="1 / 0")
    with b.serving():
        names = [getattr(module, "__name__", None) for module in list(sys.modules.values())]
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    assert "walked" in names
    assert files
    with pytest.raises(AttributeError, match="'walked' is a module of sites"):
        sys.modules["walked"].anything  # noqa: B018


# ---- pickles -------------------------------------------------------------------------------------------------------


def test_pickles_outlive_the_process(make: Make, tmp_path: Path) -> None:
    """Written by one process, read by the next, whatever the number of interpreters has become."""
    texts = {
        "model": "class Thing:\n    def __init__(self): self.x = 5\n",
        "main": "import pickle, model\ndef dump(): return pickle.dumps(model.Thing())\n"
        "def load(data):\n    t = pickle.loads(data)\n    return [type(t) is model.Thing, t.x]\n",
    }
    written = []
    for names in (("a", "b"), ("a",), ("renamed", "b")):
        interpreters = make(*names)
        main = ready(interpreters.get(names[0]), tmp_path / "a", **texts).load("main")
        written.append(main.dump())
        assert [main.load(data) for data in written] == [[True, 5]] * len(written), names
        interpreters.close()


def test_session_like_code_unpickles_for_the_site(make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(site_packages, session_store="import pickle\ndef load(data): return pickle.loads(data)")
    import session_store

    interpreters = make("a", "b")
    for name in "ab":
        interpreter = ready(interpreters.get(name), tmp_path / name, model=f"class Thing: SITE = {name!r}")
        with interpreter.serving():
            assert name == session_store.load(b"cmodel\nThing\n.").SITE
            assert name == session_store.load(pickle.dumps(interpreter.load("model").Thing())).SITE


# ---- whose request it is -------------------------------------------------------------------------------------------


def test_activation_nests(make: Make, tmp_path: Path, site_packages: Path) -> None:
    folder(site_packages, asking_framework="def get():\n    import only_in_a\n    return only_in_a.NAME")
    import asking_framework

    isolated, plain = make("a", "b"), make("c")
    a, b = ready(isolated.get("a"), tmp_path / "a", only_in_a="NAME = 'a'"), isolated.get("b")
    with a.serving():
        assert asking_framework.get() == "a"
        for other in (b, plain.get("c")):
            with other.serving(), pytest.raises(ModuleNotFoundError):
                asking_framework.get()
        assert asking_framework.get() == "a"


def test_activation_of_a_plain_interpreter_does_nothing(make: Make) -> None:
    interpreter = make("a").get("a")
    assert interpreter.activate() is None
    interpreter.deactivate(None)


def test_interpreter_of_caller(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "whose", interpreter_of_caller, raising=False)
    assert interpreter_of_caller() is None
    texts = {"main": "import sys\ndef answer(): return sys.whose(0)"}
    isolated = make("a", "b")
    for name in "ab":
        assert ready(isolated.get(name), tmp_path / name, **texts).load("main").answer() is isolated.get(name)
    plain = make("c").get("c")
    assert ready(plain, tmp_path / "c", **texts).load("main").answer() is plain
    with isolated.get("b").serving():
        assert interpreter_of_caller(0) is isolated.get("b")
