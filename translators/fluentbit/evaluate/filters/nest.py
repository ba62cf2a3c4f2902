"""Filter nest: gather keys under a map, or lift a map's keys to the top."""

from __future__ import annotations

from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.records import Event, Map


class Nest(Filter):
    """A record without anything to nest or lift stays as it is. Nest_under and Nested_under name the same thing."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._lifts = section.value("operation").startswith("lift")
        self._wildcards = [item.value.encode("utf-8", "surrogateescape") for item in section.every("wildcard")]
        named = [item.value for item in section.properties if item.key in ("nest_under", "nested_under")]
        self._key = "".join(named[-1:]).encode("utf-8", "surrogateescape")
        self._add = setting.key("add_prefix")
        self._remove = setting.key("remove_prefix")

    def run(self, batch: Batch) -> list[Event]:
        change = self._lift if self._lifts else self._nest
        return [change(event) for event in batch.events]

    def _nest(self, event: Event) -> Event:
        inside = Map([(self._renamed(key), value) for key, value in event.record if self._gathers(key)])
        if not inside:
            return event
        outside = [pair for pair in event.record if not self._gathers(pair[0])]
        return event._replace(record=Map([*outside, (self._key, inside)]))

    def _lift(self, event: Event) -> Event:
        kept, lifted, found = Map(), Map(), False
        for key, value in event.record:
            if key == self._key and isinstance(value, Map):
                found = True
                lifted.extend((self._renamed(name), item) for name, item in value)
            else:
                kept.append((key, value))
        return event._replace(record=Map(kept + lifted)) if found else event

    def _gathers(self, key: bytes) -> bool:
        return any(
            key.startswith(wildcard[:-1]) if wildcard.endswith(b"*") else key == wildcard
            for wildcard in self._wildcards
        )

    def _renamed(self, key: bytes) -> bytes:
        if self._add:
            return self._add + key
        return key[len(self._remove) :] if self._remove and key.startswith(self._remove) else key
