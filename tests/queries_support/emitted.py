"""What a translation shows: its requests asked of Loki, and Grafana's own transformations on the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrate.lab.grafana import Frame, Panel, frames_of_matrix, frames_of_streams, frames_of_vector
from migrate.lab.http import Client
from migrate.lab.loki import Tenant
from migrate.queries.window import Window
from translators.grafana.panel import transformations
from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.values import date_text, number_of
from translators.query.split.table import Mode, Request, Table


@dataclass(frozen=True)
class Refusal(Exception):
    """Loki did not answer 200."""

    status: int
    text: str
    logql: str


def ask(request: Request, tenant: Tenant, window: Window) -> list[Frame]:
    """The frames of one request, over the closed window."""
    client = Client(tenant.url, {"X-Scope-OrgID": tenant.name}, seconds=60)
    logql = request.panel.replace("$__range", f"{window.milliseconds}ms")
    if request.mode is Mode.INSTANT:
        answer = client.get("/loki/api/v1/query", query=logql, time=window.behind_ns - 1)
    elif request.is_metric:
        step = request.step_ms or 1
        answer = client.get(
            "/loki/api/v1/query_range",
            query=logql,
            start=window.start // step * step * 1_000_000,
            end=window.end // step * step * 1_000_000,
            step=f"{step}ms",
        )
    else:
        answer = client.get(
            "/loki/api/v1/query_range",
            query=logql,
            start=window.first_ns,
            end=window.behind_ns,
            limit=request.limit or 5000,
            direction=request.direction or "backward",
        )
    if not answer.good:
        raise Refusal(answer.status, answer.text[:500], logql)
    found = answer.json()["data"]
    match found["resultType"]:
        case "streams":
            return frames_of_streams(found["result"], request.ref)
        case "vector":
            return frames_of_vector(found["result"], request.ref)
        case _:
            return frames_of_matrix(found["result"], request.ref)


def shown_by(table: Table, tenant: Tenant, window: Window) -> Panel:
    """The panel, its targets answered."""
    frames = [frame for request in table.requests for frame in ask(request, tenant, window)]
    steps: Sequence[Any] = transformations(table)
    if steps and steps[0]["id"] == "extractFields":
        return Panel([_with_labels(frame) for frame in frames], steps[1:])
    return Panel(frames, steps)


def _with_labels(frame: Frame) -> Frame:
    """Grafana's extractFields, which is not among the transformations of @grafana/data: a field for each label."""
    (labels,) = [one["values"] for one in frame["fields"] if one["name"] == "labels"]
    names = dict.fromkeys(name for one in labels for name in one)
    more = [{"name": name, "type": "string", "values": [one.get(name) for one in labels]} for name in names]
    return {**frame, "fields": [*frame["fields"], *more]}


def rows_of(frames: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[tuple[Cell, ...]]:
    """The table that a panel shows, as comparable rows; a column that is not there is null."""
    rows: list[tuple[Cell, ...]] = []
    for frame in frames:
        fields = {field.get("displayName") or field["name"]: field for field in frame["fields"]}
        size = max((len(field["values"]) for field in frame["fields"]), default=0)
        for index in range(size):
            rows.append(tuple(_cell(fields.get(name), index) for name in columns))
    return rows


def _cell(field: Mapping[str, Any] | None, index: int) -> Cell:
    if field is None or index >= len(field["values"]):
        return None
    value = field["values"][index]
    if value is None or value == "":
        return None
    if field["type"] == "time" and isinstance(value, int | float):
        return date_text(int(value))
    return comparable(value)


def comparable(value: Any) -> Cell:
    """Panels know no types of labels: numbers as numbers of 9 digits, the empty text as nothing."""
    if isinstance(value, str):
        number = number_of(value)
        if number is None:
            return value or None
        value = number
    return None if value is None else float(f"{float(value):.9g}")
