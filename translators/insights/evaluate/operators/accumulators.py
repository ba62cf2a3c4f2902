"""The aggregates: what each remembers of a group, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import TooMuch, Uses
from translators.insights.evaluate.values import Instant, SortKey, Value, identity, natural, sort_key, to_number
from translators.query.plan import Aggregation
from translators.query.policies import Policy


class Accumulator(Protocol):
    """The state of one aggregate in one group."""

    def add(self, row: Row) -> None: ...

    def result(self) -> Value: ...


class Budget:
    """Counts what all groups together keep, against a cap."""

    __slots__ = ("cap", "left", "name")

    def __init__(self, name: str, cap: int) -> None:
        self.name, self.cap, self.left = name, cap, cap

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooMuch(self.name, self.cap)


class CountAll:
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def add(self, row: Row) -> None:  # noqa: ARG002 - every row counts
        self.count += 1

    def result(self) -> Value:
        return self.count


class Count:
    """Rows that have the value; an empty text is a value."""

    __slots__ = ("count", "read")

    def __init__(self, read: Read) -> None:
        self.read, self.count = read, 0

    def add(self, row: Row) -> None:
        if self.read(row) is not None:
            self.count += 1

    def result(self) -> Value:
        return self.count


class CountDistinct:
    __slots__ = ("budget", "read", "seen")

    def __init__(self, read: Read, budget: Budget) -> None:
        self.read, self.budget = read, budget
        self.seen: set[str] = set()

    def add(self, row: Row) -> None:
        key = identity(self.read(row))
        if key is not None and key not in self.seen:
            self.seen.add(key)
            self.budget.take()

    def result(self) -> Value:
        return len(self.seen)


class Numbers:
    """What sum, avg and stddev share: which values count, and what none of them means."""

    __slots__ = ("uses", "zero")

    def __init__(self, uses: Uses) -> None:
        self.uses = uses
        self.zero = uses.policies.value(Policy.NONNUMERIC_AGGREGATE) == "zero"

    def number(self, value: Value) -> int | float | None:
        """The number that a value counts as; None when it does not count."""
        number = None if value is None else to_number(value)
        if number is None and value is not None:
            self.uses.note(Policy.NONNUMERIC_AGGREGATE, "some values are no numbers")
            return 0 if self.zero else None
        return number

    def nothing(self) -> Value:
        """The answer when no value counted."""
        self.uses.note(Policy.ALL_MISSING_AGGREGATE, "a group has no value at all")
        return 0 if self.uses.policies.value(Policy.ALL_MISSING_AGGREGATE) == "zero" else None


class Sum:
    """Whole numbers exactly, fractions with their rounding errors carried along (Neumaier)."""

    __slots__ = ("carried", "count", "fraction", "numbers", "read", "whole")

    def __init__(self, read: Read, numbers: Numbers) -> None:
        self.read, self.numbers = read, numbers
        self.count = self.whole = 0
        self.fraction = self.carried = 0.0

    def add(self, row: Row) -> None:
        value = self.read(row)
        number = value if type(value) is float or type(value) is int else self.numbers.number(value)
        if number is None:
            return
        self.count += 1
        if type(number) is int:
            self.whole += number
            return
        total = self.fraction + number
        if abs(self.fraction) >= abs(number):
            self.carried += (self.fraction - total) + number
        else:
            self.carried += (number - total) + self.fraction
        self.fraction = total

    def total(self) -> int | float | None:
        if self.fraction == 0.0 and self.carried == 0.0:
            return self.whole
        try:
            total = self.whole + (self.fraction + self.carried)
        except OverflowError:
            return None
        return total if math.isfinite(total) else None

    def result(self) -> Value:
        return self.total() if self.count else self.numbers.nothing()


class Average(Sum):
    __slots__ = ()

    def result(self) -> Value:
        total = self.total()
        if not self.count:
            return self.numbers.nothing()
        return None if total is None else total / self.count


class Deviation:
    """Welford's method: one pass, no values kept."""

    __slots__ = ("count", "mean", "numbers", "read", "sample", "squares")

    def __init__(self, read: Read, numbers: Numbers) -> None:
        self.read, self.numbers = read, numbers
        self.sample = numbers.uses.policies.value(Policy.STDDEV_FORM) == "sample"
        self.count, self.mean, self.squares = 0, 0.0, 0.0

    def add(self, row: Row) -> None:
        number = self.numbers.number(self.read(row))
        if number is None:
            return
        self.count += 1
        difference = number - self.mean
        self.mean += difference / self.count
        self.squares += difference * (number - self.mean)

    def result(self) -> Value:
        if not self.count:
            return self.numbers.nothing()
        divisor = self.count - 1 if self.sample else self.count
        if not divisor or not math.isfinite(self.squares):
            return None
        return math.sqrt(max(self.squares, 0.0) / divisor)


class Extreme:
    """min and max: of the numbers when there are any, else of the texts in natural order."""

    __slots__ = ("best", "key", "largest", "number", "numbers", "read")

    def __init__(self, read: Read, numbers: Numbers, largest: bool) -> None:
        self.read, self.numbers, self.largest = read, numbers, largest
        self.best: Value = None
        self.number: int | float | None = None
        self.key: str | None = None

    def add(self, row: Row) -> None:
        value = self.read(row)
        if value is None:
            return
        number = to_number(value)
        if number is not None:
            if self.number is None or (number > self.number if self.largest else number < self.number):
                self.number = number
                self.best = value if isinstance(value, Instant) else number
        elif self.number is None and isinstance(value, str):
            self._add_text(value)

    def _add_text(self, text: str) -> None:
        key = natural(text)
        if self.key is None or (key > self.key if self.largest else key < self.key):
            self.key, self.best = key, text

    def result(self) -> Value:
        return self.numbers.nothing() if self.best is None else self.best


class Percentile:
    """Keeps the numbers of the group."""

    __slots__ = ("budget", "nearest", "numbers", "percent", "read", "values")

    def __init__(self, read: Read, numbers: Numbers, percent: float, budget: Budget) -> None:
        self.read, self.numbers, self.percent, self.budget = read, numbers, percent, budget
        self.nearest = numbers.uses.policies.value(Policy.PCT_ALGORITHM) == "nearest-rank"
        self.values: list[int | float] = []

    def add(self, row: Row) -> None:
        number = to_number(self.read(row))
        if number is not None:
            self.values.append(number)
            self.budget.take()

    def result(self) -> Value:
        if not self.values:
            return self.numbers.nothing()
        self.values.sort()
        if self.nearest:
            return self.values[max(math.ceil(self.percent / 100 * len(self.values)) - 1, 0)]
        place = (len(self.values) - 1) * self.percent / 100
        below = math.floor(place)
        low, high = self.values[below], self.values[min(below + 1, len(self.values) - 1)]
        return low + (high - low) * (place - below)


class ByTime:
    """earliest and latest; of one millisecond the event that was written first, or last, where that is known."""

    __slots__ = ("latest", "read", "skips", "time", "uses", "value", "when")

    def __init__(self, read: Read, time: Read, latest: bool, uses: Uses) -> None:
        self.read, self.time, self.latest, self.uses = read, time, latest, uses
        self.skips = uses.policies.value(Policy.LATEST_OF_NULL) == "latest-value"
        self.value: Value = None
        self.when: tuple[int | float, int] | None = None

    def add(self, row: Row) -> None:
        value = self.read(row)
        if value is None and self.skips:
            return
        time = (to_number(self.time(row)) or 0, row.event.nanoseconds)
        if self.when is None or (time >= self.when if self.latest else time < self.when):
            self.when, self.value = time, value

    def result(self) -> Value:
        if self.value is None:
            self.uses.note(Policy.LATEST_OF_NULL, "the event that was picked lacks the field")
        return self.value


class BySort:
    """sortsFirst and sortsLast, in natural order."""

    __slots__ = ("key", "last", "read", "value")

    def __init__(self, read: Read, last: bool) -> None:
        self.read, self.last = read, last
        self.value: Value = None
        self.key: SortKey | None = None

    def add(self, row: Row) -> None:
        value = self.read(row)
        if value is None:
            return
        key = sort_key(value)
        if self.key is None or (key > self.key if self.last else key < self.key):
            self.key, self.value = key, value

    def result(self) -> Value:
        return self.value


Make = Callable[[], Accumulator]


class Factory:
    """Makes the accumulators of one Aggregate; all its groups share the budgets."""

    def __init__(self, uses: Uses, time: Read, distinct: Budget, percentiles: Budget) -> None:
        self.uses, self.time = uses, time
        self.distinct, self.percentiles = distinct, percentiles
        self.numbers = Numbers(uses)

    def maker(self, function: Aggregation, read: Read | None, percent: float | None) -> Make:
        """How the aggregate begins in a new group."""
        if read is None:
            return CountAll
        match function:
            case Aggregation.COUNT:
                return lambda: Count(read)
            case Aggregation.COUNT_DISTINCT:
                return lambda: CountDistinct(read, self.distinct)
            case Aggregation.SUM:
                return lambda: Sum(read, self.numbers)
            case Aggregation.AVG:
                return lambda: Average(read, self.numbers)
            case Aggregation.STDDEV:
                return lambda: Deviation(read, self.numbers)
            case Aggregation.MIN | Aggregation.MAX:
                return lambda: Extreme(read, self.numbers, function is Aggregation.MAX)
            case Aggregation.PCT:
                return lambda: Percentile(read, self.numbers, percent or 0.0, self.percentiles)
            case Aggregation.EARLIEST | Aggregation.LATEST:
                return lambda: ByTime(read, self.time, function is Aggregation.LATEST, self.uses)
            case Aggregation.SORTS_FIRST | Aggregation.SORTS_LAST:
                return lambda: BySort(read, function is Aggregation.SORTS_LAST)
