"""The multiline engine: lines or records of one stream in, joined messages out, as ``multiline.parser`` does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from translators.fluentbit.evaluate.multiline_parsers import Join, MultilineParser
from translators.fluentbit.evaluate.parsers import CRI, read_whole_cri
from translators.fluentbit.evaluate.records import EMPTY, Event, Map, Value
from translators.fluentbit.evaluate.timestamps import is_event_time
from translators.pipeline.world import Extent, Origin

BUFFER_LIMIT = 2 * 1024 * 1024
"""What a message may grow to in a parser of type regex; 0 is no limit."""
_TRUNCATED = Map([(b"multiline_truncated", True)])
_LOG = b"log"


@dataclass(slots=True)
class _Group:
    """What waits to be completed: of one multiline parser, one stream, one value of its key_group."""

    buffer: bytearray = field(default_factory=bytearray)
    context: Map | None = None
    time_ns: int | None = None
    rule: int | None = None
    extents: list[Extent] = field(default_factory=list)
    truncated: bool = False


@dataclass(slots=True)
class _Content:
    """A line or record as one multiline parser sees it."""

    text: bytes
    record: Map | None
    time_ns: int | None
    extents: tuple[Extent, ...]
    pattern: bytes | None = None
    group: bytes | None = None


@dataclass(slots=True)
class Recent:
    """Which parser took the last line of all streams of an input or filter, and of which stream that was."""

    index: int = -1
    stream: Joiner | None = None


class Joiner:
    """All multiline parsers of one input or filter on one stream.

    The parser that took the last line is asked first, unless that line was one of another stream.
    """

    def __init__(
        self, parsers: Sequence[MultilineParser], key_content: bytes | None = None, recent: Recent | None = None
    ) -> None:
        self._parsers = parsers
        self._keys = [key_content or parser.key_content for parser in parsers]
        self._groups: list[dict[bytes, _Group]] = [{b"": _Group()} for _ in parsers]
        self._recent = recent or Recent()
        self._cri = next((index for index, parser in enumerate(parsers) if parser.parser is CRI), -1)
        self.limit = BUFFER_LIMIT
        self.done: list[Event] = []

    def add_line(self, text: bytes, extent: Extent) -> None:
        """Take one line; what became complete is appended to ``done``."""
        recent = self._recent
        if recent.index == self._cri and recent.stream is self and self._pass_whole(text, extent):
            return
        for index in self._order():
            if self._try_line(index, text, extent):
                recent.index, recent.stream = index, self
                return
        self.flush()
        group = self._group(0, None)
        group.time_ns = None
        self._grow(group, text)
        group.extents.append(extent)
        self._flush(0, group)

    def _pass_whole(self, text: bytes, extent: Extent) -> bool:
        """The most frequent line of all: complete by itself, and nothing of its stream waits."""
        parsed = read_whole_cri(text)
        if parsed is None or parsed.time_ns is None or not is_event_time(parsed.time_ns):
            return False
        stream = parsed.record[1][1]
        group = self._groups[self._cri].get(stream) if isinstance(stream, bytes) else None
        if group is not None and (group.buffer or group.context is not None):
            return False
        self.done.append(Event(parsed.time_ns, parsed.record, Origin((extent,))))
        return True

    def add_record(self, event: Event) -> None:
        """Take one record, whose metadata is lost; what became complete is appended to ``done``."""
        for index in self._order():
            if self._try_record(index, event):
                self._recent.index, self._recent.stream = index, self
                return
        self.flush()
        group = self._group(0, None)
        group.time_ns, group.context = event.time_ns, event.record
        group.extents.extend(event.origin.extents)
        self._flush(0, group)

    def flush(self) -> None:
        """Let go of all that waits: the flush timer, or a line that no parser takes."""
        for index in range(self.size):
            self.flush_parser(index)

    @property
    def size(self) -> int:
        """How many parsers there are."""
        return len(self._parsers)

    def flush_parser(self, index: int) -> None:
        """Let go of what waits for one parser."""
        for group in self._groups[index].values():
            if group.buffer or group.context is not None:
                self._flush(index, group)

    def _order(self) -> list[int]:
        indexes, recent = list(range(self.size)), self._recent
        if recent.stream is self:
            indexes.remove(recent.index)
            indexes.insert(0, recent.index)
        return indexes

    def _group(self, index: int, name: bytes | None) -> _Group:
        """Without a name, or with an empty one, the group that every stream has first."""
        groups = self._groups[index]
        found = groups.get(name or b"")
        if found is None:
            found = groups[name or b""] = _Group()
        return found

    def _try_line(self, index: int, text: bytes, extent: Extent) -> bool:
        parser = self._parsers[index].parser
        if parser is None:
            return self._add(index, _Content(text, None, None, (extent,)))
        parsed = parser.parse(text)
        if parsed is None:
            return False
        return self._add_map(index, parsed.record, _Content(b"", None, parsed.time_ns, (extent,)))

    def _try_record(self, index: int, event: Event) -> bool:
        parser, record, time_ns = self._parsers[index].parser, event.record, event.time_ns
        if parser is not None:
            text = _text_of(record, self._keys[index])
            parsed = parser.parse(text) if text is not None else None
            if parsed is None:
                return False
            record, time_ns = parsed.record, parsed.time_ns or time_ns
        return self._add_map(index, record, _Content(b"", None, time_ns, event.origin.extents))

    def _add_map(self, index: int, record: Map, content: _Content) -> bool:
        parser = self._parsers[index]
        text = _text_of(record, self._keys[index])
        if text is None:
            return False
        content.text, content.record = text, record
        content.pattern = _text_of(record, parser.key_pattern)
        content.group = _text_of(record, parser.key_group)
        return self._add(index, content)

    def _add(self, index: int, content: _Content) -> bool:
        parser = self._parsers[index]
        match parser.join:
            case Join.EQUAL:
                pattern = content.text if content.pattern is None else content.pattern
                self._concatenate(index, content, (pattern == parser.match_string) != parser.negate)
                return True
            case Join.ENDS_WITH:
                pattern = content.text if content.pattern is None else content.pattern
                if len(pattern) < len(parser.match_string):
                    return content.record is None
                self._concatenate(index, content, pattern.endswith(parser.match_string) != parser.negate)
                return True
            case Join.REGEX:
                return self._follow_rules(index, content)
            case _:
                assert_never(parser.join)

    def _concatenate(self, index: int, content: _Content, complete: bool) -> None:
        group = self._group(index, content.group)
        if group.context is None:
            _register(group, content)
        self._end_line(index, group)
        group.buffer += content.text
        group.extents.extend(content.extents)
        if complete:
            self._flush(index, group)

    def _end_line(self, index: int, group: _Group) -> None:
        if self._keys[index] is None and group.buffer and group.buffer[-1] != 0x0A:
            group.buffer += b"\n"

    def _follow_rules(self, index: int, content: _Content) -> bool:
        """Where the text of the first line fills the buffer, its record and time do not count."""
        group = self._group(index, content.group)
        rule = self._next_rule(index, group, content)
        if rule is not None:
            if not self._continue(group, content):
                self._flush(index, group)
                group.rule = None
                return True
        else:
            rule = self._first_rule(index, content)
            if rule is None:
                return False
            if group.buffer:
                self._flush(index, group)
            group.rule = rule
            if not self._start(group, content):
                return True
        group.rule = rule
        parser = self._parsers[index]
        if any(parser.rules[other].starts for other in parser.following[rule]) and group.buffer:
            self._flush(index, group)
        if group.context is None:
            self._register_after(group, content)
        return True

    @staticmethod
    def _register_after(group: _Group, content: _Content) -> None:
        """A line that completed its message is kept as the context of the next one, so a record may come out twice."""
        _register(group, content)
        if not group.buffer and content.record is not None:
            group.extents = list(content.extents)

    def _next_rule(self, index: int, group: _Group, content: _Content) -> int | None:
        if group.rule is None:
            return None
        parser = self._parsers[index]
        for candidate in parser.following[group.rule]:
            rule = parser.rules[candidate]
            if not rule.starts and rule.regex.matches(content.text):
                return candidate
        return None

    def _first_rule(self, index: int, content: _Content) -> int | None:
        for number, rule in enumerate(self._parsers[index].rules):
            if rule.starts and rule.regex.matches(content.text):
                return number
        return None

    def _continue(self, group: _Group, content: _Content) -> bool:
        if group.buffer and group.buffer[-1] != 0x0A:
            group.buffer += b"\n"
        group.extents.extend(content.extents)
        if content.text:
            return self._grow(group, content.text)
        group.buffer += b"\n"
        return True

    def _start(self, group: _Group, content: _Content) -> bool:
        group.extents.extend(content.extents)
        if not self._grow(group, content.text):
            return False
        group.time_ns = content.time_ns
        if group.context is None:
            group.context = content.record
        return True

    def _grow(self, group: _Group, text: bytes) -> bool:
        """Whether the whole text fitted into the buffer."""
        room = max(self.limit - len(group.buffer), 0) if self.limit else len(text)
        group.buffer += text[:room]
        fits = len(text) <= room
        group.truncated = group.truncated or not fits
        return fits

    def _flush(self, index: int, group: _Group) -> None:
        """Send what waits. A time that no event can have loses the record, but its text stays for the next one."""
        self._end_line(index, group)
        key = self._keys[index]
        record, group.context = self._record(group, key), None
        if record is not None:
            if not is_event_time(group.time_ns):
                return
            metadata = _TRUNCATED if group.truncated else EMPTY
            self.done.append(Event(group.time_ns, record, Origin(tuple(group.extents)), metadata))
        group.buffer.clear()
        group.extents = []
        group.truncated = False

    @staticmethod
    def _record(group: _Group, key: bytes | None) -> Map | None:
        if group.context is None:
            return Map([(key or _LOG, bytes(group.buffer))]) if group.buffer else None
        if not group.buffer:
            return group.context
        return _with_text(group.context, key or b"", bytes(group.buffer))


def _register(group: _Group, content: _Content) -> None:
    group.time_ns = content.time_ns
    group.context = content.record


def _with_text(record: Map, key: bytes, text: bytes) -> Map:
    """The record with the text under the first of its keys.

    From there on ``flb_ml_flush_stream_group`` takes for the key what is as long as the text and begins the key.
    """
    result, width = Map(), len(key)
    for name, value in record:
        hit = len(name) == width and key.startswith(name)
        result.append((name, text if hit else value))
        width = len(text) if hit else width
    return result


def _text_of(record: Map, key: bytes | None) -> bytes | None:
    """The text under a key; values that are no text are passed over."""
    value: Value
    for name, value in record:
        if name == key and isinstance(value, bytes):
            return value
    return None
