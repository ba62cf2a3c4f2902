"""Sums across the columns of a row, and down the rows; only the sums are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from translators.insights.evaluate.event import Row, computed
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.values import Value, to_number
from translators.query.plan import Totals

Columns = list[tuple[str, Read]]


def totalled(rows: Iterable[Row], operator: Totals, columns: Columns) -> Iterator[Row]:
    """Each row with its total, then the row of column totals; null where nothing is a number."""
    sums: dict[str, Value] = {}
    for row in rows:
        values = [(name, to_number(read(row))) for name, read in columns]
        if operator.row:
            row.columns[operator.name] = _sum([value for _, value in values])
        for name, value in values:
            sums[name] = _sum([to_number(sums.get(name)), value])
        yield row
    if operator.column:
        yield computed(sums)


def _sum(values: list[int | float | None]) -> Value:
    numbers = [value for value in values if value is not None]
    return sum(numbers) if numbers else None
