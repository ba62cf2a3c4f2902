"""The evaluator gives the rows that were worked out by hand for `logmig query`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache

import pytest

from migrate.cli.query_inputs import chosen_policies, read_window
from migrate.cli.query_output import shown
from migrate.queries.window import Window
from tests.engine.unseen_events import CASES, CATALOG, END, START, TABLES, cloudwatch
from tests.queries_support.suite import Case
from translators.insights.evaluate.evaluate import evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Moment, Settings, Sources, Table
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.bind import groups_of
from translators.query.plan import Scan
from translators.source import Source


@cache
def groups() -> Mapping[str, list[Event]]:
    """The events of each log group."""
    found: dict[str, list[Event]] = {}
    for event in cloudwatch():
        found.setdefault(event.log_group, []).append(event)
    return found


def _tables() -> dict[str, Table]:
    read = {name: [tuple(row) for row in csv.reader(text.splitlines())] for name, text in TABLES.items()}
    return {name: Table(rows[0], tuple(rows[1:])) for name, rows in read.items()}


def _given(case: Case, option: str) -> list[str]:
    pairs = zip(case.arguments[::2], case.arguments[1::2], strict=True)
    return [value for name, value in pairs if name == option]


def _window(case: Case) -> Window:
    given = dict(zip(case.arguments[::2], case.arguments[1::2], strict=True))
    return read_window(given.get("--start", str(START)), given.get("--end", str(END)), "", END)


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 240
    assert sum(map(len, groups().values())) >= 2000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rows_are_those_worked_out_by_hand(case: Case) -> None:
    window = _window(case)
    named = [
        value for name, value in zip(case.arguments[::2], case.arguments[1::2], strict=True) if name == "--log-group"
    ]

    def read(scan: Scan) -> Iterable[Event]:
        wanted = {bound.group.name for bound in groups_of(scan, tuple(named), CATALOG)}
        events = (event for name in wanted for event in groups()[name])
        return sorted(
            (event for event in events if window.start <= event.timestamp <= window.end),
            key=lambda event: (event.timestamp, event.nanoseconds),
        )

    policies = chosen_policies(_given(case, "--policy"))
    plan = normalise(parse(Source(case.name, case.query)), policies)
    settings = Settings(policies, Moment(window.start, window.end, END))
    result = evaluate(plan, Sources(read, tables=_tables()), settings)
    assert list(result.columns) == case.columns
    rows = [[shown(cell) for cell in row] for row in result.rows]
    assert [[round(cell, 9) if isinstance(cell, float) else cell for cell in row] for row in rows] == case.rows
