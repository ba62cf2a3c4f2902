"""What a Loki with a cache, with old lines in memory, or with shards answers wrongly; and that our rows are right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.lab.loki import Loki, Tenant, running_loki
from migrate.ports import EntriesRequest, Entry, InstantRequest, RangeRequest, Stream
from migrate.queries.preparing import Options
from migrate.queries.run import run_query
from migrate.queries.window import Window
from tests.queries_support.estate import Estate, Kind, Written
from translators.logql.translate.templates import NUMBER

pytestmark = pytest.mark.engine
MS, HOUR = 1_000_000, 3_600_000
GROUP = "/app/x"
ESTATE = Estate(((GROUP, Kind.LINES),))
S = f'{{log_group="{GROUP}"}}'
CACHE = {
    "cache_results": True,
    "results_cache": {"cache": {"embedded_cache": {"enabled": True, "max_size_mb": 100}}},
}


@pytest.fixture(scope="module")
def habits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loki]:
    """A Loki as its chart sets it up: with a results cache, and asking the ingester for young lines only."""
    ingester = {"query_store_max_look_back_period": "0s", "max_chunk_age": "2h"}
    sections = {"query_range": CACHE, "ingester": ingester, "limits_config": {"split_queries_by_interval": "1h"}}
    with running_loki(tmp_path_factory.mktemp("habits"), sections=sections) as running:
        yield running


def client(tenant: Tenant) -> HttpLoki:
    return HttpLoki(Endpoint(tenant.url, tenant.name))


def push(tenant: Tenant, *milliseconds: int) -> None:
    tenant.push(ESTATE.streams(Written(at * MS, f"line {at}", GROUP) for at in milliseconds))


def rows(tenant: Tenant, query: str, window: Window, now: int) -> list[tuple[object, ...]]:
    return list(run_query(query, ESTATE.catalog, client(tenant), window, Options((GROUP,), now=now)).rows)


def test_a_bucket_that_is_still_filling_is_counted_anew(habits: Loki) -> None:
    """Loki's cache keeps the half-filled bucket of a negative offset: its own answer stays behind."""
    tenant = habits.tenant("filling")
    now = time.time_ns() // MS
    bucket = (now - HOUR) // HOUR * HOUR
    first, last = bucket - 3 * HOUR, bucket + HOUR
    metric = RangeRequest(
        f"sum(count_over_time({S} [1h] offset -{HOUR * MS - 1}ns))", first * MS, bucket * MS, HOUR * MS
    )
    query, window = "stats count(*) as n by bin(1h) as t | sort t", Window(first, last)
    push(tenant, *(bucket + i for i in range(10)))
    assert [point[1] for series in client(tenant).range(metric).series for point in series.points] == [10]
    assert [row[1] for row in rows(tenant, query, window, now)] == [10]
    push(tenant, *(bucket + 100 + i for i in range(7)))
    assert [point[1] for series in client(tenant).range(metric).series for point in series.points] == [10]
    assert [row[1] for row in rows(tenant, query, window, now)] == [17]


def test_lines_of_weeks_ago_are_seen_once_they_are_flushed(habits: Loki) -> None:
    tenant = habits.tenant("old")
    old = time.time_ns() // MS - 21 * 24 * HOUR
    push(tenant, old)
    loki = client(tenant)
    request = EntriesRequest(S, old * MS, (old + 1) * MS, 10)
    assert loki.entries(request).size == 0
    until = time.monotonic() + 60
    while loki.entries(request).size == 0:
        assert time.monotonic() < until
        habits.flush()
    assert rows(tenant, "fields @message", Window(old, old), old) == [(f"line {old}",)]


def test_an_average_over_shards_divides_by_lines_that_have_no_number(tmp_path: Path) -> None:
    """grafana/loki#23890: only what is a number before `unwrap` may be averaged."""
    start = 1_772_366_400_000
    lines = [f'{{"v":{v},"i":{i}}}' for i, v in enumerate((10, 20, '"text"', '"more"', "null", '""'))]
    with running_loki(tmp_path, {"tsdb_sharding_strategy": "power_of_two"}) as running:
        tenant = running.tenant("average")
        tenant.push([Stream({"app": "x"}, tuple(Entry((start + i) * MS, line, {}) for i, line in enumerate(lines)))])
        loki = client(tenant)

        def average(condition: str, behind: str = "") -> float:
            metric = f'avg_over_time({{app="x"}} | json v="v" {condition}| unwrap v {behind}[1h]) by (app)'
            (series,) = loki.instant(InstantRequest(metric, (start + HOUR - 1) * MS)).series
            return series.points[0][1]

        assert average(f'| v=~"{NUMBER}" ') == 15
        assert average("", '| __error__="" ') != 15


def test_many_young_buckets_are_one_question_and_counted_anew(habits: Loki) -> None:
    tenant = habits.tenant("seconds")
    now = time.time_ns() // MS
    first = (now - HOUR // 2) // 1000 * 1000
    window = Window(first, first + 1_200_000)
    query = "stats count(*) as n by bin(1s) as t | sort t"
    push(tenant, *(first + 600_000 + 100 * i for i in range(5)))
    for later, seconds in ((0, {5}), (1, {12})):
        found = run_query(query, ESTATE.catalog, client(tenant), window, Options((GROUP,), now=now + later))
        assert {row[1] for row in found.rows} == seconds
        assert found.statistics.requests < 10
        push(tenant, *(first + 600_500 + 50 * i for i in range(7)))
