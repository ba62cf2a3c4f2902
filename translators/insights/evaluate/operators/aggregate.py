"""Groups and their aggregates; the groups are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from translators.insights.evaluate.event import Row, computed
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.operators.accumulators import Accumulator, Make
from translators.insights.evaluate.settings import TooMuch, Uses
from translators.insights.evaluate.values import Value, identity, json_text
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


class _Groups:
    """The groups so far, by what their values are to grouping: 500 and "500" are one."""

    def __init__(self, grouping: Grouping, uses: Uses, cap: int) -> None:
        self.grouping, self.uses, self.cap = grouping, uses, cap
        self.found: dict[tuple[str | None, ...], tuple[tuple[Value, ...], State]] = {}
        self.keeps_null = uses.policies.value(Policy.NULL_GROUP) == "row"

    def state(self, values: tuple[Value, ...]) -> State:
        """The state of the group of these values; an empty one that nobody reads when there is no such group."""
        key = tuple([identity(value) for value in values])
        group = self.found.get(key)
        if group is not None:
            if values != group[0]:
                self.found[key] = (tuple(map(_number_first, group[0], values)), group[1])
            return group[1]
        if None in key:
            self.uses.note(Policy.NULL_GROUP, f"some events lack `{self.grouping.keys[key.index(None)][0]}`")
            if not self.keeps_null:
                return []
        state = self.grouping.fresh()
        self.found[key] = (values, state)
        if len(self.found) > self.cap:
            raise TooMuch("groups", self.cap)
        return state

    def rows(self) -> Iterator[Row]:
        return (self.grouping.row(values, state) for values, state in self.found.values())


def _number_first(known: Value, same: Value) -> Value:
    """How a key is shown that came as a text and as the number it is, whichever came first."""
    return same if isinstance(known, str) and not isinstance(same, str) else known


def _by_one(rows: Iterable[Row], grouping: Grouping, uses: Uses, cap: int) -> Iterator[Row]:
    """The common case of a single key. ``known`` is a shortcut by the value itself."""
    groups = _Groups(grouping, uses, cap)
    known: dict[Any, State] = {}
    read = grouping.keys[0][1]
    for row in rows:
        value = read(row)
        if isinstance(value, dict | list):
            value = json_text(value)
        state = known.get(value)
        if state is None:
            state = known[value] = groups.state((value,))
        for accumulator in state:
            accumulator.add(row)
    yield from groups.rows()


def _by_many(rows: Iterable[Row], grouping: Grouping, uses: Uses, cap: int) -> Iterator[Row]:
    groups = _Groups(grouping, uses, cap)
    known: dict[Any, State] = {}
    reads = [read for _, read in grouping.keys]
    for row in rows:
        values = tuple([read(row) for read in reads])
        try:
            state = known.get(values)
        except TypeError:
            values = tuple([json_text(value) if isinstance(value, dict | list) else value for value in values])
            state = known.get(values)
        if state is None:
            state = known[values] = groups.state(values)
        for accumulator in state:
            accumulator.add(row)
    yield from groups.rows()
