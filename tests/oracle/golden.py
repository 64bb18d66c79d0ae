"""The recorded answers: one JSON file per subject in tests/golden, written to be read and diffed."""

import hashlib
import json
from pathlib import Path
from typing import Any

from .cases import Case

FOLDER = Path(__file__).resolve().parents[1] / "golden"

Json = dict[str, Any]


def path(subject: str) -> Path:
    """Where the answers of a subject stand."""
    return FOLDER / f"{subject}.json"


def read(subject: str) -> Json:
    """The recorded answers: case name -> {"site": digest, "refused": text or None, "answers": {request: answer}}."""
    file = path(subject)
    if not file.exists():
        return {}
    recorded: Json = json.loads(file.read_text())
    return recorded


def write(subject: str, cases: Json) -> bool:
    """Store the answers of a subject; true if the file changed."""
    text = json.dumps(cases, indent=1, ensure_ascii=False) + "\n"
    file = path(subject)
    if file.exists() and file.read_text() == text:
        return False
    file.write_text(text)
    return True


def digest(case: Case) -> str:
    """A mark of what was asked, so that answers to an older table are noticed."""
    requests = [
        (r.label, r.wire(0), r.hang_up, r.log, *([r.digest] if r.digest else []), *([r.logs] if r.logs else []))
        for r in case.requests
    ]
    return hashlib.sha256(repr((case.site, requests)).encode()).hexdigest()[:16]
