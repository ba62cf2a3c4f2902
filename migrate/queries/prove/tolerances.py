"""How far two numbers may lie apart, by what they are: each tolerance has a name and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from translators.query.expressions import Column, Expression, Field
from translators.query.plan import Aggregate, Aggregation, Extend, Plan, Project
from translators.query.tree import parts, walk


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``relative`` to the larger of the two numbers."""

    name: str
    relative: float
    reason: str


FLOAT = Tolerance("float", 1e-9, "sums of fractions depend on the order in which they are added (1e-9 relative)")
PRINTED = Tolerance("printed-decimals", 0.0, "CloudWatch prints so many decimals and no more")
TIME = Tolerance("epoch-time", 0.0, "one side writes the same millisecond as a number")
TIES = Tolerance("limit-ties", 0.0, "the limit cuts through rows of equal rank: which of them stay is open")
_OF_AWS: Mapping[Aggregation, Tolerance] = {
    Aggregation.PCT: Tolerance(
        "pct-algorithm", 0.01, "AWS does not say how it computes percentiles (policy pct-algorithm; 1 % relative)"
    ),
    Aggregation.STDDEV: Tolerance(
        "stddev-digits", 1e-6, "how a standard deviation is added up decides its last digits (1e-6 relative)"
    ),
    Aggregation.COUNT_DISTINCT: Tolerance(
        "count-distinct", 0.02, "AWS approximates count_distinct of many values (2 % relative)"
    ),
}

Tolerances = Mapping[str, Tolerance]
"""By column; columns that are not in it have FLOAT."""


def tolerances_of(plan: Plan, of_aws: bool) -> Tolerances:
    """The evaluator computes as we do; CloudWatch has algorithms of its own, also under what is computed of them."""
    if not of_aws:
        return {}
    found: dict[str, Tolerance] = {}
    for operator in reversed(list(walk(plan.root))):
        match operator:
            case Aggregate():
                here = {call.name: _OF_AWS[call.function] for call in operator.calls if call.function in _OF_AWS}
                found.update(here)
            case Extend() | Project():
                for column in operator.columns:
                    widest = _widest(column.expression, found)
                    if widest is not None:
                        found[column.name] = widest
            case _:
                continue
    return {name: found[name] for name in plan.columns if name in found}


def _widest(expression: Expression, found: Mapping[str, Tolerance]) -> Tolerance | None:
    names = [part.name for part in parts(expression) if isinstance(part, Column | Field)]
    used = [found[name] for name in names if name in found]
    return max(used, key=lambda one: one.relative, default=None)
