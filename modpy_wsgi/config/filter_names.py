"""The names of filters, as directives write them.

Law: a name is compared in lower case, as httpd does, and knows where it was written.
"""

from __future__ import annotations

from modpy_wsgi.config.model import Origin

__all__ = ["BUILT_IN_INPUT", "BUILT_IN_OUTPUT", "LACKING", "LEFT_OUT", "FilterName", "filter_names"]

BUILT_IN_OUTPUT = frozenset({"deflate", "includes", "inflate"})
BUILT_IN_INPUT = frozenset({"deflate"})
# How an answer travels, and not what it says: may be named, and is left to the server in front.
LEFT_OUT = frozenset({"brotli_compress", "buffer", "rate_limit"})
# Filters of httpd that change what is said, and that nobody provides here.
LACKING = frozenset(
    {"charset", "data", "proxy-html", "reflector", "sed", "substitute", "xlate", "xlatein", "xlateout", "xml2enc"}
)


class FilterName(str):
    """A filter's name in lower case, and which directive names it where."""

    file: str
    line: int
    directive: str

    @classmethod
    def of(cls, word: str, directive: str, origin: Origin) -> FilterName:
        """The name that a word means at a place."""
        made = cls(word.lower())
        made.file, made.line, made.directive = origin.file, origin.line, directive
        return made


def filter_names(text: str, directive: str, origin: Origin) -> tuple[FilterName, ...]:
    """The names of a list `filter;filter`, in order. "None" and what is left to the server in front are no names."""
    names = [FilterName.of(word, directive, origin) for word in text.split(";") if word]
    return tuple([name for name in names if name not in LEFT_OUT and name != "none"])
