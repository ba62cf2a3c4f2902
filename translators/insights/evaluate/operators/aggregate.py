"""Groups and their aggregates; the groups are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from translators.insights.evaluate.event import Row, computed
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.operators.accumulators import Accumulator, Make
from translators.insights.evaluate.settings import TooMuch, Uses
from translators.insights.evaluate.values import Value, identity
from translators.query.policies import Policy

State = list[Accumulator]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The keys and the aggregates, by name."""

    keys: list[tuple[str, Read]]
    calls: list[tuple[str, Make]]

    def fresh(self) -> State:
        return [make() for _, make in self.calls]

    def row(self, values: tuple[Value, ...], state: State) -> Row:
        columns = {name: value for (name, _), value in zip(self.keys, values, strict=True)}
        for (name, _), accumulator in zip(self.calls, state, strict=True):
            columns[name] = accumulator.result()
        return computed(columns)


def aggregated(rows: Iterable[Row], grouping: Grouping, uses: Uses, cap: int) -> Iterator[Row]:
    """A row for each group, in the order in which they were first seen."""
    if not grouping.keys:
        return _whole(rows, grouping, uses)
    if len(grouping.keys) == 1:
        return _by_one(rows, grouping, uses, cap)
    return _by_many(rows, grouping, uses, cap)


def _whole(rows: Iterable[Row], grouping: Grouping, uses: Uses) -> Iterator[Row]:
    state = grouping.fresh()
    seen = False
    for row in rows:
        seen = True
        for accumulator in state:
            accumulator.add(row)
    if not seen:
        uses.note(Policy.EMPTY_AGGREGATE, "there were no events")
        if uses.policies.value(Policy.EMPTY_AGGREGATE) == "no-row":
            return
    yield grouping.row((), state)


def _by_one(rows: Iterable[Row], grouping: Grouping, uses: Uses, cap: int) -> Iterator[Row]:
    """The common case of a single key."""
    groups = dict[str | None, tuple[Value, State]]()
    read = grouping.keys[0][1]
    keeps_null = uses.policies.value(Policy.NULL_GROUP) == "row"
    for row in rows:
        value = read(row)
        key = value if type(value) is str else identity(value)
        group = groups.get(key)
        if group is None:
            if key is None:
                uses.note(Policy.NULL_GROUP, f"some events lack `{grouping.keys[0][0]}`")
                if not keeps_null:
                    continue
            group = groups[key] = (value, grouping.fresh())
            if len(groups) > cap:
                raise TooMuch("groups", cap)
        for accumulator in group[1]:
            accumulator.add(row)
    for value, state in groups.values():
        yield grouping.row((value,), state)


def _by_many(rows: Iterable[Row], grouping: Grouping, uses: Uses, cap: int) -> Iterator[Row]:
    groups = dict[tuple[str | None, ...], tuple[tuple[Value, ...], State]]()
    reads = [read for _, read in grouping.keys]
    keeps_null = uses.policies.value(Policy.NULL_GROUP) == "row"
    for row in rows:
        values = tuple([read(row) for read in reads])
        key = tuple([identity(value) for value in values])
        group = groups.get(key)
        if group is None:
            if None in key:
                uses.note(Policy.NULL_GROUP, f"some events lack `{grouping.keys[key.index(None)][0]}`")
                if not keeps_null:
                    continue
            group = groups[key] = (values, grouping.fresh())
            if len(groups) > cap:
                raise TooMuch("groups", cap)
        for accumulator in group[1]:
            accumulator.add(row)
    for values, state in groups.values():
        yield grouping.row(values, state)
