"""Functions of time: buckets of the UTC epoch, and milliseconds to and fro."""

from __future__ import annotations

from collections.abc import Callable

from translators.insights.evaluate.values import Instant, Value, civil, days_of, to_number
from translators.query.expressions import Period, PeriodUnit, Rounding

_DAY = 86_400_000
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.QUARTER: 3, PeriodUnit.YEAR: 12}
_FARTHEST = 1 << 60


def bucketing(period: Period, rounding: Rounding) -> Callable[[Value], Value]:
    """Rounds a time to the period; null for what is no time."""
    width = period.milliseconds
    ceiling = rounding is Rounding.CEIL
    floor = _calendar(period) if width is None else _fixed(width)

    def rounded(value: Value) -> Value:
        time = int(value) if type(value) is Instant else _time(value)
        if time is None:
            return None
        start, end = floor(time)
        return Instant(end if ceiling and time != start else start)

    return rounded


def _time(value: Value) -> int | None:
    number = to_number(value)
    return None if number is None or abs(number) > _FARTHEST else int(number)


def _fixed(width: int) -> Callable[[int], tuple[int, int]]:
    def floor(time: int) -> tuple[int, int]:
        start = time - time % width
        return start, start + width

    return floor


def _calendar(period: Period) -> Callable[[int], tuple[int, int]]:
    """Months since January 1970, in steps of the period."""
    months = _MONTHS[period.unit] * period.count

    def floor(time: int) -> tuple[int, int]:
        year, month, _ = civil(time // _DAY)
        index = (year - 1970) * 12 + month - 1
        start = index - index % months
        return _month_start(start), _month_start(start + months)

    return floor


def _month_start(index: int) -> int:
    years, month = divmod(index, 12)
    return days_of(1970 + years, month + 1) * _DAY


def from_millis(value: Value) -> Value:
    time = _time(value)
    return None if time is None else Instant(time)


def to_millis(value: Value) -> Value:
    return to_number(value) if not isinstance(value, str) else None
