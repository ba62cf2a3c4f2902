"""Several log groups that differ in the value of one label only are read by one selector, so that a panel can be."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Matcher, MatchOperator
from translators.query.bind import Apart, Bound
from translators.query.formula import escape


def folded(bounds: tuple[Bound, ...]) -> Bound | None:
    """One bound with the entries of all, each once; None where one selector would give more, less or other ones."""
    first = bounds[0].shape
    if any(replace(bound.shape, name=first.name, selector=first.selector) != first for bound in bounds):
        return None
    common = tuple(matcher for matcher in first.selector if all(matcher in bound.shape.selector for bound in bounds))
    others = [tuple(one for one in bound.shape.selector if one not in common) for bound in bounds]
    if any(len(other) != 1 for other in others):
        return None
    matcher = _alternatives(tuple(other for (other,) in others))
    if matcher is None:
        return None
    apart = Apart(
        matcher.label, tuple((other.value, bound.group) for (other,), bound in zip(others, bounds, strict=True))
    )
    return Bound(bounds[0].group, replace(first, selector=(*common, matcher)), apart)


def _alternatives(matchers: tuple[Matcher, ...]) -> Matcher | None:
    """One matcher for all, where each has another plain value: then no entry is of two of them."""
    values = dict.fromkeys(matcher.value for matcher in matchers)
    plain = all(matcher.operator is MatchOperator.EQUAL and matcher.value for matcher in matchers)
    if not plain or len({matcher.label for matcher in matchers}) != 1 or len(values) != len(matchers):
        return None
    return Matcher(matchers[0].label, MatchOperator.MATCHES, "|".join(map(escape, values)))
