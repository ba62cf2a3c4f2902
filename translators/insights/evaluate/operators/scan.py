"""Events and given rows as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from translators.insights.evaluate.event import NO_EVENT, Event, Row
from translators.insights.evaluate.values import Value


def scanned(events: Iterable[Event]) -> Iterator[Row]:
    """A row for each event; its fields are looked for when one is asked for."""
    for event in events:
        yield Row(event, None, {})


def given(rows: Iterable[Mapping[str, Value]]) -> Iterator[Row]:
    """A row for each mapping. A column @message is looked into for fields that are no columns."""
    for columns in rows:
        message = columns.get("@message")
        if isinstance(message, str):
            yield Row(_event(columns, message), None, dict(columns))
        else:
            yield Row(NO_EVENT, {}, dict(columns))


def _event(columns: Mapping[str, Value], message: str) -> Event:
    timestamp, stream = columns.get("@timestamp"), columns.get("@logStream")
    return Event(
        int(timestamp) if isinstance(timestamp, int) else 0, message, stream if isinstance(stream, str) else ""
    )
