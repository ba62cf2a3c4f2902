"""Entries of several lines: the first-line pattern of the agents for Fluent Bit's multiline parsers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from translators.fluentbit.configuration import Section
from translators.fluentbit.ledger import Judgement, approximate
from translators.fluentbit.regexes import NotTaken, take

MAX_LINES = 10_000
"""A trace may be long; the agents' own limit is 128 lines."""


@dataclass(frozen=True, slots=True)
class Join:
    """A line that matches ``firstline`` begins an entry. ``judgement`` says how far that is what Fluent Bit does."""

    firstline: str
    judgement: Judgement


_BUILT_IN = {
    "java": r"^(?:[^\s])",
    "python": r"^\S",
    "ruby": r"^\S",
    "go": r"^\S",
}


def join_of(names: Sequence[str], parsers: dict[str, Section]) -> Join | None:
    for name in names:
        if name in _BUILT_IN:
            return Join(_BUILT_IN[name], approximate("approximation"))
        if name in parsers:
            for rule in parsers[name].every("rule"):
                taken = take(rule.value.split('"')[3].strip("/"))
                if not isinstance(taken, NotTaken):
                    return Join(taken.expression, approximate("approximation"))
    return None
