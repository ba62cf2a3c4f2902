"""A log event as CloudWatch has it, and a row on its way through the operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from translators.insights.evaluate.values import Value


class Event(NamedTuple):
    """One log event. ``log_group`` is the name alone; ``account`` is put before it in @log when it is known.

    ``extra`` are more system fields by name (``@ptr``, ``@entity.…``). ``nanoseconds`` are those behind the
    millisecond, where they are known: CloudWatch has none, they only order the events of one millisecond.
    """

    timestamp: int
    message: str
    log_stream: str = ""
    log_group: str = ""
    account: str = ""
    ingestion_time: int | None = None
    extra: Mapping[str, str] = {}
    nanoseconds: int = 0


NO_EVENT = Event(0, "")


class Row:
    """A row: its event, the fields found in it (None: not looked yet), and the computed columns.

    Operators own the rows they are given and may add columns to them.
    """

    __slots__ = ("columns", "event", "record")

    def __init__(self, event: Event, record: dict[str, Any] | None, columns: dict[str, Value]) -> None:
        self.event = event
        self.record = record
        self.columns = columns

    def copy(self) -> Row:
        """The same row with columns of its own."""
        return Row(self.event, self.record, dict(self.columns))


def computed(columns: dict[str, Value]) -> Row:
    """A row without an event."""
    return Row(NO_EVENT, {}, columns)
