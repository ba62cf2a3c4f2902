"""Brings conditions on the keys of a stats below it: there they are conditions on single events, which can go down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from translators.query.expressions import And, Column, Expression, Field, InPlan, TimeBucket
from translators.query.plan import Aggregate, Filter, Operator
from translators.query.tree import parts, rewrite


def keys_first(operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """The operators from the scan up, with the same rows; their ``input`` is not kept."""
    found: list[Operator] = []
    for operator in operators:
        at = len(found)
        while at and isinstance(found[at - 1], Filter):
            at -= 1
        below = found[at - 1] if at else None
        if isinstance(operator, Filter) and isinstance(below, Aggregate):
            lower, upper = _split(below, operator)
            found[at - 1 : at - 1] = lower
            found += upper
        else:
            found.append(operator)
    return tuple(found)


def _split(aggregate: Aggregate, filtering: Filter) -> tuple[list[Filter], list[Filter]]:
    """The parts that are about keys, and the others."""
    keys = {key.name: key.expression for key in aggregate.keys if not _has_bucket(key.expression)}
    predicate = filtering.predicate
    lower: list[Filter] = []
    upper: list[Filter] = []
    for item in predicate.items if isinstance(predicate, And) else (predicate,):
        if _is_about(item, keys):
            lower.append(replace(filtering, predicate=_of_events(item, keys)))
        else:
            upper.append(replace(filtering, predicate=item))
    return lower, upper


def _has_bucket(expression: Expression) -> bool:
    """Buckets are no values of single events to LogQL."""
    return any(isinstance(part, TimeBucket) for part in parts(expression))


def _is_about(predicate: Expression, keys: Mapping[str, Expression]) -> bool:
    """Whether it reads keys and nothing else."""
    found = [part for part in parts(predicate) if isinstance(part, (Field, Column, InPlan))]
    return bool(found) and all(not isinstance(part, InPlan) and part.name in keys for part in found)


def _of_events(predicate: Expression, keys: Mapping[str, Expression]) -> Expression:
    return rewrite(predicate, lambda part: keys[part.name] if isinstance(part, (Field, Column)) else part)
