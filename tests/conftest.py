"""What every test leaves behind: nothing."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from modpy_wsgi import Application
from tests.wsgi_site import Folder

hypothesis.settings.register_profile("busy machine", deadline=None)  # how long an example takes says nothing there
hypothesis.settings.load_profile("busy machine")

# Tests of real servers and browsers: on a busy machine one may come too late for what it wants to see. It is run up to
# twice more then, and the summary says so. That goes for all tests of a module that starts servers, and for no others.
LIVE = ("tests.live_server", "tests.redis_server", "selenium")
AGAIN = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of modules that start servers."""
    for item in items:
        module = getattr(item, "module", None)
        if module is not None and any(name in _source(module.__file__) for name in LIVE):
            item.add_marker(pytest.mark.flaky(reruns=AGAIN, reruns_delay=1))


@functools.cache
def _source(file: str) -> str:
    return Path(file).read_text()


@pytest.fixture(autouse=True)
def applications_are_closed() -> Iterator[None]:
    """Close every Application that a test has made, so that the modules of its site are gone for the next."""
    made: list[Application] = []
    init = Application.__init__

    def remember(self: Application, *args: Any, **options: Any) -> None:
        init(self, *args, **options)
        made.append(self)

    # A patch of its own: the fixture `monkeypatch` would be set up, and so undone, at another place in a test's order.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Application, "__init__", remember)
        yield
        for application in made:
            application.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """A site's folder; what is made of it is closed at the end."""
    with Folder(tmp_path) as made:
        yield made
