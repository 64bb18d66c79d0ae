"""What a subcommand consists of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Command"]


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand. `run` returns the exit status and raises ConfigError for what is the administrator's fault."""

    name: str
    help: str  # one line, for the list of commands
    description: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
