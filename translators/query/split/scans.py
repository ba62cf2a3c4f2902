"""Finds in one walk what a plan reads: its fields, its scans, and for each the predicates that may go down to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from translators.frozen import frozen
from translators.query.expressions import Column, Expression, Field, InPlan, Literal
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
from translators.query.tree import expressions, operands


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


Definitions = tuple[tuple[str, Expression | Parse], ...]


@frozen
class Reads:
    """``fields``: each once, with its first place in the text. Subqueries are among both."""

    fields: tuple[Field, ...]
    demands: tuple[Demand, ...]

    @property
    def names_sources(self) -> bool:
        """Whether the text says which log groups the query itself reads; joins and subqueries always say theirs."""
        return any(demand.scan.sources for demand in self.demands if demand.scan.id == 0)


def reads_of(root: Operator) -> Reads:
    """What the plan below ``root`` reads."""
    reader = _Reader()
    reader.read(root, (), ())
    return Reads(tuple(reader.fields.values()), tuple(reader.demands))


@dataclass(slots=True)
class _Reader:
    fields: dict[tuple[str, ...], Field] = field(default_factory=dict)
    demands: list[Demand] = field(default_factory=list)

    def read(self, operator: Operator, predicates: tuple[Expression, ...], definitions: Definitions) -> None:
        """``predicates`` hold for every row that ``operator`` must give; ``definitions`` are the columns above it."""
        for expression in expressions(operator):
            self._expression(expression)
        match operator:
            case Sort(below):
                self.read(below, predicates, definitions)
            case Filter(below, predicate):
                self.read(below, (*predicates, predicate), definitions)
            case Scan():
                self.demands.append(Demand(operator, predicates, definitions))
            case Given():
                return
            case Extend(below, columns) | Project(below, columns):
                made = ((column.name, column.expression) for column in columns)
                own = [one for one in made if getattr(one[1], "name", None) != one[0]]
                self.read(below, predicates, (*definitions, *own))
            case Parse():
                self.read(operator.input, predicates, (*definitions, *((name, operator) for name in operator.names)))
            case Lookup():
                given = tuple((name, operator.keys[0].value) for name in operator.outputs for _ in range(2))
                self.read(operator.input, predicates, (*definitions, *given))
            case Aggregate() | Limit() | Dedup() | Patterns() | Anomalies() | Unnest() | Totals():
                self.read(operator.input, (), ())
            case Diff(below, previous):
                self.read(below, (), ())
                self.read(previous, (), ())
            case Join(left, right):
                self.read(left.input, (), ())
                self.read(right.input, (), ())
            case _:
                assert_never(operator)

    def _expression(self, expression: Expression) -> None:
        waiting = [expression]
        while waiting:
            each = waiting.pop()
            kind = type(each)
            if kind is Literal or kind is Column:
                continue
            if isinstance(each, Field):
                self.fields.setdefault(each.path, each)
                continue
            if isinstance(each, InPlan):
                self.read(each.plan.root, (), ())
            waiting += reversed(operands(each))
