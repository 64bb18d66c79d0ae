"""Random sites and questions, asked of Apache and of us side by side: beyond what is recorded, as long as one likes."""


def run(count: int, seed: int) -> int:
    """Compare at least `count` answers; print the first differences. Exit status 1 if there are any."""
    raise SystemExit("not written yet")
