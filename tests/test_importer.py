"""What a site's `import` means: the same in an interpreter of its own as in plain Python, which is the oracle here.

The table of probes is run by plain CPython in processes of its own, by a plain interpreter, and by two isolated
interpreters that have everything under the same names at once.
"""

from __future__ import annotations

import builtins
import importlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from import_probes import PROBES, Probe, write_site

from modpy_wsgi.interpreter import Interpreter
from modpy_wsgi.interpreters import Interpreters


@pytest.fixture
def sites() -> Iterator[Callable[..., Interpreters]]:
    made: list[Interpreters] = []

    def make(*names: str, **options: bool) -> Interpreters:
        made.append(Interpreters(names, **options))
        return made[-1]

    before = (builtins.__import__, importlib.import_module, list(sys.meta_path), list(sys.path))
    yield make
    for each in made:
        each.close()
    assert before == (builtins.__import__, importlib.import_module, sys.meta_path, sys.path), (
        "something stayed installed"
    )
    assert not [name for name in sys.modules if name.startswith("_site_")]


def answer(interpreter: Interpreter, root: Path) -> Any:
    interpreter.prepend(str(root))
    token = interpreter.activate()
    try:
        return json.loads(json.dumps(interpreter.load("main").answer()))
    finally:
        interpreter.deactivate(token)


IN_PLAIN_PYTHON = """
import json, os, sys
for folder in sys.argv[1:]:
    child = os.fork()
    if not child:
        sys.path.insert(0, folder)
        import main
        with open(os.path.join(folder, 'answer.json'), 'w') as out:
            json.dump(main.answer(), out)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_the_table_is_what_plain_python_does(tmp_path: Path) -> None:
    folders = {
        name: write_site(tmp_path / str(index), probe.site) for index, (name, probe) in enumerate(PROBES.items())
    }
    subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", IN_PLAIN_PYTHON, *map(str, folders.values())],
        check=True,
        timeout=60,
    )
    answers = {name: json.loads((folder / "answer.json").read_text()) for name, folder in folders.items()}
    assert answers == {name: probe.wanted for name, probe in PROBES.items()}


@pytest.mark.parametrize("probe", PROBES.values(), ids=list(PROBES))
def test_plain(
    probe: Probe, tmp_path: Path, sites: Callable[..., Interpreters], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    interpreter = sites("only").get("only")
    assert not interpreter.isolated
    assert answer(interpreter, write_site(tmp_path, probe.site)) == probe.wanted
    assert interpreter.load("main").__name__ == "main"
    assert str(tmp_path) in sys.path


@pytest.mark.parametrize("probe", PROBES.values(), ids=list(PROBES))
def test_isolated(probe: Probe, tmp_path: Path, sites: Callable[..., Interpreters]) -> None:
    interpreters = sites("a.example", "b.example")
    path_before = list(sys.path)
    results = []
    for name in ("a.example", "b.example"):
        root = write_site(tmp_path / name, probe.site)
        (root / "whose.py").write_text(f"NAME = {name!r}")
        results.append(answer(interpreters.get(name), root))
    assert results == [probe.wanted, probe.wanted]
    for name in ("a.example", "b.example"):
        assert name == interpreters.get(name).load("whose").NAME
    assert interpreters.get("a.example").load("main") is not interpreters.get("b.example").load("main")
    assert sys.path == path_before


@pytest.mark.parametrize("probe", PROBES.values(), ids=list(PROBES))
def test_isolated_without_an_active_request(probe: Probe, tmp_path: Path, sites: Callable[..., Interpreters]) -> None:
    interpreter = sites("only", private=True).get("only")
    interpreter.prepend(str(write_site(tmp_path, probe.site)))
    out: list[Any] = []
    thread = threading.Thread(target=lambda: out.append(interpreter.load("main").answer()))
    thread.start()
    thread.join()
    assert json.loads(json.dumps(out)) == [probe.wanted]
