"""The syntax tree of a Logs Insights query: what was written, before anything is resolved."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from translators.diagnostics import Diagnostic
from translators.frozen import frozen
from translators.source import Source, Span


@frozen
class Name:
    """A field or an alias; ``path`` has more than one segment where dots or indices stood outside of backticks."""

    path: tuple[str, ...]
    span: Span

    @property
    def text(self) -> str:
        return ".".join(self.path)


@frozen
class Number:
    value: int | float
    span: Span


@frozen
class String:
    value: str
    span: Span


@frozen
class Boolean:
    value: bool
    span: Span


@frozen
class Regex:
    """What stood between the slashes."""

    pattern: str
    span: Span


@frozen
class Unfilled:
    """A ``{{parameter}}`` without a value, or a ``<placeholder>``: it can be read, and not be run."""

    name: str
    span: Span


@frozen
class PeriodText:
    """A length of time as written: ``5m``, ``5 min``."""

    count: int
    unit: str
    span: Span


@frozen
class Function:
    """A call. ``star`` is ``count(*)``; ``bare`` a name without parentheses where only an aggregate can stand."""

    name: str
    arguments: tuple[Expression, ...]
    span: Span
    star: bool = False
    bare: bool = False


@frozen
class Unary:
    """``-``, ``not`` and ``!``."""

    operator: str
    operand: Expression
    span: Span


@frozen
class Binary:
    """Arithmetic and comparisons; ``operator`` as AWS documents it (``==`` is ``=``)."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@frozen
class Chain:
    """Operands joined by ``and`` and ``or`` as written: which binds first is a policy."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]
    span: Span


@frozen
class Like:
    """``like``, ``=~`` and their negations; ``pattern`` is a Regex or an expression whose text is looked for."""

    operand: Expression
    pattern: Expression
    negated: bool
    span: Span


@frozen
class In:
    operand: Expression
    items: tuple[Expression, ...]
    negated: bool
    span: Span


@frozen
class InQuery:
    operand: Expression
    query: Query
    negated: bool
    span: Span


@frozen
class Attribute:
    """``call(…).name`` or ``call(…)[0]``: what stands inside a computed map or list."""

    of: Expression
    path: tuple[str, ...]
    span: Span


Expression = (
    Name
    | Number
    | String
    | Boolean
    | Regex
    | Unfilled
    | PeriodText
    | Function
    | Unary
    | Binary
    | Chain
    | Like
    | In
    | InQuery
    | Attribute
)


@frozen
class Item:
    """An expression with its column: the alias, else the expression's text as written."""

    expression: Expression
    column: str
    aliased: bool
    span: Span


@frozen
class Fields:
    items: tuple[Item, ...]
    span: Span


@frozen
class Display:
    items: tuple[Item, ...]
    span: Span


@frozen
class Filter:
    """``filter``, and ``filterIndex``, which only says where to look first."""

    predicate: Expression
    span: Span


@frozen
class Stats:
    calls: tuple[Item, ...]
    keys: tuple[Item, ...]
    span: Span


@frozen
class SortItem:
    """``descending`` None: no direction was written."""

    expression: Expression
    descending: bool | None
    text: str


@frozen
class Sort:
    keys: tuple[SortItem, ...]
    span: Span


@frozen
class Limit:
    """``count`` is Unfilled where a parameter has no value; ``tail`` asks for the last rows."""

    count: int | Unfilled
    tail: bool
    span: Span


@frozen
class Alias:
    """A name that a command gives."""

    name: str
    span: Span


@frozen
class ParseGlob:
    subject: Expression | None
    glob: str
    names: tuple[Alias, ...]
    span: Span


@frozen
class ParseRegex:
    subject: Expression | None
    regex: Regex
    multi: bool
    span: Span


@frozen
class ParseLogfmt:
    subject: Expression | None
    name: Alias
    span: Span


@frozen
class Dedup:
    keys: tuple[Name, ...]
    span: Span


@frozen
class Pattern:
    subject: Expression
    span: Span


class Period(StrEnum):
    """Which window ``diff`` compares with; the values are lower case, the language does not mind."""

    PRECEDING = "previousperiod"
    DAY = "previousday"
    WEEK = "previousweek"
    MONTH = "previousmonth"


@frozen
class Diff:
    period: Period
    span: Span


@frozen
class Anomaly:
    span: Span


@frozen
class Unnest:
    subject: Expression
    name: Alias
    span: Span


@frozen
class Expand:
    """``expand f``: the list in f becomes a row for each element, under the same name."""

    subject: Name
    span: Span


@frozen
class LookupMatch:
    column: str
    field: Name


@frozen
class Lookup:
    table: str
    matches: tuple[LookupMatch, ...]
    outputs: tuple[Alias, ...]
    overwrite: bool
    span: Span


@frozen
class Join:
    kind: str
    left: str
    right: str
    conditions: tuple[tuple[Name, Name], ...]
    query: Query
    span: Span


@frozen
class AddTotals:
    names: tuple[Name, ...]
    column: str
    row: bool
    col: bool
    span: Span


@frozen
class Unmask:
    """The command form; masking is lifted for the whole event."""

    span: Span


Command = (
    Fields
    | Display
    | Filter
    | Stats
    | Sort
    | Limit
    | ParseGlob
    | ParseRegex
    | ParseLogfmt
    | Dedup
    | Pattern
    | Diff
    | Anomaly
    | Unnest
    | Expand
    | Lookup
    | Join
    | AddTotals
    | Unmask
)


@frozen
class GroupSource:
    """``SOURCE 'name'``."""

    name: str
    span: Span


@frozen
class PrefixSource:
    """``SOURCE logGroups(namePrefix: […], …)``."""

    arguments: tuple[tuple[str, tuple[str, ...]], ...]
    span: Span


@frozen
class DataSource:
    """``SOURCE dataSource([…])``."""

    names: tuple[str, ...]
    span: Span


SourceItem = GroupSource | PrefixSource | DataSource


@frozen
class Query:
    """A query as read. ``warnings`` tell of forms that AWS does not document; ``window``: START and END, as written."""

    source: Source
    sources: tuple[SourceItem, ...]
    commands: tuple[Command, ...]
    span: Span
    warnings: tuple[Diagnostic, ...] = ()
    window: tuple[tuple[str, str], ...] = field(default=(), compare=False)
