"""``normalise(query)``: the logical plan of a parsed Logs Insights query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from translators.diagnostics import Fidelity
from translators.insights import syntax
from translators.insights.errors import InsightsError
from translators.insights.normalise.build import EVENT_COLUMNS, NEWEST_FIRST, Builder
from translators.insights.normalise.joining import joined, names_in
from translators.insights.normalise.lower import Lowering
from translators.insights.normalise.notes import Notes
from translators.insights.normalise.order import Stage, stages
from translators.insights.normalise.scope import Scope
from translators.insights.normalise.stats import grouped
from translators.query.expressions import Column
from translators.query.plan import (
    DataSources,
    GroupPrefixes,
    Groups,
    Join,
    Limit,
    Operator,
    Plan,
    Project,
    Scan,
    SortKey,
    Source,
)
from translators.query.policies import Policies, Policy


def normalise(query: syntax.Query, policies: Policies | None = None) -> Plan:
    """The plan, with the diagnostics of reading and of ordering, and the policies that it depends on."""
    notes = Notes(policies or Policies())
    notes.heard(query.warnings)
    builder = _Queries(notes).built(query, nested=False)
    builder.end_with_a_limit()
    builder.summarise()
    root = Project(builder.operator, builder.visible())
    return Plan(root, tuple(notes.diagnostics), tuple(notes.uses.values()))


@dataclass(slots=True)
class _Queries:
    """Numbers the scans of one plan, its subqueries included."""

    notes: Notes
    count: int = 0
    sources: tuple[Source, ...] = field(default=())

    def next_scan(self) -> int:
        self.count += 1
        return self.count - 1

    def built(self, query: syntax.Query, nested: bool) -> Builder:
        """All commands of the query, sorted and limited as it says."""
        scan = Scan(self.next_scan(), _sources(query.sources), span=query.span)
        lowering = Lowering(Scope(), self.notes, lambda inner, name: self.subplan(inner, name, nested))
        builder = Builder(scan, lowering, self.notes, self.next_scan)
        builder.default, builder.implied = EVENT_COLUMNS, (NEWEST_FIRST,)
        found = stages(query, self.notes)
        for index, stage in enumerate(found):
            self._stage(builder, stage, found[index + 1 :])
        builder.flush()
        return builder

    def subplan(self, query: syntax.Query, name: str | None, nested: bool) -> Plan:
        """The plan of a subquery: one column, the one that is looked for."""
        if nested:
            raise InsightsError("nested-subquery", "AWS does not run a subquery inside a subquery", query.span)
        builder = self.built(query, nested=True)
        columns = builder.visible()
        if len(columns) > 1:
            columns = tuple(column for column in columns if column.name == name)
        if len(columns) != 1:
            message = "the subquery must give the one field that is looked for"
            raise InsightsError("subquery-columns", message, query.span, ("`| fields name`",))
        return Plan(Project(builder.operator, columns))

    def _stage(self, builder: Builder, stage: Stage, later: Sequence[Stage]) -> None:
        if isinstance(stage.reducer, syntax.Stats):
            self._stats(builder, stage.reducer)
        elif stage.reducer is not None:
            self._before_reducer(builder, stage.reducer)
            builder.patterns(stage.reducer)
        for index, command in enumerate(stage.commands):
            if isinstance(command, syntax.Join):
                self._join(builder, command, stage.commands[index + 1 :], later)
            else:
                builder.command(command)

    def _stats(self, builder: Builder, stats: syntax.Stats) -> None:
        self._before_reducer(builder, stats)
        first = builder.scope.record
        result = grouped(stats, builder.operator, builder.lowering, first)
        builder.operator = result.operator
        builder.restart(result.columns, result.order, result.scope)

    def _before_reducer(self, builder: Builder, reducer: syntax.Stats | syntax.Pattern) -> None:
        """A limit before stats chooses events, or is ignored; a sort alone changes nothing."""
        limit = builder.limit
        if limit is not None:
            if self.notes.use(Policy.LIMIT_BEFORE_STATS, "limit stands before stats") == "honoured":
                builder.flush()
            builder.limit = None
        elif builder.sorts:
            message = "a sort before an aggregation changes nothing"
            self.notes.say("sort-before-stats", Fidelity.HARMLESS, message, reducer.span)
        builder.sorts = []
        builder.limit_before_sort = False

    def _join(
        self, builder: Builder, command: syntax.Join, rest: Sequence[syntax.Command], later: Sequence[Stage]
    ) -> None:
        commands = [*rest, *(each for stage in later for each in (stage.reducer, *stage.commands) if each)]
        names = [syntax.Name(("@timestamp",), command.span)]
        names += [name for each in commands for name in names_in(each)]
        names += [shown.late for shown in builder.shown if shown.late is not None]
        right = self.built(command.query, nested=True)
        if isinstance(right.operator, Limit) is False:
            right.operator = _unsorted(right.operator)
        join = joined(command, (builder.operator, builder.lowering), (right.operator, right.lowering), names)
        builder.operator = join
        _after_join(builder, join)


def _unsorted(operator: Operator) -> Operator:
    """Without the order that only the rows of a whole query have."""
    from translators.query.plan import Sort

    if isinstance(operator, Sort) and all(key.implied for key in operator.keys):
        return operator.input
    return operator


def _after_join(builder: Builder, join: Join) -> None:
    scope = Scope(record=False)
    for side in (join.left, join.right):
        for column in side.fields:
            scope.define(column.name)
    shown, displayed = builder.shown, builder.displayed
    for each in shown:
        if each.late is None:
            scope.define(each.name)
    default = tuple(f"{side.alias}.{name}" for side in (join.left, join.right) for name in EVENT_COLUMNS)
    newest = SortKey(Column(f"{join.left.alias}.{EVENT_COLUMNS[0]}"), True, True)
    builder.restart(default, (newest,), scope)
    builder.shown, builder.displayed = shown, displayed


def _sources(items: tuple[syntax.SourceItem, ...]) -> tuple[Source, ...]:
    """What SOURCE names, names together."""
    names = tuple(item.name for item in items if isinstance(item, syntax.GroupSource))
    found: list[Source] = [Groups(names)] if names else []
    for item in items:
        if isinstance(item, syntax.PrefixSource):
            found.append(_prefixes(item))
        elif isinstance(item, syntax.DataSource):
            found.append(DataSources(item.names))
    return tuple(found)


def _prefixes(item: syntax.PrefixSource) -> GroupPrefixes:
    values = {name.lower().removesuffix("es").removesuffix("s"): texts for name, texts in item.arguments}
    unknown = set(values) - {"nameprefix", "accountidentifier", "clas", "class", "loggroupclas", "tag"}
    if unknown:
        raise InsightsError("source", f"logGroups has no argument `{min(unknown)}`", item.span, ("namePrefix",))
    classes = values.get("class", values.get("clas", values.get("loggroupclas", ())))
    accounts, tags = values.get("accountidentifier", ()), values.get("tag", ())
    return GroupPrefixes(values.get("nameprefix", ()), accounts, classes, tags)
