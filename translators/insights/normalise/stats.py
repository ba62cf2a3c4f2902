"""stats → an Aggregate with the aggregates it calls, and an Extend for what is computed of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from translators.diagnostics import Fidelity
from translators.insights import functions, syntax
from translators.insights.errors import InsightsError
from translators.insights.normalise.lower import Lowering, check_arity, unknown_function
from translators.insights.normalise.scope import Scope, may_be_null
from translators.insights.normalise.shapes import aggregates, inside, shape
from translators.query.expressions import Column, Expression, Field, TimeBucket
from translators.query.plan import Aggregate, AggregateCall, Aggregation, Extend, Named, Operator, SortKey
from translators.query.policies import Policy

_NUMERIC = frozenset({Aggregation.SUM, Aggregation.AVG, Aggregation.STDDEV, Aggregation.PCT})
_BY_TIME = frozenset({Aggregation.EARLIEST, Aggregation.LATEST})
_NEVER_EMPTY = frozenset({Aggregation.COUNT, Aggregation.COUNT_DISTINCT})


@dataclass(slots=True)
class Grouped:
    """What stats gives: the operator over its input, the names it shows, the order of its rows, the scope behind it."""

    operator: Operator
    columns: tuple[str, ...]
    order: tuple[SortKey, ...]
    scope: Scope


@dataclass(slots=True)
class _Stats:
    lowering: Lowering
    calls: dict[Hashable, AggregateCall] = field(default_factory=dict)
    after: Scope = field(default_factory=lambda: Scope(record=False))

    def call(self, function: syntax.Function, name: str) -> AggregateCall:
        """The aggregate, once for each shape."""
        known = self.calls.get(shape(function))
        if known is None:
            known = self._aggregate(function, name)
            self.calls[shape(function)] = known
            self.after.shapes[shape(function)] = name
            self.after.define(name)
        return known

    def _aggregate(self, call: syntax.Function, name: str) -> AggregateCall:
        aggregation, parameter, argument = _read(call)
        if functions.aggregate(call.name) is None:
            said = f"`{call.name}` is read as `pct`; AWS documents no other name"
            self.lowering.notes.say("percentile-name", Fidelity.EQUIVALENT, said, call.span)
        lowered = None if argument is None else self.lowering.value(argument)
        self._note(aggregation, call.name, lowered)
        return AggregateCall(name, aggregation, lowered, parameter, call.span)

    def _note(self, aggregation: Aggregation, name: str, argument: Expression | None) -> None:
        notes = self.lowering.notes
        if aggregation is Aggregation.STDDEV:
            notes.use(Policy.STDDEV_FORM, "the standard deviation of a population or of a sample")
        if aggregation is Aggregation.PCT:
            notes.use(Policy.PCT_ALGORITHM, f"`{name}` falls between two values")
        if argument is None or not may_be_null(argument):
            return
        if aggregation in _BY_TIME:
            notes.use(Policy.LATEST_OF_NULL, f"the event that `{name}` picks may lack the field")
        if aggregation in _NUMERIC:
            notes.use(Policy.NONNUMERIC_AGGREGATE, f"`{name}` meets values that are no numbers")
        if aggregation not in _NEVER_EMPTY and aggregation not in _BY_TIME:
            notes.use(Policy.ALL_MISSING_AGGREGATE, f"`{name}` may find no value in a group")


def _read(call: syntax.Function) -> tuple[Aggregation, float | None, syntax.Expression | None]:
    """Which aggregate, its percentile, its argument."""
    if call.name.lower() == functions.MEDIAN:
        check_arity(call, functions.Arity(1, 1))
        return Aggregation.PCT, 50.0, call.arguments[0]
    aggregation = functions.aggregate(call.name) or Aggregation.PCT
    check_arity(call, functions.AGGREGATES[aggregation])
    if aggregation is Aggregation.PCT:
        return aggregation, _percentile(call.arguments[1]), call.arguments[0]
    return aggregation, None, call.arguments[0] if call.arguments else None


def _percentile(expression: syntax.Expression) -> float:
    if not isinstance(expression, syntax.Number) or not 0 <= expression.value <= 100:
        raise InsightsError("percentile", "a percentile is a number from 0 to 100", expression.span, ("a number",))
    return float(expression.value)


def grouped(command: syntax.Stats, source: Operator, lowering: Lowering, first: bool) -> Grouped:
    """The stats command over ``source``; ``first``: it reads events."""
    stats = _Stats(replace(lowering, strict=not first))
    keys = _keys(command, stats)
    extended: list[Named] = []
    shown = [key.name for key in keys]
    for item in command.calls:
        if item.column in shown:
            continue
        shown.append(item.column)
        computed = _item(item, stats)
        if computed is not None:
            extended.append(computed)
    if not keys:
        lowering.notes.use(Policy.EMPTY_AGGREGATE, "stats without `by` gives one row, or none, over no events")
    aggregate: Operator = Aggregate(source, keys, tuple(stats.calls.values()), first, command.span)
    operator = Extend(aggregate, tuple(extended)) if extended else aggregate
    return Grouped(operator, tuple(shown), tuple(_order(key) for key in keys), stats.after)


def _order(key: Named) -> SortKey:
    """The order of groups that nobody asked for: by their keys, times newest first as Insights answers."""
    newest_first = isinstance(key.expression, TimeBucket) or key.expression == Field(("@timestamp",))
    return SortKey(Column(key.name), newest_first, implied=True)


def _keys(command: syntax.Stats, stats: _Stats) -> tuple[Named, ...]:
    keys: dict[str, Named] = {}
    for item in command.keys:
        if aggregates(item.expression):
            raise InsightsError("aggregate-in-by", "an aggregate cannot be a group", item.span, ("a field",))
        expression = stats.lowering.value(item.expression)
        if item.column in keys:
            continue
        if may_be_null(expression):
            stats.lowering.notes.use(Policy.NULL_GROUP, f"events may lack `{item.column}`")
        keys[item.column] = Named(item.column, expression)
        stats.after.define(item.column)
        if not (item.aliased and isinstance(item.expression, syntax.Name)):
            stats.after.shapes[shape(item.expression)] = item.column
    return tuple(keys.values())


def _item(item: syntax.Item, stats: _Stats) -> Named | None:
    """What must be computed of the aggregates for this column; None when it is an aggregate itself."""
    expression = item.expression
    if isinstance(expression, syntax.Function) and functions.is_aggregate(expression.name):
        call = stats.call(expression, item.column)
        stats.after.define(item.column)
        stats.after.aggregates.add(item.column)
        if call.name == item.column:
            return None
        return Named(item.column, replace(stats.lowering, scope=stats.after).value(expression))
    _gather(expression, stats)
    _only_aggregates(expression, stats, item)
    computed = replace(stats.lowering, scope=stats.after).value(expression)
    stats.after.define(item.column)
    stats.after.aggregates.add(item.column)
    return Named(item.column, computed)


def _gather(expression: syntax.Expression, stats: _Stats) -> None:
    """Every aggregate inside it becomes a call of its own, under its shape as a name."""
    if isinstance(expression, syntax.Function) and functions.is_aggregate(expression.name):
        name = _free(f"{expression.name.lower()}#{len(stats.calls)}", stats)
        stats.call(expression, name)
        return
    for each in inside(expression):
        _gather(each, stats)


def _free(name: str, stats: _Stats) -> str:
    return name if name not in stats.after.columns else _free(name + "#", stats)


def _only_aggregates(expression: syntax.Expression, stats: _Stats, item: syntax.Item) -> None:
    """Refuses a field outside of an aggregate: it has many values in a group."""
    if isinstance(expression, syntax.Name):
        if stats.after.resolve(expression.path) is None:
            message = f"`{expression.text}` is neither an aggregate nor one of the groups"
            raise InsightsError("not-an-aggregate", message, item.span, ("an aggregate",))
        return
    if shape(expression) in stats.after.shapes:
        return
    if isinstance(expression, syntax.Function) and not functions.is_known(expression.name):
        raise unknown_function(expression)
    for each in inside(expression):
        _only_aggregates(each, stats, item)
