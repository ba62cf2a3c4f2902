"""What a Loki entry must be for a predicate to hold: a condition on its line and its labels, never too strict."""

from __future__ import annotations

import re

from translators.catalog import InLabel, InMetadata, Matcher
from translators.frozen import frozen

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def escape(text: str) -> str:
    """The text as a regular expression of RE2, with no more backslashes than it needs."""
    return _SPECIAL.sub(r"\\\g<0>", text)


@frozen
class Always:
    """Nothing is known: every entry may do."""


@frozen
class Never:
    """No entry can do."""


@frozen
class LineHas:
    """The line holds one of ``texts`` (``negated``: none)."""

    texts: tuple[str, ...]
    negated: bool = False


@frozen
class LineMatches:
    """The RE2 pattern is found in the line."""

    pattern: str
    negated: bool = False


@frozen
class LabelIs:
    """A label or structured metadata compares so; a missing one is the empty text."""

    place: InLabel | InMetadata
    matcher: Matcher


@frozen
class AllHold:
    parts: tuple[Formula, ...]


@frozen
class OneHolds:
    parts: tuple[Formula, ...]


Formula = Always | Never | LineHas | LineMatches | LabelIs | AllHold | OneHolds


def all_of(parts: tuple[Formula, ...]) -> Formula:
    """The conjunction, flat, without what says nothing."""
    kept: dict[Formula, None] = {}
    for part in parts:
        for one in part.parts if isinstance(part, AllHold) else (part,):
            if isinstance(one, Never):
                return one
            if not isinstance(one, Always):
                kept[one] = None
    if not kept:
        return Always()
    return next(iter(kept)) if len(kept) == 1 else AllHold(tuple(kept))


def one_of(parts: tuple[Formula, ...]) -> Formula:
    """The disjunction, flat, without what cannot hold."""
    kept: dict[Formula, None] = {}
    for part in parts:
        for one in part.parts if isinstance(part, OneHolds) else (part,):
            if isinstance(one, Always):
                return one
            if not isinstance(one, Never):
                kept[one] = None
    if not kept:
        return Never()
    return next(iter(kept)) if len(kept) == 1 else OneHolds(tuple(kept))


@frozen
class Narrowed:
    """A formula for a predicate; ``exact``: it holds for an entry if and only if the predicate does."""

    formula: Formula
    exact: bool = False


UNKNOWN = Narrowed(Always())
