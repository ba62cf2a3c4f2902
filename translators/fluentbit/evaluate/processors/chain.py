"""Native processors in a row: they share one chunk, of which records are decoded as they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from translators.fluentbit.evaluate.filters.base import Batch, Filter
from translators.fluentbit.evaluate.processors.conditions import Condition
from translators.fluentbit.evaluate.records import Event


class Native(Protocol):
    """A processor that is no filter."""

    @abstractmethod
    def change(self, event: Event) -> Event | None:
        """The record as it leaves; None when the processor fails on it, which ends its work on the chunk."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A native processor and the records that it is for. ``worker`` None: one that takes no logs."""

    worker: Native | None
    condition: Condition | None = None


class Chain(Filter):
    """Native processors one behind the other.

    What no processor asked for when the last has failed is not encoded again: it is lost, as in Fluent Bit. The chunk
    is written back by the last of them, so one there that takes no logs leaves the records as they were.
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        super().__init__()
        self._units = tuple(units)

    def run(self, batch: Batch) -> list[Event]:
        if self._units[-1].worker is None or not batch.events:
            return batch.events
        chunk = _Chunk(batch.events)
        for unit in self._units:
            if unit.worker is not None:
                chunk.work(unit.worker, unit.condition)
        return chunk.records


class _Chunk:
    """Decoded records, and those that still wait to be."""

    def __init__(self, events: list[Event]) -> None:
        self.records: list[Event] = []
        self._waiting = iter(events)
        self._at: int | None = None

    def work(self, worker: Native, condition: Condition | None) -> None:
        while (at := self._next(condition)) is not None:
            changed = worker.change(self.records[at])
            if changed is None:
                break
            self.records[at] = changed
        self._at = None

    def _next(self, condition: Condition | None) -> int | None:
        """The next record that the condition takes: what waits first, then what lies behind the last one taken."""
        for event in self._waiting:
            self.records.append(event)
            if condition is None or condition.holds(event):
                self._at = len(self.records) - 1
                return self._at
        while (at := -1 if self._at is None else self._at) < len(self.records) - 1:
            self._at = at + 1
            if condition is None or condition.holds(self.records[self._at]):
                return self._at
        return None
