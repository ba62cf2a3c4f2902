"""Asks Loki so that it does not skip the chunks which end on the very millisecond at which a request begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrate.ports import Direction, EntriesRequest, Page, Stream

_MILLISECOND = 1_000_000
SECOND = 1_000_000_000


def before(start: int) -> int:
    """Where a request for what begins at ``start`` begins: Loki 3.7 takes a chunk only when it ends later than that.

    Its index knows chunks by the millisecond, rounded up; a line on a whole millisecond that is the last of its
    chunk is lost to a request that begins with it, as soon as the chunk is flushed.
    """
    return start - 1 if start > 0 and start % _MILLISECOND == 0 else start


def around(start: int, end: int, shift: int) -> tuple[int, int]:
    """A window for the index that is a second longer; a ``shift`` within that second makes it like no other.

    Of a part of a millisecond Loki 3.7 finds no series, or answers 500. And what it said of a window of more than a day
    ago it says again of any window around that one, whatever was written there since.
    """
    return start - shift, end + SECOND - shift


def entries_from(ask: Callable[[EntriesRequest], Page], request: EntriesRequest) -> Page:
    """The page of ``request``, its first nanosecond whole; full unless the window holds no more."""
    asked = replace(request, start=before(request.start))
    page = ask(asked)
    if asked.start == request.start:
        return page
    kept = _since(page, request.start)
    if kept.size == page.size or page.size < request.limit or request.direction is Direction.BACKWARD:
        return kept
    newest_first = replace(asked, end=min(request.end, request.start + 1), direction=Direction.BACKWARD)
    first = _since(ask(newest_first), request.start)
    left = request.limit - first.size
    if left <= 0 or request.start + 1 >= request.end:
        return first
    return _joined(first, ask(replace(request, start=request.start + 1, limit=left)))


def _since(page: Page, start: int) -> Page:
    streams = tuple(_stream_since(stream, start) for stream in page.streams)
    return replace(page, streams=tuple(stream for stream in streams if stream.entries))


def _stream_since(stream: Stream, start: int) -> Stream:
    ends = stream.entries[:1] + stream.entries[-1:]
    if all(entry.nanoseconds >= start for entry in ends):
        return stream
    return Stream(stream.labels, tuple(entry for entry in stream.entries if entry.nanoseconds >= start))


def _joined(first: Page, rest: Page) -> Page:
    return Page(
        first.streams + rest.streams,
        first.bytes_read + rest.bytes_read,
        first.lines_read + rest.lines_read,
        first.answer_bytes + rest.answer_bytes,
    )
