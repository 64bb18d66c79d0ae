"""`python -m tests.oracle [subject …]`: asks Apache and records its answers. `--show` prints them instead.

The subject `matrix` is the access matrix; with `--random N` both sides are compared beyond what is recorded, and so are
pages with the subject `psp_code`.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import apache, golden, psp_pages
from .answer import Blur, record, titles
from .cases import Case, load, subjects
from .matrix import asking, campaign, recorded
from .matrix.families import families


def ask_apache(case: Case) -> dict[str, Any]:
    """Serve one case with Apache and return its golden entry."""
    root = Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp"))
    entry: dict[str, Any] = {"site": golden.digest(case), "answers": {}}
    try:
        with apache.serve(case.site, root) as server:
            blur = Blur(root, server.port)
            for name, request in zip(titles(case.requests), case.requests, strict=True):
                entry["answers"][name] = record(server.ask(request), request, blur)
    except apache.Refused as refusal:
        entry["refused"] = str(refusal).replace(str(root), "@ROOT@").splitlines()
    finally:
        shutil.rmtree(root)
    return entry


def main() -> int:
    """Exit status 0, or 1 if this machine has no Apache with mod_python."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("subject", nargs="*", help="default: all")
    parser.add_argument("--show", action="store_true", help="print the answers, change nothing")
    parser.add_argument("--case", help="only this case (with --show)")
    parser.add_argument(
        "--random",
        type=int,
        metavar="N",
        help="matrix: compare N random answers, record nothing; psp_code: N random pages",
    )
    parser.add_argument("--seed", type=int, default=1, help="of what is random")
    options = parser.parse_args()
    if not apache.available():
        print("the original is not here: apt-get install apache2 libapache2-mod-python", file=sys.stderr)
        return 1
    if options.random and options.subject == ["psp_code"]:
        return psp_pages.campaign(options.random, options.seed)
    if options.random:
        return campaign.run(options.random, options.seed)
    for subject in options.subject or [*subjects(), "matrix"]:
        if subject == "matrix":
            _record_matrix()
            continue
        cases = [case for case in load(subject) if not options.case or case.name == options.case]
        before = golden.read(subject)
        entries = {case.name: ask_apache(case) for case in cases}
        count = sum(len(entry["answers"]) for entry in entries.values())
        if options.show:
            print(json.dumps(entries, indent=1, ensure_ascii=False))
            continue
        changed = golden.write(subject, entries)
        silent = [name for name, answer in _answers(entries).items() if "no answer" in str(answer)]
        print(f"{subject}: {len(entries)} cases, {count} answers{', changed' if changed else ''}")
        for line in changes(before, entries) + [f"no answer (did it crash?): {name}" for name in silent]:
            print(f"    {line}")
    return 0


def _record_matrix() -> None:
    for family in families():
        changed = recorded.write(family, asking.ask_apache(family))
        told = f"matrix/{family.name}: {len(family.groups)} groups, {family.count()} answers"
        print(told + (", changed" if changed else ""))
        for line in changed:
            print(f"    {line}")


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Which answers are new, gone or different."""
    old, new = _answers(before), _answers(after)
    words = [(name, "gone") for name in old.keys() - new.keys()]
    words += [(name, "new") for name in new.keys() - old.keys()]
    words += [(name, "different") for name in old.keys() & new.keys() if old[name] != new[name]]
    return [f"{word}: {name}" for name, word in sorted(words)]


def _answers(entries: dict[str, Any]) -> dict[str, Any]:
    answers = {}
    for case, entry in entries.items():
        if "refused" in entry:
            answers[case] = entry["refused"]
        for name, answer in entry["answers"].items():
            answers[f"{case} / {name}"] = answer
    return answers


if __name__ == "__main__":
    sys.exit(main())
