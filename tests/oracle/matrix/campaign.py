"""Random sites and questions, asked of Apache and of us side by side: beyond what is recorded, as long as one likes."""

import time
from collections import Counter

from .. import apache
from . import asking, chance, verdict

SHOWN = 12  # groups whose differences are printed
SHOWN_OF_GROUP = 4


def run(count: int, seed: int) -> int:
    """Compare at least `count` answers; print the first differences. Exit status 1 if there are any."""
    asked = 0
    begun = time.monotonic()
    found: Counter[str] = Counter()
    while asked < count:
        compared, groups = _compare(seed, found)
        asked += compared
        for shown in groups[: max(0, SHOWN - found["shown"])]:
            print(shown)
            found["shown"] += 1
        told = ", ".join(f"{number} {what}" for what, number in sorted(found.items()) if what != "shown")
        print(f"seed {seed}: {asked} answers, {time.monotonic() - begun:.0f} s; {told or 'no difference'}", flush=True)
        seed += 1
    return 1 if found else 0


def _compare(seed: int, found: "Counter[str]") -> tuple[int, list[str]]:
    family = chance.family(seed)
    try:
        theirs = asking.ask_apache(family)
    except apache.Refused as refusal:
        found["refused by Apache"] += 1
        return 1, [f"seed {seed}: Apache does not start: {refusal}"]
    ours = asking.ask_ours(family)
    compared, groups = 0, []
    for group in family.groups:
        wanted = dict(zip(group.asks, theirs[group.name], strict=True))
        report = verdict.report(group, wanted, ours[group.name])
        compared += 0 if isinstance(ours[group.name], Exception) else len(group.asks)
        for line in report:
            found["OPEN" if line.startswith("OPEN") else "otherwise different"] += 1
        if report:
            rules = "\n".join(f"    {line}" for line in group.excerpt().splitlines())
            groups.append("\n".join([f"seed {seed}, {group.name}:", *report[:SHOWN_OF_GROUP], rules]))
    return compared, groups
