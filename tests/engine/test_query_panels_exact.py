"""Panels that promise the rows of Insights without a condition on empty texts, times or missing values keep it."""

from __future__ import annotations

import pytest

from migrate.lab.grafana import transform_all
from migrate.lab.loki import Tenant
from migrate.queries.preparing import Options, prepare_query, read_query
from migrate.queries.window import Window
from tests.queries_support.emitted import comparable, rows_of, shown_by
from tests.queries_support.estate import Estate, Kind, Written
from tests.queries_support.two_sides import World
from translators.queries import translated
from translators.query.policies import Policies, read_policies

pytestmark = pytest.mark.engine
START, HOUR = 1_767_571_200_000, 3_600_000
DAY = Window(START, START + 24 * HOUR - 1)
GROUP = "/app/lines"
LINES = (
    '{"k":"","n":1,"ts":1767571200000}',
    '{"k":"","n":2,"ts":"1767574800000"}',
    '{"k":null,"n":3,"ts":1767578400001}',
    '{"k":"a","g":"a","n":40,"ts":1767657599999}',
    '{"k":"a","g":"a","n":50,"ts":86400000}',
    '{"k":"ab","g":"ab","ts":1}',
    '{"k":"ab","g":"ab","ts":0}',
    '{"k":"b","g":"b","n":"x","ts":"soon"}',
    '{"k":"b","g":"b"}',
    '{"n":5}',
    '{"k":"한글","n":7}',
    '{"k":"","n":',
    '{"k":""} and more',
    '{"o":{"k":"","l":["",{"m":""}]},"n":8}',
    '{"o":{"k":"z","l":["q"]},"n":9}',
    '{"o":{"l":[]}}',
    '["a"]',
    '"a"',
    "plain text k",
    "",
)
STEP = 4_793_001
"""Over the whole day, on no whole second."""
QUERIES = (
    "filter k = '' | display n",
    "filter k != '' | display n, k",
    "filter k in ['', 'a'] | display n",
    "filter k not in ['', 'a'] | display n, k",
    "filter o.k = '' or k = '' | display n",
    "filter o.l.0 = '' | display n",
    "filter o.l.1.m = '' | display n",
    "filter k in ['a', 'ab'] | stats count(*) as c by k",
    "filter k like /a|ab/ | stats count(*) as c by k",
    "stats count(*) as c by dateceil(@timestamp, 1h) as t",
    "stats count(*) as c, sum(n) as s by dateceil(@timestamp, 1d) as t",
    "stats count(*) as c by datefloor(@timestamp + 9h, 1d) as t",
    "stats count(*) as c by datefloor(ts, 1d) as t | filter ispresent(t)",
    "stats count(*) as c by datefloor(fromMillis(ts), 1h) as t, g",
    "stats count(*) as c by bin(1h) as hour, bin(1d) as day",
    "fields fromMillis(ts) as t | display t, n",
    "stats count(*) as c by bin(1s) as t",
    "filter @logStream = 'host-1' and @logStream like /host/ | stats count(*) as c by @logStream",
    "stats max(fromMillis(ts)) as last, count(*) as c by g | filter last > 0",
    "fields substr(@timestamp, 0, 10) as day | stats count(*) as c by day",
    "fields concat(@timestamp, '/', g) as x | display x",
    "filter @timestamp like /05:1/ | stats count(*) as c",
    "filter @timestamp > datefloor(@timestamp, 1d) | stats count(*) as c",
    "fields bin(6h) as t | display t, n | sort t",
    "stats count(*) as c, avg(n) as a by g | filter a < 30",
    "stats count(*) as c, avg(n) as a by g | filter a >= 0",
    "stats count(*) as c, avg(n) as a by g | filter not ispresent(a)",
    "stats count(*) as c, avg(n) as a by g | filter c > 2 or a > 6",
    "stats count(*) as c by g | filter ispresent(g)",
    "stats count(*) as c by g | filter g like /a/ and c > 1",
    "fields jsonParse(@message) as j | fields j.k as k2 | display j, k2",
    "stats count(*) as c by @nothing",
    "filter coalesce(n, 0) | display n",
    "stats count(*) as c by (coalesce(n, 0) or coalesce(g, 'true')) as d",
    "filter tolower(k) or coalesce(n, 'x') | display n",
    "stats count(*) as c by g | stats avg(c) as a, stddev(c) as s, max(c) as m, count(*) as n, sum(c) as t",
    "stats count(*) as c by bin(1h) as t | stats sum(c - 1) as x, min(c) as y",
    "stats sum(n) as s, count(*) as c by bin(5m) as @t | stats max(c) as x, sum(c) as y by dateceil(@t, 2h)",
    "stats count(*) as c, max(@timestamp) as t by g | stats avg(c) as a by datefloor(t, 2h) as t | sort t",
    "stats count(*) as c by g, bin(6h) | stats sum(c) as s by g as other",
    "stats count(*) as c by g | display g",
    "filter ispresent(g) | stats count(*) as c by g, o.k | stats count_distinct(g) as d",
    "filter ispresent(g) | stats count(*) as c by g, bin(6h) | stats count_distinct(g) as d, count(g), max(c * 2) as m",
)


@pytest.fixture(params=["include", "exclude"])
def world(request: pytest.FixtureRequest) -> World:
    written = [
        Written((START + at * STEP) * 1_000_000 + at, line, GROUP)
        for at, line in enumerate((*LINES, *LINES[:-1]))
        if at * STEP < 24 * HOUR
    ]
    policies: Policies = read_policies({"missing-ne": request.param})
    return World(Estate(((GROUP, Kind.LINES),)), written, DAY, (GROUP,), policies=policies, now=DAY.end)


def test_panels_show_the_rows(tenant: Tenant, world: World) -> None:
    world.push(tenant)
    panels, asked = [], []
    for query in QUERIES:
        options = Options((GROUP,), world.policies, now=world.now)
        prepared = prepare_query(read_query(query, options), world.estate.catalog, options)
        table = translated(prepared, world.policies, DAY.milliseconds).table
        assert table is not None, query
        panels.append(shown_by(table, tenant, DAY))
        asked.append(world.expected(read_query(query, options)))
    wrong = []
    for query, result, frames in zip(QUERIES, asked, transform_all(panels), strict=True):
        expected = sorted(repr(tuple(map(comparable, row))) for row in result.rows)
        shown = sorted(map(repr, rows_of(frames, result.columns)))
        assert expected, query
        if shown != expected:
            lost, gained = [one for one in expected if one not in shown], [one for one in shown if one not in expected]
            wrong.append(f"{query}\nlost {lost[:4]}\ngained {gained[:4]}")
    assert not wrong, "\n\n".join(wrong)
