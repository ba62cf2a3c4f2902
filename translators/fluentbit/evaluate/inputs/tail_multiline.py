"""Multiline On with Parser_Firstline: the legacy joining of lines behind a parsed first line."""

from __future__ import annotations

from translators.fluentbit.evaluate.inputs.tail_lines import Shape
from translators.fluentbit.evaluate.parsers import Parser
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.evaluate.tail_reader import Line
from translators.pipeline.world import Extent, Origin


class FirstLines:
    """A first line opens a record; other lines add their fields, or their text to the last field so far."""

    def __init__(self, shape: Shape, first: Parser, more: tuple[Parser, ...]) -> None:
        self._shape = shape
        self._first = first
        self._more = more
        self._record: Map | None = None
        self._appends = False
        self._time_ns: int | None = None
        self._extents: list[Extent] = []

    def take(self, line: Line) -> list[Event]:
        extent = self._shape.extent(line)
        parsed = self._first.parse(line.text)
        if parsed is not None:
            sent = self._flush()
            self._record, self._time_ns, self._extents = parsed.record, parsed.time_ns, [extent]
            self._appends = bool(parsed.record) and isinstance(parsed.record[-1][1], bytes)
            return sent
        for parser in self._more:
            more = parser.parse(line.text)
            if more is not None:
                if self._record is not None:
                    self._record = Map(self._record + more.record)
                    self._extents.append(extent)
                return []
        if self._record is None or not self._appends:
            return [self._shape.raw(line.text, line, Origin((extent,)))]
        self._append(line.text, extent)
        return []

    def finish(self) -> list[Event]:
        return self._flush()

    def _append(self, text: bytes, extent: Extent) -> None:
        if not self._record:
            return
        key, value = self._record[-1]
        grown: Value = value + b"\n" + text if isinstance(value, bytes) else value
        self._record = Map([*self._record[:-1], (key, grown)])
        self._extents.append(extent)

    def _flush(self) -> list[Event]:
        record, self._record = self._record, None
        if not record or (self._time_ns is not None and self._time_ns < 0):
            return []
        shape = self._shape
        if shape.path_key:
            record = Map([(shape.path_key, shape.path.encode("utf-8", "surrogateescape")), *record])
        return [Event(self._time_ns, record, Origin(tuple(self._extents)))]
