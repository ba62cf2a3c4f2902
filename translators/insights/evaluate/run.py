"""Runs a tree of operators: each becomes an iterator over the rows of the one below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from translators.insights.evaluate.compile import Compiler
from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read, conversion
from translators.insights.evaluate.operators import patterns as clusters
from translators.insights.evaluate.operators.accumulators import Budget, Factory
from translators.insights.evaluate.operators.aggregate import Grouping, aggregated
from translators.insights.evaluate.operators.dedup import deduplicated
from translators.insights.evaluate.operators.extend import extended
from translators.insights.evaluate.operators.filter import filtered
from translators.insights.evaluate.operators.join import Half, joined
from translators.insights.evaluate.operators.limit import last, limited
from translators.insights.evaluate.operators.lookup import Reads, looked_up, table_of
from translators.insights.evaluate.operators.parse import parsed
from translators.insights.evaluate.operators.scan import given, scanned
from translators.insights.evaluate.operators.sort import Order, sorted_rows, top
from translators.insights.evaluate.operators.totals import totalled
from translators.insights.evaluate.operators.unnest import unnested
from translators.insights.evaluate.prefilter import quick
from translators.insights.evaluate.settings import Settings, Sources, TooMuch, Uses
from translators.insights.evaluate.values import Value
from translators.query.expressions import Field
from translators.query.plan import (
    Aggregate,
    Anomalies,
    Dedup,
    Diff,
    Extend,
    Filter,
    Given,
    Join,
    JoinKind,
    Limit,
    Lookup,
    Named,
    Operator,
    Parse,
    Patterns,
    Plan,
    Project,
    Scan,
    Side,
    Sort,
    Totals,
    Unnest,
)
from translators.query.tree import walk

_TIMESTAMP = Field(("@timestamp",))


@dataclass(frozen=True, slots=True)
class Runner:
    """``uses`` collects the policies that rows depend on while they are read."""

    settings: Settings
    sources: Sources
    uses: Uses

    def rows(self, operator: Operator) -> Iterator[Row]:
        """The rows of the operator; they are computed as they are read."""
        counting = self.sources.counting
        if counting is not None and any(operator is one for one in counting.operators):
            return counting.passing(self._rows(operator))
        return self._rows(operator)

    def _rows(self, operator: Operator) -> Iterator[Row]:
        match operator:
            case Scan():
                return scanned(self.sources.events(operator))
            case Given():
                return given(self._given(operator))
            case Filter():
                return self._filter(operator)
            case Extend():
                return extended(self.rows(operator.input), self._reads(operator.input, operator.columns))
            case Parse():
                subject = self.compiler(operator.input).value(operator.subject)
                return parsed(self.rows(operator.input), subject, operator.pattern, operator.names)
            case Aggregate():
                return self._aggregate(operator)
            case Sort():
                return sorted_rows(self.rows(operator.input), self._order(operator), self.settings.caps.sorted_rows)
            case Limit():
                return self._limit(operator)
            case Project():
                return self._project(operator)
            case Dedup():
                keys = [self.compiler(operator.input).value(key) for key in operator.keys]
                return deduplicated(self.rows(operator.input), keys, self.settings.caps.dedup_keys)
            case _:
                return self._rarer(operator)

    def _rarer(self, operator: Patterns | Diff | Anomalies | Unnest | Lookup | Join | Totals) -> Iterator[Row]:
        match operator:
            case Patterns():
                return self._patterns(operator)
            case Diff():
                return clusters.differences(self.rows(operator.input), self.rows(operator.previous))
            case Anomalies():
                return clusters.anomalies(self.rows(operator.input))
            case Unnest():
                subject = self.compiler(operator.input).value(operator.subject)
                return unnested(self.rows(operator.input), subject, operator.name, conversion(self.uses))
            case Lookup():
                return self._lookup(operator)
            case Join():
                return self._join(operator)
            case Totals():
                return totalled(self.rows(operator.input), operator, self._reads(operator.input, operator.columns))
            case _:
                assert_never(operator)

    def compiler(self, source: Operator) -> Compiler:
        """Compiles expressions over the rows of ``source``."""
        names = frozenset(name for each in walk(source) if isinstance(each, Given) for name in each.columns)
        return Compiler(self.settings, self.uses, self._values, names)

    def _values(self, plan: Plan) -> Iterable[Value]:
        """The one column of a subquery."""
        (column,) = plan.root.columns
        cap = self.settings.caps.subquery_values
        for count, row in enumerate(self.rows(plan.root)):
            if count >= cap:
                raise TooMuch("subquery_values", cap)
            yield row.columns[column.name]

    def _given(self, leaf: Given) -> Iterable[Mapping[str, Value]]:
        if leaf.id not in self.sources.given:
            raise LookupError(f"no rows are given for {leaf.id}")
        return self.sources.given[leaf.id]

    def _reads(self, source: Operator, columns: tuple[Named, ...]) -> list[tuple[str, Read]]:
        compiler = self.compiler(source)
        return [(column.name, compiler.value(column.expression)) for column in columns]

    def _filter(self, operator: Filter) -> Iterator[Row]:
        compiler = self.compiler(operator.input)
        of_events = not any(isinstance(each, Given) for each in walk(operator.input))
        first = quick(operator.predicate) if of_events else None
        return filtered(self.rows(operator.input), compiler.test(operator.predicate), first)

    def _order(self, operator: Sort) -> Order:
        compiler = self.compiler(operator.input)
        return Order([(compiler.value(key.expression), key.descending) for key in operator.keys])

    def _limit(self, operator: Limit) -> Iterator[Row]:
        """A limit right above a sort lets the sort forget the rest."""
        below = operator.input
        cap = self.settings.caps.sorted_rows
        if operator.tail:
            return last(self.rows(below), operator.count, cap)
        if isinstance(below, Sort):
            return top(self.rows(below.input), self._order(below), operator.count, cap)
        return limited(self.rows(below), operator.count)

    def _aggregate(self, operator: Aggregate) -> Iterator[Row]:
        compiler, caps = self.compiler(operator.input), self.settings.caps
        time: Read = compiler.value(_TIMESTAMP) if operator.first else _same_time
        factory = Factory(
            self.uses,
            time,
            Budget("distinct_values", caps.distinct_values),
            Budget("percentile_values", caps.percentile_values),
        )
        calls = [
            (
                call.name,
                factory.maker(
                    call.function,
                    None if call.argument is None else compiler.value(call.argument),
                    call.parameter,
                ),
            )
            for call in operator.calls
        ]
        grouping = Grouping(self._reads(operator.input, operator.keys), calls)
        return aggregated(self.rows(operator.input), grouping, self.uses, caps.groups)

    def _project(self, operator: Project) -> Iterator[Row]:
        reads = self._reads(operator.input, operator.columns)
        for row in self.rows(operator.input):
            yield Row(row.event, {}, {name: read(row) for name, read in reads})

    def _patterns(self, operator: Patterns) -> Iterator[Row]:
        subject = self.compiler(operator.input).value(operator.subject)
        return clusters.patterns(clusters.found(self.rows(operator.input), subject, self.settings.caps.patterns))

    def _lookup(self, operator: Lookup) -> Iterator[Row]:
        table = table_of(operator, self.sources.tables)
        compiler = self.compiler(operator.input)
        keys = [compiler.value(key.value) for key in operator.keys]
        existing = [compiler.value(expression) for expression in operator.existing]
        return looked_up(self.rows(operator.input), operator, table, Reads(keys, existing), self.uses)

    def _join(self, operator: Join) -> Iterator[Row]:
        left, right = self._half(operator.left), self._half(operator.right)
        return joined(left, right, operator.kind is JoinKind.LEFT, self.settings.caps.joined_rows)

    def _half(self, side: Side) -> Half:
        compiler = self.compiler(side.input)
        keys = [compiler.value(key) for key in side.keys]
        return Half(self.rows(side.input), keys, self._reads(side.input, side.fields))


def _same_time(_: Row) -> Value:
    """Rows of a second stats have no time: they come in order."""
    return 0
