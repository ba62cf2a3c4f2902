"""Cuts columns out of a text: globs, regular expressions, logfmt; no memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from translators.insights.evaluate import regex
from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.logfmt import pairs
from translators.insights.evaluate.values import Value, to_text
from translators.query.plan import GlobPattern, LogfmtPattern, ParsePattern, PresencePattern, RegexPattern

Cut = Callable[[str], tuple[Value, ...] | None]


def parsed(rows: Iterable[Row], subject: Read, pattern: ParsePattern, names: tuple[str, ...]) -> Iterator[Row]:
    """Each row with the names, null where the pattern does not match."""
    if isinstance(pattern, RegexPattern) and pattern.multi:
        return _multiplied(rows, subject, pattern, names)
    return _cut(rows, subject, cutter(pattern), names)


def _cut(rows: Iterable[Row], subject: Read, cut: Cut, names: tuple[str, ...]) -> Iterator[Row]:
    nothing = (None,) * len(names)
    for row in rows:
        text = to_text(subject(row))
        found = None if text is None else cut(text)
        row.columns.update(zip(names, nothing if found is None else found, strict=True))
        yield row


def _multiplied(rows: Iterable[Row], subject: Read, pattern: RegexPattern, names: tuple[str, ...]) -> Iterator[Row]:
    """A row for each match; one with nulls when there is none."""
    find = regex.all_captures(pattern.pattern, pattern.groups)
    nothing = (None,) * len(names)
    for row in rows:
        text = to_text(subject(row))
        matches = [] if text is None else list(find(text))
        for found in matches or [nothing]:
            copy = row.copy()
            copy.columns.update(zip(names, found, strict=True))
            yield copy


def cutter(pattern: ParsePattern) -> Cut:
    """The values of the names in a text; None when the pattern does not match."""
    match pattern:
        case GlobPattern():
            return lazy_glob(pattern.parts) if pattern.lazy else greedy_glob(pattern.parts)
        case RegexPattern():
            return regex.captures(pattern.pattern, pattern.groups)
        case PresencePattern():
            text = pattern.text
            return lambda subject: (text,) if text in subject else None
        case LogfmtPattern():
            return lambda subject: (pairs(subject),)
        case _:
            assert_never(pattern)


def lazy_glob(parts: tuple[str, ...]) -> Cut:
    """Each ``*`` takes as little as it can; one at the end takes the rest."""
    first, middle, last = parts[0], parts[1:-1], parts[-1]

    def cut(text: str) -> tuple[Value, ...] | None:
        start = text.find(first)
        if start < 0:
            return None
        start += len(first)
        values: list[Value] = []
        for part in middle:
            end = text.find(part, start)
            if end < 0:
                return None
            values.append(text[start:end])
            start = end + len(part)
        end = text.find(last, start) if last else len(text)
        if end < 0:
            return None
        values.append(text[start:end])
        return tuple(values)

    return cut


def greedy_glob(parts: tuple[str, ...]) -> Cut:
    """Each ``*`` takes as much as it can, the left ones first."""
    first, rest = parts[0], parts[1:]

    def cut(text: str) -> tuple[Value, ...] | None:
        start = text.find(first)
        if start < 0:
            return None
        start += len(first)
        places: list[tuple[int, int]] = []
        limit = len(text)
        for part in reversed(rest):
            end = text.rfind(part, start, limit) if part else limit
            if end < 0:
                return None
            places.append((end, end + len(part)))
            limit = end
        return _between(text, start, places)

    return cut


def _between(text: str, start: int, places: list[tuple[int, int]]) -> tuple[Value, ...]:
    found: list[Value] = []
    for end, following in reversed(places):
        found.append(text[start:end])
        start = following
    return tuple(found)
