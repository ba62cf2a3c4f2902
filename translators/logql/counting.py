"""Counts of a log query by labels, as the metric query that the executor asks."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Matcher, MatchOperator
from translators.logql.model import (
    Grouping,
    LabelFilter,
    LogQuery,
    Metric,
    RangeAggregation,
    RangeFunction,
    Span,
    VectorAggregation,
    VectorFunction,
)

MILLISECOND = 1_000_000


def counted(query: LogQuery, labels: tuple[str, ...], present: str, milliseconds: int, offset: int) -> Metric:
    """How many entries there are by ``labels``, with a value in ``present`` if named; ``offset`` in nanoseconds."""
    if present:
        query = replace(query, stages=(*query.stages, LabelFilter(Matcher(present, MatchOperator.NOT_EQUAL, ""))))
    counts = RangeAggregation(RangeFunction.COUNT, query, Span(milliseconds * MILLISECOND), offset=offset)
    return VectorAggregation(VectorFunction.SUM, counts, Grouping(labels) if labels else None)
