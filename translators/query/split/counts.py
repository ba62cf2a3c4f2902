"""Sees when the first stats of a plan only counts by what Loki has as labels and by time: then Loki counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from translators.catalog import InLabel, InMetadata, IsConstant, Shape
from translators.query.bind import At, Nothing, resolve
from translators.query.expressions import Column, Expression, Field, Rounding, TimeBucket
from translators.query.plan import (
    Aggregate,
    AggregateCall,
    Aggregation,
    Extend,
    Filter,
    Given,
    Operator,
    Parse,
    Plan,
    Project,
    Scan,
    Sort,
)
from translators.query.tree import inputs, with_inputs

GIVEN = 1
Source = InLabel | InMetadata | IsConstant | None
"""Where a key's value is in one shape; None where it is always null."""


@dataclass(frozen=True, slots=True)
class Key:
    """A group key that is a field; ``fields`` say so in the plan's words."""

    name: str
    field: Field


@dataclass(frozen=True, slots=True)
class Counts:
    """The aggregate that Loki can do: its keys in order, the bucket among them, and its counts."""

    aggregate: Aggregate
    keys: tuple[Key, ...]
    bucket: tuple[str, TimeBucket] | None
    calls: tuple[tuple[str, Field | None], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*(key.name for key in self.aggregate.keys), *(name for name, _ in self.calls))


def counts_of(plan: Plan) -> Counts | None:
    """The counting that stands right above the only scan; None for anything else."""
    aggregate = _lowest_aggregate(plan.root)
    if aggregate is None:
        return None
    definitions = _definitions(aggregate.input)
    keys: list[Key] = []
    bucket: tuple[str, TimeBucket] | None = None
    for key in aggregate.keys:
        made = _made_of(key.expression, definitions)
        if isinstance(made, TimeBucket) and bucket is None and _is_plain(made):
            bucket = (key.name, made)
        elif isinstance(made, Field):
            keys.append(Key(key.name, made))
        else:
            return None
    calls = [_counted(call, definitions) for call in aggregate.calls]
    found = tuple(call for call in calls if call is not None)
    return Counts(aggregate, tuple(keys), bucket, found) if len(found) == len(calls) else None


def _lowest_aggregate(root: Operator) -> Aggregate | None:
    operator: Operator = root
    found: Aggregate | None = None
    while True:
        if isinstance(operator, Aggregate):
            found = operator
        below = inputs(operator)
        if len(below) != 1:
            break
        operator = below[0]
    if found is None or not isinstance(operator, Scan) or not _row_by_row(found.input):
        return None
    return found


def _row_by_row(operator: Operator) -> bool:
    while isinstance(operator, Filter | Extend | Sort | Parse):
        operator = operator.input
    return isinstance(operator, Scan)


def _definitions(operator: Operator) -> dict[str, Expression]:
    """What the columns stand for, from the scan up: a name that is defined again stands for something else since."""
    steps: list[Operator] = []
    while isinstance(operator, Filter | Extend | Sort | Parse):
        steps.append(operator)
        operator = operator.input
    found: dict[str, Expression] = {}
    for step in reversed(steps):
        if isinstance(step, Extend):
            for column in step.columns:
                found[column.name] = _made_of(column.expression, found)
        if isinstance(step, Parse):
            found |= {name: Column(name) for name in step.names}
    return found


def _made_of(expression: Expression, definitions: Mapping[str, Expression]) -> Expression:
    return definitions.get(expression.name, expression) if isinstance(expression, Column) else expression


def _is_plain(bucket: TimeBucket) -> bool:
    """Buckets of whole seconds of the entry's own time, named by their start."""
    width = bucket.period.milliseconds
    timed = isinstance(bucket.operand, Field) and bucket.operand.path == ("@timestamp",)
    return timed and bucket.rounding is Rounding.FLOOR and width is not None and width % 1000 == 0


def _counted(call: AggregateCall, definitions: Mapping[str, Expression]) -> tuple[str, Field | None] | None:
    if call.function is not Aggregation.COUNT:
        return None
    if call.argument is None:
        return call.name, None
    made = _made_of(call.argument, definitions)
    return (call.name, made) if isinstance(made, Field) else None


def source_of(field: Field, shape: Shape) -> tuple[bool, Source]:
    """Whether a shape has the field as a label, and where."""
    found = resolve(shape, field.path)
    if isinstance(found, Nothing):
        return True, None
    if isinstance(found, At) and isinstance(found.place, InLabel | InMetadata | IsConstant):
        return True, found.place
    return False, None


def with_counts(plan: Plan, counts: Counts) -> Plan:
    """The plan with rows of Loki in the aggregate's place."""
    root = _replaced(plan.root, counts)
    assert isinstance(root, Project)  # noqa: S101
    return Plan(root, plan.diagnostics, plan.policies)


def _replaced(operator: Operator, counts: Counts) -> Operator:
    if operator is counts.aggregate:
        return Given(GIVEN, counts.columns)
    return with_inputs(operator, tuple(_replaced(below, counts) for below in inputs(operator)))
