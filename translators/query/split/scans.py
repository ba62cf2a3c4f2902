"""Finds for each scan the predicates that its rows must meet whatever happens above: those may go down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from translators.frozen import frozen
from translators.query.expressions import Expression, InPlan
from translators.query.plan import (
    Aggregate,
    Anomalies,
    Dedup,
    Diff,
    Extend,
    Filter,
    Given,
    Join,
    Limit,
    Lookup,
    Operator,
    Parse,
    Patterns,
    Project,
    Scan,
    Sort,
    Totals,
    Unnest,
)
from translators.query.tree import expressions, parts


@frozen
class Demand:
    """A scan, the predicates that hold for every row that counts, and what the columns in them are made of."""

    scan: Scan
    predicates: tuple[Expression, ...]
    definitions: tuple[tuple[str, Expression | Parse], ...]

    def made_of(self) -> dict[str, Expression | Parse]:
        """The definitions; a name that is defined twice is not among them."""
        names = [name for name, _ in self.definitions]
        return {name: made for name, made in self.definitions if names.count(name) == 1}


_NONE: tuple[tuple[Expression, ...], tuple[tuple[str, Expression | Parse], ...]] = ((), ())


def demands(root: Operator) -> tuple[Demand, ...]:
    """All scans of a plan, those of subqueries too."""
    return tuple(_descend(root, *_NONE))


def _descend(
    operator: Operator,
    predicates: tuple[Expression, ...],
    definitions: tuple[tuple[str, Expression | Parse], ...],
) -> Iterator[Demand]:
    for expression in expressions(operator):
        for part in parts(expression):
            if isinstance(part, InPlan):
                yield from demands(part.plan.root)
    match operator:
        case Scan():
            yield Demand(operator, predicates, definitions)
        case Given():
            return
        case Filter(below, predicate):
            yield from _descend(below, (*predicates, predicate), definitions)
        case Extend(below, columns) | Project(below, columns):
            made = tuple((column.name, column.expression) for column in columns)
            own = tuple((name, expression) for name, expression in made if getattr(expression, "name", None) != name)
            yield from _descend(below, predicates, (*definitions, *own))
        case Parse():
            cut = tuple((name, operator) for name in operator.names)
            yield from _descend(operator.input, predicates, (*definitions, *cut))
        case Lookup():
            given = tuple((name, operator.keys[0].value) for name in operator.outputs for _ in range(2))
            yield from _descend(operator.input, predicates, (*definitions, *given))
        case Sort(below):
            yield from _descend(below, predicates, definitions)
        case Aggregate() | Limit() | Dedup() | Patterns() | Anomalies() | Unnest() | Totals():
            yield from _descend(operator.input, *_NONE)
        case Diff(below, previous):
            yield from _descend(below, *_NONE)
            yield from _descend(previous, *_NONE)
        case Join(left, right):
            yield from _descend(left.input, *_NONE)
            yield from _descend(right.input, *_NONE)
        case _:
            assert_never(operator)
