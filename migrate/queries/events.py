"""Turns the entries of one part of a query into events, in parallel and in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import itemgetter
from types import MappingProxyType
from typing import TypeVar

from migrate.ports import Direction, Loki, LokiLimit, Page
from migrate.queries.fitting import PAGE, Fitting
from migrate.queries.reading import Stretch, before, opening, pages
from migrate.queries.window import MILLISECOND, Window
from translators.insights.evaluate.event import Event
from translators.logql.printer import print_selector
from translators.queries import Part
from translators.query.rebuild import Origin, Rebuilder

Progress = Callable[[int, int], None]
"""Called with the number of stretches that are read, and of all."""
PER_STRETCH = 4_000
"""Entries that one stretch should hold: a page seldom overflows, so that Loki reads nothing twice."""
NO_EXTRA: Mapping[str, str] = MappingProxyType({})
MOST_STRETCHES = 4096


@dataclass(slots=True)
class Reading:
    """What was read so far."""

    requests: int = 0
    entries: int = 0
    bytes_read: int = 0
    lines_read: int = 0

    def add(self, page: Page) -> None:
        self.requests += 1
        self.entries += page.size
        self.bytes_read += page.bytes_read
        self.lines_read += page.lines_read


@dataclass(frozen=True, slots=True)
class Opened:
    """Some pages of a window, and what of it is still to be read."""

    pages: list[Page]
    rest: tuple[Window, ...] = ()


Told = TypeVar("Told")


def _of_pieces(window: Window, ask: Callable[[Window], Told]) -> list[Told]:
    """What Loki says of the window, or of the pieces of it that are as long as it allows."""
    try:
        return [ask(piece) for piece in window.cut(1)]
    except LokiLimit as limit:
        if limit.setting != "max_query_length" or window.milliseconds == 1:
            raise
        return [told for half in window.cut(2) for told in _of_pieces(half, ask)]


@dataclass(slots=True)
class EventReader:
    """Reads parts of a query from one Loki; ``threads`` requests are under way at once.

    ``wanted`` are the fields that the query reads; None: all of them.
    """

    loki: Loki
    threads: int = 4
    page: int = PAGE
    progress: Progress | None = None
    wanted: frozenset[str] | None = None
    reading: Reading = field(default_factory=Reading)
    fitting: Fitting = field(init=False)

    def __post_init__(self) -> None:
        self.fitting = Fitting(self.loki, self.page)

    def expected(self, part: Part, window: Window) -> tuple[int, int]:
        """How many entries and bytes the index expects in the part's streams."""
        if part.query is None:
            return 0, 0
        selector = print_selector(part.query.selector)
        volumes = _of_pieces(window, lambda piece: self.loki.volume(selector, piece.first_ns, piece.behind_ns))
        entries, size = sum(volume.entries for volume in volumes), sum(volume.bytes for volume in volumes)
        self.fitting.expect(entries, size)
        return entries, size

    def held(self, part: Part, window: Window) -> int:
        """How many bytes the part's streams hold, those too that only Loki's memory has."""
        if part.query is None:
            return 0
        selector = print_selector(part.query.selector)
        return sum(_of_pieces(window, lambda piece: self.loki.held(selector, piece.first_ns, piece.behind_ns)))

    def all(self, part: Part, window: Window, entries: int) -> Iterator[Event]:
        """Every event of the part, in no promised order; ``entries`` is about how many Loki reads."""
        if part.query is None:
            return
        rebuilder = Rebuilder(part.bound.shape, self.wanted)
        pieces = deque(window.cut(self._stretches(entries)))
        pool = ThreadPoolExecutor(self.threads)
        ahead: deque[Future[Opened]] = deque()
        done = 0
        try:
            while pieces or ahead:
                while pieces and len(ahead) <= 2 * self.threads:
                    ahead.append(pool.submit(self._opened, part, pieces.popleft()))
                opened = ahead.popleft().result()
                pieces.extendleft(reversed(opened.rest))
                yield from self._events(part, rebuilder, opened.pages)
                done += 1
                self._tell(done, done + len(ahead) + len(pieces))
        finally:
            # Whoever is interrupted does not wait for answers that nobody wants any more.
            pool.shutdown(wait=False, cancel_futures=True)

    def _opened(self, part: Part, window: Window) -> Opened:
        """The first page of a window; what is behind it as windows that hold about a stretch each, for all threads.

        The index does not know yet what Loki still has in memory: only a full page tells how much there is.
        """
        assert part.query is not None  # noqa: S101
        stretch = Stretch(part.query, window.first_ns, window.behind_ns)
        try:
            page, edge = opening(self.fitting, stretch, self.page)
        except LokiLimit as limit:
            if limit.setting != "max_query_length":
                raise
            return Opened(self._read(part, window))
        if edge is None:
            return Opened([page])
        at = edge // MILLISECOND
        if at > window.start:
            rest = Window(at, window.end)
            entries = page.size * rest.milliseconds // (at - window.start) + 1
            return Opened([before(page, at * MILLISECOND)], rest.cut(self._stretches(entries)))
        rest = Window(at + 1, window.end)
        return Opened(self._read(part, Window(at, at)), (rest,) if at < window.end else ())

    def _stretches(self, entries: int) -> int:
        """Into how many windows to cut one with so many entries."""
        return min(MOST_STRETCHES, -(-entries // min(PER_STRETCH, self.fitting.size)))

    def _read(self, part: Part, window: Window) -> list[Page]:
        return list(self._pages(part, window, Direction.FORWARD, self.page))

    def _pages(self, part: Part, window: Window, direction: Direction, size: int) -> Iterator[Page]:
        """The pages of a window, by shorter windows where the tenant's limits ask for them."""
        assert part.query is not None  # noqa: S101
        stretch = Stretch(part.query, window.first_ns, window.behind_ns)
        try:
            first, rest = _first(pages(self.fitting, stretch, direction, min(size, self.page)))
        except LokiLimit as limit:
            if limit.setting == "max_query_length" and window.milliseconds > 1:
                halves = window.cut(2)
                for half in halves if direction is Direction.FORWARD else reversed(halves):
                    yield from self._pages(part, half, direction, size)
                return
            raise
        yield from first
        yield from rest

    def _tell(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(done, total)

    def ends(self, part: Part, window: Window, count: int, newest: bool) -> Iterator[Event]:
        """At least the ``count`` newest (oldest) events, and every one of the last millisecond among them."""
        if part.query is None:
            return
        rebuilder = Rebuilder(part.bound.shape, self.wanted)
        direction = Direction.BACKWARD if newest else Direction.FORWARD
        found: list[Page] = []
        edge: int | None = None
        pieces = window.cut(1)
        every = (
            page
            for piece in (reversed(pieces) if newest else pieces)
            for page in self._pages(part, piece, direction, max(count, 1))
        )
        for page in every:
            found.append(page)
            if sum(one.size for one in found) >= count:
                edge = _last_millisecond(page, newest)
                break
        for event in self._events(part, rebuilder, found):
            if event.timestamp != edge:
                yield event
        if edge is not None:
            yield from self._events(part, rebuilder, self._read(part, Window(edge, edge)))

    def _events(self, part: Part, rebuilder: Rebuilder, found: list[Page]) -> list[Event]:
        """The events of some pages, the oldest first; within a millisecond in the order in which they were written."""
        name, account = part.bound.group.name, part.bound.group.account
        events: list[tuple[int, Event]] = []
        for page in found:
            self.reading.add(page)
            for stream in page.streams:
                origins: dict[tuple[tuple[str, str], ...], Origin] = {}
                for nanoseconds, line, metadata in stream.entries:
                    key = tuple(metadata.items())
                    origin = origins.get(key)
                    if origin is None:
                        origin = origins[key] = rebuilder.origin(stream.labels, metadata)
                    text = origin.message(nanoseconds, line)
                    milliseconds, rest = divmod(nanoseconds, MILLISECOND)
                    event = Event(milliseconds, text, origin.log_stream, name, account, None, NO_EXTRA, rest)
                    events.append((nanoseconds, event))
        events.sort(key=_nanoseconds)
        return [event for _, event in events]


_nanoseconds = itemgetter(0)


def _first(found: Iterator[Page]) -> tuple[list[Page], Iterator[Page]]:
    """The first page, if there is one, and what follows it: limits speak with the first request."""
    page = next(found, None)
    return ([] if page is None else [page]), found


def _last_millisecond(page: Page, newest: bool) -> int | None:
    ends = [stream.entries[-1].nanoseconds // MILLISECOND for stream in page.streams if stream.entries]
    if not ends:
        return None
    return min(ends) if newest else max(ends)
