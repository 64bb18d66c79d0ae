"""Text as HTML shows it.

Law: what html.escape() of the standard library makes, without what comes with it: a table of two thousand names of
characters, for reading them.
"""

from __future__ import annotations

__all__ = ["escape"]


def escape(text: str, quote: bool = True) -> str:
    """The text with & < > as entities; with `quote` both kinds of quotation marks, too."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#x27;") if quote else text
