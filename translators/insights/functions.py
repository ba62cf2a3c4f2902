"""The functions and aggregates of Logs Insights: how each is written, and what it is in a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from translators.query.expressions import Function, PeriodUnit
from translators.query.plan import Aggregation


@dataclass(frozen=True, slots=True)
class Arity:
    """How many arguments; ``most`` None: no end."""

    least: int
    most: int | None

    def allows(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.most == self.least:
            return str(self.least)
        return f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"


_ONE, _TWO, _THREE, _FOUR = Arity(1, 1), Arity(2, 2), Arity(3, 3), Arity(4, 4)

SCALARS: Mapping[Function, Arity] = MappingProxyType(
    {
        Function.ABS: _ONE,
        Function.CEIL: _ONE,
        Function.FLOOR: _ONE,
        Function.GREATEST: Arity(1, None),
        Function.LEAST: Arity(1, None),
        Function.LOG: _ONE,
        Function.ROUND: Arity(1, 2),
        Function.SQRT: _ONE,
        Function.HAVERSINE: _FOUR,
        Function.IS_EMPTY: _ONE,
        Function.IS_BLANK: _ONE,
        Function.CONCAT: Arity(1, None),
        Function.LTRIM: Arity(1, 2),
        Function.RTRIM: Arity(1, 2),
        Function.TRIM: Arity(1, 2),
        Function.STRLEN: _ONE,
        Function.TO_UPPER: _ONE,
        Function.TO_LOWER: _ONE,
        Function.SUBSTR: Arity(2, 3),
        Function.REPLACE: _THREE,
        Function.REGEX_REPLACE: _THREE,
        Function.STR_CONTAINS: _TWO,
        Function.STARTS_WITH: _TWO,
        Function.ENDS_WITH: _TWO,
        Function.URL_ENCODE: _ONE,
        Function.URL_DECODE: _ONE,
        Function.BASE64_ENCODE: _ONE,
        Function.BASE64_DECODE: _ONE,
        Function.FROM_MILLIS: _ONE,
        Function.TO_MILLIS: _ONE,
        Function.NOW: Arity(0, 0),
        Function.IS_PRESENT: _ONE,
        Function.COALESCE: Arity(1, None),
        Function.CASE: Arity(2, 21),
        Function.IF: _THREE,
        Function.JSON_PARSE: _ONE,
        Function.JSON_STRINGIFY: _ONE,
        Function.IS_VALID_IP: _ONE,
        Function.IS_VALID_IPV4: _ONE,
        Function.IS_VALID_IPV6: _ONE,
        Function.IS_IP_IN_SUBNET: _TWO,
        Function.IS_IPV4_IN_SUBNET: _TWO,
        Function.IS_IPV6_IN_SUBNET: _TWO,
        Function.UNMASK: _ONE,
    }
)

AGGREGATES: Mapping[Aggregation, Arity] = MappingProxyType(
    {
        Aggregation.COUNT: Arity(0, 1),
        Aggregation.COUNT_DISTINCT: _ONE,
        Aggregation.SUM: _ONE,
        Aggregation.AVG: _ONE,
        Aggregation.MIN: _ONE,
        Aggregation.MAX: _ONE,
        Aggregation.PCT: _TWO,
        Aggregation.STDDEV: _ONE,
        Aggregation.EARLIEST: _ONE,
        Aggregation.LATEST: _ONE,
        Aggregation.SORTS_FIRST: _ONE,
        Aggregation.SORTS_LAST: _ONE,
    }
)

MEDIAN = "median"
PERCENTILES = frozenset({"percentile", "pctile"})
"""Names that AWS does not document and people write: median(f) is pct(f, 50), the others are pct."""

BIN = "bin"
FLOORS = frozenset({BIN, "datefloor", "date_floor"})
CEILS = frozenset({"dateceil", "date_ceil"})
TIME_FUNCTIONS = FLOORS | CEILS
UNDOCUMENTED_TIME_FUNCTIONS = frozenset({"date_floor", "date_ceil"})


def scalar(name: str) -> Function | None:
    """The function of that name, in any case."""
    lowered = name.lower()
    return Function(lowered) if lowered in Function._value2member_map_ else None


def aggregate(name: str) -> Aggregation | None:
    """The aggregate of that name, in any case."""
    lowered = name.lower()
    return Aggregation(lowered) if lowered in Aggregation._value2member_map_ else None


def is_aggregate(name: str) -> bool:
    return aggregate(name) is not None or name.lower() in {MEDIAN, *PERCENTILES}


def is_known(name: str) -> bool:
    """Whether there is a function of that name at all."""
    return name.lower() in NAMES


NAMES = (
    tuple(function.value for function in Function)
    + tuple(aggregation.value for aggregation in Aggregation)
    + (MEDIAN, *sorted(PERCENTILES), *sorted(TIME_FUNCTIONS))
)


INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "contains": "strcontains(field, text)",
        "countif": "sum(condition)",
        "dc": "count_distinct(field)",
        "ifnull": "coalesce(field, other)",
        "isnull": "not ispresent(field)",
        "length": "strlen(field)",
        "lower": "tolower(field)",
        "nvl": "coalesce(field, other)",
        "upper": "toupper(field)",
    }
    | {f"p{percent}": f"pct(field, {percent})" for percent in (50, 90, 95, 99)}
)
"""What people take from other languages, and how Insights says it."""

_UNITS = {
    PeriodUnit.MILLISECOND: ("ms", "msec", "millisecond"),
    PeriodUnit.SECOND: ("s", "sec", "second"),
    PeriodUnit.MINUTE: ("m", "min", "minute"),
    PeriodUnit.HOUR: ("h", "hr", "hour"),
    PeriodUnit.DAY: ("d", "day"),
    PeriodUnit.WEEK: ("w", "week"),
    PeriodUnit.MONTH: ("mo", "mon", "month"),
    PeriodUnit.QUARTER: ("q", "qtr", "quarter"),
    PeriodUnit.YEAR: ("y", "yr", "year"),
}

UNITS: Mapping[str, PeriodUnit] = MappingProxyType(
    {spelling + plural: unit for unit, names in _UNITS.items() for spelling in names for plural in ("", "s")}
    | {"s": PeriodUnit.SECOND, "ms": PeriodUnit.MILLISECOND}
)

CAPS: Mapping[PeriodUnit, int] = MappingProxyType(
    {PeriodUnit.MILLISECOND: 1000, PeriodUnit.SECOND: 60, PeriodUnit.MINUTE: 60, PeriodUnit.HOUR: 24}
)
"""AWS takes no more of a unit than makes the next one: bin(300s) is 60 s."""
