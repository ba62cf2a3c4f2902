"""Output cloudwatch_logs: log group, log stream and text of the event that a record becomes, and refused requests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.accessor import Template, read_template
from translators.fluentbit.evaluate.event_json import as_json, escaped
from translators.fluentbit.evaluate.filters.base import Batch
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.outputs.base import Name, Output
from translators.fluentbit.evaluate.records import Event, Map, Sent, Value

MAX_EVENT_BYTES = 1_000_000
MAX_REQUEST_BYTES = 1_048_576
MAX_REQUEST_EVENTS = 10_000
_LONGEST_JSON = MAX_REQUEST_BYTES - 2
"""Fluent Bit's buffer for one event; a longer one is discarded."""
_SURELY_SHORT = MAX_EVENT_BYTES // 6
_DAY_MS = 86_400_000
_EVENT_OVERHEAD, _REQUEST_OVERHEAD = 42, 76


@dataclass(frozen=True, slots=True)
class Destination:
    """A log group and a log stream, as bytes: nothing makes them valid names."""

    group: bytes
    stream: bytes

    def texts(self) -> tuple[str, str]:
        """As the request carries them: up to a NUL, with a replacement for what is no UTF-8."""
        return _name(self.group), _name(self.stream)


def _name(text: bytes) -> str:
    name, _, _ = text.partition(b"\0")
    written: str = json.loads(f'"{escaped(name, False)}"')
    return written


@dataclass(slots=True)
class _Request:
    """Events of one stream that go to CloudWatch together; ``texts`` are the insides of their JSON strings."""

    destination: Destination
    sent: list[Sent] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    size: int = 0
    oldest: int = 0
    newest: int = 0

    def has_room(self, text: str, milliseconds: int) -> bool:
        size = self.size + _size(text)
        if len(self.sent) >= MAX_REQUEST_EVENTS or size + _around(self.destination) > MAX_REQUEST_BYTES:
            return False
        if not self.newest:
            return True
        return max(self.newest, milliseconds) - min(self.oldest, milliseconds) < _DAY_MS

    def add(self, sent: Sent, text: str, milliseconds: int) -> None:
        self.sent.append(sent)
        self.texts.append(text)
        self.size += _size(text)
        self.oldest = min(self.oldest or milliseconds, milliseconds)
        self.newest = max(self.newest, milliseconds)

    def answer(self) -> list[Sent]:
        """The events with their texts; all refused when one of them breaks the request's JSON."""
        if all(_is_json(f'"{text}"') for text in self.texts):
            pairs = zip(self.sent, self.texts, strict=True)
            return [sent._replace(message=json.loads(f'"{text}"')) for sent, text in pairs]
        refused = zip(self.sent, self.texts, strict=True)
        return [sent._replace(message=text, refused=True) for sent, text in refused]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape")) + _EVENT_OVERHEAD


def _around(destination: Destination) -> int:
    """The bytes of a request that are no events."""
    return _REQUEST_OVERHEAD + sum(
        len(escaped(name, False).encode()) for name in (destination.group, destination.stream)
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Writing:
    """What an output that writes JSON has to know of the run."""

    escape_unicode: bool = True
    now_ns: int = 0


class CloudwatchLogs(Output):
    """With log_key the value goes into the request unescaped; whole records and all names are escaped and pass."""

    def __init__(self, name: Name, section: Section, writing: Writing) -> None:
        super().__init__(name, section)
        self.removes_entity = flag(section, "add_entity")
        self._escape_unicode = writing.escape_unicode
        self._now_ms = writing.now_ns // 1_000_000
        self._group = _bytes(section, "log_group_name")
        self._stream = _bytes(section, "log_stream_name")
        self._prefix = _bytes(section, "log_stream_prefix")
        self._group_template = _template(section, "log_group_template")
        self._stream_template = _template(section, "log_stream_template")
        self._log_key = _bytes(section, "log_key")
        self._open: dict[tuple[str, bytes], _Request] = {}

    def take(self, batch: Batch) -> Iterable[Sent]:
        tag = batch.tag.decode("utf-8", "surrogateescape")
        known: Destination | None = None
        for event in batch.events:
            destination = self._destination(event.record, batch.tag)
            if destination != known:
                known, (group, stream) = destination, destination.texts()
            if self._log_key:
                sent = self.name.sent(event, tag)._replace(group=group, stream=stream)
                yield from self._by_key(sent, destination, batch)
                continue
            text = as_json(event.record, self._escape_unicode)
            if 2 < len(text) <= _SURELY_SHORT:
                yield self.name.sent(event, tag, (group, stream, text.decode("utf-8")))
            else:
                yield self.name.sent(event, tag, (group, stream, self._long(text)))

    def finish(self) -> Iterable[Sent]:
        requests, self._open = self._open, {}
        for request in requests.values():
            yield from request.answer()

    def _destination(self, record: Map, tag: bytes) -> Destination:
        """Templates win; one that names a missing key falls back to the plain name."""
        if self._group_template is None and self._stream_template is None:
            return Destination(self._group, self._stream or self._prefix + tag)
        stream = self._stream_template.fill_all(record, tag) if self._stream_template else None
        group = self._group_template.fill_all(record, tag) if self._group_template else None
        if stream is None:
            stream = self._stream or self._prefix + tag
        return Destination(self._group if group is None else group, stream)

    def _long(self, text: bytes) -> str | None:
        """The rare cases: nothing in the record, and a text that is cut or discarded for its length."""
        if not 2 < len(text) <= _LONGEST_JSON:
            return None
        inside = escaped(text, self._escape_unicode)
        if len(inside.encode()) > MAX_REQUEST_BYTES:
            return None
        found: str = json.loads(f'"{_cut(inside)}"')
        return found

    def _by_key(self, sent: Sent, destination: Destination, batch: Batch) -> Iterable[Sent]:
        """An event for each key that log_key begins with; the record without event when there is none."""
        found = [value for key, value in sent.record if self._log_key.startswith(key)]
        texts = [text for value in found if (text := self._inside(value)) is not None]
        if not texts:
            yield sent
        for text in texts:
            yield from self._queue(sent, _cut(text), destination, (batch.source, batch.tag))

    def _inside(self, value: Value) -> str | None:
        """The value's JSON without its first and last character; None for what is too short to be sent."""
        text = as_json(value, self._escape_unicode).decode("utf-8")
        return text[1:-1] if 2 < len(text) <= _LONGEST_JSON else None

    def _queue(self, sent: Sent, text: str, destination: Destination, chunk: tuple[str, bytes]) -> Iterable[Sent]:
        milliseconds = self._now_ms if sent.time_ns is None else sent.time_ns // 1_000_000
        request = self._open.get(chunk)
        if request and (request.destination != destination or not request.has_room(text, milliseconds)):
            yield from request.answer()
            request = None
        if request is None:
            request = self._open[chunk] = _Request(destination)
        request.add(sent, text, milliseconds)


def _cut(text: str) -> str:
    """CloudWatch's limit; a backslash that lost its partner goes too."""
    encoded = text.encode("utf-8", "surrogateescape")
    if len(encoded) <= MAX_EVENT_BYTES:
        return text
    encoded = encoded[:MAX_EVENT_BYTES]
    backslashes = len(encoded) - len(encoded.rstrip(b"\\"))
    return encoded[: len(encoded) - backslashes % 2].decode("utf-8", "surrogateescape")


def _bytes(section: Section, key: str) -> bytes:
    return section.value(key).encode("utf-8", "surrogateescape")


def _template(section: Section, key: str) -> Template | None:
    text = _bytes(section, key)
    return read_template(text) if text else None


def refused_request(sent: list[Sent]) -> str:
    """The text of a PutLogEvents request that CloudWatch refused, from the events that it carried."""
    events = ",".join(
        f'{{"timestamp":{_milliseconds(one)},"message":"{one.message}"}}'
        for one in sorted(sent, key=lambda one: one.time_ns or 0)
    )
    first = sent[0]
    return f'{{"logGroupName":"{first.group}","logStreamName":"{first.stream}","logEvents":[{events}]}}'


def _milliseconds(sent: Sent) -> str:
    return "null" if sent.time_ns is None else str(sent.time_ns // 1_000_000)


__all__ = ["CloudwatchLogs", "Destination", "Event", "Writing", "refused_request"]
