"""Bars for bin() results."""

from __future__ import annotations

from migrate.cli.prompt.chart import axis_of, bars
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.plan import Plan
from translators.source import Source


def plan_of(text: str) -> Plan:
    return normalise(parse(Source("query", text)))


def test_bars_are_in_proportion_oldest_first_and_empty_buckets_have_a_line() -> None:
    plan = plan_of("stats count(*) as c by bin(1m)")
    rows = [
        ("2026-03-02 01:04:00.000", 4),
        ("2026-03-02 01:01:00.000", 8),
        ("2026-03-02 01:00:00.000", 2),
    ]
    axis = axis_of(plan, [row if plan.columns[0].startswith("bin") else row[::-1] for row in rows])
    assert axis is not None
    ordered = [row if axis.time == 0 else row[::-1] for row in rows]
    lines = list(bars(ordered, axis, 19 + 16 + 16))
    assert lines == [
        "2026-03-02 01:00:00 ████ 2",
        "2026-03-02 01:01:00 ████████████████ 8",
        "2026-03-02 01:02:00",
        "2026-03-02 01:03:00",
        "2026-03-02 01:04:00 ████████ 4",
    ]


def test_no_bars_without_a_time_bucket_or_a_number() -> None:
    assert axis_of(plan_of("stats count(*) by level"), [("error", 3)]) is None
    assert axis_of(plan_of("fields @timestamp, ms"), [("2026-03-02 01:00:00.000", 3)]) is None
    assert axis_of(plan_of("stats latest(level) by bin(1m)"), [("2026-03-02 01:00:00.000", "error")]) is None
    assert axis_of(plan_of("stats count(*) by bin(1m)"), []) is None


def test_only_the_newest_bars_of_many() -> None:
    plan = plan_of("stats count(*) as c by bin(1m) as t")
    place = plan.columns.index("t")
    rows = [(f"2026-03-02 {n // 60:02}:{n % 60:02}:00.000", 1)[:: 1 if place == 0 else -1] for n in range(100)]
    axis = axis_of(plan, rows)
    assert axis is not None
    lines = list(bars(rows, axis, 80))
    assert lines[0] == "(40 earlier bars are not shown)"
    assert lines[-1].startswith("2026-03-02 01:39:00")
    assert len(lines) == 61
