"""Input systemd: journal entries, with the names of their fields as the options ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.pipeline.world import Extent, JournalEntry, Origin, World

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Systemd:
    """One systemd input. Filters are alternatives, or hold all together where the type is and."""

    section: Section
    tag: str
    wait_ms: int = 0

    def read(self, world: World) -> Iterator[tuple[bytes, list[Event]]]:
        if flag(self.section, "read_from_tail") and not world.arriving:
            return
        terms = [tuple(item.value.partition("=")[::2]) for item in self.section.every("systemd_filter")]
        tag = b""
        events: list[Event] = []
        for entry in world.journal:
            if terms and not self._takes(entry, [(name, value) for name, value in terms]):
                continue
            entry_tag = self._tag(entry)
            if events and (entry_tag != tag or len(events) >= _CHUNK):
                yield tag, events
                events = []
            tag = entry_tag
            events.append(self._event(entry))
        if events:
            yield tag, events

    def rest(self) -> Iterator[tuple[bytes, list[Event]]]:
        return iter(())

    def _takes(self, entry: JournalEntry, terms: list[tuple[str, str]]) -> bool:
        held = {(name, value) for name, value in entry.fields}
        hits = [(name, value.encode("utf-8", "surrogateescape")) in held for name, value in terms]
        return all(hits) if self.section.value("systemd_filter_type").lower() == "and" else any(hits)

    def _tag(self, entry: JournalEntry) -> bytes:
        tag = self.tag.encode("utf-8", "surrogateescape")
        if b"*" not in tag:
            return tag
        unit = next((value for name, value in entry.fields if name == "_SYSTEMD_UNIT"), b"unknown")
        return tag.replace(b"*", unit, 1)

    def _event(self, entry: JournalEntry) -> Event:
        lowers, strips = flag(self.section, "lowercase"), flag(self.section, "strip_underscores")
        limit = int(self.section.value("max_fields", "8000") or 8000)
        record: dict[bytes, list[Value]] = {}
        for name, value in entry.fields[:limit]:
            key = name[1:] if strips and name.startswith("_") else name
            _store(record, (key.lower() if lowers else key).encode(), value)
        pairs = [(key, values if len(values) > 1 else values[0]) for key, values in record.items()]
        return Event(entry.realtime_ns, Map(pairs), Origin((Extent(entry.cursor, 0, 0),)))


def _store(record: dict[bytes, list[Value]], key: bytes, value: bytes) -> None:
    """A field that comes again is a list of its values, and stands where the second one came."""
    before = record.get(key, [])
    if len(before) == 1:
        del record[key]
    record[key] = [*before, value]
