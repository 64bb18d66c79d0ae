"""The query parser beside urllib.parse and, where they are installed, those of falcon, Litestar and yarl.

Run: python benchmarks/bench_query.py [rounds]. Every round times each text once with each parser in turn; a row shows
the medians over the rounds of the CPU time in microseconds, and how often ours fits into theirs (above 1: ours is
faster). Falcon gives a dict; fast-query-parsers gives a list of pairs, as we do.

Goals: 10, 14, 50 and 8 times urllib's speed on the first four texts, and faster than falcon's on each; parse_qs in at
most twice the time of parse_qsl.
"""

import random
import statistics
import sys
import time
import timeit
import urllib.parse
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import keep
from modpy_wsgi._fast.query import parse_qs, parse_qsl

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
Parse = Callable[[str], object]


def texts() -> dict[str, str]:
    """Label, query string."""
    draw = random.Random(1)

    def word(size: int) -> str:
        return "".join(draw.choices(LETTERS, k=size))

    def words(size: int) -> str:
        return " ".join(word(draw.randint(2, 9)) for _ in range(size // 6))[:size]

    many_letters = "Žluťoučký kůň, ещё раз: 日本語 "
    return {
        "3 short fields": "a=1&b=2&c=3",
        "12 fields of 180 bytes": "&".join(f"field{number:02}={word(172)}" for number in range(12)),
        "8 KB of escaped UTF-8": "text=" + urllib.parse.quote(many_letters * 60)[:8190].rpartition("%")[0],
        "5,000 fields": "&".join(f"k{number}=v{number}" for number in range(5000)),
        "12 fields, 180 bytes in all": "&".join(f"f{number:02}={word(10)}" for number in range(12)),
        "12 fields of words": urllib.parse.urlencode([(f"field{number}", words(172)) for number in range(12)]),
        "12 fields of sentences": urllib.parse.urlencode(
            [(f"field{number}", ", ".join(words(40) for _ in range(4))) for number in range(12)]
        ),
    }


def peers() -> dict[str, Parse]:
    """urllib, and those that are installed."""
    found: dict[str, Parse] = {"urllib": urllib.parse.parse_qsl}
    try:
        from falcon.cyutil.uri import parse_query_string

        found["falcon"] = parse_query_string
    except ImportError:
        pass
    try:
        from fast_query_parsers import parse_query_string as parse_bytes

        found["fast-query-parsers"] = lambda text: parse_bytes(text.encode(), "&")
    except ImportError:
        pass
    try:
        from yarl._parse import query_to_pairs  # below URL, which remembers what it has read

        found["yarl"] = query_to_pairs
    except ImportError:
        pass
    return found


def main(rounds: int) -> None:
    """Print the table."""
    parsers: dict[str, Parse] = {"parse_qsl": parse_qsl, "parse_qs": parse_qs, **peers()}
    print(f"{'medians of ' + str(rounds) + ' rounds, us':28}" + "".join(f"{label:>26}" for label in parsers))
    for label, text in texts().items():
        calls = max(200_000 // len(text), 2)
        measured: dict[str, list[float]] = {name: [] for name in parsers}
        for _ in range(rounds):
            for name, parse in parsers.items():
                timer = timeit.Timer("parse(text)", timer=time.process_time, globals={"parse": parse, "text": text})
                measured[name].append(timer.timeit(calls) / calls)
        median = {name: statistics.median(seconds) for name, seconds in measured.items()}
        for name in sorted(parsers.keys() - {"parse_qsl"}):
            keep("peer", what=f"query, {label}", peer=name, times=median[name] / median["parse_qsl"])
        row = "".join(f"{own * 1e6:16.2f} {own / median['parse_qsl']:8.2f}x" for own in median.values())
        print(f"{label:28}{row}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
