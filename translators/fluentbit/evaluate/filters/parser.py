"""Filter parser: parse the text under a key."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.parsers import Parsed, Parser
from translators.fluentbit.evaluate.records import Event, Map, Value


class ParseKey(Filter):
    """The first parser that succeeds replaces the record; Reserve_Data and Preserve_Key keep what was there."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._key = setting.key("key_name")
        self._parsers: list[Parser] = []
        for item in section.every("parser"):
            if item.value not in setting.parsers:
                raise Refused("fluentbit/parser-undefined", f"requested parser '{item.value}' not found", item.span)
            self._parsers.append(setting.parsers[item.value])
        self._reserves = flag(section, "reserve_data")
        self._preserves = flag(section, "preserve_key")

    def run(self, batch: Batch) -> list[Event]:
        return [event for event in map(self._apply, batch.events) if event.time_ns is None or event.time_ns >= 0]

    def _apply(self, event: Event) -> Event:
        kept, parsed = Map(), None
        for key, value in event.record:
            found = self._parse(value) if key == self._key and (parsed is None or self._reserves) else None
            if found is None or self._preserves:
                kept.append((key, value))
            parsed = found or parsed
        if parsed is None:
            return event
        record = Map(parsed.record + kept) if self._reserves else parsed.record
        return event._replace(record=record, time_ns=parsed.time_ns or event.time_ns)

    def _parse(self, value: Value) -> Parsed | None:
        if not isinstance(value, bytes):
            return None
        for parser in self._parsers:
            parsed = parser.parse(value)
            if parsed is not None:
                return parsed
        return None
