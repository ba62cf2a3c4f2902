"""Filter multiline: join records, by parsers or by docker's partial marks."""

from __future__ import annotations

import re

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.multiline import Joiner, Recent
from translators.fluentbit.evaluate.options import flag, listed
from translators.fluentbit.evaluate.records import Event, Map, Value, merged

_PARTIAL = b"partial_"
_FLUSH_MS = 2000


class JoinRecords(Filter):
    """Mode parser. With a buffer, joined records are emitted to the head of the filters after a flush."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self.wait_ms = _flush_ms(section)
        self._emitter = section.value("emitter_name") or f"emitter_for_{setting.name}"
        self._key = setting.key("multiline.key_content") or None
        self._buffers = flag(section, "buffer", True)
        self._limit = setting.buffer_limit
        self._streams: dict[tuple[str, bytes], Joiner] = {}
        self._recent = Recent()
        self._parsers = []
        for item in section.every("multiline.parser"):
            for name in listed(item.value):
                parser = setting.multiline_parsers.get(name.lower())
                if parser is None:
                    raise Refused("fluentbit/multiline-parser-undefined", f"parser '{name}' not registered", item.span)
                self._parsers.append(parser)

    def run(self, batch: Batch) -> list[Event]:
        if batch.source == self._emitter:
            return batch.events
        if not self._buffers:
            joiner = self._joiner("", b"")
            for event in batch.events:
                joiner.add_record(event)
            joiner.flush()
            return self._done(joiner)
        joiner = self._joiner(batch.source, batch.tag)
        for event in batch.events:
            joiner.add_record(event)
        self._emit(batch.tag, joiner)
        return []

    def finish(self) -> None:
        for (_, tag), joiner in self._streams.items():
            joiner.flush()
            self._emit(tag, joiner)

    def _joiner(self, source: str, tag: bytes) -> Joiner:
        found = self._streams.get((source, tag))
        if found is None:
            found = self._streams[(source, tag)] = Joiner(self._parsers, self._key, self._recent)
            found.limit = self._limit
        return found

    @staticmethod
    def _done(joiner: Joiner) -> list[Event]:
        done, joiner.done = joiner.done, []
        return done

    def _emit(self, tag: bytes, joiner: Joiner) -> None:
        done = self._done(joiner)
        if done:
            self.emitted.append(Batch(tag, done, self._emitter))


class JoinPartials(Filter):
    """Mode partial_message: docker's ``partial_message`` marks; the joined text comes last in the record."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.wait_ms = _flush_ms(setting.section)
        self._emitter = setting.section.value("emitter_name") or f"emitter_for_{setting.name}"
        self._key = setting.key("multiline.key_content")
        self._waiting: dict[tuple[str, bytes, bytes], list[Event]] = {}

    def run(self, batch: Batch) -> list[Event]:
        if batch.source == self._emitter:
            return batch.events
        result: list[Event] = []
        for event in batch.events:
            result.extend(self._take(event, batch))
        return result

    def finish(self) -> None:
        for (_, tag, _), events in self._waiting.items():
            self.emitted.append(Batch(tag, [self._joined(events)], self._emitter))
        self._waiting = {}

    def _take(self, event: Event, batch: Batch) -> list[Event]:
        record = event.record
        mark, identifier = _by_prefix(record, b"partial_message"), _by_prefix(record, b"partial_id")
        if not _is_true(mark) or not isinstance(identifier, bytes):
            return [event]
        if not isinstance(_by_prefix(record, self._key), bytes):
            return [event]
        place = (batch.source, batch.tag, identifier)
        self._waiting.setdefault(place, []).append(event)
        if _is_true(_by_prefix(record, b"partial_last")):
            return [self._joined(self._waiting.pop(place))]
        return []

    def _joined(self, events: list[Event]) -> Event:
        first = events[0]
        pairs = [pair for pair in first.record if not _shared(pair[0], _PARTIAL)]
        content = next(key for key, _ in first.record if self._key.startswith(key))
        text = b"".join(_text(_by_prefix(event.record, self._key)) for event in events)
        record = Map([*[pair for pair in pairs if pair[0] != content], (content, text)])
        return first._replace(record=record, origin=merged(event.origin for event in events))


def _flush_ms(section: Section) -> int:
    found = re.match(r"\s*-?\d+", section.value("flush_ms"))
    return int(found[0]) if found else _FLUSH_MS


def _by_prefix(record: Map, wanted: bytes) -> Value:
    """The value of the first key that is ``wanted`` or its beginning: as many letters are compared as the key has."""
    for key, value in record:
        if wanted.startswith(key):
            return value
    return None


def _shared(key: bytes, prefix: bytes) -> bool:
    return key.startswith(prefix) or prefix.startswith(key)


def _is_true(value: Value) -> bool:
    return isinstance(value, bytes) and value[:4].lower() == b"true"


def _text(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""
