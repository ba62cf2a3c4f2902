"""Multiline On with Parser_Firstline: the legacy joining of lines behind a parsed first line."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.fluentbit.evaluate.inputs.tail_lines import Shape
from translators.fluentbit.evaluate.parsers import Parsed, Parser
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.evaluate.tail_reader import Line
from translators.fluentbit.evaluate.timestamps import is_event_time
from translators.pipeline.world import Extent, Origin


@dataclass(slots=True)
class _Message:
    """What a first line opened. ``appends``: its last field is text, so other lines go on with it."""

    record: Map
    time_ns: int | None
    appends: bool
    extents: list[Extent] = field(default_factory=list)


class FirstLines:
    """A first line opens a record; other lines add their fields, or their text to the last field so far.

    Lines that belong to no record come by themselves, behind the records that became complete in the same chunk.
    """

    def __init__(self, shape: Shape, first: Parser, more: tuple[Parser, ...]) -> None:
        self._shape = shape
        self._first = first
        self._more = more
        self._open: _Message | None = None
        self._skips = False

    def take(self, lines: list[Line]) -> list[Event]:
        sent: list[Event] = []
        alone: list[Event] = []
        for line in lines:
            parsed = None if line.is_cut else self._first.parse(line.text)
            if parsed is not None:
                sent += self._flush()
                self._begin(parsed, line)
            elif line.is_cut:
                sent += self._flush()
                alone.append(self._raw(line))
            elif not self._skips and not self._goes_on(line):
                alone.append(self._raw(line))
        return sent + alone

    def finish(self, end: int) -> list[list[Event]]:
        del end
        return [self._flush()]

    def _begin(self, parsed: Parsed, line: Line) -> None:
        """A first line that Ignore_Older leaves out takes the lines behind it along."""
        self._skips = self._shape.is_old(parsed.time_ns)
        if self._skips:
            return
        appends = bool(parsed.record) and isinstance(parsed.record[-1][1], bytes)
        self._open = _Message(parsed.record, parsed.time_ns, appends, [self._shape.extent(line)])

    def _goes_on(self, line: Line) -> bool:
        """Whether a line went on with the open record, or is lost because there is none."""
        message = self._open
        for parser in self._more:
            more = parser.parse(line.text)
            if more is not None:
                if message is not None:
                    message.record = Map(message.record + more.record)
                    message.extents.append(self._shape.extent(line))
                return True
        if message is None or not message.appends:
            return False
        key, value = message.record[-1]
        grown: Value = value + b"\n" + line.text if isinstance(value, bytes) else value
        message.record = Map([*message.record[:-1], (key, grown)])
        message.extents.append(self._shape.extent(line))
        return True

    def _raw(self, line: Line) -> Event:
        return self._shape.raw(line.text, line, Origin((self._shape.extent(line),)))

    def _flush(self) -> list[Event]:
        message, self._open = self._open, None
        if message is None or not message.record or not is_event_time(message.time_ns):
            return []
        shape, record = self._shape, message.record
        if shape.path_key:
            record = Map([(shape.path_key, shape.path.encode("utf-8", "surrogateescape")), *record])
        return [Event(message.time_ns, record, Origin(tuple(message.extents)))]
