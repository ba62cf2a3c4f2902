"""Reads a field of an event: system fields, and paths into what was discovered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translators.insights.evaluate.discovery import discovered
from translators.insights.evaluate.event import Row
from translators.insights.evaluate.settings import Uses
from translators.insights.evaluate.values import Instant, Value
from translators.query.policies import Policy

Read = Callable[[Row], Value]


def reader(path: tuple[str, ...], uses: Uses) -> Read:
    """How the field of that path is read."""
    name = ".".join(path)
    system = _SYSTEM.get(name)
    if system is not None:
        return system
    if name.startswith("@@"):
        return _of_json(name[1:], uses)
    if name.startswith("@"):
        return _discovered_system(name)
    return _of_json(name, uses)


def _ingestion_time(row: Row) -> Value:
    time = row.event.ingestion_time
    return None if time is None else Instant(time)


def _log(row: Row) -> Value:
    event = row.event
    if not event.log_group:
        return None
    return f"{event.account}:{event.log_group}" if event.account else event.log_group


def _log_stream(row: Row) -> Value:
    return row.event.log_stream or None


def _timestamp(row: Row) -> Value:
    return Instant(row.event.timestamp)


def _message(row: Row) -> Value:
    return row.event.message


_SYSTEM: dict[str, Read] = {
    "@message": _message,
    "@timestamp": _timestamp,
    "@logStream": _log_stream,
    "@log": _log,
    "@ingestionTime": _ingestion_time,
}


def _discovered_system(name: str) -> Read:
    """A field that CloudWatch generates for some kinds of lines (Lambda), or that the event brings along."""

    def read(row: Row) -> Value:
        extra = row.event.extra.get(name)
        if extra is not None:
            return extra
        message = row.event.message
        if message[:1] == "{":
            return None
        record = row.record
        if record is None:
            record = row.record = discovered(row.event)
        value: Value = record.get(name)
        return value

    return read


def _of_json(name: str, uses: Uses) -> Read:
    """A path into the record; keys may themselves hold dots."""
    segments = name.split(".")
    shown = uses.policies.value(Policy.JSON_NULL) == "value"
    convert = _of_fields(uses)
    if len(segments) == 1 and not shown:
        return _of_key(name, convert, uses)
    find = _finder(segments)

    def read(row: Row) -> Value:
        record = row.record
        if record is None:
            record = row.record = discovered(row.event)
        found = find(record)
        kind = type(found)
        if kind is str or kind is int or kind is float:
            return found  # type: ignore[no-any-return]
        return convert(found)

    return read


def _of_key(name: str, convert: Callable[[Any], Value], uses: Uses) -> Read:
    """The common case of a key at the top."""

    def read(row: Row) -> Value:
        record = row.record
        if record is None:
            record = row.record = discovered(row.event)
        found = record.get(name)
        kind = type(found)
        if kind is str or kind is int or kind is float:
            return found
        if found is None and name in record:
            uses.note(Policy.JSON_NULL, f"`{name}` is JSON null in some events")
        return convert(found) if found is not None else None

    return read


class _Absent:
    """What is found where nothing is, to be told from JSON null."""


ABSENT = _Absent()


def conversion(uses: Uses) -> Callable[[Any], Value]:
    """JSON's booleans and nulls as the policies show them."""
    words = uses.policies.value(Policy.BOOLEAN_REPR) == "true/false"
    null: Value = "null" if uses.policies.value(Policy.JSON_NULL) == "value" else None

    def convert(found: Any) -> Value:
        if found is True or found is False:
            uses.note(Policy.BOOLEAN_REPR, "some events hold JSON booleans")
            return ("true" if found else "false") if words else int(found)
        if found is None:
            uses.note(Policy.JSON_NULL, "some events hold JSON null")
            return null
        return None if found is ABSENT else found

    return convert


def _of_fields(uses: Uses) -> Callable[[Any], Value]:
    """The same for what is discovered, of which AWS names only the parts of an object or a list."""
    convert = conversion(uses)
    missing = uses.policies.value(Policy.OBJECT_FIELD) == "missing"

    def of_field(found: Any) -> Value:
        if type(found) is dict or type(found) is list:
            uses.note(Policy.OBJECT_FIELD, "a field is a whole object or list in some events")
            return None if missing else found
        return convert(found)

    return of_field


def _finder(segments: list[str]) -> Callable[[Any], Any]:
    """Follows the segments; where one is missing, several of them may be one key with dots in it."""
    if len(segments) == 1:
        (only,) = segments
        return lambda inside: step(inside, only)
    slow = _joining(segments)

    def find(inside: Any) -> Any:
        found = inside
        for key in segments:
            if type(found) is not dict:
                return slow(inside)
            found = found.get(key, ABSENT)
        return slow(inside) if found is ABSENT else found

    return find


def _joining(segments: list[str]) -> Callable[[Any], Any]:
    """The general case: every way in which segments can be joined to keys, the shortest first."""
    prefixes = [(".".join(segments[:length]), segments[length:]) for length in range(1, len(segments) + 1)]
    steps = [(key, _finder(rest) if rest else None) for key, rest in prefixes]

    def find(inside: Any) -> Any:
        for key, rest in steps:
            found = step(inside, key)
            if found is ABSENT:
                continue
            found = found if rest is None else rest(found)
            if found is not ABSENT:
                return found
        return ABSENT

    return find


def step(inside: Any, key: str) -> Any:
    """What stands under the key of a map, or at the index of a list."""
    if type(inside) is dict:
        return inside.get(key, ABSENT)
    if type(inside) is list and key.isdecimal() and len(key) < 9:
        index = int(key)
        return inside[index] if index < len(inside) else ABSENT
    return ABSENT


def member(path: tuple[str, ...], uses: Uses) -> Callable[[Value], Value]:
    """Reads inside a computed map or list; each segment is one key, or several joined by dots."""
    convert = conversion(uses)
    find = _finder(list(path))

    def read(value: Value) -> Value:
        return convert(find(value)) if isinstance(value, dict | list) else None

    return read
