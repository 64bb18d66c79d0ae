"""What the documentation takes from the code is what the code says now."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


def generator() -> ModuleType:
    """docs/generate_reference.py as a module."""
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate_reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()


@pytest.mark.parametrize("name", GENERATOR.PAGES)
def test_pages_are_up_to_date(name: str) -> None:
    page = (DOCS / name).read_text()
    assert GENERATOR.filled(page) == page, "run: python docs/generate_reference.py"


def test_every_part_is_asked_for() -> None:
    parts = [part[1] for name in GENERATOR.PAGES for part in GENERATOR.PART.finditer((DOCS / name).read_text())]
    assert sorted(parts) == sorted(GENERATOR.MAKERS)


def test_every_directive_is_told_with_its_places() -> None:
    """Each row stands in exactly one table, beside where it may stand."""
    page = (DOCS / "directives.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    for row in GENERATOR.ALL.values():
        name = GENERATOR.shown(row)
        told = [line for line in lines if re.search(rf"`{re.escape(row.name)}(?![\w-])", line)]
        assert len(told) == 1, name
        assert f"| {GENERATOR.places(row)} | {GENERATOR.classes(row)} |" in told[0], name
        assert row.note in told[0] or row.value is not None, name


def test_a_stale_page_is_noticed() -> None:
    page = "<!-- phases -->\nold\n<!-- end -->\nkept\n"
    filled = GENERATOR.filled(page)
    assert "PythonFixupHandler" in filled
    assert "old" not in filled
    assert filled.endswith("<!-- end -->\nkept\n")
    assert GENERATOR.filled(filled) == filled
