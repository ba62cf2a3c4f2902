"""Natural order; with a limit behind it, no more rows than that are kept, otherwise all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import TooMuch
from translators.insights.evaluate.values import sort_key

Entry = tuple[tuple[Any, ...], Row]
_SMALLEST_BUFFER = 1000


class Order:
    """How rows compare: by each key in turn; then the event that was written first, then as they came."""

    def __init__(self, keys: list[tuple[Read, bool]]) -> None:
        self.reads = tuple(read for read, _ in keys)
        self.directions = tuple(descending for _, descending in keys)
        self._written = -1 if all(self.directions) else 1

    def entry(self, row: Row) -> Entry:
        return (*[sort_key(read(row)) for read in self.reads], self._written * row.event.nanoseconds), row

    def sort(self, entries: list[Entry]) -> None:
        """Stable, in place; one pass when all keys point the same way, else one a key, the last first."""
        if len(set(self.directions)) == 1:
            entries.sort(key=_keys, reverse=self.directions[0])
            return
        entries.sort(key=_key_at(-1))
        for index in range(len(self.directions) - 1, -1, -1):
            entries.sort(key=_key_at(index), reverse=self.directions[index])


def _keys(entry: Entry) -> tuple[Any, ...]:
    return entry[0]


def _key_at(index: int) -> Callable[[Entry], Any]:
    return lambda entry: entry[0][index]


def sorted_rows(rows: Iterable[Row], order: Order, cap: int) -> Iterator[Row]:
    """All rows in order."""
    entries: list[Entry] = []
    for row in rows:
        entries.append(order.entry(row))
        if len(entries) > cap:
            raise TooMuch("sorted_rows", cap)
    order.sort(entries)
    for _, row in entries:
        yield row


def top(rows: Iterable[Row], order: Order, count: int, cap: int) -> Iterator[Row]:
    """The first ``count`` rows in order, with a buffer of twice that."""
    if count > cap:
        raise TooMuch("sorted_rows", cap)
    entries: list[Entry] = []
    size = max(2 * count, _SMALLEST_BUFFER)
    bound: Any = None
    descending = order.directions[0]
    for row in rows:
        entry = order.entry(row)
        if bound is not None and _beyond(entry[0][0], bound, descending):
            continue
        entries.append(entry)
        if len(entries) >= size:
            order.sort(entries)
            del entries[count:]
            bound = entries[-1][0][0] if entries else None
    order.sort(entries)
    for _, row in entries[:count]:
        yield row


def _beyond(key: Any, bound: Any, descending: bool) -> bool:
    """Whether the first key alone already loses against the last row that is kept."""
    return bool(key < bound if descending else key > bound)
