"""Looks at the events behind a result: one whole, its neighbours in the stream, the fields that events have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrate.errors import Answered
from migrate.ports import Loki
from migrate.queries.preparing import Options, read_query
from migrate.queries.run import run_query
from migrate.queries.window import Window
from translators.catalog import Catalog
from translators.insights.evaluate.discovery import discovered
from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.event import Event
from translators.query.expressions import Field
from translators.query.plan import Aggregate, Anomalies, Dedup, Diff, Join, Patterns, Plan, Totals, Unnest
from translators.query.tree import walk

SAMPLE = 1000
AROUND_MS = 3_600_000
MOST_AT_ONCE = 100
"""Neighbours of the same millisecond that are looked through for the event itself."""
WHOLE = ("@timestamp", "@logStream", "@log", "@message")
_NO_EVENTS = (Aggregate, Anomalies, Diff, Join, Patterns, Totals, Unnest)
_EVERYTHING = f"fields {', '.join(WHOLE)} | limit {SAMPLE}"


@dataclass(frozen=True, slots=True)
class Question:
    """A query as it was asked: with its pinned window."""

    text: str
    window: Window
    options: Options


@dataclass(frozen=True, slots=True)
class Place:
    """Where queries run."""

    catalog: Catalog
    loki: Loki


@dataclass(frozen=True, slots=True)
class Seen:
    """One event, whole. The cells are as Insights shows them."""

    time: str
    stream: str
    log: str
    message: str


def events_of(question: Question, place: Place) -> list[Seen]:
    """The events of the rows, in their order. Refuses where rows are no events."""
    plan = read_query(question.text, question.options)
    if any(isinstance(one, _NO_EVENTS) for one in walk(plan.root)):
        raise Answered("the rows of this query are no events", "ask without stats", "query/no-events")
    if any(isinstance(one, Dedup) for one in walk(plan.root)):
        raise Answered("behind dedup nothing else can be shown", "ask without dedup", "query/no-events")
    return _ask(f"{question.text}\n| display {', '.join(WHOLE)}", question, place)


def sample(question: Question, place: Place) -> tuple[list[Seen], bool]:
    """Events of the query, or any of the log group where its rows are none; True when they are the query's."""
    try:
        return events_of(question, place)[:SAMPLE], True
    except Answered as no:
        if no.rule != "query/no-events":
            raise
    return _ask(_EVERYTHING, question, place), False


def around(seen: Seen, count: int, question: Question, place: Place) -> tuple[list[Seen], int]:
    """The neighbours in its log stream, oldest first, and which of them it is."""
    time = milliseconds(seen.time)
    group = seen.log[13:] if seen.log[:12].isdigit() and seen.log[12:13] == ":" else seen.log
    stream = f"| filter @logStream = {quoted(seen.stream)}" if seen.stream else ""
    fields = f"fields {', '.join(WHOLE)} {stream}"
    asked = replace(question, options=replace(question.options, log_groups=(group,)))
    before = replace(asked, window=Window(time - AROUND_MS, time))
    after = replace(asked, window=Window(time + 1, time + AROUND_MS))
    lines = _ask(f"{fields} | sort @timestamp desc | limit {count + MOST_AT_ONCE}", before, place)[::-1]
    if seen not in lines:
        lines.append(seen)
    index = len(lines) - 1 - lines[::-1].index(seen)
    lines += _ask(f"{fields} | sort @timestamp asc | limit {count}", after, place)
    first = max(0, index - count)
    return lines[first : index + count + 1], index - first


def _ask(text: str, question: Question, place: Place) -> list[Seen]:
    result = run_query(text, place.catalog, place.loki, question.window, question.options)
    return [Seen(*("" if cell is None else str(cell) for cell in row)) for row in result.rows]


def quoted(text: str) -> str:
    """A text as Insights writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def milliseconds(date: str) -> int:
    """The epoch milliseconds of a time as Insights shows it."""
    from datetime import UTC, datetime

    moment = datetime.strptime(date, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    return int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def field_shares(events: Sequence[Seen]) -> list[tuple[str, float]]:
    """Each field and the share of events that have it; the commonest first."""
    counts = Counter[str]()
    for one in events:
        record = discovered(Event(0, one.message, one.stream, one.log))
        counts.update(dict.fromkeys(names_of(record), 1))
    return sorted(((name, count / len(events)) for name, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))


def names_of(record: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The fields of a record, nested ones with dots; null is no value."""
    for name, value in record.items():
        if isinstance(value, dict) and value:
            yield from names_of(value, f"{prefix}{name}.")
        elif value is not None:
            yield prefix + name


def pretty(message: str) -> Iterable[str]:
    """The message, a JSON object over many lines."""
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return message.splitlines()
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines() if isinstance(value, dict) else [message]


_LINES = ("log", "MESSAGE", "message")


def line_of(message: str) -> str:
    """What the program wrote, of a record that an agent put around it; else the message."""
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return message
    found = [value[key] for key in _LINES if isinstance(value.get(key), str)] if isinstance(value, dict) else []
    return str(found[0]).rstrip("\n") if found else message


def known_fields(catalog: Catalog, groups: Sequence[str]) -> Iterator[str]:
    """The fields that the catalog names for these log groups; all of its groups where none is chosen."""
    chosen = [group for name in groups for group in [catalog.group(name)] if group] or list(catalog.groups)
    for group in chosen:
        for shape in group.shapes:
            yield from (".".join(field.path) for field in shape.fields if field.path)


def fields_in(plan: Plan, cells: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """The fields that a result has shown to exist."""
    for index, column in enumerate(plan.root.columns):
        if isinstance(column.expression, Field) and any(row[index] is not None for row in cells):
            yield column.expression.name
