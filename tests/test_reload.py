"""Modules of a site that are loaded again: which, when, and what is seen meanwhile.

All of it in a plain and in an isolated interpreter.
"""

from __future__ import annotations

import importlib.util
import os
import py_compile
import sys
import textwrap
import threading
import time
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from modpy_wsgi import interpreter_ground as ground
from modpy_wsgi import known_files
from modpy_wsgi._fast.look import as_they_were, look
from modpy_wsgi.interpreter import Interpreter
from modpy_wsgi.interpreters import Interpreters

EXECUTED: list[str] = []  # what ran, in order: each module of a test site notes its name


class Site:
    """A folder with a handler's directory in it, and the interpreter that serves it."""

    def __init__(self, root: Path, interpreter: Interpreter) -> None:
        self.root = root
        self.interpreter = interpreter
        interpreter.prepend(str(root))

    def write(self, name: str, text: str, *, mtime_ns: int | None = None) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        noting = f"import sys; sys.executed.append({name.removesuffix('.py')!r})\n"
        before = file.stat() if file.exists() else None
        file.write_text(noting + textwrap.dedent(text))
        if mtime_ns is None and before is not None:  # the clock of the file system ticks in milliseconds
            mtime_ns = max(before.st_mtime_ns + 1000, file.stat().st_mtime_ns)
        if mtime_ns is not None:
            os.utime(file, ns=(mtime_ns, mtime_ns))
        return file

    def load(self, name: str = "main", **options: Any) -> ModuleType:
        return self.interpreter.load(name, **options)

    def loading(self, name: str = "main") -> list[str]:
        """What is executed by a load."""
        EXECUTED.clear()
        self.load(name)
        return sorted(EXECUTED)

    def key(self, name: str) -> str:
        return self.interpreter.qualify(name)


@pytest.fixture(params=["plain", "isolated"])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(sys, "executed", EXECUTED, raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    EXECUTED.clear()
    interpreters = Interpreters(["a.example"], private=request.param == "isolated")
    modules = set(sys.modules)
    yield Site(tmp_path / "site", interpreters.get("a.example"))
    interpreters.close()
    assert not {
        name for name in set(sys.modules) - modules if "site" in str(getattr(sys.modules[name], "__file__", ""))
    }


def test_a_changed_file(site: Site) -> None:
    site.write("main.py", "V = 1")
    first = site.load()
    assert site.load() is first
    assert EXECUTED == ["main"]
    site.write("main.py", "V = 2")
    second = site.load()
    assert (first.V, second.V) == (1, 2)
    assert sys.modules[site.key("main")] is second
    assert site.load() is second


def test_a_changed_module_that_it_imports(site: Site) -> None:
    site.write("main.py", "import middle\ndef value(): return middle.value()")
    site.write("middle.py", "from config import V\ndef value(): return V")
    site.write("config.py", "V = 1")
    site.write("other.py", "import aside")
    site.write("aside.py", "")
    site.load("other")
    first = site.load()
    site.write("config.py", "V = 2")
    assert site.loading() == ["config", "main", "middle"]
    assert site.load().value() == 2
    assert first.value() == 1, "who has the old module keeps it whole"
    site.write("middle.py", "from config import V\ndef value(): return V + 1")
    assert site.loading() == ["main", "middle"]
    assert site.load().value() == 3
    assert site.loading("other") == []


IMPORTS = {
    "at the top": "import lib.config as config",
    "from a package": "from lib import config",
    "a name from it": "from lib.config import V\nclass config: V = V",
    "star": "from lib.config import *\nclass config: V = V",
    "in a function": "class Lazy:\n    @property\n    def V(self):\n        from lib import config\n"
    "        return config.V\nconfig = Lazy()",
    "import_module": "import importlib\nconfig = importlib.import_module('lib.config')",
    "import_module, computed": "import importlib\nconfig = importlib.import_module('.'.join(['lib', 'config']))",
    "__import__": "config = __import__('lib.config').config",
    "relative": "from lib.relay import config",
    "if all else fails": "try:\n    from lib import nothing\nexcept ImportError:\n    import lib.config\n"
    "config = lib.config",
}


@pytest.mark.parametrize("statement", IMPORTS.values(), ids=list(IMPORTS))
def test_however_it_was_imported(site: Site, statement: str) -> None:
    site.write("main.py", f"{statement}\ndef value(): return config.V")
    site.write("lib/__init__.py", "KIND = 1")
    site.write("lib/relay.py", "from . import config")
    site.write("lib/config.py", "V = 1")
    assert site.load().value() == 1
    site.write("lib/config.py", "V = 2")
    assert site.load().value() == 2
    assert {"main", "lib/config"} <= set(EXECUTED[-3:])
    assert EXECUTED.count("lib/__init__") == 1, "the package itself has not changed"
    site.write("lib/__init__.py", "KIND = 2")
    assert site.load().value() == 2
    assert EXECUTED.count("lib/__init__") == 2


def test_modules_of_a_package_that_change_at_once(site: Site) -> None:
    names = [f"part{number}" for number in range(6)]

    def write(version: int, order: list[str]) -> None:
        for name, following in zip(order, [*order[1:], None], strict=True):
            imports, value = (f"from . import {following}", f"{following}.value()") if following else ("", "0")
            site.write(f"lib/{name}.py", f"{imports}\ndef value(): return {version} + {value}")
        site.write("main.py", f"from lib import {order[0]} as first\nvalue = first.value")

    site.write("lib/__init__.py", "")
    write(1, names)
    assert site.load().value() == 6
    write(10, names)
    assert site.load().value() == 60
    write(100, names[::-1])  # each imports another one than before
    assert site.load().value() == 600
    site.write("lib/part0.py", "from . import part5\ndef value(): return part5.BASE")  # a circle
    site.write("lib/part5.py", "from . import part4\nBASE = 7\ndef value(): return part4.value()")
    assert site.load().value() == 407


def test_a_namespace_package(site: Site) -> None:
    site.write("main.py", "import space.inner.config\nfrom space.inner import config\ndef value(): return config.V")
    site.write("space/inner/config.py", "V = 1")
    assert site.load().value() == 1
    site.write("space/inner/config.py", "V = 2")
    assert site.load().value() == 2


def test_another_handler_notices_what_the_first_has_loaded_again(site: Site) -> None:
    for name in ("one", "two"):
        site.write(f"{name}.py", "import config")
    site.write("config.py", "V = 1")
    assert site.load("one").config is site.load("two").config
    site.write("config.py", "V = 2")
    assert site.loading("one") == ["config", "one"]
    assert site.loading("two") == ["two"]
    assert site.load("one").config is site.load("two").config
    assert site.load("two").config.V == 2


def test_a_new_handler_with_a_changed_module(site: Site) -> None:
    site.write("one.py", "import config")
    site.write("config.py", "V = 1")
    site.load("one")
    site.write("config.py", "V = 1; NEW = 1")
    site.write("two.py", "from config import NEW")  # would fail for ever if only handler one looked at config
    assert site.load("two").NEW == 1
    site.write("config.py", "V = 1; NEW = 2")
    site.write("three.py", "import config")
    assert site.load("three").config.NEW == 2
    assert site.load("one").config is site.load("three").config


def test_same_size_in_the_same_second(site: Site) -> None:
    hour_ago = (time.time_ns() // 10**9 - 3600) * 10**9
    site.write("main.py", "import config", mtime_ns=hour_ago)
    file = site.write("config.py", "V = 1", mtime_ns=hour_ago)
    assert site.load().config.V == 1
    assert Path(importlib.util.cache_from_source(str(file))).exists(), "else this proves nothing"
    site.write("config.py", "V = 2", mtime_ns=hour_ago + 1)
    assert site.load().config.V == 2
    site.write("config.py", "V = 3", mtime_ns=hour_ago + 2)
    assert site.load().config.V == 3


def test_a_pyc_of_the_same_second_is_not_believed(site: Site) -> None:
    now = time.time_ns() // 10**9 * 10**9
    file = site.write("main.py", "V = 1", mtime_ns=now)
    compiled = Path(py_compile.compile(str(file), doraise=True))
    os.utime(compiled, ns=(now + 10**9, now + 10**9))
    site.write("main.py", "V = 2", mtime_ns=now + 10**8)
    assert site.load().V == 2


def test_a_settled_pyc_is_used(site: Site) -> None:
    then = time.time_ns() // 10**9 * 10**9 - 10**12
    file = site.write("main.py", "V = 1", mtime_ns=then)
    py_compile.compile(str(file), doraise=True)
    site.write("main.py", "V = 2", mtime_ns=then)  # nobody can see this: Python's own rule
    assert site.load().V == 1


def test_only_a_pyc(site: Site) -> None:
    source = site.write("main.py", "V = 1")
    py_compile.compile(str(source), cfile=str(site.root / "main.pyc"), doraise=True)
    source.unlink()
    assert site.load().V == 1
    os.utime(site.root / "main.pyc", ns=(1, 1))
    assert site.loading() == ["main"]


def test_in_a_zip(site: Site) -> None:
    archive = site.root / "lib.zip"

    def fill(value: int) -> None:
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("zipped.py", f"V = {value}\n")
            file.writestr("zpkg/__init__.py", "")
            file.writestr("zpkg/inner.py", f"V = {value} + 1\n# {'x' * value}\n")

    site.write("main.py", "import zipped\nfrom zpkg import inner\ndef value(): return [zipped.V, inner.V]")
    fill(1)
    site.interpreter.set_python_path(f"[{str(archive)!r}] + sys.path")
    assert site.load().value() == [1, 2]
    fill(20)
    assert site.load().value() == [20, 21]


BROKEN = {
    "syntax": ("def (:", SyntaxError),
    "exception": ("import config\n1 / 0", ZeroDivisionError),
    "missing import": ("import config, nowhere_at_all", ModuleNotFoundError),
    "exit": ("import sys; sys.exit(1)", SystemExit),
}


@pytest.mark.parametrize(("text", "error"), BROKEN.values(), ids=list(BROKEN))
def test_a_failed_load_leaves_nothing(site: Site, text: str, error: type[BaseException]) -> None:
    site.write("config.py", "V = 1")
    site.write("main.py", text)
    for _ in range(2):
        with pytest.raises(error):
            site.load()
        assert site.key("main") not in sys.modules
    site.write("main.py", "import config\nV = config.V")
    assert site.load().V == 1


@pytest.mark.parametrize(("text", "error"), BROKEN.values(), ids=list(BROKEN))
def test_a_failed_reload(site: Site, text: str, error: type[BaseException]) -> None:
    site.write("config.py", "V = 1")
    site.write("main.py", "import config\ndef value():\n    import config\n    return config.V")
    first, config = site.load(), sys.modules[site.key("config")]
    site.write("config.py", "V = 2")
    site.write("main.py", text)
    for _ in range(3):
        with pytest.raises(error):
            site.load()
        assert sys.modules[site.key("main")] is first
        assert sys.modules[site.key("config")] is config
        assert first.value() == 1
    assert site.load(autoreload=False) is first
    site.write("main.py", "import config\ndef value(): return config.V")
    assert site.load().value() == 2


def test_a_failed_reload_of_a_package(site: Site) -> None:
    site.write("main.py", "from pkg import a, b\ndef value(): return [a.V, b.V]")
    site.write("pkg/__init__.py", "")
    site.write("pkg/a.py", "V = 1")
    site.write("pkg/b.py", "V = 1")
    first, package = site.load(), sys.modules[site.key("pkg")]
    site.write("pkg/a.py", "V = 2")
    site.write("pkg/b.py", "V = ")
    with pytest.raises(SyntaxError):
        site.load()
    assert [package.a, package.b] == [first.a, first.b]
    assert first.value() == [1, 1]
    site.write("pkg/b.py", "V = 2")
    assert site.load().value() == [2, 2]
    assert sys.modules[site.key("pkg")] is package, "the package itself has not changed"
    assert [package.a.V, package.b.V] == [2, 2]


def test_nobody_keeps_a_half_loaded_module(site: Site) -> None:
    site.write("main.py", "import partner, config\nHALF = 1\nfrom nowhere_at_all import x")
    site.write("partner.py", "import main, further")
    site.write("further.py", "import partner")
    site.write("config.py", "")
    with pytest.raises(ModuleNotFoundError):
        site.load()
    assert site.key("partner") not in sys.modules, "it has the half-loaded main"
    assert site.key("further") not in sys.modules, "it has what has the half-loaded main"
    assert site.key("config") in sys.modules, "nothing is wrong with it"
    site.write("main.py", "import partner\nWHOLE = 1")
    assert site.load().partner.main.WHOLE == 1


def test_no_submodules_are_left_of_a_package_that_failed(site: Site) -> None:
    site.write("main.py", "import pkg.child\ndef value(): return pkg.child.V")
    site.write("pkg/__init__.py", "from . import child\nfrom . import broken")
    site.write("pkg/child.py", "V = 1")
    site.write("pkg/broken.py", "1 / 0")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            site.load()
        assert not [name for name in sys.modules if f"{name}.".startswith((site.key("pkg."), site.key("main.")))]
    site.write("pkg/broken.py", "")
    assert site.load().value() == 1


def test_a_file_that_goes_away_and_comes_back(site: Site) -> None:
    file = site.write("main.py", "V = 1")
    site.load()
    file.unlink()
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'main'$") as caught:
        site.load()
    assert caught.value.name == "main"
    site.write("main.py", "V = 2")
    assert site.load().V == 2


def test_a_module_that_is_not_imported_any_more(site: Site) -> None:
    site.write("main.py", "import config")
    config = site.write("config.py", "V = 1")
    site.load()
    site.write("main.py", "")
    assert site.loading() == ["main"]
    config.unlink()
    assert site.loading() == []


def test_missing_then_written(site: Site) -> None:
    site.write("main.py", "try:\n    import local\nexcept ImportError:\n    local = None")
    assert site.load().local is None
    for name in ("late", "later"):
        with pytest.raises(ModuleNotFoundError):
            site.load(name)
        before = site.root.stat().st_mtime_ns
        site.write(f"{name}.py", "V = 1")
        os.utime(site.root, ns=(before, before))  # written within one tick of the clock
        assert site.load(name).V == 1
    site.write("local.py", "V = 1")
    site.write("main.py", "import local")
    assert site.load().local.V == 1


def test_autoreload_off(site: Site) -> None:
    site.write("main.py", "import config")
    site.write("config.py", "")
    first = site.load(autoreload=False)
    site.write("config.py", "V = 2")
    assert site.load(autoreload=False) is first
    assert site.load() is not first


def test_what_it_costs(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "framework_for_reload.py").write_text("import main")
    monkeypatch.syspath_prepend(str(installed))
    site.interpreter.path.append(str(installed))
    site.write("main.py", "import config, json, lib.sub")
    site.write("config.py", "import main")
    site.write("lib/__init__.py", "")
    site.write("lib/sub.py", "")
    site.write("unrelated.py", "")
    for name in ("main", "unrelated", "framework_for_reload"):
        for _ in range(2):
            site.load(name)
    asked: list[str] = []
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **options: (asked.append(str(path)), real(path, **options))[1])
    monkeypatch.setattr(known_files, "look", lambda path, *before: (asked.append(path), look(path, *before))[1])
    for module in (ground, known_files):
        monkeypatch.setattr(
            module, "as_they_were", lambda looks: (asked.extend([path for path, _ in looks]), as_they_were(looks))[1]
        )
    counts = {}
    for name, autoreload in (("main", True), ("unrelated", True), ("framework_for_reload", True), ("main", False)):
        asked.clear()
        site.load(name, autoreload=autoreload)
        counts[name, autoreload] = sorted(Path(path).relative_to(site.root).as_posix() for path in asked)
    monkeypatch.undo()
    sys.modules.pop("framework_for_reload")
    assert counts == {
        ("main", True): ["config.py", "lib/__init__.py", "lib/sub.py", "main.py"],
        ("unrelated", True): ["unrelated.py"],
        ("framework_for_reload", True): [],
        ("main", False): [],
    }


def test_the_log_is_told(site: Site) -> None:
    lines: list[str] = []
    site.write("main.py", "")
    for _ in range(2):
        site.load(log=lines.append)
    assert lines == ["mod_python: (Re)importing module 'main'"]
    site.write("main.py", "V = 1")
    for _ in range(2):
        site.load(log=lines.append)
    assert lines == ["mod_python: (Re)importing module 'main'"] * 2


def test_a_traceback_shows_the_sites_lines(site: Site) -> None:
    site.write("main.py", "import lib.broken")
    site.write("lib/__init__.py", "")
    site.write("lib/broken.py", "def go(): 1 / 0\ngo()")
    with pytest.raises(ZeroDivisionError) as caught:
        site.load()
    lines = [(Path(frame.filename).name, frame.name) for frame in traceback.extract_tb(caught.tb)]
    assert lines[-3:] == [("main.py", "<module>"), ("broken.py", "<module>"), ("broken.py", "go")]
    assert {name for name, _ in lines[:-3]} == {"test_reload.py", "interpreter.py", "interpreter_ground.py"}
    with pytest.raises(ModuleNotFoundError) as missing:
        site.load("nowhere_at_all")
    assert {Path(frame.filename).name for frame in traceback.extract_tb(missing.tb)} == {
        "test_reload.py",
        "interpreter.py",
        "interpreter_ground.py",
    }


def test_load_from_a_modules_top_level(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "load", site.load, raising=False)  # as apache.import_module does
    site.write("main.py", "import sys\nconfig = sys.load('con' + 'fig')")
    site.write("config.py", "V = 1")
    assert site.load().config.V == 1
    site.write("config.py", "V = 2")
    assert site.load().config.V == 2


def test_reloaded_by_the_site_itself(site: Site) -> None:
    site.write("main.py", "import importlib, config\ndef again(): return importlib.reload(config)")
    site.write("config.py", "V = 1")
    main = site.load()
    site.write("config.py", "V = 2")
    assert main.again().V == 2
    assert site.loading() == []
    site.write("config.py", "V = ")
    with pytest.raises(SyntaxError):
        main.again()
    with pytest.raises(SyntaxError):
        site.load()
    site.write("config.py", "V = 3")
    assert site.load().config.V == 3


def test_a_file_by_itself(site: Site, tmp_path: Path) -> None:
    pages = [tmp_path / folder / "index.py" for folder in ("x", "x_y", "x/y")]
    site.write("config.py", "V = 1")
    for number, page in enumerate(pages):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            "import config, pickle\nclass C: pass\ndef f(): return type(pickle.loads(pickle.dumps(C()))) is C\n"
            f"N = {number}\n"
        )
    loaded = [site.interpreter.load_file(str(page)) for page in pages]
    assert [page.N for page in loaded] == [0, 1, 2]
    assert [page.__file__ for page in loaded] == [str(page) for page in pages]
    assert loaded[0].f()
    assert [site.interpreter.load_file(str(page)) for page in pages] == loaded
    site.write("config.py", "V = 2")
    assert site.interpreter.load_file(str(pages[0])).config.V == 2
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            site.interpreter.load_file(str(tmp_path / "none.py"))


def test_one_thread_loads_again_and_nobody_sees_half_of_it(site: Site) -> None:
    site.write("main.py", "import config, time\nstarted = 1\ntime.sleep(0.02)\nV = config.V\ndone = 1")
    site.write("config.py", "import time\ntime.sleep(0.02)\nV = 0")
    site.load()
    for version in range(1, 4):
        EXECUTED.clear()
        site.write("config.py", f"import time\ntime.sleep(0.02)\nV = {version}")
        barrier = threading.Barrier(8)
        seen: list[Any] = []

        def work(barrier: threading.Barrier = barrier, seen: list[Any] = seen) -> None:
            barrier.wait()
            module = site.load()
            seen.append((module.V, module.config.V, module.done, id(module)))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 8
        assert {each[:3] for each in seen} == {(version, version, 1)}
        assert len({each[3] for each in seen}) == 1
        assert sorted(EXECUTED) == ["config", "main"]


def test_who_needs_what_is_loaded_again_waits_for_it(site: Site) -> None:
    for name in ("one", "two"):
        site.write(f"{name}.py", "from config import V")
    site.write("config.py", "V = 1")
    assert [site.load("one").V, site.load("two").V] == [1, 1]
    entered, leave = threading.Event(), threading.Event()
    sys.events = (entered, leave)  # type: ignore[attr-defined]
    try:
        site.write("config.py", "import sys\nsys.events[0].set()\nassert sys.events[1].wait(10)\nV = 2")
        EXECUTED.clear()
        first = threading.Thread(target=site.load, args=("one",))
        first.start()
        assert entered.wait(10)
        second = threading.Thread(target=site.load, args=("two",))
        second.start()
        second.join(0.1)
        assert EXECUTED == ["one", "config"]
        leave.set()
        first.join(10)
        second.join(10)
        assert EXECUTED == ["one", "config", "two"]
        assert [site.load("one").V, site.load("two").V] == [2, 2]
    finally:
        leave.set()
        del sys.events  # type: ignore[attr-defined]


def test_loads_from_top_levels_do_not_wait_for_each_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread loads main again and imports shared; another imports shared, which loads a module by itself."""
    inside, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(sys, "events", (inside, go_on), raising=False)
    monkeypatch.setattr(sys, "load", site.load, raising=False)
    site.write("other.py", "def late():\n    import shared\n    return shared.config.V")
    site.write("shared.py", "import sys\nsys.events[1].set()\nsys.events[0].wait(10)\nconfig = sys.load('config')")
    site.write("config.py", "V = 1")
    site.write("main.py", "V = 1")
    site.load("config")
    site.load()
    other = site.load("other")
    found: list[int] = []
    site.write("config.py", "V = 7")  # so that it would have to be loaded again
    site.write("main.py", "import sys\nassert sys.events[1].wait(10)\nsys.events[0].set()\nimport shared\nV = 2")
    threads = [
        threading.Thread(target=lambda: found.append(site.load().V), daemon=True),
        threading.Thread(target=lambda: found.append(other.late()), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(found) == [1, 2]


def test_a_slow_reload_does_not_hold_up_other_handlers(site: Site) -> None:
    site.write("main.py", "V = 1")
    site.write("other.py", "V = 1")
    site.load()
    site.load("other")
    entered, leave = threading.Event(), threading.Event()
    sys.events = (entered, leave)  # type: ignore[attr-defined]
    try:
        site.write("main.py", "import sys\nsys.events[0].set()\nassert sys.events[1].wait(10)\nV = 2")
        thread = threading.Thread(target=site.load)
        thread.start()
        assert entered.wait(10)
        assert site.load("other").V == 1
        assert site.load(autoreload=False).V == 1
        leave.set()
        thread.join()
        assert site.load().V == 2
    finally:
        leave.set()
        del sys.events  # type: ignore[attr-defined]
