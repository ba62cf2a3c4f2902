"""Runs something that Ctrl-C ends at once, whatever it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from migrate.ports import EntriesRequest, InstantRequest, Loki, Page, RangeRequest, Vector, Volume

T = TypeVar("T")
POLL_SECONDS = 0.1


class Cancelled(Exception):
    """The user pressed Ctrl-C: what was under way asks nothing more."""


@dataclass
class StoppableLoki:
    """A Loki that is asked nothing more once ``stop`` is set."""

    loki: Loki
    stop: threading.Event = field(default_factory=threading.Event)

    def _asked(self) -> Loki:
        if self.stop.is_set():
            raise Cancelled
        return self.loki

    def entries(self, request: EntriesRequest) -> Page:
        return self._asked().entries(request)

    def instant(self, request: InstantRequest) -> Vector:
        return self._asked().instant(request)

    def range(self, request: RangeRequest) -> Vector:
        return self._asked().range(request)

    def volume(self, selector: str, start: int, end: int) -> Volume:
        return self._asked().volume(selector, start, end)

    def held(self, selector: str, start: int, end: int) -> int:
        return self._asked().held(selector, start, end)

    def series(self, selector: str, start: int, end: int) -> tuple[Mapping[str, str], ...]:
        return self._asked().series(selector, start, end)


def run_stoppable(loki: Loki, work: Callable[[Loki], T]) -> T:
    """``work`` in a thread of its own. Ctrl-C leaves it behind, without another request, and raises Cancelled."""
    stoppable = StoppableLoki(loki)
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work(stoppable))
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
        while thread.is_alive():
            thread.join(POLL_SECONDS)
    except KeyboardInterrupt:
        stoppable.stop.set()
        raise Cancelled from None
    if failures:
        raise failures[0]
    return results[0]
