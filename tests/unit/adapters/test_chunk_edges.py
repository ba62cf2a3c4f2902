"""What is asked of a Loki that skips the chunks which end on the millisecond at which a request begins."""

from __future__ import annotations

import pytest

from migrate.adapters.chunk_edges import SECOND, around, before, entries_from
from migrate.ports import Direction, EntriesRequest, Entry, Page, Stream

MILLISECOND = 1_000_000
AT = 1_767_571_200_000 * MILLISECOND
Chunk = tuple[int, ...]


class Flushed:
    """Entries in chunks of one stream each, given as Loki gives them once they are flushed."""

    def __init__(self, *chunks: Chunk) -> None:
        self.chunks = chunks
        self.requests = 0

    def ask(self, request: EntriesRequest) -> Page:
        self.requests += 1
        found = [
            (at, number)
            for number, chunk in enumerate(self.chunks)
            if -(-max(chunk) // MILLISECOND) > request.start // MILLISECOND
            for at in chunk
            if request.start <= at < request.end
        ]
        found.sort(reverse=request.direction is Direction.BACKWARD)
        return Page(
            tuple(Stream({"n": str(n)}, (Entry(at, str(at), {}),)) for at, n in found[: request.limit]), 1, 1, 1
        )


def read(loki: Flushed, start: int, end: int, limit: int, direction: Direction = Direction.FORWARD) -> list[int]:
    page = entries_from(loki.ask, EntriesRequest("{}", start, end, limit, direction))
    return sorted(entry.nanoseconds for stream in page.streams for entry in stream.entries)


@pytest.mark.parametrize("direction", list(Direction))
def test_the_last_line_of_a_chunk_is_there_when_a_request_begins_with_it(direction: Direction) -> None:
    loki = Flushed((AT - 5, AT), (AT - 7 * MILLISECOND, AT))
    assert loki.ask(EntriesRequest("{}", AT, AT + 1, 9)).size == 0
    assert read(loki, AT, AT + MILLISECOND, 9, direction) == [AT, AT]


def test_what_comes_before_is_left_out() -> None:
    loki = Flushed((AT - 1, AT, AT + 3))
    assert read(loki, AT, AT + 9, 9) == [AT, AT + 3]
    assert loki.requests == 1


def test_a_page_filled_by_the_nanosecond_before_is_filled_again() -> None:
    loki = Flushed(*((AT - 1,),) * 3, (AT,), (AT, AT + 2, AT + 5))
    assert read(loki, AT, AT + 9, 3) == [AT, AT, AT + 2]
    assert read(loki, AT, AT + 9, 2) == [AT, AT]
    assert read(loki, AT, AT + 1, 4) == [AT, AT]


def test_within_a_millisecond_nothing_is_skipped() -> None:
    assert before(AT + 1) == AT + 1
    loki = Flushed((AT + 1,), (AT + 1, AT + 2))
    assert read(loki, AT + 1, AT + 9, 9) == [AT + 1, AT + 1, AT + 2]
    assert loki.requests == 1


def test_no_window_for_the_index_holds_another() -> None:
    windows = [around(AT + 1, AT + 2, shift) for shift in (0, 1, SECOND - 1)]
    assert all(first <= AT + 1 and last >= AT + 2 and last - first == SECOND + 1 for first, last in windows)
    assert sorted(windows) == sorted(windows, key=lambda window: window[1])
