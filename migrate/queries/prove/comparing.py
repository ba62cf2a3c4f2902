"""Compares two tables row by row: what is equal, what a stated tolerance covers, what differs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

from migrate.queries.prove.tables import Expected, Row
from migrate.queries.prove.tolerances import FLOAT, PRINTED, TIES, TIME, Tolerance, Tolerances
from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.values import date_text, identity, number_of

_DATE = re.compile(r"\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
_EPOCH = re.compile(r"\d{12,14}")
LEAST_DECIMALS = 3


class RowVerdict(StrEnum):
    """What is known of one row."""

    EQUAL = "equal"
    TOLERATED = "equal within tolerance"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Match:
    """A row of both sides, or of one: the other is None then. Differing rows are put beside their nearest."""

    expected: int | None
    actual: int | None
    verdict: RowVerdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """Row-by-row verdicts in the order of the expected side. ``disorder``: the rows that stand in the wrong place."""

    matches: tuple[Match, ...]
    tolerances: tuple[Tolerance, ...]
    disorder: tuple[int, ...] = ()
    columns_differ: bool = False

    @property
    def differing(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.verdict is RowVerdict.DIFFERENT)

    @property
    def equal(self) -> bool:
        return not (self.columns_differ or self.disorder or self.differing)

    def count(self, verdict: RowVerdict) -> int:
        return sum(match.verdict is verdict for match in self.matches)


def compare(
    expected: Expected, columns: tuple[str, ...], rows: Sequence[Row], tolerances: Tolerances | None = None
) -> Comparison:
    """Compare the rows that the expected side counts with ``rows``."""
    if columns != expected.columns:
        return Comparison((), (), columns_differ=True)
    return _Comparing(expected, rows, [(tolerances or {}).get(name, FLOAT) for name in columns]).run()


Key = tuple[str | None, ...]


@dataclass
class _Comparing:
    """Takes away what is equal, then what is near, then what a limit leaves open; the rest differs."""

    expected: Expected
    rows: Sequence[Row]
    allowed: Sequence[Tolerance]
    pairs: dict[int, tuple[int, RowVerdict]] = field(default_factory=dict)
    used: dict[str, Tolerance] = field(default_factory=dict)

    def run(self) -> Comparison:
        wanted = self.expected.rows
        first = max(0, len(wanted) - self.expected.most) if self.expected.tail else 0
        counted = range(first, min(len(wanted), first + self.expected.most))
        spare = [index for index in range(len(wanted)) if index not in counted and index in self._open()]
        left, over = self._exact(list(counted), list(range(len(self.rows))))
        _, over = self._exact(spare, over)
        left, over = self._near(left, over)
        if spare and over:
            over = self._near([index for index in spare if index not in self.pairs], over)[1]
        left = self._excused(left, counted)
        if not self.expected.whole:
            left, over = self._cut(left, over)
        disorder = tuple(self._disorder()) if not left and not over else ()
        matches = [Match(index, *pair) for index, pair in sorted(self.pairs.items())]
        return Comparison((*matches, *self._differing(left, over)), tuple(self.used.values()), disorder)

    def _open(self) -> range:
        """The rows of the rank through which the limit cuts."""
        most, total = self.expected.most, len(self.expected.rows)
        edge = total - most if self.expected.tail else most - 1
        for start, behind in self.expected.blocks():
            if start <= edge < behind:
                return range(start, behind)
        return range(0)

    def _exact(self, left: list[int], over: list[int]) -> tuple[list[int], list[int]]:
        """Pair what is shown alike."""
        found: defaultdict[Key, list[int]] = defaultdict(list)
        for index in reversed(over):
            found[_shown(self.rows[index])].append(index)
        missing: list[int] = []
        for index in left:
            candidates = found.get(_shown(self.expected.rows[index]))
            if candidates:
                self.pairs[index] = (candidates.pop(), RowVerdict.EQUAL)
            else:
                missing.append(index)
        return missing, sorted(index for rest in found.values() for index in rest)

    def _near(self, left: list[int], over: list[int]) -> tuple[list[int], list[int]]:
        """Pair what differs in numbers only, and by no more than is allowed."""
        numeric = self._numeric()
        groups: defaultdict[Key, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for index in left:
            groups[self._texts(self.expected.rows[index], numeric)][0].append(index)
        for index in over:
            groups[self._texts(self.rows[index], numeric)][1].append(index)
        missing: list[int] = []
        extra: list[int] = []
        for wanted, got in groups.values():
            lost, more = self._merge(wanted, got, numeric)
            missing += lost
            extra += more
        return sorted(missing), sorted(extra)

    def _numeric(self) -> list[int]:
        """The columns in which our side has numbers or times."""
        return [
            place
            for place in range(len(self.expected.columns))
            if any(isinstance(row[place], int | float) or _is_date(row[place]) for row in self.rows)
        ]

    def _texts(self, row: Row, numeric: Sequence[int]) -> Key:
        """What must be the same: the cells of the other columns, and which of the numeric ones hold no number."""
        return tuple(
            "\x00" if place in numeric and self._number(cell) is not None else identity(cell)
            for place, cell in enumerate(row)
        )

    def _number(self, cell: Cell) -> float | None:
        if isinstance(cell, int | float):
            return cell
        if not isinstance(cell, str) or not self.expected.as_text:
            return None
        return None if _is_date(cell) else number_of(cell)

    def _merge(self, left: list[int], over: list[int], numeric: Sequence[int]) -> tuple[list[int], list[int]]:
        """Walk both in the order of their numbers."""
        wanted = sorted(left, key=lambda index: self._numbers(self.expected.rows[index], numeric), reverse=True)
        got = sorted(over, key=lambda index: self._numbers(self.rows[index], numeric), reverse=True)
        missing: list[int] = []
        extra: list[int] = []
        while wanted and got:
            one, other = self.expected.rows[wanted[-1]], self.rows[got[-1]]
            used = self._distance(one, other, numeric)
            if used is not None:
                self.used.update({tolerance.name: tolerance for tolerance in used})
                self.pairs[wanted.pop()] = (got.pop(), RowVerdict.TOLERATED if used else RowVerdict.EQUAL)
            elif self._numbers(one, numeric) < self._numbers(other, numeric):
                missing.append(wanted.pop())
            else:
                extra.append(got.pop())
        return missing + wanted, extra + got

    def _numbers(self, row: Row, numeric: Sequence[int]) -> tuple[float, ...]:
        return tuple(number for place in numeric if (number := self._number(row[place])) is not None)

    def _distance(self, one: Row, other: Row, numeric: Sequence[int]) -> list[Tolerance] | None:
        """The tolerances that make the rows equal; None when none does."""
        used: list[Tolerance] = []
        for place in numeric:
            if identity(one[place]) == identity(other[place]):
                continue
            tolerance = self._covers(one[place], other[place], self.allowed[place])
            if tolerance is None:
                return None
            used += tolerance
        return used

    def _covers(self, one: Cell, other: Cell, allowed: Tolerance) -> list[Tolerance] | None:
        wanted, got = self._number(one), self._number(other)
        if wanted is None or got is None:
            return None
        if wanted == got:
            return []
        distance, size = abs(wanted - got), max(abs(wanted), abs(got))
        for tolerance in (FLOAT, allowed):
            if distance <= tolerance.relative * size:
                return [tolerance]
        decimals = len(one.partition(".")[2]) if isinstance(one, str) and "e" not in one.lower() else 0
        return [PRINTED] if decimals >= LEAST_DECIMALS and distance <= 0.5000001 * 10.0**-decimals else None

    def _excused(self, left: list[int], counted: range) -> list[int]:
        """Expected rows of the open rank whose places other rows of it have taken."""
        taken = sum(index not in counted for index in self.pairs)
        opened = self._open()
        excused = [index for index in left if index in opened][:taken]
        return [index for index in left if index not in excused]

    def _cut(self, left: list[int], over: list[int]) -> tuple[list[int], list[int]]:
        """Without the rows behind the limit: rows of the last rank may be others, where there is an earlier rank."""
        opened = self._open()
        if not left or len(self.expected.rows) < self.expected.most or opened.start == 0 or len(left) != len(over):
            return left, over
        if not all(index in opened for index in (*left, *over)):
            return left, over
        self.used[TIES.name] = TIES
        self.pairs.update(
            {one: (other, RowVerdict.TOLERATED) for one, other in zip(left, over, strict=True)},
        )
        return [], []

    def _disorder(self) -> Iterable[int]:
        """Actual rows that do not stand among the places of their rank."""
        first = len(self.expected.rows) - self.expected.most if self.expected.tail else 0
        first = max(0, first)
        for start, behind in self.expected.blocks():
            for index in range(start, behind):
                if index in self.pairs and not start - first <= self.pairs[index][0] < behind - first:
                    yield self.pairs[index][0]

    def _differing(self, left: Sequence[int], over: Sequence[int]) -> Iterable[Match]:
        """Each row that differs beside the one that is most like it; what is like nothing, in its order."""
        rest = list(over)
        alone: list[int] = []
        for index in left:
            nearest = max(rest, key=lambda other: self._alike(index, other), default=None) if len(rest) < 500 else None
            if nearest is not None and self._alike(index, nearest):
                rest.remove(nearest)
                yield Match(index, nearest, RowVerdict.DIFFERENT)
            else:
                alone.append(index)
        for one, other in zip_longest(alone, rest):
            yield Match(one, other, RowVerdict.DIFFERENT)

    def _alike(self, index: int, other: int) -> int:
        pairs = zip(self.expected.rows[index], self.rows[other], strict=True)
        return sum(one is not None and identity(one) == identity(two) for one, two in pairs)


def _shown(row: Row) -> Key:
    return tuple(map(identity, row))


def _is_date(cell: Cell) -> bool:
    return isinstance(cell, str) and _DATE.fullmatch(cell) is not None


def with_dates(rows: Sequence[Row], like: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Tolerance, ...]]:
    """The rows with epoch milliseconds written as the dates that ``like`` has in the same column."""
    width = len(like[0]) if like else 0
    dated = [place for place in range(width) if any(_is_date(row[place]) for row in like)]
    used = Counter[str]()

    def date(place: int, cell: Cell) -> Cell:
        if place not in dated or not isinstance(cell, str) or not _EPOCH.fullmatch(cell):
            return cell
        used[TIME.name] += 1
        return date_text(int(cell))

    changed = tuple(tuple(date(place, cell) for place, cell in enumerate(row)) for row in rows)
    return changed, (TIME,) if used else ()
