"""A table whose order is known as far as the query decides it: what a proof compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from translators.insights.evaluate.evaluate import Cell
from translators.insights.evaluate.values import SortKey, sort_key
from translators.query.expressions import Expression, Field
from translators.query.plan import Dedup, Limit, Named, Operator, Plan, Project, Sort
from translators.query.plan import SortKey as Key

Row = tuple[Cell, ...]
HIDDEN = "\x00key "
NEWEST = Field(("@timestamp",))


@dataclass(frozen=True, slots=True)
class Expected:
    """What the side that is believed gives.

    ``ranks`` has one rank a row: rows of equal rank may come in any order. ``most`` rows count, of the end when
    ``tail``; ``rows`` may hold more, since which rows of the last rank a limit keeps is open. ``as_text``: every cell
    is text, as CloudWatch's API gives it. ``whole``: the rows that a limit left out are here too.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ranks: tuple[tuple[SortKey, ...], ...]
    most: int
    tail: bool = False
    as_text: bool = False
    whole: bool = True
    notes: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[Row, ...]:
        """The rows that an answer would hold."""
        return self.rows[-self.most :] if self.tail else self.rows[: self.most]

    def blocks(self) -> list[tuple[int, int]]:
        """The stretches of equal rank, each as (first, behind)."""
        found: list[tuple[int, int]] = []
        at = 0
        for _, group in groupby(self.ranks):
            size = len(list(group))
            found.append((at, at + size))
            at += size
        return found


@dataclass(frozen=True, slots=True)
class Ordering:
    """What of the order a query decides: its own keys, or the newest event first where it has none."""

    below: Operator
    keys: tuple[Key, ...]
    most: int
    tail: bool


def ordering_of(plan: Plan) -> Ordering:
    """The order of the plan's rows, seen below its last limit."""
    limit = plan.root.input
    below, most, tail = limit, 10**9, False
    if isinstance(limit, Limit):
        below, most, tail = limit.input, limit.count, limit.tail
    sort = below.input if isinstance(below, Dedup) else below
    keys = sort.keys if isinstance(sort, Sort) else ()
    written = tuple(key for key in keys if not key.implied)
    newest = tuple(key for key in keys if key.expression == NEWEST)
    return Ordering(below, written or newest, most, tail)


def with_keys(plan: Plan, ordering: Ordering) -> Plan:
    """The plan without its last limit, the values that it sorts by as columns behind its own."""
    hidden = tuple(Named(f"{HIDDEN}{index}", key.expression) for index, key in enumerate(ordering.keys))
    return Plan(Project(ordering.below, (*plan.root.columns, *hidden)), plan.diagnostics, plan.policies)


def split_keys(rows: Sequence[Row], width: int) -> tuple[tuple[Row, ...], tuple[tuple[SortKey, ...], ...]]:
    """The rows of ``with_keys`` as rows and their ranks."""
    return tuple(row[:width] for row in rows), tuple(tuple(map(sort_key, row[width:])) for row in rows)


def visible_ranks(
    plan: Plan, ordering: Ordering, rows: Sequence[Row]
) -> tuple[tuple[tuple[SortKey, ...], ...], tuple[str, ...]]:
    """The ranks that the cells themselves show, and a note on what they do not show."""
    places: list[int] = []
    for key in ordering.keys:
        place = _place(plan, key.expression)
        if place is None:
            note = f"the order by {_name(key.expression)} is not proven: it is not among the columns"
            return _ranks(rows, places), (note,)
        places.append(place)
    return _ranks(rows, places), ()


def _ranks(rows: Sequence[Row], places: Sequence[int]) -> tuple[tuple[SortKey, ...], ...]:
    return tuple(tuple(sort_key(row[place]) for place in places) for row in rows)


def _place(plan: Plan, expression: Expression) -> int | None:
    for index, column in enumerate(plan.root.columns):
        if column.expression == expression or column.name == getattr(expression, "name", None):
            return index
    return None


def _name(expression: Expression) -> str:
    return f"`{getattr(expression, 'name', None) or 'a computed key'}`"
