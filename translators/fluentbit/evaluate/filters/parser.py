"""Filter parser: parse the text under a key."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.accessor import Missing, read_accessor
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.parsers import Parsed
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.evaluate.timestamps import is_event_time


class ParseKey(Filter):
    """The first parser that succeeds replaces the record; Reserve_Data and Preserve_Key keep what was there."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._key = setting.key("key_name")
        self._accessor = read_accessor(self._key) if self._key.startswith(b"$") else None
        names = [item.value for item in section.every("parser")]
        self._parsers = [setting.parsers[name] for name in names if name in setting.parsers]
        if not self._parsers:
            raise Refused(
                "fluentbit/parser-undefined", f"requested parser '{', '.join(names)}' not found", section.span,
                "define the parser in a parsers file that the service names",
            )  # fmt: skip
        self._reserves = flag(section, "reserve_data")
        self._preserves = flag(section, "preserve_key")

    def run(self, batch: Batch) -> list[Event]:
        """A record whose time lies before 1970 or behind 2106 is lost."""
        return [event for event in map(self._apply, batch.events) if is_event_time(event.time_ns)]

    def _apply(self, event: Event) -> Event:
        if self._accessor:
            found = self._accessor.get(event.record)
            parsed = None if isinstance(found, Missing) else self._parse(found)
            return event if parsed is None else self._replaced(event, parsed, event.record)
        return self._apply_to_key(event)

    def _apply_to_key(self, event: Event) -> Event:
        """Every pair with the key is tried; the last of them decides whether the record changes."""
        parsed, last, kept, target, time_ns = None, None, Map(), Map(), event.time_ns
        for pair in event.record:
            if pair[0] != self._key or not isinstance(pair[1], bytes):
                kept.append(pair)
                continue
            last = self._parse(pair[1])
            if last is None or self._preserves:
                kept.append(pair)
            if last is not None:
                parsed, target, time_ns = last, Map([pair]), last.time_ns or time_ns
        if parsed is None:
            return event
        event = event if time_ns == event.time_ns else event._replace(time_ns=time_ns)
        if last is None:
            return event
        return self._replaced(event, parsed, kept if self._reserves else target)

    def _replaced(self, event: Event, parsed: Parsed, rest: Map) -> Event:
        """The parsed pairs, then what stays of the record: all of ``rest``, or the key alone."""
        stays = self._reserves or (self._preserves and self._accessor is None)
        record = Map(parsed.record + rest) if stays else parsed.record
        return event._replace(record=record, time_ns=parsed.time_ns or event.time_ns)

    def _parse(self, value: Value) -> Parsed | None:
        if not isinstance(value, bytes):
            return None
        for parser in self._parsers:
            parsed = parser.parse(value)
            if parsed is not None:
                return parsed
        return None
