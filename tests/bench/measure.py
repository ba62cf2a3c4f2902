"""How speed is measured here: a ratio against a peer, both in turn on the same machine, the best of several runs."""

from __future__ import annotations

import gc
import math
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Seconds = float


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the table: ours against theirs, and what the ratio may be at most (or at least)."""

    title: str
    ours: Seconds
    theirs: Seconds
    limit: float
    note: str = ""
    unit: str = "s"
    at_least: bool = False

    @property
    def value(self) -> float:
        return self.ours / self.theirs if self.theirs else float("inf")

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


Clock = Callable[[], float]
WALL, CPU = time.perf_counter, time.process_time
"""What a user waits for; what the work costs in this process, however busy the machine is."""


def alternate(
    runs: int, ours: Callable[[], object], theirs: Callable[[], object], clock: Clock = WALL
) -> tuple[Seconds, Seconds]:
    """Both sides' best time, measured in turn so that a busy moment hits both."""
    pairs = [(_timed(ours, clock), _timed(theirs, clock)) for _ in range(runs)]
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def command(*words: str | Path, cwd: Path | None = None) -> Callable[[], object]:
    """An action that runs a command to its end and fails when it does."""
    return lambda: subprocess.run(list(map(str, words)), cwd=cwd, check=True, capture_output=True)


def _timed(action: Callable[[], object], clock: Clock) -> Seconds:
    gc.collect()
    start = clock()
    action()
    return clock() - start


def table(ratios: Sequence[Ratio]) -> str:
    """The ratios as aligned text, a verdict in front of each."""
    rows = [
        (
            "   " if math.isinf(ratio.limit) else "ok " if ratio.holds else "NO ",
            ratio.title,
            f"{ratio.value:.2f}x",
            "" if math.isinf(ratio.limit) else f"{'>=' if ratio.at_least else '<='} {ratio.limit:g}x",
            f"{ratio.ours:.4g} {ratio.unit} against {ratio.theirs:.4g} {ratio.unit}",
            ratio.note,
        )
        for ratio in ratios
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
