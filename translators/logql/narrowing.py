"""Writes a narrowed scan as LogQL: what fits into the selector, line filters first, then labels."""

from __future__ import annotations

from typing import assert_never

from translators.catalog import InLabel, Matcher, MatchOperator
from translators.logql.model import (
    AllOf,
    AnyOf,
    Assign,
    Condition,
    LabelFilter,
    LabelFormat,
    LineFilter,
    LineOperator,
    LogQuery,
    Stage,
)
from translators.query.formula import AllHold, Always, Formula, LabelIs, LineHas, LineMatches, Never, OneHolds, escape

_LINE = "line_"
"""The label that holds the line where a condition is about the line or a label."""


def narrowed_query(selector: tuple[Matcher, ...], formula: Formula) -> LogQuery | None:
    """The log query that gives at least what the formula asks for; None when nothing can do."""
    if isinstance(formula, Never):
        return None
    parts = formula.parts if isinstance(formula, AllHold) else () if isinstance(formula, Always) else (formula,)
    lines: list[Stage] = []
    labels: list[Condition] = []
    mixed: list[Condition] = []
    matchers = list(selector)
    for part in parts:
        match _place(part):
            case "line":
                lines.append(_line_filter(part))
            case "selector":
                matchers.append(_selecting(part))
            case "label":
                labels.append(_condition(part))
            case _:
                mixed.append(_condition(part))
    stages = [*lines, *map(LabelFilter, labels)]
    if mixed:
        stages += [LabelFormat((Assign(_LINE, "{{__line__}}"),)), *map(LabelFilter, mixed)]
    return LogQuery(tuple(dict.fromkeys(matchers)), tuple(stages))


def _place(part: Formula) -> str:
    if isinstance(part, (LineHas, LineMatches)):
        return "line"
    if isinstance(part, LabelIs):
        return "selector" if isinstance(part.place, InLabel) else "label"
    leaves = tuple(_leaves(part))
    if all(isinstance(leaf, (LineHas, LineMatches)) for leaf in leaves):
        negated = {leaf.negated for leaf in leaves if isinstance(leaf, (LineHas, LineMatches))}
        flat = not isinstance(part, OneHolds) or all(isinstance(one, (LineHas, LineMatches)) for one in part.parts)
        return "line" if flat and (len(leaves) == 1 or negated == {False}) else "mixed"
    if all(isinstance(leaf, LabelIs) for leaf in leaves):
        return "selector" if _one_label(leaves) and not isinstance(part, AllHold) and _is_selecting(part) else "label"
    return "mixed"


def _leaves(part: Formula) -> list[Formula]:
    if isinstance(part, (AllHold, OneHolds)):
        return [leaf for each in part.parts for leaf in _leaves(each)]
    return [part]


def _one_label(leaves: tuple[Formula, ...]) -> bool:
    return len({leaf.place for leaf in leaves if isinstance(leaf, LabelIs)}) == 1


def _is_selecting(part: Formula) -> bool:
    if isinstance(part, OneHolds):
        return all(
            isinstance(one, LabelIs) and isinstance(one.place, InLabel) and _is_positive(one.matcher)
            for one in part.parts
        )
    return isinstance(part, LabelIs) and isinstance(part.place, InLabel)


def _is_positive(matcher: Matcher) -> bool:
    return matcher.operator in (MatchOperator.EQUAL, MatchOperator.MATCHES)


def _selecting(part: Formula) -> Matcher:
    if isinstance(part, LabelIs):
        return part.matcher
    matchers = [one.matcher for one in part.parts if isinstance(one, LabelIs)] if isinstance(part, OneHolds) else []
    patterns = [
        matcher.value if matcher.operator is MatchOperator.MATCHES else escape(matcher.value) for matcher in matchers
    ]
    return Matcher(matchers[0].label, MatchOperator.MATCHES, "|".join(patterns))


def _line_filter(part: Formula) -> Stage:
    match part:
        case LineHas(texts, negated):
            return LineFilter(LineOperator.LACKS if negated else LineOperator.CONTAINS, texts)
        case LineMatches(pattern, negated):
            return LineFilter(LineOperator.MISMATCHES if negated else LineOperator.MATCHES, (pattern,))
        case OneHolds(parts) if all(isinstance(one, LineHas) for one in parts):
            found = [text for one in parts if isinstance(one, LineHas) for text in one.texts]
            return LineFilter(LineOperator.CONTAINS, tuple(dict.fromkeys(found)))
        case OneHolds(parts):
            return LineFilter(LineOperator.MATCHES, tuple(pattern for one in parts for pattern in _patterns(one)))
        case _:
            raise AssertionError(part)


def _patterns(part: Formula) -> tuple[str, ...]:
    match part:
        case LineHas(texts):
            return tuple(escape(text) for text in texts)
        case LineMatches(pattern):
            return (pattern,)
        case _:
            raise AssertionError(part)


def _condition(part: Formula) -> Condition:
    match part:
        case LabelIs(_, matcher):
            return matcher
        case LineHas(_, negated) | LineMatches(_, negated):
            pattern = f"(?s:.*)(?:{'|'.join(f'(?:{one})' for one in _patterns(part))})(?s:.*)"
            return Matcher(_LINE, MatchOperator.NOT_MATCHES if negated else MatchOperator.MATCHES, pattern)
        case AllHold(parts):
            return AllOf(tuple(map(_condition, parts)))
        case OneHolds(parts):
            return AnyOf(tuple(map(_condition, parts)))
        case Always() | Never():
            raise AssertionError(part)
        case _:
            assert_never(part)
