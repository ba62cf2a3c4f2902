"""What is asked of Loki and how its answers become the table of the query: the hub's words for a translation."""

from __future__ import annotations

from enum import StrEnum

from translators.diagnostics import Diagnostic
from translators.frozen import frozen
from translators.query.expressions import Rounding

COLUMN_LABEL = "column_"
"""The label that a panel's metric queries carry: the name of the column that their values are."""


class Mode(StrEnum):
    """Whether a request has one answer or one for each step; log queries are ranges."""

    RANGE = "range"
    INSTANT = "instant"


@frozen
class Request:
    """One query to Loki, in both spellings: for a fixed window, and with Grafana's variable for a dashboard's.

    ``step_ms`` and ``limit`` are None where they mean nothing. ``ref`` names it among its siblings (A, B …).
    """

    ref: str
    logql: str
    panel: str
    mode: Mode
    is_metric: bool
    step_ms: int | None = None
    limit: int | None = None
    direction: str | None = None


class Origin(StrEnum):
    """Where in a request's answer a column's values are."""

    LABEL = "label"
    VALUE = "value"
    TIME = "time"
    LINE = "line"


@frozen
class Output:
    """A column of the table: its name, and the label, value, time or line that it shows of request ``ref``.

    ``is_time``: a number that is a time in milliseconds.
    """

    name: str
    origin: Origin
    label: str = ""
    ref: str = "A"
    is_time: bool = False


class Having(StrEnum):
    GREATER = "greater"
    GREATER_OR_EQUAL = "greaterOrEqual"
    LOWER = "lower"
    LOWER_OR_EQUAL = "lowerOrEqual"
    EQUAL = "equal"
    NOT_EQUAL = "notEqual"
    THERE = "isNotNull"
    MISSING = "isNull"


@frozen
class Keep:
    """Keeps the rows whose column compares so with a constant."""

    column: str
    having: Having
    value: str | float


@frozen
class KeepAny:
    """Keeps the rows for which one of these holds."""

    conditions: tuple[Keep, ...]


@frozen
class Order:
    """Sorts by one column; several are chained, the last key first."""

    column: str
    descending: bool


@frozen
class First:
    """The first rows."""

    count: int


@frozen
class Fold:
    """Groups again: ``calls`` are (column, function of Grafana's groupBy, new name); ``keys`` (column, new name)."""

    keys: tuple[tuple[str, str], ...]
    calls: tuple[tuple[str, str, str], ...]


class Calculation(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


@frozen
class Calculate:
    """A new column of two others, or of one and a number."""

    name: str
    left: str
    operator: Calculation
    right: str | float


@frozen
class Round:
    """A new column: another one, made whole."""

    name: str
    column: str
    rounding: Rounding


@frozen
class AsTime:
    """The column's numbers are times in milliseconds."""

    column: str


Finish = Round | AsTime | Keep | KeepAny | Order | First | Fold | Calculate


@frozen
class Table:
    """Requests, the columns that their answers give, what is done to the rows, and the columns shown, in order.

    ``keys`` are the columns by which the answers of several requests are joined; ``hidden`` are columns of values that
    only help.
    """

    requests: tuple[Request, ...]
    outputs: tuple[Output, ...]
    keys: tuple[str, ...]
    finish: tuple[Finish, ...]
    shown: tuple[str, ...]
    findings: tuple[Diagnostic, ...] = ()
    limits: tuple[tuple[str, int], ...] = ()

    hidden: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether one LogQL query is the whole answer."""
        return len(self.requests) == 1 and not self.finish and not self.hidden


class Beyond(Exception):
    """LogQL and Grafana's transformations have no way to say it; the residual does it."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason
