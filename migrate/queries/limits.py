"""Sees when a query wants only its newest or oldest rows, so that reading may end early."""

from __future__ import annotations

from dataclasses import dataclass

from translators.query.expressions import Field
from translators.query.plan import Extend, Filter, Limit, Lookup, Operator, Parse, Plan, Scan, Sort


@dataclass(frozen=True, slots=True)
class Ends:
    """The first ``count`` rows by time. ``filtered``: rows may be dropped on the way."""

    count: int
    newest: bool


def ends_of(plan: Plan) -> Ends | None:
    """None when the answer needs every row: the rows must come one by one from one scan, in the order of time."""
    limit: Operator = plan.root.input
    if not isinstance(limit, Limit) or limit.tail or not isinstance(limit.input, Sort):
        return None
    sort = limit.input
    first = sort.keys[0] if sort.keys else None
    if first is None or not isinstance(first.expression, Field) or first.expression.path != ("@timestamp",):
        return None
    if len([key for key in sort.keys if not key.implied]) > 1 or not _row_by_row(sort.input):
        return None
    return Ends(limit.count, first.descending)


def _row_by_row(operator: Operator) -> bool:
    while isinstance(operator, Filter | Extend | Parse | Lookup):
        operator = operator.input
    return isinstance(operator, Scan)
