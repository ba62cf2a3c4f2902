"""Brings the commands of a query into the order in which AWS gives them a meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from translators.diagnostics import Fidelity
from translators.insights import syntax
from translators.insights.errors import InsightsError
from translators.insights.functions import is_aggregate
from translators.insights.normalise.notes import Notes
from translators.insights.normalise.shapes import aggregates, conjuncts, inside, renamed, shape, walk
from translators.query.policies import Policy

_MOST_STATS = 2


@dataclass(slots=True)
class Stage:
    """The commands over one kind of rows: events, or what ``reducer`` made of the stage before."""

    reducer: syntax.Stats | syntax.Pattern | None
    commands: list[syntax.Command] = field(default_factory=list)


def stages(query: syntax.Query, notes: Notes) -> list[Stage]:
    """The stages of the query, each filter in the one where its fields are."""
    found = [Stage(None)]
    for command in query.commands:
        if isinstance(command, (syntax.Stats, syntax.Pattern)):
            found.append(Stage(command))
        else:
            found[-1].commands.append(command)
    _check(found)
    for index in range(len(found) - 1, 0, -1):
        _hoist(found, index, notes)
    return found


def _check(found: list[Stage]) -> None:
    """Refuses what AWS documents as an error."""
    reducers = [stage.reducer for stage in found if isinstance(stage.reducer, syntax.Stats)]
    if len(reducers) > _MOST_STATS:
        message = "a query can have two stats commands at most"
        raise InsightsError("too-many-stats", message, reducers[_MOST_STATS].span)
    for stage, following in pairwise(found[1:]):
        for command in stage.commands:
            if isinstance(command, (syntax.Sort, syntax.Limit)) and isinstance(following.reducer, syntax.Stats):
                message = "sort and limit cannot stand between two stats"
                raise InsightsError("sort-between-stats", message, command.span, remedy="put it behind the last stats")
    for index, stage in enumerate(found):
        _check_dedup(stage, last=index == len(found) - 1)


def _check_dedup(stage: Stage, last: bool) -> None:
    seen = False
    for command in stage.commands:
        if seen and not isinstance(command, syntax.Limit):
            raise InsightsError("after-dedup", "only limit can follow dedup", command.span, ("`limit`",))
        seen = seen or isinstance(command, syntax.Dedup)
        if seen and not last:
            raise InsightsError("after-dedup", "only limit can follow dedup", command.span, ("`limit`",))


def _hoist(found: list[Stage], index: int, notes: Notes) -> None:
    """Moves filters on what stats does not give to the stage before it."""
    stage = found[index]
    if not isinstance(stage.reducer, syntax.Stats):
        return
    outputs = _Outputs(stage.reducer)
    kept: list[syntax.Command] = []
    moved: list[syntax.Command] = []
    for command in stage.commands:
        if not isinstance(command, syntax.Filter):
            outputs.learn(command)
            kept.append(command)
            continue
        having, hoisted = _split(command, outputs, notes)
        kept += having
        moved += hoisted
    stage.commands = kept
    found[index - 1].commands += moved


def _split(command: syntax.Filter, outputs: _Outputs, notes: Notes) -> tuple[list[syntax.Filter], list[syntax.Filter]]:
    """The conjuncts that stay, and those that move."""
    left_to_right = notes.value(Policy.AND_OR_PRECEDENCE) == "left-to-right"
    having: list[syntax.Filter] = []
    hoisted: list[syntax.Filter] = []
    for part in conjuncts(command.predicate, left_to_right):
        if not outputs.misses(part):
            having.append(replace(command, predicate=part))
            continue
        value = notes.use(Policy.FILTER_AFTER_STATS_HOIST, "a filter stands behind stats and asks for what stats drops")
        if value == "having":
            having.append(replace(command, predicate=part))
            continue
        if outputs.computes(part):
            message = "one condition asks for an aggregate and for a field that stats drops"
            raise InsightsError("mixed-having", message, part.span, remedy="put the part about events before stats")
        notes.say(
            "filter-after-stats", Fidelity.EQUIVALENT, "the filter is applied before stats, as AWS does", part.span
        )
        hoisted.append(replace(command, predicate=renamed(part, outputs.keys)))
    return having, hoisted


class _Outputs:
    """What comes out of a stats command, and of the commands behind it."""

    def __init__(self, stats: syntax.Stats) -> None:
        self.keys = {item.column: item.expression for item in stats.keys}
        self.computed = {item.column for item in stats.calls}
        items = stats.keys + stats.calls
        self.shapes = {shape(item.expression) for item in items}
        self.shapes |= {shape(part) for item in stats.calls for part in walk(item.expression) if aggregates(part)}

    def learn(self, command: syntax.Command) -> None:
        """A command behind stats may define names too."""
        match command:
            case syntax.Fields() | syntax.Display():
                self.computed |= {item.column for item in command.items if _defines(item)}
            case syntax.ParseGlob():
                self.computed |= {alias.name for alias in command.names}
            case syntax.Unnest() | syntax.ParseLogfmt():
                self.computed.add(command.name.name)
            case syntax.Lookup():
                self.computed |= {alias.name for alias in command.outputs}
            case syntax.AddTotals():
                self.computed.add(command.column)
            case _:
                pass

    def misses(self, expression: syntax.Expression) -> bool:
        """Whether it asks for something that is not here."""
        if not isinstance(expression, syntax.Name) and shape(expression) in self.shapes:
            return False
        if isinstance(expression, syntax.Name):
            return not self._gives(expression)
        return any(self.misses(each) for each in inside(expression))

    def computes(self, expression: syntax.Expression) -> bool:
        """Whether it asks for an aggregate, or what was computed of one."""
        return any(
            (isinstance(part, syntax.Name) and part.text in self.computed)
            or (isinstance(part, syntax.Function) and is_aggregate(part.name))
            for part in walk(expression)
        )

    def _gives(self, name: syntax.Name) -> bool:
        prefixes = {".".join(name.path[:length]) for length in range(1, len(name.path) + 1)}
        return bool(prefixes & (self.computed | self.keys.keys()))


def _defines(item: syntax.Item) -> bool:
    return item.aliased or not isinstance(item.expression, syntax.Name)
