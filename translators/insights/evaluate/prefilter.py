"""Looks at the raw message first: a text that a field must hold stands in it, unless an escape hides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from translators.query.expressions import And, Compare, Comparison, Contains, Expression, Field, Literal, Matches

_OF_NUMBERS = frozenset("0123456789.eE+-")
"""A number can be written in several ways, so a text of these letters alone says nothing about the message."""


def quick(predicate: Expression) -> Callable[[str], bool] | None:
    """A test of the message that no event fails which passes ``predicate``; None when there is none."""
    texts = tuple(dict.fromkeys(_texts(predicate)))
    if not texts:
        return None
    if len(texts) == 1:
        (text,) = texts
        return lambda message: text in message or "\\" in message
    return lambda message: all(text in message for text in texts) or "\\" in message


def _texts(predicate: Expression) -> Iterator[str]:
    match predicate:
        case And():
            for item in predicate.items:
                yield from _texts(item)
        case Compare(Comparison.EQUAL, Field() as subject, Literal(str() as text)):
            yield from _sure(subject, text)
        case Contains(Field() as subject, Literal(str() as text), False):
            yield from _sure(subject, text)
        case Matches(Field() as subject, _, False, str() as text):
            yield from _sure(subject, text)
        case _:
            return


def _sure(subject: Field, text: str) -> Iterator[str]:
    if not subject.name.startswith("@") and not _OF_NUMBERS.issuperset(text):
        yield text
