"""Reads all entries of a window through pages, however many stand on one nanosecond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from migrate.errors import Answered
from migrate.ports import Direction, EntriesRequest, Entry, Page, Stream
from migrate.queries.fitting import PAGE, Fitting
from translators.catalog import Matcher, MatchOperator
from translators.logql.model import LogQuery
from translators.logql.printer import print_query, print_selector

Seen = set[tuple[frozenset[tuple[str, str]], str, frozenset[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A log query and the window that it is asked for, in nanoseconds, the end exclusive."""

    query: LogQuery
    start: int
    end: int


class TooDense(Answered):
    """More entries stand on one nanosecond of one stream than Loki gives at once."""

    def __init__(self, nanoseconds: int, page: int) -> None:
        super().__init__(
            f"more than {page} entries of one stream have the same nanosecond ({nanoseconds}); they cannot be paged",
            "raise limits_config.max_entries_limit_per_query, or narrow the query",
            "query/one-nanosecond",
        )


def pages(fitting: Fitting, stretch: Stretch, direction: Direction, size: int = PAGE) -> Iterator[Page]:
    """Every entry once, page by page. The cursor is the last nanosecond and the rows already seen on it."""
    request = EntriesRequest(print_query(stretch.query), stretch.start, stretch.end, size, direction)
    seen: Seen = set()
    while request.start < request.end:
        page, most = fitting.ask(request)
        fresh = _without(page, seen) if seen else page
        edge = _edge(page, direction)
        if page.size < most or edge is None:
            yield fresh
            return
        if fresh.size == 0:
            yield from _nanosecond(fitting, stretch, edge, seen)
            request, seen = _behind(request, edge), set()
            continue
        yield fresh
        at_edge = _on(page, edge)
        seen = seen | at_edge if edge == _edge_of(request) else at_edge
        request = _from(request, edge)


def opening(fitting: Fitting, stretch: Stretch, size: int = PAGE) -> tuple[Page, int | None]:
    """The oldest page, and the nanosecond on which it ends; None where there is no more."""
    request = EntriesRequest(print_query(stretch.query), stretch.start, stretch.end, size, Direction.FORWARD)
    page, most = fitting.ask(request)
    return page, _edge(page, Direction.FORWARD) if page.size >= most else None


def before(page: Page, nanoseconds: int) -> Page:
    """The page without what stands on or behind ``nanoseconds``."""
    streams = (
        Stream(stream.labels, tuple(entry for entry in stream.entries if entry.nanoseconds < nanoseconds))
        for stream in page.streams
    )
    return replace(page, streams=tuple(stream for stream in streams if stream.entries))


def _edge(page: Page, direction: Direction) -> int | None:
    """The nanosecond that the page ends on."""
    ends = [stream.entries[-1].nanoseconds for stream in page.streams if stream.entries]
    if not ends:
        return None
    return max(ends) if direction is Direction.FORWARD else min(ends)


def _edge_of(request: EntriesRequest) -> int:
    return request.start if request.direction is Direction.FORWARD else request.end - 1


def _from(request: EntriesRequest, edge: int) -> EntriesRequest:
    """The request for what begins on ``edge``."""
    return replace(request, start=edge) if request.direction is Direction.FORWARD else replace(request, end=edge + 1)


def _behind(request: EntriesRequest, edge: int) -> EntriesRequest:
    return replace(request, start=edge + 1) if request.direction is Direction.FORWARD else replace(request, end=edge)


def _key(
    labels: frozenset[tuple[str, str]], entry: Entry
) -> tuple[frozenset[tuple[str, str]], str, frozenset[tuple[str, str]]]:
    return labels, entry.line, frozenset(entry.metadata.items())


def _on(page: Page, nanoseconds: int) -> Seen:
    return {
        _key(labels, entry)
        for stream in page.streams
        for labels in [frozenset(stream.labels.items())]
        for entry in stream.entries
        if entry.nanoseconds == nanoseconds
    }


def _without(page: Page, seen: Seen) -> Page:
    """The page without the rows that the last one had. Only rows of its first nanosecond can be among them."""
    streams = tuple(_unseen(stream, seen) for stream in page.streams)
    return replace(page, streams=tuple(stream for stream in streams if stream.entries))


def _unseen(stream: Stream, seen: Seen) -> Stream:
    if not stream.entries:
        return stream
    labels, first = frozenset(stream.labels.items()), stream.entries[0].nanoseconds
    kept = tuple(entry for entry in stream.entries if entry.nanoseconds != first or _key(labels, entry) not in seen)
    return Stream(stream.labels, kept)


def _nanosecond(fitting: Fitting, stretch: Stretch, at: int, seen: Seen) -> Iterator[Page]:
    """What else stands on a nanosecond that fills a page: asked stream by stream, as much as a request may give."""
    for labels in fitting.loki.series(print_selector(stretch.query.selector), at, at + 1):
        alone = print_query(_of_stream(stretch.query, labels))
        page = fitting.loki.entries(EntriesRequest(alone, at, at + 1, fitting.page))
        if page.size >= fitting.page:
            raise TooDense(at, fitting.page)
        yield _without(page, seen)


def _of_stream(query: LogQuery, labels: Mapping[str, str]) -> LogQuery:
    exact = tuple(Matcher(name, MatchOperator.EQUAL, value) for name, value in labels.items())
    return replace(query, selector=(*query.selector, *exact))
