"""Builds the plan's operators, command by command; what is shown is resolved at the very end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from translators.diagnostics import Fidelity
from translators.insights import syntax
from translators.insights.errors import InsightsError
from translators.insights.normalise.lower import Lowering, missing
from translators.insights.normalise.notes import Notes
from translators.insights.normalise.parsing import parsed
from translators.insights.normalise.scope import Scope
from translators.query.expressions import Column, Expression, Field
from translators.query.plan import (
    DEFAULT_LIMIT,
    Anomalies,
    Dedup,
    Diff,
    Extend,
    Filter,
    Limit,
    Lookup,
    LookupKey,
    Named,
    Operator,
    Patterns,
    Scan,
    Shift,
    Sort,
    SortKey,
    Totals,
    Unnest,
)
from translators.query.policies import Policy
from translators.query.tree import inputs, with_inputs

MESSAGE, TIMESTAMP = ("@message",), ("@timestamp",)
PATTERN_COLUMNS = ("@pattern", "@ratio", "@sampleCount", "@severityLabel")
DIFF_COLUMNS = ("@pattern", "@sampleCount", "@differenceCount", "@differenceDescription", "@severityLabel")
ANOMALY_COLUMNS = ("@anomaly", "@anomalyDescription")
MOST_ROWS = 100_000
_SHIFTS = {
    syntax.Period.PRECEDING: Shift.PRECEDING,
    syntax.Period.DAY: Shift.DAY,
    syntax.Period.WEEK: Shift.WEEK,
    syntax.Period.MONTH: Shift.MONTH,
}


@dataclass(slots=True)
class Shown:
    """A column that the query shows; ``late`` is a bare name, looked up when all commands are known."""

    name: str
    late: syntax.Name | None = None


@dataclass(slots=True)
class Builder:
    """The plan so far. ``next_scan`` numbers scans; ``join`` builds the other side of a join."""

    operator: Operator
    lowering: Lowering
    notes: Notes
    next_scan: Callable[[], int]
    shown: list[Shown] = field(default_factory=list)
    default: tuple[str, ...] = (MESSAGE[0],)
    displayed: bool = False
    sorts: list[SortKey] = field(default_factory=list)
    implied: tuple[SortKey, ...] = ()
    limit: syntax.Limit | None = None
    limit_before_sort: bool = False
    summaries: list[Totals] = field(default_factory=list)

    @property
    def scope(self) -> Scope:
        return self.lowering.scope

    def command(self, command: syntax.Command) -> None:
        """Adds one command that is neither stats, pattern nor join."""
        match command:
            case syntax.Fields():
                self._show(command.items)
            case syntax.Display():
                self._display(command.items)
            case syntax.Filter():
                self._filter(command)
            case syntax.Sort():
                self._sort(command)
            case syntax.Limit():
                self._limit(command)
            case syntax.ParseGlob() | syntax.ParseRegex() | syntax.ParseLogfmt():
                self.operator = parsed(command, self.operator, self.lowering)
            case syntax.Dedup():
                self._dedup(command)
            case syntax.Diff() | syntax.Anomaly():
                self._of_patterns(command)
            case syntax.Unnest():
                self._unnest(self.lowering.value(command.subject), command.name.name, command)
            case syntax.Expand():
                self._unnest(self.lowering.name(command.subject), command.subject.text, command)
            case syntax.Lookup():
                self._lookup(command)
            case syntax.AddTotals():
                self._totals(command)
            case syntax.Unmask():
                self.notes.say("unmask", Fidelity.EQUIVALENT, "nothing is masked here", command.span)
            case syntax.Stats() | syntax.Pattern() | syntax.Join():
                raise AssertionError(command)
            case _:
                assert_never(command)

    def _show(self, items: tuple[syntax.Item, ...]) -> None:
        known = {each.name for each in self.shown}
        for item in items:
            shown = self._shown(item)
            if not self.displayed and shown.name not in known:
                known.add(shown.name)
                self.shown.append(shown)

    def _display(self, items: tuple[syntax.Item, ...]) -> None:
        self.displayed = False
        self.shown = []
        self._show(items)
        self.displayed = True

    def _shown(self, item: syntax.Item) -> Shown:
        """The column of an item; what it computes becomes a column at once."""
        if isinstance(item.expression, syntax.Name) and not item.aliased:
            return Shown(item.column, item.expression)
        expression = self.lowering.value(item.expression)
        if not (isinstance(expression, Column) and expression.name == item.column):
            self.extend(Named(item.column, expression))
        return Shown(item.column)

    def extend(self, column: Named) -> None:
        """Adds a computed column."""
        below = self.operator
        if isinstance(below, Extend):
            self.operator = replace(below, columns=(*below.columns, column))
        else:
            self.operator = Extend(below, (column,))
        self.scope.define(column.name, column.expression)

    def _filter(self, command: syntax.Filter) -> None:
        if self.limit is not None:
            self.notes.say(
                "filter-after-limit",
                Fidelity.EQUIVALENT,
                "the filter is applied before the limit, as AWS does",
                command.span,
            )
        self.operator = Filter(self.operator, self.lowering.predicate(command.predicate), command.span)

    def _sort(self, command: syntax.Sort) -> None:
        keys: list[SortKey] = []
        for key in command.keys:
            descending = key.descending
            if descending is None:
                value = self.notes.use(Policy.SORT_DEFAULT_DIRECTION, f"`sort {key.text}` has no direction")
                descending = value == "descending"
            keys.append(SortKey(self.lowering.value(key.expression), descending))
        self.sorts = keys + self.sorts
        self.limit_before_sort = self.limit is not None

    def _limit(self, command: syntax.Limit) -> None:
        if isinstance(command.count, syntax.Unfilled):
            raise missing(command.count)
        if command.count > MOST_ROWS:
            message = f"AWS returns {MOST_ROWS:,} rows at most, not {command.count:,}"
            raise InsightsError("limit-range", message, command.span, ("a number up to 100000",))
        if self.limit is None or (isinstance(self.limit.count, int) and command.count < self.limit.count):
            self.limit = command

    def flush(self) -> None:
        """Sorts and limits what is there: the explicit keys, then the order that Insights has anyway."""
        ignored = False
        if self.limit_before_sort:
            reason = "limit stands before sort"
            ignored = self.notes.use(Policy.LIMIT_THEN_SORT, reason) == "ignored"
        if ignored:
            self._sorted(self.implied)
            self._limited()
        explicit = [key.expression for key in self.sorts]
        self._sorted((*self.sorts, *(key for key in self.implied if key.expression not in explicit)))
        self._limited()
        self.sorts = []
        self.limit_before_sort = False

    def _sorted(self, keys: tuple[SortKey, ...]) -> None:
        if keys:
            self.operator = Sort(self.operator, keys)

    def _limited(self) -> None:
        if self.limit is not None and isinstance(self.limit.count, int):
            self.operator = Limit(self.operator, self.limit.count, self.limit.tail, span=self.limit.span)
        self.limit = None

    def _dedup(self, command: syntax.Dedup) -> None:
        self.flush()
        self.implied = ()
        keys = tuple(self.lowering.name(key) for key in command.keys)
        self.operator = Dedup(self.operator, keys, command.span)

    def patterns(self, command: syntax.Pattern | None) -> None:
        """Clusters what is there; without a command, its messages."""
        subject: Expression = Field(MESSAGE) if command is None else self.lowering.value(command.subject)
        span = None if command is None else command.span
        self.operator = Patterns(self.operator, subject, span)
        self.notes.say("pattern", Fidelity.APPROXIMATE, "AWS clusters by machine learning; we mask what varies", span)
        self.restart(PATTERN_COLUMNS, (SortKey(Column("@sampleCount"), True, True), _by("@pattern")))

    def restart(self, columns: tuple[str, ...], implied: tuple[SortKey, ...], scope: Scope | None = None) -> None:
        """From here on the rows have these columns and no record."""
        self.lowering.scope = scope or Scope(record=False, columns=set(columns))
        self.shown = []
        self.displayed = False
        self.default = columns
        self.sorts = []
        self.implied = implied

    def _of_patterns(self, command: syntax.Diff | syntax.Anomaly) -> None:
        if not isinstance(self.operator, Patterns | Diff):
            self.patterns(None)
        if isinstance(command, syntax.Anomaly):
            self.operator = Anomalies(self.operator, command.span)
            columns = self.default + ANOMALY_COLUMNS
            self.notes.say(
                "anomaly", Fidelity.APPROXIMATE, "AWS learns what is usual; we mark rare patterns", command.span
            )
        else:
            previous = self._shifted(self.operator, _SHIFTS[command.period])
            self.operator = Diff(self.operator, previous, command.span)
            columns = DIFF_COLUMNS
        self.restart(columns, self.implied)

    def _shifted(self, operator: Operator, shift: Shift) -> Operator:
        """The same commands over another window."""
        if isinstance(operator, Scan):
            return replace(operator, id=self.next_scan(), shift=shift)
        return with_inputs(operator, tuple(self._shifted(each, shift) for each in inputs(operator)))

    def _unnest(self, subject: Expression, name: str, command: syntax.Unnest | syntax.Expand) -> None:
        self.operator = Unnest(self.operator, subject, name, command.span)
        self.scope.define(name, structure=True)

    def _lookup(self, command: syntax.Lookup) -> None:
        keys = tuple(LookupKey(match.column, self.lowering.name(match.field)) for match in command.matches)
        outputs = tuple(alias.name for alias in command.outputs)
        existing = () if command.overwrite else tuple(self._existing(alias) for alias in command.outputs)
        self.operator = Lookup(self.operator, command.table, keys, outputs, command.overwrite, existing, command.span)
        for name in outputs:
            self.scope.define(name)

    def _existing(self, alias: syntax.Alias) -> Expression:
        return self.lowering.name(syntax.Name(tuple(alias.name.split(".")), alias.span))

    def _totals(self, command: syntax.AddTotals) -> None:
        if command.names:
            summed = tuple(Named(name.text, self.lowering.name(name)) for name in command.names)
        else:
            summed = self.visible()
        if command.row:
            self.operator = Totals(self.operator, summed, command.column, True, False, command.span)
            self.scope.define(command.column)
            self._also(command.column)
        if command.col:
            self.summaries.append(Totals(self.operator, summed, command.column, False, True, command.span))

    def _also(self, name: str) -> None:
        """Shows one column more."""
        if self.shown:
            self.shown.append(Shown(name))
        else:
            self.default = (*self.default, name)

    def visible(self) -> tuple[Named, ...]:
        """What would be shown if the query ended here."""
        if not self.shown:
            return tuple(Named(name, self._named(name)) for name in self.default)
        return tuple(Named(shown.name, self._late(shown)) for shown in self.shown)

    def _named(self, name: str) -> Expression:
        return Column(name) if name in self.scope.columns else Field((name,))

    def _late(self, shown: Shown) -> Expression:
        return Column(shown.name) if shown.late is None else self.lowering.name(shown.late)

    def end_with_a_limit(self) -> None:
        """Insights shows so many rows where the query's last command is no limit."""
        if not isinstance(self.operator, Limit):
            self.operator = Limit(self.operator, DEFAULT_LIMIT, implied=True)

    def summarise(self) -> None:
        """The rows of column totals come last of all; what is shown becomes columns, which such a row can have too."""
        if not self.summaries:
            return
        for column in self.visible():
            if column.expression != Column(column.name):
                self.extend(column)
        self.shown = [Shown(column.name) for column in self.visible()]
        for totals in self.summaries:
            columns = tuple(Named(column.name, Column(column.name)) for column in totals.columns)
            self.operator = replace(totals, input=self.operator, columns=columns)


def _by(name: str) -> SortKey:
    return SortKey(Column(name), False, True)


NEWEST_FIRST = SortKey(Field(TIMESTAMP), True, True)
EVENT_COLUMNS = (TIMESTAMP[0], MESSAGE[0])
