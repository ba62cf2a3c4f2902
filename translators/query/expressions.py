"""Expressions of a logical plan: what is computed of one row, whatever language it was written in."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from translators.frozen import frozen
from translators.source import Span

if TYPE_CHECKING:
    from translators.query.plan import Plan

Constant = str | int | float | bool | None
"""A literal. ``bool`` is what a language's ``true`` means; the policy boolean-repr says how it shows."""


@frozen
class Literal:
    """A value that stands in the query."""

    value: Constant
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Field:
    """A field of the record as the log group's events have it (never a computed column).

    ``path`` is what the query says, split at the dots that were not quoted: ``a.b`` is ("a", "b"), quoted ("a.b",).
    A segment may itself contain dots; ``name`` is how the field is called, and both spellings call the same field.
    System fields are Fields: ("@message",), ("@timestamp",), ("@logStream",), ("@log",) …
    """

    path: tuple[str, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        return ".".join(self.path)


@frozen
class Column:
    """A column that an operator below computes: an alias, a parsed name, an aggregate, a group key."""

    name: str
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Member:
    """What stands at ``path`` inside a map or list (``js.users[1].action``); null when nothing does."""

    of: Expression
    path: tuple[str, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


class ArithmeticOperator(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    MODULO = "%"
    POWER = "^"


@frozen
class Arithmetic:
    """Null when a side is null or not a number, and for a division by zero."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Negative:
    """The unary minus."""

    operand: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


class Comparison(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@frozen
class Compare:
    """A comparison. Of a missing value it is false, but ``!=`` follows the policy missing-ne."""

    operator: Comparison
    left: Expression
    right: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Contains:
    """``operand`` holds the text of ``part``, case-sensitively. ``negated`` follows the policy missing-ne."""

    operand: Expression
    part: Expression
    negated: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Matches:
    """The RE2 ``pattern`` is found somewhere in ``operand``. ``negated`` follows the policy missing-ne.

    ``pattern`` is ready for RE2: the policy regex-dot-newline is already in it as a leading ``(?s)``.
    ``literal`` is the text it stands for when it is nothing but text, else None.
    """

    operand: Expression
    pattern: str
    negated: bool = False
    literal: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class InList:
    """``operand`` equals one of ``items``, as ``=`` compares. ``negated`` follows the policy missing-ne."""

    operand: Expression
    items: tuple[Expression, ...]
    negated: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class InPlan:
    """``operand`` equals a value of the only column of ``plan``, which runs first."""

    operand: Expression
    plan: Plan
    negated: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class And:
    items: tuple[Expression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Or:
    items: tuple[Expression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Not:
    """True where ``operand`` is not (of two values: there is no third)."""

    operand: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


class Function(StrEnum):
    """What a row's function is called; the values are Insights' names in lower case."""

    ABS = "abs"
    CEIL = "ceil"
    FLOOR = "floor"
    GREATEST = "greatest"
    LEAST = "least"
    LOG = "log"
    ROUND = "round"
    SQRT = "sqrt"
    HAVERSINE = "haversine"
    IS_EMPTY = "isempty"
    IS_BLANK = "isblank"
    CONCAT = "concat"
    LTRIM = "ltrim"
    RTRIM = "rtrim"
    TRIM = "trim"
    STRLEN = "strlen"
    TO_UPPER = "toupper"
    TO_LOWER = "tolower"
    SUBSTR = "substr"
    REPLACE = "replace"
    REGEX_REPLACE = "regex_replace"
    STR_CONTAINS = "strcontains"
    STARTS_WITH = "startswith"
    ENDS_WITH = "endswith"
    URL_ENCODE = "urlencode"
    URL_DECODE = "urldecode"
    BASE64_ENCODE = "base64encode"
    BASE64_DECODE = "base64decode"
    FROM_MILLIS = "frommillis"
    TO_MILLIS = "tomillis"
    NOW = "now"
    IS_PRESENT = "ispresent"
    COALESCE = "coalesce"
    CASE = "case"
    IF = "if"
    JSON_PARSE = "jsonparse"
    JSON_STRINGIFY = "jsonstringify"
    IS_VALID_IP = "isvalidip"
    IS_VALID_IPV4 = "isvalidipv4"
    IS_VALID_IPV6 = "isvalidipv6"
    IS_IP_IN_SUBNET = "isipinsubnet"
    IS_IPV4_IN_SUBNET = "isipv4insubnet"
    IS_IPV6_IN_SUBNET = "isipv6insubnet"
    UNMASK = "unmask"


@frozen
class Call:
    """A function of one row."""

    function: Function
    arguments: tuple[Expression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


class PeriodUnit(StrEnum):
    MILLISECOND = "ms"
    SECOND = "s"
    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "mo"
    QUARTER = "q"
    YEAR = "y"


_MILLISECONDS = {
    PeriodUnit.MILLISECOND: 1,
    PeriodUnit.SECOND: 1_000,
    PeriodUnit.MINUTE: 60_000,
    PeriodUnit.HOUR: 3_600_000,
    PeriodUnit.DAY: 86_400_000,
    PeriodUnit.WEEK: 604_800_000,
}


@frozen
class Period:
    """A length of time, the caps of its unit already applied."""

    count: int
    unit: PeriodUnit

    @property
    def milliseconds(self) -> int | None:
        """Its fixed width; None for calendar months, quarters and years."""
        width = _MILLISECONDS.get(self.unit)
        return None if width is None else width * self.count


class Rounding(StrEnum):
    FLOOR = "floor"
    CEIL = "ceil"


@frozen
class TimeBucket:
    """The time of ``operand`` rounded to ``period`` of the UTC epoch.

    An edge belongs to the bucket that it starts (floor) or ends (ceil).
    """

    operand: Expression
    period: Period
    rounding: Rounding = Rounding.FLOOR
    span: Span | None = field(default=None, compare=False, repr=False)


Expression = (
    Literal
    | Field
    | Column
    | Member
    | Arithmetic
    | Negative
    | Compare
    | Contains
    | Matches
    | InList
    | InPlan
    | And
    | Or
    | Not
    | Call
    | TimeBucket
)
