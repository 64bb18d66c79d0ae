"""Random groups, made of the words of rules.py: sections in each other, trees of Require, paths written in odd ways.

Law: the same seed makes the same groups, and Apache accepts every one of them (mod_authz_core takes no `not` and no
<RequireNone> where nothing else could let anybody in).
"""

from random import Random

from ..site import Entry
from .families import NESTED, judged, lines, placed
from .model import Ask, Family, Group
from .rules import (
    AUTHENTICATION,
    BY_METHOD,
    EXTRAS,
    HT_NAMES,
    INNER,
    LIMITS,
    METHODS,
    ORDER,
    OUTER,
    REQUIRE,
    SATISFY,
    SECTIONS,
    SPELLINGS,
    WAYS,
)
from .verdict import taken_away

GROUPS = 60  # of a family: Apache starts in a moment, and each is asked enough
QUESTIONS = 60
DEEPEST = 3  # <RequireAll> in each other

_SIMPLE = tuple(rule for rule in REQUIRE.values() if rule.startswith("Require ") and "\n" not in rule)
_TARGETS = (*SPELLINGS, *WAYS, *HT_NAMES, *NESTED, *BY_METHOD)
_SECTIONS = tuple({**SECTIONS, **INNER, **{f"{name} around": text for name, text in OUTER.items()}}.values())
_METHODS = tuple(method for method in METHODS if method != "TRACE")  # whose answer is another one here, see LISTED
_PEOPLE = ("", "", "ann", "ann", "bob", "wrong", "stranger")


def family(seed: int) -> Family:
    """The groups of one seed."""
    chance = Random(seed)
    return Family(f"seed {seed}", tuple(_group(chance, number) for number in range(GROUPS)))


def _group(chance: Random, number: int) -> Group:
    access_file = f".ht-{number}"
    conf: list[str] = []
    files: dict[str, Entry] = {}
    extra: tuple[str, ...] = ()
    if chance.random() < 0.4:
        directive, extra = chance.choice(tuple(EXTRAS.values()))
        conf.append(directive)
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        section = chance.choice(_SECTIONS)
        if extra and section == SECTIONS["Directory of the file"]:
            continue  # on the way of an index or an error's page httpd passes it by
        piece, more = placed(section, _inside(chance, section), access_file)
        if more:
            (name, text), *_ = more.items()
            files[name] = f"{files.get(name, '')}{text}"
        if piece not in conf:
            conf.append(piece)
    targets = (*_TARGETS, *extra * 5)
    text = lines(*conf)
    # What only we refuse (index-method, encoded-away) would be answered with the page of that error.
    methods = ("GET", "HEAD") if "ErrorDocument 403" in text else _METHODS
    asked = dict.fromkeys(_ask(chance, targets, methods) for _ in range(QUESTIONS))
    if "ErrorDocument" in text or "AllowEncodedSlashes On" in text:
        asked = {ask: None for ask in asked if ask.target != "*" and not taken_away(ask.target)}
    return Group(f"group {number}", text, tuple(asked), files, judged(text) if "<Location" in text else None)


def _inside(chance: Random, section: str) -> str:
    """What stands in a section.

    Handlers of access in a <Location> keep mod_python from finding files there: nothing to compare with. A .htaccess
    knows only the methods that httpd.conf has named before.
    """
    python = "<Location" not in section
    limits = [limit for limit in LIMITS.values() if section.startswith("<") or "BREW" not in limit]
    parts = []
    if chance.random() < 0.6:
        parts.append(AUTHENTICATION[chance.choice(("file", "python"))])
    if chance.random() < 0.25:
        parts.append(f"AuthMerging {chance.choice(('Off', 'And', 'Or'))}")
    for _ in range(chance.choice((1, 1, 1, 2))):
        rule = chance.choice((_require, _order))(chance)
        while "Python" in rule and not python:
            rule = _require(chance)
        if "Python" not in rule and chance.random() < 0.3:
            rule = chance.choice(limits).replace("{}", rule)
        parts.append(rule)
    if chance.random() < 0.3:
        said = SATISFY[chance.choice(("all", "any"))]
        parts.append(said if chance.random() < 0.8 else LIMITS["POST PUT"].replace("{}", said))
    return lines(*parts)


def _order(chance: Random) -> str:
    return chance.choice(tuple(ORDER.values()))


def _require(chance: Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(tuple(REQUIRE.values()))
    return "\n".join(_tree(chance, DEEPEST) for _ in range(chance.choice((1, 1, 2))))


def _tree(chance: Random, depth: int) -> str:
    """A Require line or a container that may let somebody in."""
    if not depth or chance.random() < 0.4:
        return chance.choice(_SIMPLE)
    kind = chance.choice(("RequireAll", "RequireAny"))
    inner = [_tree(chance, depth - 1) for _ in range(chance.choice((1, 2, 2, 3)))]
    if kind == "RequireAll" and chance.random() < 0.5:
        inner.append(chance.choice(_SIMPLE[2:]).replace("Require ", "Require not "))
    if kind == "RequireAll" and chance.random() < 0.3:
        refused = "\n".join(_tree(chance, depth - 1) for _ in range(chance.choice((1, 2))))
        inner.append(f"<RequireNone>\n{refused}\n</RequireNone>")
    return f"<{kind}>\n" + "\n".join(inner) + f"\n</{kind}>"


def _ask(chance: Random, targets: tuple[str, ...], methods: tuple[str, ...]) -> Ask:
    method = "GET" if chance.random() < 0.6 else chance.choice(methods)
    target = chance.choice(targets)
    while chance.random() < 0.25:
        target = _respelled(chance, target)
    return Ask(method, target, chance.choice(_PEOPLE))


def _respelled(chance: Random, target: str) -> str:
    """The same path, or nearly, written in another way."""
    start = target.index("@HOST@") + len("@HOST@/") if "@HOST@" in target else 0
    end = target.find("?") if "?" in target and chance.random() < 0.7 else len(target)
    places = [i for i in range(start, end) if target[i] not in "%?" and "%" not in target[max(0, i - 2) : i]]
    if not places:
        return target
    at = chance.choice(places)
    slashes = [i for i in places if target[i] == "/"]
    if slashes and chance.random() < 0.6:
        at = chance.choice(slashes)
        by = chance.choice(("//", "/./", "/open/../", "/%2e/", "/x/%2e%2e/", "%2f", "/;/", "%5c", "/.//", "/%0a"))
    else:
        by = chance.choice(
            (
                f"%{ord(target[at]):02x}",
                f"%{ord(target[at]):02X}",
                target[at].swapcase(),
                target[at] + "%00",
                target[at] + "%0a",
                f"%25{ord(target[at]):02x}",
                target[at] + ".",
                target[at] + ";",
                "",
            )
        )
    made = target[:at] + by + target[at + 1 :]
    return made if made.startswith(("/", "http", "HTTP")) else target
