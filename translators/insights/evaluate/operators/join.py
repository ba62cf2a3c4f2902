"""Pairs of rows with equal keys; the right side's fields are kept, the left side streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from translators.insights.evaluate.event import Row, computed
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import TooMuch
from translators.insights.evaluate.values import Value, identity

Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Half:
    """The rows of one side, how its keys are read, and its fields by the names they get."""

    rows: Iterable[Row]
    keys: list[Read]
    fields: list[tuple[str, Read]]

    def key(self, row: Row) -> Key:
        return tuple([identity(read(row)) for read in self.keys])

    def columns(self, row: Row) -> dict[str, Value]:
        return {name: read(row) for name, read in self.fields}


def joined(left: Half, right: Half, keep_left: bool, cap: int) -> Iterator[Row]:
    """Each pair; ``keep_left``: also the left rows without a partner. A missing key has no partner."""
    partners = _partners(right, cap)
    empty: list[dict[str, Value]] = [{}] if keep_left else []
    for row in left.rows:
        columns = left.columns(row)
        for partner in partners.get(left.key(row), empty):
            pair = computed({**columns, **partner})
            pair.event = row.event
            yield pair


def _partners(right: Half, cap: int) -> dict[Key, list[dict[str, Value]]]:
    found: dict[Key, list[dict[str, Value]]] = {}
    count = 0
    for row in right.rows:
        key = right.key(row)
        if None in key:
            continue
        count += 1
        if count > cap:
            raise TooMuch("joined_rows", cap)
        found.setdefault(key, []).append(right.columns(row))
    return found
