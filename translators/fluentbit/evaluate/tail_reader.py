"""How tail reads a file: in chunks of its buffer, cutting lines, with the fate of lines that are too long."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from translators.fluentbit.evaluate.encodings import UTF8_MARK, Encoding, place_of

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

    ``told`` is the number that Offset_Key gives it, which counts bytes after a conversion and none of a full buffer
    that was thrown away. ``late_offset``: the same for what multiline parsers let go at this line, where the last line
    that was not skipped ended, or where the piece of the stream begins that was read at once, which is ``chunk``.
    ``is_cut``: it is the beginning of a line that is too long.
    """

    text: bytes
    raw: bytes
    offset: int
    end: int
    told: int
    late_offset: int
    chunk: int
    is_cut: bool = False


class Chunk(NamedTuple):
    """The lines of what was read at once, and the number that Offset_Key gives to where that ends."""

    lines: list[Line]
    end: int


def open_stream(stream: BinaryIO, path: str) -> BinaryIO:
    """A path that ends in .gz is decompressed."""
    if path[-3:].lower() == ".gz":
        return gzip.open(stream, "rb")  # type: ignore[return-value]
    return stream


def read_chunks(stream: BinaryIO, buffer: Buffer) -> Iterator[Chunk]:
    """The complete lines of a stream, as many at once as tail reads; the text behind the last newline is never read."""
    held, capacity, start, skip_next, thrown_away = b"", buffer.chunk_size, 0, False, 0
    while True:
        if capacity - len(held) - 1 < 1:
            if capacity < buffer.max_size:
                capacity = min(capacity + buffer.chunk_size, buffer.max_size)
            elif buffer.skip_long_lines:
                start, thrown_away = start + len(held), thrown_away + len(held)
                held, skip_next = b"", True
            else:
                return
        more = _read(stream, capacity - len(held) - 1)
        if not more:
            return
        held += more
        cut = _cut if buffer.encoding is None else _cut_converted
        room = _Room(start, start - thrown_away, skip_next, capacity >= buffer.max_size)
        lines, consumed, skip_next = cut(held, room, buffer)
        start, held = start + consumed, held[consumed:]
        if consumed:
            yield Chunk(lines, start - thrown_away)


def _read(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error):
        return b""


class _Room(NamedTuple):
    """Where a chunk begins, how that is told, whether its first line is skipped, and the buffer has its full size."""

    start: int
    told: int
    skip_next: bool
    is_full: bool


def _cut(data: bytes, room: _Room, buffer: Buffer) -> tuple[list[Line], int, bool]:
    """The lines of one chunk, how many bytes they took, and whether the next line is still to be skipped."""
    start, told, skip_next, _ = room
    at = len(data) - len(data.lstrip(_NUL)) if data[:1] == _NUL else 0
    if buffer.truncate_long_lines and room.is_full and (size := _first_part(data[at:], buffer.max_size)):
        text, end = data[at : at + size], start + len(data)
        cut = Line(text, text, start + at, end, told + at, told, told, True)
        return ([] if skip_next else [cut]), len(data), True
    lines: list[Line] = []
    taken = 0
    while (end := data.find(b"\n", at)) >= 0:
        begin, at = at, end + 1
        if skip_next:
            skip_next = False
            continue
        raw = data[begin:end]
        if buffer.skip_empty_lines and raw in (b"", b"\r"):
            continue
        text = raw[:-1] if len(raw) >= 2 and raw[-1] == 0x0D else raw
        lines.append(Line(text, raw, start + begin, start + at, told + begin, told + taken, told))
        taken = at
    if not lines and skip_next:
        return lines, len(data), True
    return lines, at, skip_next


def _first_part(data: bytes, largest: int) -> int:
    """How much of a line comes that fills the buffer and goes on, no character torn; 0 when it does not."""
    size = largest - 1
    if len(data) < size or b"\n" in data[: largest + 1]:
        return 0
    while 0 < size < len(data) and data[size] & 0xC0 == 0x80:
        size -= 1
    return size


def _cut_converted(data: bytes, room: _Room, buffer: Buffer) -> tuple[list[Line], int, bool]:
    """As ``_cut`` after the conversion: a chunk is always taken whole, so a line that goes on behind it is torn."""
    if buffer.encoding is None:
        return _cut(data, room, buffer)
    converted = buffer.encoding.to_utf8(data)
    ends = buffer.encoding.line_ends(data)
    mark = len(UTF8_MARK) if data == UTF8_MARK + converted else 0
    lines, _, skip_next = _cut(converted, room._replace(start=0), buffer)
    placed = []
    for line in lines:
        begin, end = place_of(line.offset, converted, ends, room.start)
        late = line.late_offset + (mark if line.late_offset > room.told else 0)
        placed.append(line._replace(offset=begin, end=end, told=line.told + mark, late_offset=late))
    return placed, len(data), skip_next
