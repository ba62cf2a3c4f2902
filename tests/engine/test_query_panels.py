"""A panel's claim is tested with Grafana's own transformations on what Loki really returned."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from migrate.lab.grafana import Panel, frames_of_matrix, frames_of_vector, transform_all
from migrate.lab.http import Client
from migrate.lab.loki import Tenant
from migrate.queries.preparing import Options, prepare_query, read_query
from translators.grafana.panel import transformations
from translators.insights.evaluate.values import date_text
from translators.queries import QueryShape, translated
from translators.query.split.table import Mode, Request, Table

_SPEC = importlib.util.spec_from_file_location("query_events", Path(__file__).with_name("query_events.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
events = importlib.util.module_from_spec(_SPEC)
sys.modules["query_events"] = events
_SPEC.loader.exec_module(events)

pytestmark = pytest.mark.engine

QUERIES = (
    "stats count(*)",
    "stats count(*) by kubernetes.namespace_name",
    "stats count(*) as n by kubernetes.pod_name, stream | sort n desc | limit 2",
    "stats count(*) by bin(5m)",
    "stats count(*) as n, avg(log_processed.ms) as a, max(log_processed.ms) as m by log_processed.level",
    "stats sum(log_processed.ms), min(log_processed.ms) by bin(10m), log_processed.level",
    "filter log_processed.status >= 500 | stats count(*) by log_processed.level",
    "filter log_processed.level in ['error', 'warn'] | stats count(*) by bin(15m), kubernetes.container_name",
    "parse log 'user=* id=*' as u, i | stats count(*) by u",
    "stats pct(log_processed.ms, 50) as p by kubernetes.namespace_name",
    "stats count_distinct(log_processed.level) as d by kubernetes.pod_name",
    "fields tolower(log_processed.level) as l | stats count(*) as n by l | filter n > 5 | sort l",
    "stats sum(strcontains(log, 'timeout')) as t, count(*) as n by kubernetes.pod_name",
    "stats sum(strcontains(log, 'timeout')) / count(*) * 100 as share by kubernetes.pod_name",
    "stats earliest(@timestamp), latest(@timestamp) by kubernetes.pod_name",
    "stats count(*) as c by log_processed.level, stream | stats sum(c) as s, max(c) as m by stream",
    "stats count(*) as n, max(log_processed.ms) as m by kubernetes.container_name as c, stream | sort stream desc, c",
    "stats count(*) as n by stream, kubernetes.pod_name as p | sort stream, n desc, p | limit 4",
    "filter log like 'nothing at all' | stats count(*)",
)


def frames(world: Any, request: Request) -> list[Any]:
    """What Loki returns for a target of the panel."""
    client: Client = world.tenant.client
    text = request.panel.replace("$__range", "3600000ms")
    if request.mode is Mode.INSTANT:
        answer = client.get("/loki/api/v1/query", query=text, time=events.WINDOW.behind_ns - 1)
        return frames_of_vector(answer.json()["data"]["result"], request.ref)
    step = (request.step_ms or 0) // 1000
    first, last = events.START // 1000 // step * step, (events.START + events.HOUR - 1) // 1000 // step * step
    answer = client.get("/loki/api/v1/query_range", query=text, start=first, end=last, step=step)
    return frames_of_matrix(answer.json()["data"]["result"], request.ref)


def plain(value: Any) -> str | None:
    if value is None or value == "":
        return None
    try:
        return f"{float(value):.12g}"
    except ValueError:
        return str(value)


def shown(table: Table, panel: list[dict[str, Any]]) -> list[tuple[str | None, ...]]:
    """The rows of the panel, its columns in the query's order."""
    if not panel or not panel[0]["fields"]:
        return []
    fields = {field["displayName"] or field["name"]: field for field in panel[0]["fields"]}
    rows: list[tuple[str | None, ...]] = []
    for index in range(panel[0]["length"]):
        cells: list[str | None] = []
        for name in table.shown:
            field = fields.get(name)
            value = field["values"][index] if field else None
            is_time = bool(field) and field["type"] == "time" and value is not None  # type: ignore[index]
            cells.append(date_text(int(value)) if is_time else plain(value))
        rows.append(tuple(cells))
    return rows


def test_panels_show_the_table_of_insights(tenant: Tenant) -> None:
    world = events.random_world(tenant, seed=9, hostile=False)
    tables: list[Table] = []
    asked: list[Panel] = []
    for query in QUERIES:
        options = Options((events.APPLICATION,), now=events.START)
        prepared = prepare_query(read_query(query, options), events.CATALOG, options)
        table = translated(prepared, options.policies, events.HOUR).table
        assert table is not None, query
        tables.append(table)
        found = [frame for request in table.requests for frame in frames(world, request)]
        asked.append(Panel(found, transformations(table)))
    for query, table, panel in zip(QUERIES, tables, transform_all(asked), strict=True):
        expected = [tuple(map(plain, row)) for row in world.expected(query, events.APPLICATION).rows]
        answer = shown(table, panel)
        assert sorted(map(repr, answer)) == sorted(map(repr, expected)), query
        if "sort" in query:
            assert answer == expected, query


def test_the_default_of_a_translation_is_a_panel(tenant: Tenant) -> None:
    del tenant
    for query in QUERIES:
        options = Options((events.APPLICATION,), now=events.START)
        prepared = prepare_query(read_query(query, options), events.CATALOG, options)
        assert translated(prepared, options.policies, events.HOUR).shape in (QueryShape.LOGQL, QueryShape.GRAFANA)
