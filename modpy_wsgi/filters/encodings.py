"""The content codings of an answer or of a body, and what another coding means for its entity tag.

Law: what names no coding (identity and its relatives) counts as none; "gzip" and "x-gzip" are one.
"""

from __future__ import annotations

from typing import Any

__all__ = ["alter_tag", "encodings_of", "without_gzip"]

_NONE = frozenset({"identity", "7bit", "8bit", "binary"})
_GZIP = frozenset({"gzip", "x-gzip"})


def encodings_of(*values: str | None) -> list[str]:
    """The codings that the header fields (or AddEncoding) name, in lower case, in order."""
    words = [word.partition(";")[0].strip().lower() for value in values if value for word in value.split(",")]
    return [word for word in words if word and word not in _NONE]


def without_gzip(value: str | None) -> tuple[str | None, bool]:
    """The value of a field without gzip as its last coding (None if nothing is left), and whether it was there."""
    words = [word.strip() for word in (value or "").split(",") if word.strip()]
    if not words or words[-1].partition(";")[0].strip().lower() not in _GZIP:
        return value, False
    return ", ".join(words[:-1]) or None, True


def alter_tag(req: Any, suffix: str, how: str) -> None:
    """Make the entity tag another one, as DeflateAlterETag says: AddSuffix, NoChange, Remove (in lower case)."""
    if how == "nochange":
        return
    for table in (req.headers_out, req.err_headers_out):
        tag = table.get("ETag")
        if tag is None:
            continue
        if how == "remove":
            del table["ETag"]
        elif tag.endswith('"') and len(tag) > 1:
            table["ETag"] = f'{tag[:-1]}-{suffix}"'
