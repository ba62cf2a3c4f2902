"""``logmig query`` on a real Loki gives the rows that Insights would give."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.adapters.loki import Endpoint, HttpLoki
from migrate.errors import Answered
from migrate.lab.loki import Tenant, running_loki
from migrate.ports import EntriesRequest, Entry, Page
from migrate.queries.preparing import Manual, Options
from migrate.queries.reading import TooDense
from migrate.queries.run import run_query
from migrate.queries.window import Window
from translators.diagnostics import Refused

_SPEC = importlib.util.spec_from_file_location("query_events", Path(__file__).with_name("query_events.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
events = importlib.util.module_from_spec(_SPEC)
sys.modules["query_events"] = events
_SPEC.loader.exec_module(events)

CORPUS = Path("/work/shared/corpus/queries/insights.jsonl")
pytestmark = pytest.mark.engine


def same(world: object, query: str, group: str, window: Window = events.WINDOW) -> int:
    """Assert equal rows in any order; gives how many there are."""
    expected = world.expected(query, group, window).rows  # type: ignore[attr-defined]
    answered = world.answered(query, group, window).rows  # type: ignore[attr-defined]
    assert sorted(map(repr, answered)) == sorted(map(repr, expected)), query
    return len(expected)


PREDICATES = (
    'log_processed.level = "error"',
    'log_processed.level != "error"',
    "log_processed.status >= 500",
    'log_processed.status = "500"',
    "log like /timeout/",
    "log not like /o/",
    "@message like /error/",
    "@message like 'ERROR'",
    "@message like /(?i)ERROR/",
    'kubernetes.namespace_name = "shop"',
    'kubernetes.pod_name like "web1"',
    "kubernetes.container_name like /^notify/",
    "@logStream like /web2/",
    "ispresent(log_processed.user)",
    'log_processed.msg like "한글"',
    "stream in ['stdout', 'x']",
    'kubernetes.labels.app = "web1"',
    "log_processed.ms > 2",
    "strcontains(log_processed.msg, 'user')",
)
TAILS = (
    "stats count(*)",
    "stats count(*) by kubernetes.namespace_name, bin(7m)",
    "stats avg(log_processed.ms), max(log_processed.ms), pct(log_processed.ms, 50) by log_processed.level",
    "stats count_distinct(log_processed.user) by kubernetes.pod_name",
    "fields @timestamp, log, kubernetes.pod_name | sort @timestamp desc | limit 13",
    "fields @timestamp, @message, @logStream | sort @timestamp asc | limit 5",
    "parse log 'user=* id=*' as u, i | stats count(*) by u, i",
    "dedup log_processed.level | limit 10",
    "fields strlen(log) as n | sort n desc, @timestamp | limit 20",
    "stats latest(log_processed.level), earliest(@timestamp) by stream",
    "stats count(*) as c by log_processed.status | filter c > 3 | sort c desc",
)


def random_query(chance: random.Random) -> str:
    def predicate(depth: int) -> str:
        if depth and chance.random() < 0.5:
            word = chance.choice([" and ", " or "])
            return "(" + word.join(predicate(depth - 1) for _ in range(2)) + ")"
        text = chance.choice(PREDICATES)
        return f"not ({text})" if chance.random() < 0.25 else text

    filters = [f"filter {predicate(2)}" for _ in range(chance.randrange(1, 3))]
    return " | ".join((*filters, chance.choice(TAILS)))


def test_random_queries_over_hostile_events_give_the_evaluators_rows(tenant: Tenant) -> None:
    world = events.random_world(tenant, seed=3)
    chance = random.Random(5)
    counts = [same(world, random_query(chance), events.APPLICATION) for _ in range(120)]
    assert sum(count > 0 for count in counts) > 0.6 * len(counts)


def test_the_corpus_gives_the_evaluators_rows(tenant: Tenant) -> None:
    if not CORPUS.exists():
        pytest.skip(f"{CORPUS} is not on this machine")
    world = events.random_world(tenant, seed=4)
    asked = 0
    for line in CORPUS.read_text("utf-8").splitlines():
        query = json.loads(line)["query"]
        for group in (events.APPLICATION, events.RAW):
            try:
                world.expected(query, group)
                same(world, query, group)
            except (Refused, Manual):
                continue
            asked += 1
    assert asked > 400


@pytest.mark.parametrize(
    "window",
    [
        Window(events.START, events.START),
        Window(events.START + 123, events.START + 2_345_678),
        Window(events.START - 5 * 86_400_000, events.START + 86_400_000),
    ],
)
def test_windows_are_closed_to_the_millisecond(tenant: Tenant, window: Window) -> None:
    world = events.random_world(tenant, seed=6)
    for query in ("stats count(*) by bin(5m), stream", "fields @timestamp, log | limit 10000", "stats count(*)"):
        same(world, query, events.APPLICATION, window)


def test_pages_go_on_across_entries_of_one_nanosecond(tenant: Tenant) -> None:
    world = events.World(tenant)
    at = events.START * 1_000_000
    for host in ("a", "b", "c"):
        entries = tuple(Entry(at + index // 30, f"{host} {index}", {}) for index in range(60))
        world.add(events.RAW, {"app": "rawapp", "host": host}, entries)
    assert sorted(world.answered("fields @message", events.RAW, page=50).rows) == sorted(
        world.expected("fields @message", events.RAW).rows
    )
    newest = world.answered("fields @timestamp, @message | sort @timestamp desc | limit 100", events.RAW, page=50)
    assert len(set(newest.rows)) == 100


class Heard(HttpLoki):
    """Remembers what it was asked for."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.asked: list[EntriesRequest] = []

    def entries(self, request: EntriesRequest) -> Page:
        self.asked.append(request)
        return super().entries(request)


def test_what_the_index_does_not_know_yet_is_read_in_stretches_too(tenant: Tenant) -> None:
    world = events.random_world(tenant, seed=11, lines=400)
    query, loki = "stats max(log_processed.status) by log_processed.level", Heard(Endpoint(tenant.url, tenant.name))
    options = Options((events.APPLICATION,), now=events.START, page=100)
    answered = run_query(query, events.CATALOG, loki, events.WINDOW, options)
    assert sorted(map(str, answered.rows)) == sorted(map(str, world.expected(query, events.APPLICATION).rows))
    assert answered.statistics.records_received == len(world.events[events.APPLICATION])
    assert len({request.end for request in loki.asked}) > 4


def test_a_limit_of_bytes_counts_what_loki_has_in_memory(tenant: Tenant) -> None:
    world = events.random_world(tenant, seed=12, lines=400)
    options = Options((events.APPLICATION,), now=events.START, limit_bytes=10_000)
    with pytest.raises(Answered) as refused:
        run_query("fields log", events.CATALOG, world.loki(), events.WINDOW, options)
    assert refused.value.rule == "query/limit-bytes"
    enough = replace(options, limit_bytes=1_000_000)
    assert run_query("fields log", events.CATALOG, world.loki(), events.WINDOW, enough).rows


def test_more_than_a_page_on_one_nanosecond_of_one_stream_is_refused(tenant: Tenant) -> None:
    world = events.World(tenant)
    entries = tuple(Entry(events.START * 1_000_000, f"line {index}", {}) for index in range(30))
    world.add(events.RAW, {"app": "rawapp", "host": "a"}, entries)
    with pytest.raises(TooDense):
        world.answered("fields @message", events.RAW, page=10)


def test_only_the_newest_rows_are_read_when_only_they_are_asked_for(tenant: Tenant) -> None:
    world = events.random_world(tenant, seed=8, lines=400)
    answered = world.answered("fields @timestamp, log | sort @timestamp desc | limit 5", events.APPLICATION)
    assert len(answered.rows) == 5
    assert answered.statistics.records_received < 20


def test_a_loki_that_passes_on_4_mb_is_asked_for_no_more(tmp_path: Path) -> None:
    sizes = {"grpc_server_max_recv_msg_size": 4 << 20, "grpc_server_max_send_msg_size": 4 << 20}
    with running_loki(tmp_path, sections={"server": sizes}) as loki:
        world = events.World(loki.tenant("wide"))
        for first in range(0, 4000, 1000):
            numbers = range(first, first + 1000)
            wide = tuple(Entry((events.START + i) * 1_000_000, f"{i} {'x' * 2000}", {}) for i in numbers)
            world.add(events.RAW, {"app": "rawapp", "host": "a"}, wide)
        assert same(world, "fields @message, @timestamp | sort @timestamp asc", events.RAW) == 4000
        assert same(world, "fields strlen(@message) as l | stats sum(l), count(*)", events.RAW) == 1


def test_a_tenants_smaller_limits_are_kept(tmp_path: Path) -> None:
    limits = {"max_query_length": "24h", "max_entries_limit_per_query": 700}
    with running_loki(tmp_path, limits) as loki:
        world = events.random_world(loki.tenant("small"), seed=9, lines=800)
        long = Window(events.START - 2 * 86_400_000, events.START + 86_400_000)
        for query in (
            "stats count(*), avg(log_processed.ms) by log_processed.level",
            "fields @timestamp, log | sort @timestamp desc | limit 5",
            "stats count(*) by bin(1h)",
        ):
            assert same(world, query, events.APPLICATION, long) > 0


def test_settled_buckets_come_from_range_queries_and_clipped_ones_from_instant_ones(tenant: Tenant) -> None:
    world = events.random_world(tenant, seed=10)
    window = Window(events.START + 61_234, events.START + 3_456_789)
    later = Options((events.APPLICATION,), now=events.START + 90 * 86_400_000)
    for query in (
        "stats count(*) as n, count(kubernetes.labels.app) as a by bin(1m), kubernetes.container_name",
        "filter log like /timeout/ | stats count(*) by bin(7m)",
    ):
        answered = run_query(query, events.CATALOG, world.loki(), window, later)
        expected = world.expected(query, events.APPLICATION, window).rows
        assert sorted(map(repr, answered.rows)) == sorted(map(repr, expected))
        assert answered.statistics.records_received == 0
        assert answered.statistics.requests <= 6


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("filter log like /timeout/ | stats count(*)", 1),
        ("filter log like /timeout/ | stats count(*) by log_processed.level", None),
        ("filter log like /timeout/ | stats count(*) as n by stream | stats max(n)", 1),
        ("filter log like /timeout/ | fields @timestamp", None),
        ("filter log like /timeout/ | sort log desc | limit 3", 3),
        ("filter log like 'no such text' | stats count(*)", 1),
        ("stats sum(log_processed.ms)", 1),
    ],
)
def test_matched_are_the_events_that_pass_the_filters(tenant: Tenant, query: str, rows: int | None) -> None:
    world = events.random_world(tenant, seed=11)
    passing = query.partition(" | ")[0] + " | " if query.startswith("filter") else ""
    ((matched,),) = world.expected(f"{passing}stats count(*)", events.APPLICATION).rows
    answered = world.answered(query, events.APPLICATION)
    assert answered.statistics.records_matched == matched
    assert rows is None or len(answered.rows) == rows
