"""The syntax tree of a Logs Insights query: what was written, before anything is resolved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from translators.diagnostics import Diagnostic
from translators.source import Source, Span


@dataclass(frozen=True, slots=True)
class Name:
    """A field or an alias; ``path`` has more than one segment where dots or indices stood outside of backticks."""

    path: tuple[str, ...]
    span: Span

    @property
    def text(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float
    span: Span


@dataclass(frozen=True, slots=True)
class String:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Regex:
    """What stood between the slashes."""

    pattern: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A ``{{parameter}}`` without a value, or a ``<placeholder>``: it can be read, and not be run."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class PeriodText:
    """A length of time as written: ``5m``, ``5 min``."""

    count: int
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    """A call. ``star`` is ``count(*)``; ``bare`` a name without parentheses where only an aggregate can stand."""

    name: str
    arguments: tuple[Expression, ...]
    span: Span
    star: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Unary:
    """``-``, ``not`` and ``!``."""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic and comparisons; ``operator`` as AWS documents it (``==`` is ``=``)."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by ``and`` and ``or`` as written: which binds first is a policy."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Like:
    """``like``, ``=~`` and their negations; ``pattern`` is a Regex or an expression whose text is looked for."""

    operand: Expression
    pattern: Expression
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class In:
    operand: Expression
    items: tuple[Expression, ...]
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class InQuery:
    operand: Expression
    query: Query
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Item:
    """An expression with its column: the alias, else the expression's text as written."""

    expression: Expression
    column: str
    aliased: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Fields:
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Display:
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Filter:
    """``filter``, and ``filterIndex``, which only says where to look first."""

    predicate: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Stats:
    calls: tuple[Item, ...]
    keys: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SortItem:
    """``descending`` None: no direction was written."""

    expression: Expression
    descending: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Sort:
    keys: tuple[SortItem, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` is Unfilled where a parameter has no value; ``tail`` asks for the last rows."""

    count: int | Unfilled
    tail: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that a command gives."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class ParseGlob:
    subject: Expression | None
    glob: str
    names: tuple[Alias, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ParseRegex:
    subject: Expression | None
    regex: Regex
    multi: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ParseLogfmt:
    subject: Expression | None
    name: Alias
    span: Span


@dataclass(frozen=True, slots=True)
class Dedup:
    keys: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Pattern:
    subject: Expression
    span: Span


class Period(StrEnum):
    """Which window ``diff`` compares with; the values are lower case, the language does not mind."""

    PRECEDING = "previousperiod"
    DAY = "previousday"
    WEEK = "previousweek"
    MONTH = "previousmonth"


@dataclass(frozen=True, slots=True)
class Diff:
    period: Period
    span: Span


@dataclass(frozen=True, slots=True)
class Anomaly:
    span: Span


@dataclass(frozen=True, slots=True)
class Unnest:
    subject: Expression
    name: Alias
    span: Span


@dataclass(frozen=True, slots=True)
class Expand:
    """``expand f``: the list in f becomes a row for each element, under the same name."""

    subject: Name
    span: Span


@dataclass(frozen=True, slots=True)
class LookupMatch:
    column: str
    field: Name


@dataclass(frozen=True, slots=True)
class Lookup:
    table: str
    matches: tuple[LookupMatch, ...]
    outputs: tuple[Alias, ...]
    overwrite: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Join:
    kind: str
    left: str
    right: str
    conditions: tuple[tuple[Name, Name], ...]
    query: Query
    span: Span


@dataclass(frozen=True, slots=True)
class AddTotals:
    names: tuple[Name, ...]
    column: str
    row: bool
    col: bool
    span: Span


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class GroupSource:
    """``SOURCE 'name'``."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class PrefixSource:
    """``SOURCE logGroups(namePrefix: […], …)``."""

    arguments: tuple[tuple[str, tuple[str, ...]], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DataSource:
    """``SOURCE dataSource([…])``."""

    names: tuple[str, ...]
    span: Span


SourceItem = GroupSource | PrefixSource | DataSource


@dataclass(frozen=True, slots=True)
class Query:
    """A query as read. ``warnings`` tell of forms that AWS does not document."""

    source: Source
    sources: tuple[SourceItem, ...]
    commands: tuple[Command, ...]
    span: Span
    warnings: tuple[Diagnostic, ...] = ()
