"""The short ways of the walk come to what a descent from the root comes to, however the site changes meanwhile."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi.config.host_config import HostConfig
from modpy_wsgi.httpd import walk as module
from modpy_wsgi.httpd.walk import Refused, Walk, walk
from tests.wsgi_site import Folder

NAMES = ["a", "b", "c", "\udcff"]
ODD = ["", ".", "..", "x" * 256, "absent", ".htaccess"]
OPTIONS = ["", "Options FollowSymLinks", "Options SymLinksIfOwnerMatch", "Options None", "Options -FollowSymLinks"]
OVERRIDES = ["", "", "AllowOverride All", "AllowOverride None"]
ROOT = os.geteuid() == 0
SEEDS = 12
OTHER = 12345  # a user without rights


class Tree:
    """A site's folder that changes at random."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root = root
        self.chance = chance
        self.changes = 0

    def path(self, deepest: int = 3) -> Path:
        return self.root.joinpath(*self.chance.choices(NAMES, k=self.chance.randint(1, deepest)))

    def target(self) -> str:
        """A file name to walk to."""
        parts = [self.chance.choice(NAMES if self.chance.random() < 0.9 else ODD) for _ in range(self.depth())]
        name = "/".join([str(self.root), *parts])
        return name + "/" * self.chance.choice((0, 0, 0, 1)) + self.chance.choice(("", "", "", "", "/x" * 2100))

    def depth(self) -> int:
        return self.chance.choice((1, 2, 2, 3, 3, 4, 5, 6, 9))

    def change(self) -> None:
        self.changes += 1
        with contextlib.suppress(OSError):  # one that cannot be is none
            self.chance.choice((self.folder, self.folder, self.htaccess, self.htaccess, self.remove, self.other))()

    def folder(self) -> None:
        self.path().mkdir(parents=self.chance.random() < 0.7)

    def htaccess(self) -> None:
        path = self.path().parent / self.chance.choice((".htaccess", ".htaccess", ".acl"))
        lines = [f"PythonOption k {self.changes}", *OPTIONS[1:]]
        line = self.chance.choice(lines) if self.chance.random() < 0.9 else "Nonsense"
        path.write_text(f"{line}\n".ljust(self.changes + 100, "#"))  # each of another size: a clock may stand still

    def remove(self) -> None:
        path = self.path()
        if self.chance.random() < 0.5:
            (path / ".htaccess").unlink()
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

    def other(self) -> None:
        path = self.path()
        what = self.chance.randrange(6)
        if what == 0:
            path.open("x").close()  # which waits for no pipe
        elif what == 1:
            os.rename(self.path(), path)
        elif what == 2:
            path.chmod(self.chance.choice((0o755, 0o755, 0o311, 0o644, 0)))
        elif what == 3:
            os.mkfifo(path)
        else:
            path.symlink_to(self.chance.choice((self.path(), Path("a"), Path("../b"), Path("nowhere"), self.path(1))))
            if ROOT and self.chance.random() < 0.3:
                os.lchown(path, OTHER, OTHER)


@pytest.fixture
def folder() -> Iterator[Folder]:
    """One that users without rights come to."""
    with tempfile.TemporaryDirectory() as path:
        os.chmod(path, 0o755)
        with Folder(Path(path)) as made:
            yield made


@contextlib.contextmanager
def user(number: int) -> Iterator[None]:
    """As another user, where one can be that."""
    if ROOT:
        os.seteuid(number)
    try:
        yield
    finally:
        if ROOT:
            os.seteuid(0)


def short(host: HostConfig, filename: str) -> Any:
    return answer(lambda: walk(host, filename))


def long(host: HostConfig, filename: str) -> Any:
    """By a descent, but for names that walk() refuses at once."""
    try:
        os.stat(filename)
    except PermissionError:
        return 403
    except OSError:
        pass
    return answer(lambda: module._descend(host, filename, exists=False))


def answer(call: Callable[[], Walk]) -> Any:
    try:
        file, rest, found, directory = call()
    except Refused as refused:
        return refused.status
    seen = found and (found.st_mode, found.st_ino, found.st_dev, found.st_uid)
    held = {setting.name: value for setting, value in directory.settings.items()}
    held["Options"] = directory.follow, directory.if_owner  # which are no equals when they are read again
    return file, rest, seen, directory.path, held


def sections(tree: Tree) -> str:
    """Directory sections about some of the folders, whether there or not."""
    made = []
    for _ in range(tree.chance.randint(0, 4)):
        lines = f"{tree.chance.choice(OPTIONS)}\n{tree.chance.choice(OVERRIDES)}\nPythonOption d {len(made)}"
        made.append(f'<Directory "{os.fsdecode(tree.root)}/{tree.chance.choice("abc")}">\n{lines}\n</Directory>')
    return "\n".join(made)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_short_ways(folder: Folder, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    tree = Tree(folder.root, chance)
    if chance.random() < 0.7:
        monkeypatch.setattr(module, "are_rights_settled", lambda found: True)  # so that trails are kept
    inside = f"{chance.choice(OPTIONS[:3])}\n{chance.choice(OVERRIDES)}"
    site = folder.serve(inside, f"AccessFileName .htaccess .acl\n{sections(tree)}").hosts.main.site
    taken = 0
    absent = module._absent

    def counted(host: HostConfig, filename: str) -> Any:
        nonlocal taken
        found = absent(host, filename)
        taken += found is not None
        return found

    monkeypatch.setattr(module, "_absent", counted)
    host = HostConfig(site)
    who = chance.choice((0, OTHER))
    for _ in range(60):
        tree.change()
    for _ in range(80):
        tree.change()
        for filename in [tree.target() for _ in range(6)]:
            with user(who):
                if "//" in filename and os.path.exists(filename):
                    continue  # which walk() never gets unless MergeSlashes is off
                assert short(host, filename) == long(HostConfig(site), filename), filename
    assert taken
