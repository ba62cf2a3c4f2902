"""Reads exported CloudWatch events: JSON of the AWS command line, one object a line, or the text of an export task."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from translators.diagnostics import Refused
from translators.insights.evaluate.event import Event
from translators.source import Span

_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (.*)", re.DOTALL)
_GROUP = ("logGroupName", "logGroup", "logGroupIdentifier", "log_group", "group")
_STREAM = ("logStreamName", "logStream", "log_stream", "stream")


def read_events(name: str, text: str, group: str = "") -> Iterator[Event]:
    """The events of one file; ``group`` is the log group of events that do not name theirs.

    Raises Refused with the line of what is no event.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        return
    if start[0] not in "{[":
        yield from _of_export_task(name, text, group)
        return
    for line, value in _documents(name, text):
        for entry in _entries(value):
            yield _event(entry, Span(name, line, 1), group)


def _documents(name: str, text: str) -> Iterator[tuple[int, Any]]:
    """JSON documents one behind the other, each with its line: one a line, or over many lines."""
    decoder = json.JSONDecoder()
    at, line = 0, 1
    blank = re.compile(r"[\ufeff\s]*")
    while True:
        found = blank.match(text, at)
        end = found.end() if found else at
        line += text.count("\n", at, end)
        if end >= len(text):
            return
        try:
            value, at = decoder.raw_decode(text, end)
        except (ValueError, RecursionError) as error:
            broken = getattr(error, "pos", end)
            place = Span(name, line + text.count("\n", end, broken), broken - text.rfind("\n", 0, broken))
            message = f"this is no JSON: {getattr(error, 'msg', 'nested too deeply')}"
            raise Refused("prove/broken-events", message, place, "give one event a line") from None
        yield line, value
        line += text.count("\n", end, at)


def _entries(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("events"), list):
        groups = {key: value[key] for key in (*_GROUP, *_STREAM) if key in value}
        return [{**groups, **entry} if isinstance(entry, dict) else entry for entry in value["events"]]
    return value if isinstance(value, list) else [value]


def _event(entry: Any, place: Span, group: str) -> Event:
    if not isinstance(entry, dict):
        raise Refused("prove/no-event", "an event is a JSON object", place, 'write {"timestamp": …, "message": …}')
    message = entry.get("message")
    if not isinstance(message, str):
        remedy = "the message is the text that CloudWatch has"
        raise Refused("prove/no-message", "the event has no text under `message`", place, remedy)
    ingested = entry.get("ingestionTime")
    return Event(
        _time(entry.get("timestamp"), place),
        message,
        _first(entry, _STREAM),
        _named(_first(entry, _GROUP) or group, place),
        ingestion_time=ingested if isinstance(ingested, int) else None,
    )


def _named(name: str, place: Span) -> str:
    """The name alone: of an ARN, or behind an account."""
    if name.startswith("arn:"):
        name = name.partition(":log-group:")[2].removesuffix(":*")
    if name[:12].isdigit() and name[12:13] == ":":
        name = name[13:]
    if not name:
        remedy = "name it with --log-group"
        raise Refused("prove/no-log-group", "the events do not say which log group they are of", place, remedy)
    return name


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((entry[name] for name in names if isinstance(entry.get(name), str)), "")


def _time(value: Any, place: Span) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        if re.fullmatch(r"\d{12,14}", value):
            return int(value)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return _milliseconds(moment)
    message = "the event has no time under `timestamp`"
    raise Refused("prove/no-timestamp", message, place, "it is a number: milliseconds since 1970")


def _milliseconds(moment: datetime) -> int:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def _of_export_task(name: str, text: str, group: str) -> Iterator[Event]:
    """`<time> <message>` lines; a line without a time goes on with the message before it."""
    found: list[tuple[int, int, list[str]]] = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        begins = _LINE.fullmatch(line)
        if begins:
            found.append((number, _milliseconds(datetime.fromisoformat(begins[1])), [begins[2]]))
        elif found:
            found[-1][2].append(line)
        else:
            message = "this is neither JSON nor a line of an export task, which begins with its time"
            raise Refused("prove/unknown-events", message, Span(name, number, 1), "export them with `aws logs`")
    for number, time, lines in found:
        yield Event(time, "\n".join(lines), "", _named(group, Span(name, number, 1)))
