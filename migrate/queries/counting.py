"""Lets Loki count: whole windows and clipped buckets by instant queries, old whole buckets by range queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from migrate.ports import InstantRequest, Loki, RangeRequest, Series, Vector
from migrate.queries.events import Reading
from migrate.queries.window import MILLISECOND, Window
from translators.catalog import InLabel, InMetadata, IsConstant
from translators.insights.evaluate.values import Instant, Value
from translators.logql.counting import counted
from translators.logql.model import LineFilter, LineOperator
from translators.logql.printer import print_query
from translators.queries import Part
from translators.query.expressions import Field
from translators.query.policies import Policies, Policy
from translators.query.split.counts import Counts, Source, source_of

SETTLED = 3_600_000
"""A range query asks only for buckets that ended so long ago: Loki's cache keeps younger ones half filled."""
STEPS = 2_000
FEW = 4
MANY = 60
"""So many young buckets are one range query that the cache has not seen, rather than a query each."""
Group = tuple[Value, ...]


@dataclass(slots=True)
class LokiCounter:
    """Counts for one plan; ``now`` in milliseconds."""

    loki: Loki
    counts: Counts
    window: Window
    now: int
    reading: Reading
    matched: int = 0

    def rows(self, parts: tuple[Part, ...], policies: Policies) -> list[dict[str, Value]]:
        """The rows of the aggregate, with its policies for missing keys and for no events."""
        totals = [Counter[Group]() for _ in self.counts.calls]
        groups = Counter[Group]()
        for part in parts:
            if part.query is not None:
                groups.update(self._counted(part, ""))
                for total, (_, field) in zip(totals, self.counts.calls, strict=True):
                    total.update(self._having(part, field))
        self.matched = groups.total()
        if not groups and not self.counts.aggregate.keys and policies.value(Policy.EMPTY_AGGREGATE) == "zero-row":
            groups[()] = 0
        keep_null = policies.value(Policy.NULL_GROUP) == "row"
        pairs = list(zip(totals, self.counts.calls, strict=True))
        return [
            self._row(group, [total[group] if field else number for total, (_, field) in pairs])
            for group, number in groups.items()
            if keep_null or None not in group
        ]

    def _having(self, part: Part, field: Field | None) -> Counter[Group]:
        """Counts of the entries that have the field."""
        source = None if field is None else source_of(field, part.bound.shape)[1]
        if source is None:
            return Counter()
        return self._counted(part, source.name if isinstance(source, InLabel | InMetadata) else "")

    def _row(self, group: Group, numbers: list[int]) -> dict[str, Value]:
        names = [key.name for key in self.counts.aggregate.keys]
        values: list[Value] = [*group, *numbers]
        return dict(zip([*names, *(name for name, _ in self.counts.calls)], values, strict=True))

    def _counted(self, part: Part, present: str) -> Counter[Group]:
        """Counts by group, where ``present`` names a label that must have a value."""
        sources = [source_of(key.field, part.bound.shape)[1] for key in self.counts.keys]
        labels = tuple(dict.fromkeys(one.name for one in sources if isinstance(one, InLabel | InMetadata)))
        found = Counter[Group]()
        for bucket, series in self._series(part, labels, present):
            keys = [_value(source, series) for source in sources]
            for stamp, number in series.points:
                found[self._group(keys, stamp if bucket is None else bucket)] += round(number)
        return found

    def _group(self, keys: list[Value], bucket: int) -> Group:
        """The values of the keys in the order of the query."""
        rest = iter(keys)
        timed = self.counts.bucket[0] if self.counts.bucket else None
        return tuple(Instant(bucket) if key.name == timed else next(rest) for key in self.counts.aggregate.keys)

    def _series(self, part: Part, labels: tuple[str, ...], present: str) -> Iterator[tuple[int | None, Series]]:
        """Each series, with its bucket, or None where each point's time is one."""
        if self.counts.bucket is None:
            for piece in self.window.cut(1):
                for series in self._instant(part, labels, present, piece):
                    yield 0, series
            return
        width = self.counts.bucket[1].period.milliseconds or 1
        whole, clipped = self._split(width)
        young = [start for start in clipped if self._is_inside(start, width)]
        if len(young) > MANY:
            clipped = [start for start in clipped if not self._is_inside(start, width)]
            yield from self._ranges(self._unseen(part), labels, present, young)
        for start in clipped:
            piece = Window(max(start, self.window.start), min(start + width - 1, self.window.end))
            for series in self._instant(part, labels, present, piece):
                yield start, series
        yield from self._ranges(part, labels, present, whole)

    def _ranges(
        self, part: Part, labels: tuple[str, ...], present: str, starts: list[int]
    ) -> Iterator[tuple[None, Series]]:
        for index in range(0, len(starts), STEPS):
            for series in self._range(part, labels, present, starts[index : index + STEPS]):
                yield None, Series(series.labels, tuple((at // MILLISECOND, value) for at, value in series.points))

    def _unseen(self, part: Part) -> Part:
        """The part with a filter that every line passes and no query had before: Loki's cache goes by the text."""
        assert part.query is not None  # noqa: S101
        passed = LineFilter(LineOperator.LACKS, (f"logmig counts at {self.now}",))
        return replace(part, query=replace(part.query, stages=(passed, *part.query.stages)))

    def _is_inside(self, start: int, width: int) -> bool:
        return start >= self.window.start and start + width - 1 <= self.window.end

    def _split(self, width: int) -> tuple[list[int], list[int]]:
        """The starts of whole buckets that are settled, and of all others."""
        starts = range(self.window.start // width * width, self.window.end + 1, width)
        whole: list[int] = []
        clipped: list[int] = []
        for start in starts:
            settled = self._is_inside(start, width) and start + width <= self.now - SETTLED
            (whole if settled else clipped).append(start)
        return (whole, clipped) if len(whole) > FEW else ([], [*whole, *clipped])

    def _instant(self, part: Part, labels: tuple[str, ...], present: str, window: Window) -> tuple[Series, ...]:
        assert part.query is not None  # noqa: S101
        metric = counted(part.query, labels, present, window.milliseconds, 0)
        return self._add(self.loki.instant(InstantRequest(print_query(metric), window.behind_ns - 1)))

    def _range(self, part: Part, labels: tuple[str, ...], present: str, starts: list[int]) -> tuple[Series, ...]:
        assert part.query is not None  # noqa: S101
        width = (starts[1] - starts[0]) if len(starts) > 1 else 1000
        metric = counted(part.query, labels, present, width, -(width * MILLISECOND - 1))
        first, last = starts[0] * MILLISECOND, starts[-1] * MILLISECOND
        return self._add(self.loki.range(RangeRequest(print_query(metric), first, last, width * MILLISECOND)))

    def _add(self, vector: Vector) -> tuple[Series, ...]:
        self.reading.requests += 1
        self.reading.bytes_read += vector.bytes_read
        self.reading.lines_read += vector.lines_read
        return vector.series


def _value(source: Source, series: Series) -> Value:
    if isinstance(source, IsConstant):
        return source.value
    return series.labels.get(source.name) or None if source is not None else None


def can_count(counts: Counts, parts: tuple[Part, ...]) -> bool:
    """Whether every part is exact and has all keys and counted fields as labels."""
    fields = [*(key.field for key in counts.keys), *(field for _, field in counts.calls if field is not None)]
    return all(part.exact and all(source_of(field, part.bound.shape)[0] for field in fields) for part in parts)
