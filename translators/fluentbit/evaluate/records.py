"""What flows through Fluent Bit: records as ordered pairs that may repeat a key, text as bytes of any kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from translators.pipeline.world import Extent, Origin

Value: TypeAlias = "bytes | int | float | bool | list[Value] | Map | None"
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class Map(list[tuple[bytes, "Value"]]):
    """A map: key and value pairs in order. Nobody changes one after it was made; filters build new ones."""

    __slots__ = ()


EMPTY = Map()


class Event(NamedTuple):
    """One record on its way. ``time_ns`` None is the wall clock. A named tuple because there are millions of them."""

    time_ns: int | None
    record: Map
    origin: Origin
    metadata: Map = EMPTY


class Sent(NamedTuple):
    """The copy of a record that one output got.

    ``group``, ``stream`` and ``message`` are what a CloudWatch output makes of it (None for any other output, and
    where it makes no event). ``refused``: the request that carried the event was no valid JSON, so CloudWatch took
    none of it.
    """

    output: str
    plugin: str
    tag: str
    time_ns: int | None
    record: Map
    origin: Origin
    group: str | None = None
    stream: str | None = None
    message: str | None = None
    refused: bool = False
    metadata: Map = EMPTY


def find(record: Map, key: bytes) -> Value:
    """The value of the first pair with that key; None when there is none (or the value is null)."""
    for name, value in record:
        if name == key:
            return value
    return None


def has(record: Map, key: bytes) -> bool:
    return any(name == key for name, _ in record)


def merged(origins: Iterable[Origin]) -> Origin:
    """The source lines of several records, in order."""
    extents: list[Extent] = []
    for origin in origins:
        extents.extend(origin.extents)
    return Origin(tuple(extents))


def plain(value: Value) -> Json:
    """A value as JSON values: bytes that are not UTF-8 become lone surrogates, the last of repeated keys wins."""
    match value:
        case bytes():
            return value.decode("utf-8", "surrogateescape")
        case Map():
            return {key.decode("utf-8", "surrogateescape"): plain(item) for key, item in value}
        case list():
            return [plain(item) for item in items_of(value)]
        case _:
            return value


def pairs(value: Value) -> Json:
    """Like ``plain``, but a map that repeats a key somewhere inside is a list of [key, value] pairs."""
    if not repeats_a_key(value):
        return plain(value)
    if isinstance(value, Map):
        return [[plain(key), pairs(item)] for key, item in value]
    return [pairs(item) for item in items_of(value)]


def repeats_a_key(value: Value) -> bool:
    """Whether a map inside ``value`` has a key twice."""
    if isinstance(value, Map):
        keys = [key for key, _ in value]
        return len(keys) != len(set(keys)) or any(repeats_a_key(item) for _, item in value)
    return any(repeats_a_key(item) for item in items_of(value))


def items_of(value: Value) -> list[Value]:
    """The elements of a list; none for anything else, a map included."""
    return value if isinstance(value, list) and not isinstance(value, Map) else []
