"""Docker_Mode: the legacy joining of docker's JSON lines, on the raw text of ``log``."""

from __future__ import annotations

import re

from translators.fluentbit.evaluate.escapes import unescape
from translators.fluentbit.evaluate.inputs.tail_lines import Shape
from translators.fluentbit.evaluate.jsmn import is_json
from translators.fluentbit.evaluate.parsers import Parser
from translators.fluentbit.evaluate.records import Event
from translators.fluentbit.evaluate.tail_reader import Line
from translators.pipeline.world import Extent, Origin

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)


class DockerMode:
    """Pieces of ``log`` are put together, still escaped, and the last line carries them through the parser."""

    def __init__(self, shape: Shape, parser: Parser | None, first_line: Parser | None) -> None:
        self._shape = shape
        self._parser = parser
        self._first_line = first_line
        self._log = b""
        self._lines: list[Line] = []
        self._complete = True
        self._met_first_line = False

    def take(self, lines: list[Line]) -> list[Event]:
        return [event for line in lines for event in self._take(line)]

    def finish(self, end: int) -> list[list[Event]]:
        return [self._flush(end)]

    def _take(self, line: Line) -> list[Event]:
        if line.is_cut:
            return [self._shape.raw(line.text, line, Origin((self._shape.extent(line),)))]
        sent = self._before(line) if self._first_line else []
        place = find_log(line.text)
        if place is None:
            return sent + self._flush(line.chunk) + self._plain(line)
        text = line.text[place[0] : place[1]]
        self._complete = unescape(text).endswith(b"\n")
        self._log += text
        self._lines.append(line)
        if self._complete and self._first_line is None:
            sent += self._flush(line.chunk)
        return sent

    def _before(self, line: Line) -> list[Event]:
        """A complete line goes before a first line, and before any other until a first line was met."""
        starts = self._first_line is not None and self._first_line.parse(line.text) is not None
        self._met_first_line = self._met_first_line or starts
        if self._lines and self._complete and (starts or not self._met_first_line):
            return self._flush(line.chunk)
        return []

    def _plain(self, line: Line) -> list[Event]:
        """A line that is no JSON object with a text ``log`` takes the ordinary way."""
        origin = Origin((self._shape.extent(line),))
        parsed = self._parser.parse(line.text) if self._parser else None
        if parsed is None:
            return [self._shape.raw(line.raw if self._parser else line.text, line, origin)]
        return self._shape.parsed(parsed.record, parsed.time_ns, line, origin)

    def _flush(self, offset: int) -> list[Event]:
        """``offset``: how far the file was read in earlier chunks, which is all that Offset_Key tells."""
        if not self._lines:
            return []
        last = self._lines[-1]._replace(told=offset)
        place = find_log(last.text) or (0, 0)
        joined = last.text[: place[0]] + self._log + last.text[place[1] :]
        origin = Origin(tuple(Extent(self._shape.path, line.offset, line.end) for line in self._lines))
        self._log, self._lines = b"", []
        parsed = self._parser.parse(joined) if self._parser else None
        if parsed is None:
            return [self._shape.raw(joined, last, origin)]
        if self._shape.is_old(parsed.time_ns):
            return []
        return self._shape.parsed(parsed.record, parsed.time_ns, last, origin)


def find_log(text: bytes) -> tuple[int, int] | None:
    """Where the inside of the string under ``log`` stands; None when the text is no object with one."""
    if text[:1] != b"{" or not is_json(text):
        return None
    depth, key, expects_value = 0, b"", False
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in (b"{", b"["):
            if depth == 1 and expects_value and key == b'"log"':
                return None
            depth += 1
            expects_value = False
        elif word in (b"}", b"]"):
            depth -= 1
        elif word == b":":
            expects_value = depth == 1
        elif word == b",":
            expects_value = False
        elif depth == 1 and expects_value:
            if key == b'"log"':
                return (token.start() + 1, token.end() - 1) if word[:1] == b'"' else None
            expects_value = False
        elif depth == 1:
            key = word
    return None
