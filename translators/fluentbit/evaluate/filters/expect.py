"""Filter expect: assertions; only with action result_key do they show in the record."""

from __future__ import annotations

from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.accessor import Accessor, Missing, read_accessor
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.records import Event, Map
from translators.fluentbit.words import tokens

_RULES = ("key_exists", "key_not_exists", "key_val_is_null", "key_val_is_not_null", "key_val_eq")


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    key: Accessor
    value: bytes

    def holds(self, record: Map) -> bool:
        found = self.key.get(record)
        if isinstance(found, Missing):
            return self.kind == "key_not_exists"
        match self.kind:
            case "key_not_exists":
                return False
            case "key_val_is_null":
                return found is None
            case "key_val_is_not_null":
                return found is not None
            case "key_val_eq":
                return not isinstance(found, bytes) or found == self.value
            case _:
                return True


class Expect(Filter):
    """Action warn changes nothing, exit ends Fluent Bit at the first failure, result_key puts a boolean first.

    The boolean is false for all records that travel together when one of them fails.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._section = setting.section
        self._action = setting.section.value("action", "warn").lower()
        self._result_key = setting.key("result_key", "matched")
        self._rules = []
        for item in setting.section.properties:
            parts = [word.encode("utf-8", "surrogateescape") for word in tokens(item.value, 1)]
            if item.key in _RULES and parts:
                key = read_accessor(parts[0])
                self._rules.append(_Rule(item.key, key, parts[1] if len(parts) > 1 else b""))

    def run(self, batch: Batch) -> list[Event]:
        if self._action == "result_key":
            mark = (self._result_key, all(self._holds(event.record) for event in batch.events))
            return [event._replace(record=Map([mark, *event.record])) for event in batch.events]
        if self._action == "exit" and not all(self._holds(event.record) for event in batch.events):
            raise Refused(
                "fluentbit/expect-exit", "filter expect with action exit stops Fluent Bit at a record of these logs",
                self._section.span, "set action warn in the configuration that is simulated",
            )  # fmt: skip
        return batch.events

    def _holds(self, record: Map) -> bool:
        return all(rule.holds(record) for rule in self._rules)
