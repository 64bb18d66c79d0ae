"""What the fuzz targets have met, once more: without atheris, and with whatever build there is."""

import importlib
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parent.parent / "fuzz" / "corpus"


@pytest.mark.parametrize("target", ["query", "multipart"])
def test_corpus(target: str) -> None:
    check = importlib.import_module(f"fuzz.fuzz_{target}").check
    files = sorted((CORPUS / target).iterdir())
    assert len(files) > 50
    for file in files:
        try:
            check(file.read_bytes())
        except Exception as error:
            raise AssertionError(f"{file.name}: {error}") from error
