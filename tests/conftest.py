"""What every test leaves behind: nothing."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from modpy_wsgi import Application

hypothesis.settings.register_profile("busy machine", deadline=None)  # how long an example takes says nothing there
hypothesis.settings.load_profile("busy machine")


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
