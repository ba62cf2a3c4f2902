"""Columns of a table by equal keys; the table is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import Table, Uses
from translators.insights.evaluate.values import to_text
from translators.query.plan import Lookup
from translators.query.policies import Policy


def table_of(operator: Lookup, tables: Mapping[str, Table]) -> Table:
    """Its table; refused where it, or a column of it, is not there: before any row is read."""
    table = tables.get(operator.table)
    if table is None:
        message = f"the lookup table {operator.table} is not given"
        raise Refused("insights/lookup-table", message, operator.span, f"--lookup {operator.table}=FILE.csv")
    for column in (*(key.column for key in operator.keys), *operator.outputs):
        _place(table, operator, column)
    return table


@dataclass(frozen=True, slots=True)
class Reads:
    """How the keys of a row are read, and the columns that the table may fill."""

    keys: list[Read]
    existing: list[Read]


def looked_up(rows: Iterable[Row], operator: Lookup, table: Table, reads: Reads, uses: Uses) -> Iterator[Row]:
    """Each row with the outputs of the table row that it matches, exactly and case-sensitively."""
    keys, existing = reads.keys, reads.existing
    index = _index(operator, table, uses)
    places = [_place(table, operator, name) for name in operator.outputs]
    for row in rows:
        found = index.get(tuple([to_text(read(row)) for read in keys]))
        if operator.overwrite:
            values = [None if found is None else found[place] for place in places]
            row.columns.update(zip(operator.outputs, values, strict=True))
        else:
            _fill(row, operator.outputs, existing, None if found is None else [found[place] for place in places])
        yield row


def _fill(row: Row, outputs: tuple[str, ...], existing: list[Read], found: list[str] | None) -> None:
    """OUTPUTNEW: what is there stays."""
    for index, (name, read) in enumerate(zip(outputs, existing, strict=True)):
        value = read(row)
        row.columns[name] = found[index] if value is None and found is not None else value


def _index(operator: Lookup, table: Table, uses: Uses) -> dict[tuple[str | None, ...], tuple[str, ...]]:
    places = [_place(table, operator, key.column) for key in operator.keys]
    last = uses.policies.value(Policy.LOOKUP_DUPLICATES) == "last"
    index: dict[tuple[str | None, ...], tuple[str, ...]] = {}
    for row in table.rows:
        key = tuple(row[place] for place in places)
        if key in index:
            uses.note(Policy.LOOKUP_DUPLICATES, f"the table {operator.table} has rows with equal keys")
        if last or key not in index:
            index[key] = row
    return index


def _place(table: Table, operator: Lookup, column: str) -> int:
    if column not in table.columns:
        message = f"the lookup table {operator.table} has no column `{column}`"
        raise Refused("insights/lookup-column", message, operator.span, f"it has {', '.join(table.columns)}")
    return table.columns.index(column)
