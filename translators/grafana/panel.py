"""A table as a Grafana panel: targets for Loki and the transformations that make Insights' table of their frames."""

from __future__ import annotations

from typing import assert_never

from translators.query.expressions import Rounding
from translators.query.split.table import (
    COLUMN_LABEL,
    AsTime,
    Calculate,
    Finish,
    First,
    Fold,
    Having,
    Keep,
    KeepAny,
    Mode,
    Order,
    Origin,
    Output,
    Request,
    Round,
    Table,
)

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
DATASOURCE: dict[str, Json] = {"type": "loki", "uid": "${loki}"}


def panel(table: Table, title: str, description: str) -> dict[str, Json]:
    """The panel's JSON model; its place on a dashboard is the dashboard's to say."""
    kind = _kind(table)
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "targets": [_target(request) for request in table.requests],
        "transformations": transformations(table),
        "fieldConfig": {"defaults": {}, "overrides": []},
        "options": _options(kind),
    }


def _kind(table: Table) -> str:
    if any(one.origin is Origin.TIME for one in table.outputs) and all(one.is_metric for one in table.requests):
        return "timeseries" if not table.finish and len(table.keys) == 1 else "table"
    return "table"


def _options(kind: str) -> dict[str, Json]:
    return {"showHeader": True} if kind == "table" else {"legend": {"displayMode": "list", "placement": "bottom"}}


def _target(request: Request) -> dict[str, Json]:
    target: dict[str, Json] = {
        "refId": request.ref,
        "datasource": DATASOURCE,
        "editorMode": "code",
        "expr": request.panel,
        "queryType": str(request.mode),
    }
    if request.is_metric:
        target["legendFormat"] = f"{{{{{COLUMN_LABEL}}}}}"
    if request.step_ms is not None:
        target["step"] = _step(request.step_ms)
    if request.limit is not None:
        target["maxLines"] = request.limit
    if request.direction is not None:
        target["direction"] = request.direction
    return target


def _step(milliseconds: int) -> str:
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def transformations(table: Table) -> list[Json]:
    """From Loki's frames to the table."""
    steps: list[Json] = []
    if _is_instant(table):
        steps += [_step_of("merge", {})]
    elif table.requests[0].is_metric:
        steps += [
            _step_of("labelsToFields", {"mode": "columns", "valueLabel": COLUMN_LABEL}),
            _step_of("merge", {}),
        ]
    else:
        steps.append(_step_of("extractFields", {"source": "labels", "format": "json", "replace": False}))
        newest_first = table.requests[0].direction != "forward"
        steps.append(_step_of("sortBy", {"fields": {}, "sort": [{"field": "Time", "desc": newest_first}]}))
    steps.append(_step_of("organize", _renamed(table)))
    texts = tuple(one.name for one in table.outputs if one.is_time and one.origin is Origin.LABEL)
    times = tuple(one.name for one in table.outputs if one.is_time)
    steps += [*_converted(texts, "number"), *_converted(times, "time")]
    for one in table.finish:
        steps += _finish(one)
    steps.append(_step_of("organize", _shown(table)))
    return steps


def _converted(names: tuple[str, ...], kind: str) -> list[Json]:
    conversions: list[Json] = [{"targetField": name, "destinationType": kind} for name in names]
    return [_step_of("convertFieldType", {"conversions": conversions, "fields": {}})] if names else []


def _step_of(name: str, options: dict[str, Json]) -> Json:
    return {"id": name, "options": options}


def _is_instant(table: Table) -> bool:
    """Grafana's Loki source makes a table of each instant query, and one frame of each series of a range."""
    return table.requests[0].is_metric and table.requests[0].mode is Mode.INSTANT


def _source(output: Output, table: Table) -> str:
    """What the column is called in the frames."""
    match output.origin:
        case Origin.LABEL:
            return output.label
        case Origin.TIME:
            return "Time"
        case Origin.LINE:
            return "Line"
        case Origin.VALUE:
            return f"Value #{output.ref}" if _is_instant(table) else output.name
        case _:
            assert_never(output.origin)


def _renamed(table: Table) -> dict[str, Json]:
    is_metric = table.requests[0].is_metric
    renamed: dict[str, Json] = {}
    for output in table.outputs:
        source = _source(output, table)
        if source != output.name:
            renamed[source] = output.name
    hidden: dict[str, Json] = {"labels": True, "tsNs": True, "id": True, "labelTypes": True}
    sources = {_source(output, table) for output in table.outputs}
    # A label of the stream that is called like a column would be shown in its stead.
    hidden |= {name: True for name in renamed.values() if isinstance(name, str) and name not in sources}
    for name in table.hidden:
        hidden[name] = True
    if _is_instant(table):
        shown = {one.ref for one in table.outputs if one.origin is Origin.VALUE}
        hidden |= {f"Value #{one.ref}": True for one in table.requests if one.ref not in shown}
    if is_metric and not any(output.origin is Origin.TIME for output in table.outputs):
        hidden["Time"] = True
    return {"excludeByName": hidden, "indexByName": {}, "renameByName": renamed}


def _shown(table: Table) -> dict[str, Json]:
    """Only the query's columns, in its order."""
    names = dict.fromkeys((*(output.name for output in table.outputs), *_folded(table)))
    # A column that was renamed still hears its first name here.
    renamed = {column for one in table.finish if isinstance(one, Fold) for column, name in one.keys if column != name}
    hidden: dict[str, Json] = {name: True for name in names if name not in table.shown and name not in renamed}
    order: dict[str, Json] = {name: index for index, name in enumerate(table.shown)}
    included: dict[str, Json] = dict.fromkeys(table.shown, True)
    return {"excludeByName": hidden, "indexByName": order, "renameByName": {}, "includeByName": included}


def _folded(table: Table) -> tuple[str, ...]:
    folds = tuple(name for one in table.finish if isinstance(one, Fold) for _, _, name in one.calls)
    return (*folds, *(one.name for one in table.finish if isinstance(one, (Calculate, Round))))


def _finish(finish: Finish) -> list[Json]:
    match finish:
        case Keep():
            return [_filter("all", (finish,))]
        case KeepAny(conditions):
            return [_filter("any", conditions)]
        case Order(column, descending):
            return [_step_of("sortBy", {"fields": {}, "sort": [{"field": column, "desc": descending}]})]
        case First(count):
            return [_step_of("limit", {"limitField": count})]
        case Fold():
            return _fold(finish)
        case Calculate():
            return [_calculation(finish)]
        case Round(name, column, rounding):
            operator = "ceil" if rounding is Rounding.CEIL else "floor"
            unary: Json = {"operator": operator, "fieldName": column}
            options: dict[str, Json] = {"mode": "unary", "unary": unary, "alias": name, "replaceFields": False}
            return [_step_of("calculateField", options)]
        case AsTime(column):
            return _converted((column,), "time")
        case _:
            assert_never(finish)


def _filter(match: str, conditions: tuple[Keep, ...]) -> Json:
    filters: list[Json] = []
    for one in conditions:
        options: dict[str, Json] = {} if one.having in (Having.THERE, Having.MISSING) else {"value": one.value}
        filters.append({"fieldName": one.column, "config": {"id": str(one.having), "options": options}})
    return _step_of("filterByValue", {"type": "include", "match": match, "filters": filters})


def _calculation(calculate: Calculate) -> Json:
    right = str(calculate.right) if isinstance(calculate.right, str) else f"{calculate.right:.15g}"
    binary: dict[str, Json] = {
        "left": {"matcher": {"id": "byName", "options": calculate.left}},
        "operator": str(calculate.operator),
        "right": {"matcher": {"id": "byName", "options": right}}
        if isinstance(calculate.right, str)
        else {"fixed": right},
    }
    options: dict[str, Json] = {"mode": "binary", "binary": binary, "alias": calculate.name, "replaceFields": False}
    return _step_of("calculateField", options)


def _fold(fold: Fold) -> list[Json]:
    fields: dict[str, Json] = {column: {"aggregations": [], "operation": "groupby"} for column, _ in fold.keys}
    renamed: dict[str, Json] = {column: name for column, name in fold.keys if column != name}
    for column, function, name in fold.calls:
        known = fields.get(column)
        before = known.get("aggregations") if isinstance(known, dict) else None
        functions: list[Json] = [*(before if isinstance(before, list) else []), function]
        fields[column] = {"aggregations": functions, "operation": "aggregate"}
        renamed[f"{column} ({function})"] = name
    organized: dict[str, Json] = {"excludeByName": {}, "indexByName": {}, "renameByName": renamed}
    return [_step_of("groupBy", {"fields": fields}), _step_of("organize", organized)]
