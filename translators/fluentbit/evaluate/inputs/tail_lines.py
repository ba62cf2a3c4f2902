"""The simple ways of reading lines: as they are, through a parser, through multiline parsers."""

from __future__ import annotations

from dataclasses import dataclass

from translators.fluentbit.evaluate.multiline import Joiner
from translators.fluentbit.evaluate.parsers import Parser
from translators.fluentbit.evaluate.records import Event, Map
from translators.fluentbit.evaluate.tail_reader import Line
from translators.pipeline.world import Extent, Origin


@dataclass(frozen=True, slots=True)
class Shape:
    """The file and the names of the keys that tail itself writes; an empty name means no such key."""

    path: str
    key: bytes
    path_key: bytes = b""
    offset_key: bytes = b""

    def extent(self, line: Line) -> Extent:
        return Extent(self.path, line.offset, line.end)

    def added(self, offset: int) -> Map:
        """Path_Key and Offset_Key."""
        result = Map()
        if self.path_key:
            result.append((self.path_key, self.path.encode("utf-8", "surrogateescape")))
        if self.offset_key:
            result.append((self.offset_key, offset))
        return result

    def raw(self, text: bytes, line: Line, origin: Origin) -> Event:
        """A record of the text under Key, with the read time."""
        return Event(None, Map([*self.added(line.offset), (self.key, text)]), origin)

    def parsed(self, record: Map, time_ns: int | None, line: Line, origin: Origin) -> list[Event]:
        """A parsed record; one whose time lies before 1970 is lost."""
        if time_ns is not None and time_ns < 0:
            return []
        if self.path_key or self.offset_key:
            record = Map(record + self.added(line.offset))
        return [Event(time_ns, record, origin)]


@dataclass(frozen=True, slots=True)
class RawLines:
    """Each line is a record."""

    shape: Shape

    def take(self, line: Line) -> list[Event]:
        return [self.shape.raw(line.text, line, Origin((self.shape.extent(line),)))]

    def finish(self) -> list[Event]:
        return []


@dataclass(frozen=True, slots=True)
class ParsedLines:
    """Parser: a line that it does not take is a raw record, with its carriage return."""

    shape: Shape
    parser: Parser

    def take(self, line: Line) -> list[Event]:
        origin = Origin((self.shape.extent(line),))
        parsed = self.parser.parse(line.text)
        if parsed is None:
            return [self.shape.raw(line.raw, line, origin)]
        return self.shape.parsed(parsed.record, parsed.time_ns, line, origin)

    def finish(self) -> list[Event]:
        return []


class JoinedLines:
    """multiline.parser. Path_Key and Offset_Key come behind the other keys."""

    __slots__ = ("_joiner", "_last", "_shape")

    def __init__(self, shape: Shape, joiner: Joiner) -> None:
        self._shape = shape
        self._joiner = joiner
        self._last = 0

    def take(self, line: Line) -> list[Event]:
        self._last = line.late_offset
        shape = self._shape
        self._joiner.add_line(line.text, Extent(shape.path, line.offset, line.end))
        return self._taken()

    def finish(self) -> list[Event]:
        self._joiner.flush()
        return self._taken()

    def _taken(self) -> list[Event]:
        done = self._joiner.done
        if not done:
            return done
        self._joiner.done = []
        added = self._shape.added(self._last)
        if not added:
            return done
        return [event._replace(record=Map(event.record + added)) for event in done]
