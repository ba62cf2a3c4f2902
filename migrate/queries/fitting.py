"""Asks for as many entries as one answer holds: Loki's parts pass on no more than 4 MB, unless they are set up to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from migrate.ports import EntriesRequest, Loki, LokiHungUp, LokiLimit, Page

PAGE = 5000
"""Loki's default max_entries_limit_per_query."""
SMALLEST_PAGE = 100
UNMEASURED = 2000
"""Entries to ask for where nobody knows their size: they fit while one has less than 1.5 kB in the answer."""
ANSWER = 3_000_000
"""Bytes that an answer should have at most: the default of server.grpc_server_max_recv_msg_size is 4 MB."""
METADATA = 500
"""Bytes that labels and metadata may add to a line in an answer, until one was seen."""
_OF_PAGES = frozenset({"max_entries_limit_per_query", "grpc_server_max_recv_msg_size"})


@dataclass(slots=True)
class Fitting:
    """The size of pages; ``page`` is the most that the tenant's limits let one request ask for.

    ``entry`` is about how many bytes an entry has in an answer; 0: nobody knows. Safe for threads: each of them only
    learns the same.
    """

    loki: Loki
    page: int = PAGE
    entry: int = 0
    measured: bool = False

    @property
    def size(self) -> int:
        """How many entries to ask for."""
        fits = ANSWER // self.entry if self.entry else UNMEASURED
        return min(self.page, max(SMALLEST_PAGE, fits))

    def expect(self, entries: int, size: int) -> None:
        """What the index says about entries that will be read."""
        if entries and not self.measured:
            self.entry = max(self.entry, size // entries + METADATA)

    def ask(self, request: EntriesRequest) -> tuple[Page, int]:
        """A page of the request, and how many entries it could have had."""
        while True:
            size = min(request.limit, self.size)
            try:
                page = self.loki.entries(replace(request, limit=size))
            except LokiLimit as limit:
                if limit.setting not in _OF_PAGES or not self._halve(size):
                    raise
            except LokiHungUp:
                if not self._halve(size):
                    raise
            else:
                self._measure(page)
                return page, size

    def _halve(self, size: int) -> bool:
        """Whether less can be asked for."""
        if size <= SMALLEST_PAGE:
            return False
        self.page = max(SMALLEST_PAGE, size // 2)
        return True

    def _measure(self, page: Page) -> None:
        if page.size:
            mean = page.answer_bytes // page.size
            self.entry = max(self.entry, mean) if self.measured else mean
            self.measured = True
