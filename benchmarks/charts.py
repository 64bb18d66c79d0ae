"""Charts of figures that a run has kept, as SVG (matplotlib); none where it is not installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["draw"]

Figure = dict[str, Any]
ORIGINAL = "Apache, mod_python"
WAY = "ab, c=16"
OURS = ("uWSGI", "gunicorn sync", "gunicorn gthread")


def draw(folder: Path, kept: list[Figure]) -> dict[str, str]:
    """Draw what there are figures for. Returns file names with titles."""
    try:
        import matplotlib
    except ImportError:
        return {}
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "modpy_wsgi"  # the same figures give the same file
    folder.mkdir(exist_ok=True)
    drawn = {}
    for name, title, picture in (
        ("servers.svg", "Server CPU for a request, to the original's", _servers),
        ("peers.svg", "CPU time of others, to ours", _peers),
        ("curves.svg", "What size does to a request", _curves),
    ):
        figure = picture(kept)
        if figure is not None:
            figure.suptitle(title)
            figure.savefig(folder / name, metadata={"Date": None})
            drawn[name] = title
    return drawn


def _servers(kept: list[Figure]) -> Any:
    import matplotlib.pyplot as plt

    cpu = {
        (row["page"], row["server"]): row["cpu"] for row in kept if row["kind"] == "end to end" and row["way"] == WAY
    }
    pages = [page for page, server in cpu if server == ORIGINAL]
    if not pages:
        return None
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    for place, server in enumerate(OURS):
        values = [cpu.get((page, server), 0) / cpu[page, ORIGINAL] for page in pages]
        axes.bar([number + place * 0.27 for number in range(len(pages))], values, 0.25, label=server)
    axes.axhline(1, color="grey", linewidth=1, label=ORIGINAL)
    axes.set_xticks([number + 0.27 for number in range(len(pages))], pages)
    axes.set_yscale("log")
    axes.set_ylabel("times the original's, one process, 16 clients")
    axes.legend()
    return figure


def _peers(kept: list[Figure]) -> Any:
    import matplotlib.pyplot as plt

    rows = [row for row in kept if row["kind"] == "peer"]
    if not rows:
        return None
    names = [f"{row['what']}: {row['peer']}" for row in rows]
    figure, axes = plt.subplots(figsize=(9, 1.5 + len(rows) * 0.25), layout="constrained")
    axes.barh(names, [row["times"] for row in rows])
    axes.axvline(1, color="grey", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlabel("times ours (right of the line: ours is faster)")
    axes.invert_yaxis()
    return figure


def _curves(kept: list[Figure]) -> Any:
    import matplotlib.pyplot as plt

    curves: dict[str, list[tuple[float, float]]] = {}
    for row in kept:
        if row["kind"] == "curve":
            curves.setdefault(row["what"], []).append((row["size"], row["times"]))
    if not curves:
        return None
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    for what, points in curves.items():
        axes.plot(*zip(*sorted(points), strict=True), marker="o", label=what)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("CPU time of a request, to the smallest's")
    axes.legend()
    return figure
