"""Processor content_modifier: one action on one key."""

from __future__ import annotations

import hashlib
import math
import re

from translators.fluentbit.evaluate.filters.base import Setting
from translators.fluentbit.evaluate.onigmo import compiled
from translators.fluentbit.evaluate.records import Event, Map, Value

_NUMBER = re.compile(rb"\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)")
_INTEGER = re.compile(rb"(?:-|[ \t\n\v\f\r]*\+?)\d+")
_LARGEST = 2**32 - 1
_METADATA = ("metadata", "attributes")
_OTEL = ("otel_resource_attributes", "otel_scope_name", "otel_scope_version", "otel_scope_attributes")


class ContentModifier:
    """Works on the body unless its context is the metadata; only the first pair with the key is touched.

    The contexts of OpenTelemetry are about groups of records, which files and journals do not have.
    """

    def __init__(self, setting: Setting) -> None:
        section = setting.section
        context = section.value("context").lower()
        self._on_metadata = context in _METADATA
        self._idle = context in _OTEL
        self._action = section.value("action").lower()
        self._key = setting.key("key")
        self._value = setting.key("value")
        self._pattern = compiled(setting.key("pattern")) if section.last("pattern") else None
        self._type = section.value("converted_type").lower()

    def change(self, event: Event) -> Event | None:
        """None where a value cannot be extracted from, converted or hashed."""
        if self._idle:
            return event
        changed = self._apply(event.metadata if self._on_metadata else event.record)
        if changed is None:
            return None
        return event._replace(metadata=changed) if self._on_metadata else event._replace(record=changed)

    def _apply(self, record: Map) -> Map | None:
        at = next((index for index, (key, _) in enumerate(record) if key == self._key), None)
        if self._action == "insert":
            return record if at is not None else Map([*record, (self._key, self._value)])
        if self._action == "upsert":
            return Map([*_without(record, at), (self._key, self._value)])
        if at is None:
            return None if self._action in ("extract", "convert") else record
        value = record[at][1]
        match self._action:
            case "delete":
                return Map(_without(record, at))
            case "rename":
                return Map([*record[:at], (self._value, value), *record[at + 1 :]])
            case "hash":
                hashed = _hashed(value)
                return None if hashed is None else Map([*record[:at], (self._key, hashed[0]), *record[at + 1 :]])
            case "extract":
                return self._extract(record, value)
            case _:
                return self._convert(record, at, value)

    def _extract(self, record: Map, value: Value) -> Map | None:
        """A key that differs from the name of a group in its case only gives way to it as well."""
        groups = self._pattern.named(value) if self._pattern and isinstance(value, bytes) else None
        if not groups:
            return None
        for name, text in groups:
            record = Map([*[pair for pair in record if pair[0].lower() != name.lower()], (name, text)])
        return record

    def _convert(self, record: Map, at: int, value: Value) -> Map | None:
        converted = convert(value, self._type)
        return None if converted is None else Map([*_without(record, at), (self._key, converted[0])])


def _without(record: Map, at: int | None) -> list[tuple[bytes, Value]]:
    return list(record) if at is None else [*record[:at], *record[at + 1 :]]


def _hashed(value: Value) -> tuple[Value] | None:
    """The SHA-256 of the value as text; an empty text stays. None where there is no text for it."""
    text = convert(value, "string")
    if text is None or not isinstance(text[0], bytes):
        return None
    return (hashlib.sha256(text[0]).hexdigest().encode(),) if text[0] else (value,)


def convert(value: Value, target: str) -> tuple[Value] | None:
    """The converted value in a tuple; None where Fluent Bit fails."""
    if isinstance(value, bytes):
        return _from_text(value, target)
    if isinstance(value, list):
        return None
    if value is None:
        zero: dict[str, Value] = {"string": b"null", "boolean": False, "int": 0, "double": 0.0}
        return (zero[target],)
    if isinstance(value, bool):
        words: dict[str, Value] = {"string": b"true" if value else b"false", "boolean": value, "int": int(value)}
        return (words.get(target, float(value)),)
    return _from_number(value, target)


def _from_text(text: bytes, target: str) -> tuple[Value] | None:
    if target == "string":
        return (text,)
    if target == "boolean":
        return (text.lower() == b"true",)
    if target == "int":
        return _integer(text)
    found = _NUMBER.match(text)
    number = float(found[0]) if found else 0.0
    return (number,) if math.isfinite(number) else None


def _integer(text: bytes) -> tuple[Value] | None:
    """A whole number of 32 bits, with a sign or without, and nothing behind it; empty text is 0."""
    if not text:
        return (0,)
    number = int(text) if _INTEGER.fullmatch(text) else None
    return (number,) if number is not None and -(2**31) <= number <= _LARGEST else None


def _from_number(number: int | float, target: str) -> tuple[Value]:
    if target == "string":
        return (b"%.17g" % number if isinstance(number, float) else b"%d" % number,)
    if target == "boolean":
        return (number != 0,)
    if target == "int":
        whole = math.floor(abs(number) + 0.5) * math.copysign(1, number) if isinstance(number, float) else number
        return (int(whole),)
    return (float(number),)
