"""Compares `@message` without the keys that the migration's agents never send, as the catalog says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from migrate.queries.prove.comparing import Comparison, Match, RowVerdict, compare
from migrate.queries.prove.tables import Expected, Row
from migrate.queries.prove.tolerances import Tolerance, Tolerances
from translators.catalog import Catalog, FieldPath, IsGone
from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.values import identity
from translators.query.bind import groups_of
from translators.query.expressions import Call, Column, Expression, Field, Function
from translators.query.plan import Extend, Plan
from translators.query.tree import scans, walk

_MESSAGE = ("@message",)
_REASON = "`@message` was compared without the keys that the catalog says are gone: {}"


def gone_keys(plan: Plan, catalog: Catalog, log_groups: tuple[str, ...]) -> tuple[FieldPath, ...]:
    """The keys that no event of the query's log groups has in Loki."""
    shapes = (bound.shape for scan in scans(plan.root) for bound in groups_of(scan, log_groups, catalog))
    found = (field.path for shape in shapes for field in shape.fields if isinstance(field.place, IsGone))
    return tuple(dict.fromkeys(path for path in found if path))


def without_gone(
    plan: Plan, tables: tuple[Expected, Sequence[Row]], gone: tuple[FieldPath, ...], allowed: Tolerances
) -> Comparison | None:
    """The comparison of what both sides can have; None where nothing shows the whole message."""
    expected, rows = tables
    places = [index for index, column in enumerate(plan.root.columns) if _is_message(column.expression, plan)]
    if not places or not gone:
        return None
    wanted = tuple(_stripped(row, places, gone) for row in expected.rows)
    got = tuple(_stripped(row, places, gone) for row in rows)
    found = compare(replace(expected, rows=wanted), plan.columns, got, allowed)
    matches = tuple(_judged(match, expected, rows) for match in found.matches)
    names = ", ".join(".".join(path) for path in gone)
    tolerance = Tolerance("envelope", 0.0, _REASON.format(names))
    return replace(found, matches=matches, tolerances=(*found.tolerances, tolerance))


def _is_message(expression: Expression, plan: Plan) -> bool:
    """Whether a column is the message itself, under whatever name."""
    match expression:
        case Field():
            return expression.path == _MESSAGE
        case Call(function=Function.UNMASK):
            return _is_message(expression.arguments[0], plan)
        case Column():
            made = [named for one in walk(plan.root) if isinstance(one, Extend) for named in one.columns]
            given = [named.expression for named in made if named.name == expression.name]
            return len(given) == 1 and given[0] != expression and _is_message(given[0], plan)
        case _:
            return False


def _judged(match: Match, expected: Expected, rows: Sequence[Row]) -> Match:
    if match.verdict is not RowVerdict.EQUAL or match.expected is None or match.actual is None:
        return match
    pairs = zip(expected.rows[match.expected], rows[match.actual], strict=True)
    same = all(identity(one) == identity(other) for one, other in pairs)
    return match if same else replace(match, verdict=RowVerdict.TOLERATED)


def _stripped(row: Row, places: Iterable[int], gone: tuple[FieldPath, ...]) -> Row:
    return tuple(_without(cell, gone) if place in places else cell for place, cell in enumerate(row))


def _without(cell: Cell, gone: tuple[FieldPath, ...]) -> Cell:
    """The object without these keys; any other text as it is."""
    if not isinstance(cell, str) or not cell.startswith("{"):
        return cell
    try:
        record = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    for path in gone:
        inner = record
        for key in path[:-1]:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            inner.pop(path[-1], None)
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
