"""Processor content_modifier: one action on one key."""

from __future__ import annotations

import hashlib
import math
import re

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.onigmo import compiled
from translators.fluentbit.evaluate.records import Event, Map, Value

_NUMBER = re.compile(rb"\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)")
_INTEGER = re.compile(rb"\s*[-+]?\d+")
_BODY = ("", "body", "message", "record", "attributes")
_METADATA = ("metadata", "attributes")


class ContentModifier(Filter):
    """Works on the body unless its context is the metadata; only the first pair with the key is touched."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        context = section.value("context").lower()
        self._on_metadata = context in _METADATA
        if context not in (*_BODY, *_METADATA, "log_metadata", "log_body"):
            raise Refused(
                "fluentbit/content-modifier-context", f"context {context} is not simulated", section.span,
                "use the body or the metadata of logs",
            )  # fmt: skip
        self._action = section.value("action").lower()
        self._key = setting.key("key")
        self._value = setting.key("value")
        self._pattern = compiled(setting.key("pattern")) if section.last("pattern") else None
        self._type = section.value("converted_type").lower()

    def run(self, batch: Batch) -> list[Event]:
        if self._on_metadata:
            return [event._replace(metadata=self._apply(event.metadata)) for event in batch.events]
        return [event._replace(record=self._apply(event.record)) for event in batch.events]

    def _apply(self, record: Map) -> Map:
        at = next((index for index, (key, _) in enumerate(record) if key == self._key), None)
        if self._action == "insert":
            return record if at is not None else Map([*record, (self._key, self._value)])
        if self._action == "upsert":
            return Map([*_without(record, at), (self._key, self._value)])
        if at is None:
            return record
        value = record[at][1]
        match self._action:
            case "delete":
                return Map(_without(record, at))
            case "rename":
                return Map([*record[:at], (self._value, value), *record[at + 1 :]])
            case "hash":
                return Map([*record[:at], (self._key, _hashed(value)), *record[at + 1 :]])
            case "extract":
                return self._extract(record, value)
            case "convert":
                return self._convert(record, at, value)
            case _:
                return record

    def _extract(self, record: Map, value: Value) -> Map:
        groups = self._pattern.named(value) if self._pattern and isinstance(value, bytes) else None
        for name, text in groups or ():
            record = Map([*[pair for pair in record if pair[0] != name], (name, text)])
        return record

    def _convert(self, record: Map, at: int, value: Value) -> Map:
        converted = convert(value, self._type)
        if converted is None:
            return record
        return Map([*_without(record, at), (self._key, converted[0])])


def _without(record: Map, at: int | None) -> list[tuple[bytes, Value]]:
    return list(record) if at is None else [*record[:at], *record[at + 1 :]]


def _hashed(value: Value) -> Value:
    text = convert(value, "string")
    if text is None or not isinstance(text[0], bytes) or not text[0]:
        return value
    return hashlib.sha256(text[0]).hexdigest().encode()


def convert(value: Value, target: str) -> tuple[Value] | None:
    """The converted value in a tuple; None where Fluent Bit leaves it."""
    if isinstance(value, bytes):
        return _from_text(value, target)
    if isinstance(value, bool | list):
        return None
    if value is None:
        zero: dict[str, Value] = {"string": b"null", "boolean": False, "int": 0, "double": 0.0}
        return (zero[target],) if target in zero else None
    return _from_number(value, target)


def _from_text(text: bytes, target: str) -> tuple[Value] | None:
    if target == "string":
        return (text,)
    if target == "boolean":
        return (text.lower() == b"true",)
    if target == "int":
        found = _INTEGER.match(text)
        return (int(found[0]) if found else 0,)
    found = _NUMBER.match(text)
    return (float(found[0]),) if found else None


def _from_number(number: int | float, target: str) -> tuple[Value] | None:
    if target == "string":
        return (b"%.17g" % number if isinstance(number, float) else b"%d" % number,)
    if target == "boolean":
        return (number != 0,)
    if target == "int":
        return (int(math.floor(abs(number) + 0.5) * math.copysign(1, number)),) if isinstance(number, float) else None
    return (float(number),)
