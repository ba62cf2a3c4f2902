"""The logical plan: what a log query means, whatever language it was written in."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from translators.diagnostics import Diagnostic
from translators.frozen import frozen
from translators.query.expressions import Column, Expression, Field
from translators.query.policies import PolicyUse
from translators.source import Span

DEFAULT_LIMIT = 10_000


class Shift(StrEnum):
    """Which window a scan reads, seen from the query's own start and end (both inclusive, to the millisecond)."""

    NONE = "none"
    PRECEDING = "preceding"
    """The window of equal length that ends right before the start."""
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@frozen
class GroupPrefixes:
    """``SOURCE logGroups(…)``: chosen by prefixes, accounts, class and tags rather than by name."""

    prefixes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@frozen
class DataSources:
    """``SOURCE dataSource([…])``."""

    names: tuple[str, ...]


@frozen
class Groups:
    """Log groups by name."""

    names: tuple[str, ...]


Source = Groups | GroupPrefixes | DataSources


@frozen
class Scan:
    """The events of the log groups in the window. ``sources`` empty: those that the caller names.

    ``id`` tells the scans of one plan apart. Its rows have every Field; newest first is *not* promised.
    """

    id: int
    sources: tuple[Source, ...] = ()
    shift: Shift = Shift.NONE
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Given:
    """The rows that somebody else computed (Loki, by pushing down what stood here): a leaf of a residual plan.

    Its rows are mappings of column name → value; ``columns`` are those that they may have. A Field named like one of
    them reads it.
    """

    id: int
    columns: tuple[str, ...]


@frozen
class Filter:
    """Keeps the rows for which ``predicate`` is true: for a bare value, a number but zero or the text true."""

    input: Operator
    predicate: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Named:
    """An expression and the name of its column."""

    name: str
    expression: Expression


@frozen
class Extend:
    """Adds columns, from left to right: a later one may use an earlier one."""

    input: Operator
    columns: tuple[Named, ...]


@frozen
class GlobPattern:
    """The pieces of text around the wildcards: ``"user=* id=*"`` is ("user=", " id=", ""); unanchored at both ends."""

    parts: tuple[str, ...]
    lazy: bool = True
    """The policy glob-laziness. Either way a ``*`` that ends the pattern takes the rest."""


@frozen
class RegexPattern:
    """An RE2 pattern; group i of ``groups`` (from 1) gives the i-th name. ``multi``: one row for each match."""

    pattern: str
    groups: tuple[int, ...]
    multi: bool = False


@frozen
class PresencePattern:
    """A glob without a wildcard: the one name gets the text itself where it is found."""

    text: str


@frozen
class LogfmtPattern:
    """key=value pairs: the one name gets a map."""


ParsePattern = GlobPattern | RegexPattern | PresencePattern | LogfmtPattern


@frozen
class Parse:
    """Adds the columns ``names``, cut out of ``subject``; all null when the pattern does not match. Rows stay."""

    input: Operator
    subject: Expression
    pattern: ParsePattern
    names: tuple[str, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


class Aggregation(StrEnum):
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    PCT = "pct"
    STDDEV = "stddev"
    EARLIEST = "earliest"
    LATEST = "latest"
    SORTS_FIRST = "sortsfirst"
    SORTS_LAST = "sortslast"


@frozen
class AggregateCall:
    """One aggregate. ``argument`` None is ``count(*)``; ``parameter`` is the percentile of pct (0 to 100)."""

    name: str
    function: Aggregation
    argument: Expression | None = None
    parameter: float | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Aggregate:
    """One row for each combination of ``keys``: the keys' columns, then the calls'.

    Without keys it is one row, also of nothing (policy empty-aggregate). What ``stats sum(a)/count(*)`` computes of its
    aggregates is an Extend above.

    ``first`` is True for the one that reads events (earliest and latest order by @timestamp there, else by row order).
    """

    input: Operator
    keys: tuple[Named, ...]
    calls: tuple[AggregateCall, ...]
    first: bool = True
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class SortKey:
    """``implied``: nobody wrote it; it settles ties as Insights does (newest first) or makes an order repeatable."""

    expression: Expression
    descending: bool
    implied: bool = False


@frozen
class Sort:
    """By the natural order of Insights, stable; nulls first ascending, last descending."""

    input: Operator
    keys: tuple[SortKey, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Limit:
    """The first ``count`` rows, or the last (``tail``), in the order of the input. ``implied``: the default limit."""

    input: Operator
    count: int
    tail: bool = False
    implied: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Dedup:
    """The first row of each combination of ``keys``; rows with a null among them all stay."""

    input: Operator
    keys: tuple[Expression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Project:
    """What is shown, in this order and no others: the root of every plan, and of a subquery."""

    input: Operator
    columns: tuple[Named, ...]


@frozen
class Patterns:
    """Clusters the texts of ``subject``: @pattern, @ratio, @sampleCount, @severityLabel."""

    input: Operator
    subject: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Diff:
    """The patterns of ``input`` against those of ``previous`` (the same commands over a shifted window)."""

    input: Operator
    previous: Operator
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Anomalies:
    """The patterns of ``input`` that stand out."""

    input: Operator
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Unnest:
    """One row for each element of the list ``subject``, in the column ``name``; no list counts as a list of one."""

    input: Operator
    subject: Expression
    name: str
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class LookupKey:
    """A column of the table and what it must equal, exactly."""

    column: str
    value: Expression


@frozen
class Lookup:
    """Adds ``outputs`` of the first row of the named table that all ``keys`` equal; null where none does.

    ``overwrite`` False (OUTPUTNEW): keeps the value of ``existing`` where there is one.
    """

    input: Operator
    table: str
    keys: tuple[LookupKey, ...]
    outputs: tuple[str, ...]
    overwrite: bool = True
    existing: tuple[Expression, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)


class JoinKind(StrEnum):
    INNER = "inner"
    LEFT = "left"


@frozen
class Side:
    """One side of a join: its rows, its alias, its keys, and which of its fields the rest of the query reads.

    A row of the join has the columns ``alias.field`` for each of ``fields``.
    """

    input: Operator
    alias: str
    keys: tuple[Expression, ...]
    fields: tuple[Named, ...]


@frozen
class Join:
    """Each pair of rows whose keys are equal and not null; ``left`` also keeps left rows without a partner."""

    left: Side
    right: Side
    kind: JoinKind
    span: Span | None = field(default=None, compare=False, repr=False)


@frozen
class Totals:
    """The sum of the numeric ``columns`` in a new column ``name`` (``row``), and in a last row (``column``)."""

    input: Operator
    columns: tuple[Named, ...]
    name: str = "Total"
    row: bool = True
    column: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


Operator = (
    Scan
    | Given
    | Filter
    | Extend
    | Parse
    | Aggregate
    | Sort
    | Limit
    | Dedup
    | Project
    | Patterns
    | Diff
    | Anomalies
    | Unnest
    | Lookup
    | Join
    | Totals
)


@frozen
class Plan:
    """A whole query. ``policies`` are the uses that the plan itself shows; running may add more."""

    root: Project
    diagnostics: tuple[Diagnostic, ...] = ()
    policies: tuple[PolicyUse, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.root.columns)


def reference(expression: Expression) -> str | None:
    """The name that a bare field or column has; None for anything computed."""
    return expression.name if isinstance(expression, Field | Column) else None
