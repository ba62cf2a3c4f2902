"""How tail reads a file: in chunks of its buffer, cutting lines, with the fate of lines that are too long."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from translators.fluentbit.evaluate.encodings import Encoding, place_of

_NUL = b"\0"


@dataclass(frozen=True, slots=True)
class Buffer:
    """Buffer_Chunk_Size, Buffer_Max_Size, and what becomes of a line that does not fit."""

    chunk_size: int = 32_000
    max_size: int = 32_000
    skip_long_lines: bool = False
    truncate_long_lines: bool = False
    skip_empty_lines: bool = False
    encoding: Encoding | None = None


class Line(NamedTuple):
    """A line without its end. ``raw`` still has a carriage return; ``offset`` is where it begins in the stream.

    ``late_offset`` is the number that Offset_Key gets in multiline mode, where Fluent Bit adds up too much;
    ``chunk`` is where the piece of the stream begins that was read at once.
    """

    text: bytes
    raw: bytes
    offset: int
    end: int
    late_offset: int
    chunk: int


def open_stream(stream: BinaryIO, path: str) -> BinaryIO:
    """A path that ends in .gz is decompressed."""
    if path[-3:].lower() == ".gz":
        return gzip.open(stream, "rb")  # type: ignore[return-value]
    return stream


def read_chunks(stream: BinaryIO, buffer: Buffer) -> Iterator[list[Line]]:
    """The complete lines of a stream, as many at once as tail reads; the text behind the last newline is never read."""
    held, capacity, start, skip_next = b"", buffer.chunk_size, 0, False
    while True:
        if capacity - len(held) - 1 < 1:
            if capacity < buffer.max_size:
                capacity = min(capacity + buffer.chunk_size, buffer.max_size)
            elif buffer.truncate_long_lines:
                yield [Line(held, held, start, start + len(held), start, start)]
                start, held, skip_next = start + len(held), b"", True
            elif buffer.skip_long_lines:
                start, held, skip_next = start + len(held), b"", True
            else:
                return
        more = _read(stream, capacity - len(held) - 1)
        if not more:
            return
        held += more
        cut = _cut if buffer.encoding is None else _cut_converted
        lines, consumed, skip_next = cut(held, start, buffer, skip_next)
        if lines:
            yield lines
        start, held = start + consumed, held[consumed:]


def _read(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error):
        return b""


def _cut(data: bytes, start: int, buffer: Buffer, skip_next: bool) -> tuple[list[Line], int, bool]:
    """The lines of one chunk, how many bytes they took, and whether the next line is still to be skipped."""
    at = len(data) - len(data.lstrip(_NUL)) if data[:1] == _NUL else 0
    lines: list[Line] = []
    processed = 0
    while (end := data.find(b"\n", at)) >= 0:
        begin, at = at, end + 1
        if skip_next:
            skip_next = False
            continue
        raw = data[begin:end]
        if buffer.skip_empty_lines and raw in (b"", b"\r"):
            continue
        text = raw[:-1] if len(raw) >= 2 and raw[-1] == 0x0D else raw
        lines.append(Line(text, raw, start + begin, start + at, start + processed, start))
        processed += at
    if not lines and skip_next:
        return lines, len(data), True
    return lines, at, skip_next


def _cut_converted(data: bytes, start: int, buffer: Buffer, skip_next: bool) -> tuple[list[Line], int, bool]:
    """As ``_cut`` after the conversion: a chunk is always taken whole, so a line that goes on behind it is torn."""
    if buffer.encoding is None:
        return _cut(data, start, buffer, skip_next)
    converted = buffer.encoding.to_utf8(data)
    ends = buffer.encoding.line_ends(data)
    lines, _, skip_next = _cut(converted, 0, buffer, skip_next)
    placed = []
    for line in lines:
        begin, end = place_of(line.offset, converted, ends, start)
        placed.append(line._replace(offset=begin, end=end, late_offset=start + line.late_offset, chunk=start))
    return placed, len(data), skip_next
