"""Windows: pinned, inclusive to the millisecond, and cut into stretches that Loki takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from translators.query.plan import Shift

MILLISECOND = 1_000_000
DAY = 86_400_000
LONGEST = 30 * DAY
"""max_query_length is 30 days and one hour by default."""


@dataclass(frozen=True, slots=True)
class Window:
    """Epoch milliseconds; both ends belong to it."""

    start: int
    end: int

    @property
    def first_ns(self) -> int:
        return self.start * MILLISECOND

    @property
    def behind_ns(self) -> int:
        """The first nanosecond behind it: Loki's end is exclusive, and keeps nanoseconds where CloudWatch has none."""
        return (self.end + 1) * MILLISECOND

    @property
    def milliseconds(self) -> int:
        return self.end - self.start + 1

    def shifted(self, shift: Shift) -> Window:
        """The window that a scan reads."""
        match shift:
            case Shift.NONE:
                return self
            case Shift.PRECEDING:
                return Window(self.start - self.milliseconds, self.start - 1)
            case Shift.DAY:
                return Window(self.start - DAY, self.end - DAY)
            case Shift.WEEK:
                return Window(self.start - 7 * DAY, self.end - 7 * DAY)
            case Shift.MONTH:
                return Window(_month_before(self.start), _month_before(self.end))

    def cut(self, pieces: int) -> tuple[Window, ...]:
        """About so many windows, more where they would be longer than Loki takes; together exactly this one."""
        least = -(-self.milliseconds // LONGEST)
        count = max(1, min(max(pieces, least), self.milliseconds))
        edges = [self.start + self.milliseconds * index // count for index in range(count + 1)]
        return tuple(Window(start, end - 1) for start, end in pairwise(edges))

    def newest_slices(self, first: int, growth: int = 4) -> Iterator[Window]:
        """From the end backwards, each ``growth`` times as long as the last."""
        end, length = self.end, max(1, first)
        while end >= self.start:
            start = max(self.start, end - length + 1)
            yield Window(start, end)
            end, length = start - 1, length * growth

    def oldest_slices(self, first: int, growth: int = 4) -> Iterator[Window]:
        """The same from the start forwards."""
        start, length = self.start, max(1, first)
        while start <= self.end:
            end = min(self.end, start + length - 1)
            yield Window(start, end)
            start, length = end + 1, length * growth


def _month_before(milliseconds: int) -> int:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    year, month = (moment.year - 1, 12) if moment.month == 1 else (moment.year, moment.month - 1)
    last = (datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - datetime(year, month, 1, tzinfo=UTC)).days
    earlier = moment.replace(year=year, month=month, day=min(moment.day, last))
    return int(earlier.timestamp()) * 1000 + milliseconds % 1000
