"""Filter type_converter: a copy of a value in another type under another key."""

from __future__ import annotations

import re
from dataclasses import dataclass

from translators.fluentbit.evaluate.accessor import Accessor, Missing, read_accessor
from translators.fluentbit.evaluate.event_json import float_text
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.parsers import cast_text
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.words import tokens

_KINDS = ("int", "uint", "float", "hex", "string", "bool")
_DIGITS = re.compile(rb"[ \t\n\v\f\r]*[-+]?\d+")


@dataclass(frozen=True, slots=True)
class _Rule:
    source: str
    key: Accessor
    new_key: bytes
    target: str


class TypeConverter(Filter):
    """A conversion that fails copies the value as it is. If none of a batch succeeds, the batch stays as it was."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._rules = []
        for option, source in (("str_key", "string"), ("int_key", "int"), ("uint_key", "uint"), ("float_key", "float")):
            for item in setting.section.every(option):
                parts = tokens(item.value, 3)
                target = target_of(parts[2]) if len(parts) > 2 else None
                if target:
                    encoded = [part.encode("utf-8", "surrogateescape") for part in parts]
                    accessor = read_accessor(encoded[0])
                    self._rules.append(_Rule(source, accessor, encoded[1], target))

    def run(self, batch: Batch) -> list[Event]:
        self._succeeded = False
        changed = [event._replace(record=self._apply(event.record)) for event in batch.events]
        return changed if self._succeeded else batch.events

    def _apply(self, record: Map) -> Map:
        added = Map()
        for rule in self._rules:
            value = rule.key.get_pair(record)
            if isinstance(value, Missing):
                continue
            converted = convert(value, rule.source, rule.target)
            self._succeeded |= not isinstance(converted, Missing)
            added.append((rule.new_key, value if isinstance(converted, Missing) else converted))
        return Map(record + added)


def target_of(word: str) -> str | None:
    """The type that a rule names; as much of it as was written is compared. None for a word that is none."""
    return next((kind for kind in _KINDS if kind.startswith(word.lower())), None)


def convert(value: Value, source: str, target: str) -> Value | Missing:
    """The value in the other type; Missing when it is not of the source type or cannot be converted."""
    if source == "string":
        return _from_text(value, target) if isinstance(value, bytes) else Missing()
    if source == "float":
        return _from_float(value, target) if isinstance(value, float) else Missing()
    if isinstance(value, bool) or not isinstance(value, int):
        return Missing()
    return _from_integer(value % 2**64 if source == "uint" else value, source, target)


def _from_text(text: bytes, target: str) -> Value | Missing:
    if target in ("int", "uint"):
        digits = _DIGITS.match(text)
        return _in_range(int(digits[0]), target) if digits else Missing()
    if target == "hex":
        return cast_text(text, "hex") or Missing()
    if target == "float":
        return cast_text(text, "float")
    if target == "bool":
        found = cast_text(text, "bool")
        return found if isinstance(found, bool) else Missing()
    return Missing()


def _in_range(number: int, target: str) -> int:
    """C's strtoimax and strtoumax: the nearest number of 64 bits, and a minus sign wraps around."""
    if target == "int":
        return max(-(2**63), min(2**63 - 1, number))
    return number % 2**64 if abs(number) < 2**64 else 2**64 - 1


def _from_integer(number: int, source: str, target: str) -> Value | Missing:
    if target == "string":
        return b"%d" % number
    if target == "float":
        return float(number)
    if target == "uint" and source == "int":
        return number % 2**64
    if target == "int" and source == "uint":
        return number if number < 2**63 else number - 2**64
    return Missing()


def _from_float(number: float, target: str) -> Value | Missing:
    if target == "string":
        return float_text(number).encode()
    if target in ("int", "uint"):
        return int(number)
    return Missing()
