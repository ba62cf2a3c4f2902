"""The condition of a processor: which records it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.accessor import Template, read_template
from translators.fluentbit.evaluate.filters.base import Batch, Filter
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
                return _compare(self.kind, _number(text), _number(self.values[0]))


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


class Conditional(Filter):
    """A processor that leaves alone the records its condition does not take."""

    def __init__(self, inner: Filter, condition: Condition) -> None:
        super().__init__()
        self._inner = inner
        self._condition = condition

    def run(self, batch: Batch) -> list[Event]:
        result: list[Event] = []
        for event in batch.events:
            taken = self._condition.holds(event)
            result.extend(self._inner.run(Batch(batch.tag, [event], batch.source)) if taken else [event])
        return result


def read_condition(section: Section) -> Condition:
    """From the ``condition`` group of a processor."""
    kind = section.value("op", "and").lower()
    if kind not in ("and", "or"):
        raise Refused("fluentbit/condition", f"a condition has op and or op or, not {kind}", section.span)
    return Condition(tuple(_read_rule(group) for group in section.groups if group.name == "rules"), kind == "and")


def _read_rule(section: Section) -> _Rule:
    kind = section.value("op").lower()
    values = tuple(item.value.encode("utf-8", "surrogateescape") for item in section.every("value"))
    if kind not in _KINDS or not values:
        raise Refused("fluentbit/condition", f"op {kind} of a condition's rule is not known", section.span)
    return _Rule(
        read_template(section.value("field").encode("utf-8", "surrogateescape")),
        kind,
        values,
        compiled(values[0]) if kind.endswith("regex") else None,
        section.value("context").lower() == "metadata",
    )
