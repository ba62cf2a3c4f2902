"""The simple ways of reading lines: as they are, through a parser, through multiline parsers."""

from __future__ import annotations

from dataclasses import dataclass

from translators.fluentbit.evaluate.multiline import Joiner
from translators.fluentbit.evaluate.parsers import NANOSECONDS, Parser
from translators.fluentbit.evaluate.records import Event, Map
from translators.fluentbit.evaluate.tail_reader import Line
from translators.fluentbit.evaluate.timestamps import is_event_time
from translators.pipeline.world import Extent, Origin


@dataclass(frozen=True, slots=True)
class Shape:
    """The file and the names of the keys that tail itself writes; an empty name means no such key.

    ``oldest`` is the first second that Ignore_Older leaves in, where the times of records count.
    """

    path: str
    key: bytes
    path_key: bytes = b""
    offset_key: bytes = b""
    oldest: int = 0

    def extent(self, line: Line) -> Extent:
        return Extent(self.path, line.offset, line.end)

    def is_old(self, time_ns: int | None) -> bool:
        return time_ns is not None and time_ns // NANOSECONDS < self.oldest

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
        return Event(None, Map([*self.added(line.told), (self.key, text)]), origin)

    def parsed(self, record: Map, time_ns: int | None, line: Line, origin: Origin) -> list[Event]:
        """A parsed record; one whose time lies before 1970 or behind 2106 is lost."""
        if not is_event_time(time_ns):
            return []
        if self.path_key or self.offset_key:
            record = Map(record + self.added(line.told))
        return [Event(time_ns, record, origin)]


@dataclass(frozen=True, slots=True)
class RawLines:
    """Each line is a record."""

    shape: Shape

    def take(self, lines: list[Line]) -> list[Event]:
        return [self.shape.raw(line.text, line, Origin((self.shape.extent(line),))) for line in lines]

    def finish(self, end: int) -> list[list[Event]]:
        del end
        return []


@dataclass(frozen=True, slots=True)
class ParsedLines:
    """Parser: a line that it does not take is a raw record, with its carriage return."""

    shape: Shape
    parser: Parser

    def take(self, lines: list[Line]) -> list[Event]:
        return [event for line in lines for event in self._take(line)]

    def finish(self, end: int) -> list[list[Event]]:
        del end
        return []

    def _take(self, line: Line) -> list[Event]:
        origin = Origin((self.shape.extent(line),))
        parsed = None if line.is_cut else self.parser.parse(line.text)
        if parsed is None:
            return [self.shape.raw(line.raw, line, origin)]
        return self.shape.parsed(parsed.record, parsed.time_ns, line, origin)


class JoinedLines:
    """multiline.parser. Path_Key and Offset_Key come behind the other keys."""

    __slots__ = ("_joiner", "_shape")

    def __init__(self, shape: Shape, joiner: Joiner) -> None:
        self._shape = shape
        self._joiner = joiner

    def take(self, lines: list[Line]) -> list[Event]:
        shape, joiner = self._shape, self._joiner
        sent: list[Event] = []
        for line in lines:
            extent = Extent(shape.path, line.offset, line.end)
            if line.is_cut:
                sent.append(shape.raw(line.text, line, Origin((extent,))))
                continue
            joiner.add_line(line.text, extent)
            if joiner.done:
                sent += self._taken(line.late_offset)
        return sent

    def finish(self, end: int) -> list[list[Event]]:
        found = []
        for number in range(self._joiner.size):
            self._joiner.flush_parser(number)
            found.append(self._taken(end))
        return found

    def _taken(self, offset: int) -> list[Event]:
        done, self._joiner.done = self._joiner.done, []
        added = self._shape.added(offset)
        if not added:
            return done
        return [event._replace(record=Map(event.record + added)) for event in done]
