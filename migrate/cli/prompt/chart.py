"""Bars in the terminal for results of ``bin()``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.values import date_text, number_text
from translators.query.expressions import TimeBucket
from translators.query.plan import Aggregate, Plan
from translators.query.tree import walk

Row = Sequence[Cell]
MOST_BARS = 60
EIGHTHS = " ▏▎▍▌▋▊▉"
_DATE = re.compile(r"(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3})")


@dataclass(frozen=True, slots=True)
class Axis:
    """Which column is the time, which name the series, which one is drawn."""

    time: int
    series: tuple[int, ...]
    value: int


def axis_of(plan: Plan, rows: Sequence[Row]) -> Axis | None:
    """How to draw the rows; None when no column is a time bucket, or none is a number."""
    names = [
        key.name
        for one in walk(plan.root)
        if isinstance(one, Aggregate)
        for key in one.keys
        if isinstance(key.expression, TimeBucket)
    ]
    columns = plan.columns
    time = next((columns.index(name) for name in names if name in columns), None)
    if time is None or not rows:
        return None
    keys = {key.name for one in walk(plan.root) if isinstance(one, Aggregate) for key in one.keys}
    series = tuple(index for index, name in enumerate(columns) if name in keys and index != time)
    for index in range(len(columns)):
        if index != time and index not in series and any(isinstance(row[index], int | float) for row in rows):
            return Axis(time, series, index)
    return None


def bars(rows: Sequence[Row], axis: Axis, width: int) -> Iterator[str]:
    """A line for each row, the oldest first; empty buckets between them have a line too."""
    ordered = sorted(rows, key=lambda row: (str(row[axis.time]), [str(row[index]) for index in axis.series]))
    shown = [_labelled(row, axis) for row in ordered]
    if not axis.series:
        shown = _without_gaps(shown)
    cut = len(shown) - MOST_BARS
    shown = shown[-MOST_BARS:]
    largest = max((abs(value) for _, value in shown if value is not None), default=0)
    names = max((len(label) for label, _ in shown), default=0)
    room = max(10, width - names - 16)
    if cut > 0:
        yield f"({cut} earlier bars are not shown)"
    for label, value in shown:
        bar = "" if value is None or not largest else _bar(abs(value) / largest, room)
        yield f"{label:<{names}} {bar} {'' if value is None else number_text(value)}".rstrip()


def _labelled(row: Row, axis: Axis) -> tuple[str, int | float | None]:
    value = row[axis.value]
    label = " ".join(str(row[index]) for index in (axis.time, *axis.series))
    return label.replace(".000", "", 1), value if isinstance(value, int | float) else None


def _without_gaps(shown: list[tuple[str, int | float | None]]) -> list[tuple[str, int | float | None]]:
    """With the empty buckets, where buckets are as far apart as the closest two."""
    times = [_milliseconds(label) for label, _ in shown]
    if len(shown) < 3 or None in times:
        return shown
    known = [time for time in times if time is not None]
    step = min(after - before for before, after in pairwise(known))
    if step <= 0 or (known[-1] - known[0]) // step >= 10 * MOST_BARS:
        return shown
    found = dict(zip(known, (value for _, value in shown), strict=True))
    stamps = sorted({*range(known[0], known[-1] + 1, step), *known})
    return [(date_text(stamp).replace(".000", "", 1), found.get(stamp)) for stamp in stamps]


def _milliseconds(label: str) -> int | None:
    from datetime import UTC, datetime

    found = _DATE.match(label if "." in label else f"{label}.000")
    if found is None or len(found[1]) > 4:
        return None
    year, month, day, hour, minute, second, millis = map(int, found.groups())
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()) * 1000 + millis


def _bar(share: float, room: int) -> str:
    eighths = max(1, round(share * room * 8))
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
