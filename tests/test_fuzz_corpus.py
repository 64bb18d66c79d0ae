"""What the fuzz targets have met, once more: without atheris, and with whatever build there is."""

from pathlib import Path

import pytest

from fuzz import engine

CORPUS = Path(__file__).resolve().parent.parent / "fuzz" / "corpus"


@pytest.mark.parametrize("target", engine.TARGETS)
def test_corpus(target: str) -> None:
    check = engine.load(target)
    files = sorted((CORPUS / target).iterdir())
    assert len(files) > 50
    for file in files:
        try:
            check(file.read_bytes())
        except Exception as error:
            raise AssertionError(f"{file.name}: {error}") from error
