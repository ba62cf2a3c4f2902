"""Filter grep: keep or drop by regular expressions on keys."""

from __future__ import annotations

from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.accessor import Accessor, read_accessor
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.onigmo import Regex, compiled
from translators.fluentbit.evaluate.records import Event, Map


@dataclass(frozen=True, slots=True)
class _Rule:
    key: Accessor
    regex: Regex
    excludes: bool

    def matches(self, record: Map) -> bool:
        """Only text can match."""
        value = self.key.get(record)
        return isinstance(value, bytes) and self.regex.matches(value)


class Grep(Filter):
    """The legacy mode goes through the rules in order; AND and OR combine rules of one kind."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._rules = _read_rules(setting)
        self._mode = setting.section.value("logical_op", "legacy").lower()

    def run(self, batch: Batch) -> list[Event]:
        keeps = self._keeps_by_order if self._mode not in ("and", "or") else self._keeps_by_logic
        return [event for event in batch.events if keeps(event.record)]

    def _keeps_by_order(self, record: Map) -> bool:
        """The first Regex decides; an Exclude that matches drops."""
        for rule in self._rules:
            if not rule.excludes:
                return rule.matches(record)
            if rule.matches(record):
                return False
        return True

    def _keeps_by_logic(self, record: Map) -> bool:
        if not self._rules:
            return True
        combine = all if self._mode == "and" else any
        return combine(rule.matches(record) for rule in self._rules) != self._rules[0].excludes


def _read_rules(setting: Setting) -> tuple[_Rule, ...]:
    rules = []
    for item in setting.section.properties:
        if item.key not in ("regex", "exclude"):
            continue
        key, blank, pattern = item.value.strip(" ").partition(" ")
        if not blank:
            raise Refused("fluentbit/grep-rule", "invalid regex, expected field and regular expression", item.span)
        accessor = read_accessor(b"$" + key.removeprefix("$").encode("utf-8", "surrogateescape"))
        regex = compiled(pattern.encode("utf-8", "surrogateescape"))
        rules.append(_Rule(accessor, regex, item.key == "exclude"))
    return tuple(rules)
