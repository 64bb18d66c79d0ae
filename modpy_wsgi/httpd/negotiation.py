"""Which of several variants of a document a client gets: httpd's algorithm, and that of RFC 2296 where it is asked for.

Law: a variant that the client does not accept is not sent; whatever is equal is decided by the order of the names.
Source: httpd's mod_negotiation, as observed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..accept import Wish, read_wishes
from ..config.directives.negotiation import Priority

__all__ = ["Terms", "Variant", "best_of", "terms_of", "varying"]

SCRIPT = "application/x-httpd-cgi"  # the type of what has a handler and no type
_ANY_TYPE, _ANY_SUBTYPE = 0.01, 0.02  # qualities of wildcards, where a client names none
_DISTANT = 0.001  # of another region's language
_LAST = 0.0001  # of what is sent rather than nothing
_PLAIN = frozenset({"", "7bit", "8bit", "binary", "identity"})


@dataclass(eq=False, slots=True)
class Variant:
    """One file that could be the answer, and how well it would suit."""

    name: str
    type: Wish
    languages: tuple[str, ...]
    encoding: str
    size: int
    request: Any
    source: float = 1.0
    description: str = ""
    body: bytes | None = None  # of a variant that stands in a type map itself
    written: str = ""  # and its type
    definite: bool = field(default=True, init=False)
    by_type: float = field(default=1.0, init=False)
    by_language: float = field(default=1.0, init=False)
    by_encoding: float = field(default=1.0, init=False)
    by_charset: float = field(default=1.0, init=False)
    rank: int = field(default=-1, init=False)  # in LanguagePriority, if that counts
    level: float = field(default=0.0, init=False)  # that was asked for and is met


@dataclass(frozen=True, slots=True)
class Terms:
    """What a client says of itself. Of the tuples, None is a header that was not sent."""

    types: tuple[Wish, ...]
    languages: tuple[Wish, ...] | None
    encodings: tuple[Wish, ...] | None
    charsets: tuple[Wish, ...] | None
    rated: bool  # whether there is a quality among the types
    transparent: bool  # RFC 2295 holds: the method is GET, and the file is at the end of the path
    understands: bool = False  # so says the client
    may_choose: bool = True
    remote: bool = False  # the algorithm of RFC 2296
    literal: bool = False  # its headers mean what they say
    preferred: str | None = None  # the variable prefer-language


def terms_of(environ: dict[str, Any], *, transparent: bool, scripts: bool, preferred: str | None) -> Terms:
    """The terms of a request. `scripts`: what has a handler is preferred, because the request has a body."""

    def wishes(name: str) -> tuple[Wish, ...] | None:
        value = environ.get(name)
        return read_wishes(value) if value is not None else None

    understands, may_choose, remote, literal = False, True, False, False
    header = environ.get("HTTP_NEGOTIATE")
    lynx = header == "trans" and environ.get("HTTP_USER_AGENT", "").startswith("Lynx")
    if transparent and header is not None and not lynx:
        may_choose = False
        for word in header.split(","):
            word = word.strip()
            if word in ("trans", "vlist", "guess-small") or word[:1] == "*" or word[:1].isdigit():
                understands = True
                if word == "1.0" or word[:1] == "*":
                    may_choose = literal = True
                    remote = remote or word == "1.0"
    types = wishes("HTTP_ACCEPT")
    script = Wish(SCRIPT, 0.0 if remote else 2.0 if scripts else 0.001)
    return Terms(
        types=(*(types if types is not None else (Wish("*/*"),)), script),
        languages=wishes("HTTP_ACCEPT_LANGUAGE"),
        encodings=wishes("HTTP_ACCEPT_ENCODING"),
        charsets=wishes("HTTP_ACCEPT_CHARSET"),
        rated=types is None or any(wish.quality < 1 for wish in types),
        transparent=transparent,
        understands=understands,
        may_choose=may_choose,
        remote=remote,
        literal=literal,
        preferred=preferred,
    )


def best_of(variants: Sequence[Variant], terms: Terms, priority: Priority) -> tuple[Variant | None, bool]:
    """The best variant, and whether it may be sent without asking."""
    for preferred in (terms.preferred, None) if terms.preferred else (None,):
        best: Variant | None = None
        quality = 0.0
        spoken = any(variant.languages for variant in variants) and not terms.literal
        for variant in variants:
            _rate_type(variant, terms)
            if preferred is None:
                _rate_language(variant, terms, priority, _LAST if spoken else 1.0)
            else:
                variant.by_language = 1.0 if variant.languages[:1] == (preferred,) else 0.0
            _rate_encoding(variant, terms)
            _rate_charset(variant, terms)
            if terms.may_choose:
                better = _better_by_product if terms.remote else _better
                now = better(variant, best, quality)
                if now is not None:
                    best, quality = variant, now
        sure = best is not None and quality > 0 and (best.definite or not terms.remote)
        if sure:
            break
    return best, sure


def _rate_type(variant: Variant, terms: Terms) -> None:
    stars, quality = 0, 0.0
    variant.level = 0.0
    for wish in terms.types:
        if wish.name in ("*", "*/*"):
            now = 1
        elif wish.name.endswith("/*") and variant.type.name.startswith(wish.name[:-1]):
            now = 2
        elif wish.name == variant.type.name and wish.level >= variant.type.level:
            now = 3
            variant.level = variant.type.level
        else:
            continue
        if now <= stars:
            continue
        stars = now
        quality = wish.quality
        if not terms.rated and stars < 3:
            quality = _ANY_TYPE if stars == 1 else _ANY_SUBTYPE
    variant.by_type = quality
    variant.definite = stars == 3


def _rate_language(variant: Variant, terms: Terms, priority: Priority, otherwise: float) -> None:
    variant.rank = -1
    if not variant.languages:
        variant.by_language = otherwise if not terms.literal else 1.0
        return
    if terms.languages is None:
        variant.by_language = 1.0
        variant.definite = False
    else:
        variant.by_language = _language(variant, terms.languages, literal=terms.literal)
    ranks = [
        rank
        for language in variant.languages
        for rank, each in enumerate(priority.languages)
        if language.startswith(each)  # of every region, if none is named
    ]
    if ranks:
        if variant.by_language:
            if priority.prefer:
                variant.rank = min(ranks)
        elif priority.fall_back:
            variant.rank = min(ranks)
            variant.by_language = _LAST
            variant.definite = False


def _language(variant: Variant, wishes: tuple[Wish, ...], *, literal: bool) -> float:
    star = next((wish for wish in wishes if wish.name == "*"), None)
    best: Wish | None = None
    distant = 0.0
    starred = False
    for language in variant.languages:
        longest: Wish | None = None
        for wish in wishes:
            if wish.name == "*":
                continue
            matches = language == wish.name or language.startswith(f"{wish.name}-")
            if matches and (longest is None or len(wish.name) > len(longest.name)):
                longest = wish
            if longest is None and not literal:
                region, dash, _ = wish.name.partition("-")
                if dash and language.startswith(region):
                    distant = _DISTANT
        if best is None or (longest is not None and longest.quality > best.quality):
            best = longest
        starred |= longest is None and star is not None
    if starred and star is not None and (best is None or star.quality > best.quality):
        best = star
        variant.definite = False
    return distant if best is None else best.quality


def _bare(name: str) -> str:
    return name[2:] if name.startswith("x-") else name


def _rate_encoding(variant: Variant, terms: Terms) -> None:
    plain = variant.encoding in _PLAIN
    if terms.encodings is None:
        variant.by_encoding = 1.0 if plain else 0.5
        return
    wanted = "identity" if plain else _bare(variant.encoding)
    quality = _LAST if plain else 0.0
    for wish in terms.encodings:
        if _bare(wish.name) == wanted:
            quality = wish.quality
            break
        if wish.name == "*":
            quality = wish.quality
    variant.by_encoding = quality


def _rate_charset(variant: Variant, terms: Terms) -> None:
    charset = variant.type.charset
    if terms.charsets is None:
        variant.definite = variant.definite and not charset
        return
    if not charset:
        if not variant.type.name.startswith("text/") or terms.literal:
            return
        charset = "iso-8859-1"
    star: Wish | None = None
    for wish in terms.charsets:
        if wish.name == charset:
            variant.by_charset = wish.quality
            return
        if wish.name == "*":
            star = wish
    if star is not None:
        variant.by_charset = star.quality
        variant.definite = False
    else:
        variant.by_charset = 1.0 if charset == "iso-8859-1" else 0.0


def _better_by_product(variant: Variant, best: Variant | None, quality: float) -> float | None:
    """RFC 2296: the quality, if the variant is better than the best so far; None if not."""
    if not variant.by_encoding:
        return None
    product = variant.source * variant.by_type * variant.by_charset * variant.by_language
    product = int(product * 100000) / 100000
    if product <= 0:
        return None
    if best is None or product > quality or (product == quality and variant.by_encoding > best.by_encoding):
        return product
    return None


def _better(variant: Variant, best: Variant | None, quality: float) -> float | None:
    """httpd's own rules: the quality, if the variant is better than the best so far; None if not."""
    if not (variant.by_encoding and variant.by_language and variant.by_charset):
        return None
    now = variant.by_type * variant.source
    if now == 0 or now < quality:
        return None
    if best is None or now > quality:
        return now
    for ours, theirs in (
        (variant.by_language, best.by_language),
        (-_rank(variant), -_rank(best)),
        (_level(variant, best), 0),
        (variant.by_charset, best.by_charset),
    ):
        if ours != theirs:
            return now if ours > theirs else None
    plain = ("", "iso-8859-1")
    if variant.type.charset not in plain and best.type.charset in plain:
        return now
    if variant.by_encoding != best.by_encoding:
        return now if variant.by_encoding > best.by_encoding else None
    return now if variant.size < best.size else None


def _rank(variant: Variant) -> float:
    return variant.rank if variant.rank >= 0 else float("inf")


def _level(variant: Variant, best: Variant) -> int:
    """1 or -1 if the variant's level of the same type is better or worse; 0 if they are equal or cannot be compared."""
    if variant.type.name != best.type.name:
        return 0
    if variant.level != best.level:
        return 1 if variant.level > best.level else -1
    if variant.type.level != best.type.level:
        return 1 if variant.type.level < best.type.level else -1
    return 0


def varying(variants: Sequence[Variant], terms: Terms) -> str:
    """The Vary header: which headers of a request decide among these variants."""
    names = ["negotiate"] if terms.transparent else []
    if not variants:
        return ",".join(names)
    first = variants[0]
    if any(variant.type.name != first.type.name for variant in variants):
        names.append("accept")
    if any(variant.languages != first.languages for variant in variants):
        names.append("accept-language")
    if any(variant.type.charset != first.type.charset for variant in variants):
        names.append("accept-charset")
    if any(variant.encoding != first.encoding for variant in variants):
        names.append("accept-encoding")
    return ",".join(names)
