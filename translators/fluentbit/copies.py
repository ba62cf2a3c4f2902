"""Copies of rewrite_tag: one entry stands for all of them, and the label ``also`` names their log groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from translators.catalog import Matcher, MatchOperator
from translators.fluentbit.destinations import Destination
from translators.fluentbit.flow import Flow, Route
from translators.fluentbit.walk import Fork, Way, leaves
from translators.pipeline.selectors import having, select
from translators.pipeline.stages import SetConstants, Stage, When

Ends = Mapping[int, tuple[tuple[Destination, ...], str]]
"""The destinations of each end by its identity, and what its label ``also`` says."""


def live(fork: Fork, ends: Ends) -> tuple[tuple[Route, frozenset[str]], ...]:
    """The copies that some output takes, with the names of their log groups."""
    found = ((route, _names(way, ends)) for route, way in fork.routes if route.copy)
    return tuple((route, names) for route, names in found if names)


def told(fork: Fork, ends: Ends) -> Iterable[Stage]:
    """What adds the copies' groups to the label ``also``, whatever it says of the original already."""
    before = sorted(_alsos(fork.rest, ends))
    for route, names in live(fork, ends):
        for already in before:
            same = [having("also", already)] if len(before) > 1 or already else []
            also = SetConstants((("also", _joined(already, names)),))
            yield When(select([having(route.label, route.value), *same]), (also,))


def dropped(kept: Iterable[Route]) -> Stage:
    """The end of entries that no output takes: all but those of which a copy goes somewhere."""
    values: dict[str, list[str]] = {}
    for route in kept:
        values.setdefault(route.label, []).append(re.escape(route.value))
    others = [Matcher(label, MatchOperator.NOT_MATCHES, "|".join(marks)) for label, marks in values.items()]
    return When(select(others), drop=True)


def _names(way: Way, ends: Ends) -> frozenset[str]:
    reached = (ends.get(id(leaf.flow), ((), ""))[0] for leaf in leaves(way))
    return frozenset(one.short for destinations in reached for one in destinations)


def _alsos(way: Way, ends: Ends) -> frozenset[str]:
    """What the label ``also`` may say behind the way."""
    match way:
        case Flow():
            return frozenset({ends.get(id(way), ((), ""))[1]})
        case Fork(_, rest, routes):
            plain = _alsos(rest, ends)
            moved = (_alsos(path, ends) for route, path in routes if not route.copy)
            copied = ({_joined(one, names) for one in plain} for _, names in live(way, ends))
            return plain.union(*moved, *copied)


def _joined(already: str, names: frozenset[str]) -> str:
    return "+".join(sorted(names | set(already.split("+")) - {""}))
