"""The condition of a processor: which records it is for. Filters that are processors run whatever theirs says."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.accessor import Template, read_template
from translators.fluentbit.evaluate.onigmo import Regex, compiled
from translators.fluentbit.evaluate.records import Event

_NUMBER = re.compile(rb"\s*([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?))")
_ORDERS = ("gt", "lt", "gte", "lte")
_KINDS = ("eq", "neq", "regex", "not_regex", "in", "not_in", *_ORDERS)


@dataclass(frozen=True, slots=True)
class _Rule:
    field: Template
    kind: str
    values: tuple[bytes, ...]
    regex: Regex | None
    on_metadata: bool
    threshold: float = 0.0

    def holds(self, event: Event) -> bool:
        """A field that is missing counts as empty text."""
        text = self.field.fill(event.metadata if self.on_metadata else event.record, b"")
        match self.kind:
            case "eq" | "in":
                return text in self.values
            case "neq" | "not_in":
                return text not in self.values
            case "regex":
                return self.regex is not None and self.regex.matches(text)
            case "not_regex":
                return self.regex is not None and not self.regex.matches(text)
            case _:
                return _compare(self.kind, _number(text), self.threshold)


def _compare(kind: str, left: float, right: float) -> bool:
    return {"gt": left > right, "lt": left < right, "gte": left >= right, "lte": left <= right}[kind]


def _number(text: bytes) -> float:
    found = _NUMBER.match(text)
    return float(found[1]) if found else 0.0


@dataclass(frozen=True, slots=True)
class Condition:
    """Rules under and, or under or."""

    rules: tuple[_Rule, ...]
    needs_all: bool

    def holds(self, event: Event) -> bool:
        held = (rule.holds(event) for rule in self.rules)
        return all(held) if self.needs_all else any(held)


def read_condition(section: Section) -> Condition:
    """From the ``condition`` group of a processor."""
    return Condition(tuple(map(_read_rule, _rules(section))), _joint(section) == "and")


def check_condition(section: Section) -> None:
    """Raises Refused where Fluent Bit does not start with the condition."""
    _joint(section)
    rules = _rules(section)
    if not rules:
        told = "[processor] condition requires a non-empty 'rules' array"
        raise Refused("fluentbit/condition", told, section.span, "Give it rules, or take the condition out.")
    for rule in rules:
        _compared(rule)


def _rules(section: Section) -> tuple[Section, ...]:
    return tuple(group for group in section.groups if group.name == "rules")


def _joint(section: Section) -> str:
    kind = section.value("op", "and").lower()
    if kind not in ("and", "or"):
        told = f"[processor] invalid condition operator '{section.value('op')}', must be 'and' or 'or'"
        raise Refused("fluentbit/condition", told, section.span, "Write op: and, or op: or.")
    return kind


def _compared(section: Section) -> tuple[str, tuple[Property, ...], tuple[bytes, ...]]:
    """How a rule compares, with what, and that as texts where it compares texts."""
    kind = section.value("op").lower()
    given = tuple(section.every("value"))
    told = next((f"rule missing '{key}' property" for key in ("field", "op") if section.last(key) is None), "")
    if not told and kind not in _KINDS:
        told = f"invalid rule operator '{section.value('op')}'"
    if not told and not given:
        told = "rule missing 'value' property"
    if told:
        remedy = f"Give it a field, a value, and op one of {', '.join(_KINDS)}."
        raise Refused("fluentbit/condition", f"[processor] {told}", section.span, remedy)
    listed = kind in ("in", "not_in")
    return kind, given, tuple(_text(item, listed) for item in given) if kind not in _ORDERS else ()


def _read_rule(section: Section) -> _Rule:
    kind, given, values = _compared(section)
    return _Rule(
        read_template(section.value("field").encode("utf-8", "surrogateescape")),
        kind,
        values,
        compiled(values[0]) if kind.endswith("regex") else None,
        section.value("context").lower() == "metadata",
        _threshold(given[0]) if kind in _ORDERS else 0.0,
    )


def _text(item: Property, listed: bool) -> bytes:
    """The text to compare with. A number without quotes is its own bytes in memory, so that it equals no text."""
    text = item.value.encode("utf-8", "surrogateescape")
    number = _in_memory(item)
    if item.plain and (item.value in ("true", "false", "null") or (listed and number is not None)):
        wanted = "array values must be strings" if listed else "unsupported value type for rule"
        raise Refused("fluentbit/condition", f"[processor] {wanted}", item.span, "Put the value in quotes.")
    if number is None:
        return text
    shown = number.split(b"\0")[0]
    if not shown:
        told = "[processor] error adding rule to condition (ret=0)"
        raise Refused("fluentbit/condition", told, item.span, "Put the value in quotes.")
    return shown


def _threshold(item: Property) -> float:
    """Fluent Bit takes the eight bytes of the value for a floating point number, whatever they are."""
    number = _in_memory(item)
    if number is None:
        raise Refused(
            "fluentbit/condition", f"op is for numbers, and {item.value} is read as a text: what lies behind it in "
            "memory decides", item.span, "write the number without quotes, and with a decimal point",
        )  # fmt: skip
    return float(struct.unpack("<d", number)[0])


def _in_memory(item: Property) -> bytes | None:
    """The eight bytes of a number without quotes; None for a text."""
    if not item.plain:
        return None
    if re.fullmatch(r"\+?\d+", item.value) and int(item.value) < 1 << 64:
        return struct.pack("<Q", int(item.value))
    if re.fullmatch(r"-\d+", item.value) and int(item.value) >= -(1 << 63):
        return struct.pack("<q", int(item.value))
    found = _NUMBER.fullmatch(item.value.encode())
    return struct.pack("<d", float(found[1])) if found and math.isfinite(float(found[1])) else None
