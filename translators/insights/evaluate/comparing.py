"""Comparisons: coercion of text that is a number, what a missing value does, membership."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import Uses
from translators.insights.evaluate.values import Instant, Value, number_of, number_text
from translators.query.expressions import Comparison
from translators.query.policies import Policy

Test = Callable[[Row], bool]
Key = tuple[str, str | int | float]

_ORDERS: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.LESS: operator.lt,
    Comparison.LESS_OR_EQUAL: operator.le,
    Comparison.GREATER: operator.gt,
    Comparison.GREATER_OR_EQUAL: operator.ge,
}


class Comparing:
    """Comparisons under one set of policies."""

    def __init__(self, uses: Uses) -> None:
        self.uses = uses
        policies = uses.policies
        self.coerces = policies.value(Policy.STRING_NUMBER_COERCION) == "on"
        self.missing_ne = policies.value(Policy.MISSING_NE) == "include"
        self.as_text = policies.value(Policy.NONNUMERIC_COMPARE) == "text"

    def missing(self) -> bool:
        """Whether a negated comparison keeps a row without the field."""
        self.uses.note(Policy.MISSING_NE, "some events lack the field")
        return self.missing_ne

    def key(self, value: Value) -> Key | None:
        """Equal keys for values that ``=`` calls equal; None for what equals nothing."""
        if value is None or isinstance(value, dict | list):
            return None
        if not isinstance(value, str):
            return ("number", int(value) if isinstance(value, Instant) else value)
        number = number_of(value) if self.coerces else None
        return ("text", value) if number is None else ("number", number)

    def equal(self, left: Read, right: Read) -> Test:
        key = self.key

        def test(row: Row) -> bool:
            one = key(left(row))
            return one is not None and one == key(right(row))

        return test

    def not_equal(self, left: Read, right: Read) -> Test:
        key, missing = self.key, self.missing

        def test(row: Row) -> bool:
            one, other = left(row), right(row)
            if one is None or other is None:
                return missing()
            first, second = key(one), key(other)
            return first is not None and second is not None and first != second

        return test

    def equal_text(self, read: Read, text: str) -> Test:
        """``=`` with a text that is no number: nothing has to be converted."""
        return lambda row: read(row) == text

    def equal_number(self, read: Read, number: int | float) -> Test:
        coerces = self.coerces

        def test(row: Row) -> bool:
            value = read(row)
            if type(value) is str:
                return coerces and number_of(value) == number
            return value == number

        return test

    def ordered(self, comparison: Comparison, left: Read, right: Read) -> Test:
        """``<`` and its kin: of two numbers, or of two texts that are no numbers."""
        holds, key, as_text, note = _ORDERS[comparison], self.key, self.as_text, self.uses.note

        def test(row: Row) -> bool:
            one, other = key(left(row)), key(right(row))
            if one is None or other is None:
                return False
            if one[0] == other[0]:
                return holds(one[1], other[1])
            note(Policy.NONNUMERIC_COMPARE, "a number is compared with text")
            return as_text and holds(_shown(one), _shown(other))

        return test

    def ordered_number(self, comparison: Comparison, read: Read, number: int | float) -> Test:
        """The common case of a literal number on the right."""
        holds, key, as_text, note = _ORDERS[comparison], self.key, self.as_text, self.uses.note
        text = number_text(number)

        def test(row: Row) -> bool:
            value = read(row)
            if value is None:
                return False
            kind = type(value)
            if kind is int or kind is float or kind is Instant:
                return holds(value, number)
            found = key(value)
            if found is None:
                return False
            if found[0] == "number":
                return holds(found[1], number)
            note(Policy.NONNUMERIC_COMPARE, "a number is compared with text")
            return as_text and holds(found[1], text)

        return test

    def among(self, read: Read, keys: Iterable[Key | None], negated: bool) -> Test:
        """Membership in a fixed set."""
        wanted = frozenset(key for key in keys if key is not None)
        key, missing = self.key, self.missing

        def test(row: Row) -> bool:
            value = read(row)
            if value is None:
                return negated and missing()
            found = key(value)
            return found is not None and (found in wanted) is not negated

        return test

    def among_reads(self, read: Read, items: tuple[Read, ...], negated: bool) -> Test:
        """Membership in what the row itself gives."""
        key, missing = self.key, self.missing

        def test(row: Row) -> bool:
            value = read(row)
            if value is None:
                return negated and missing()
            found = key(value)
            return found is not None and (found in [key(item(row)) for item in items]) is not negated

        return test


def _shown(key: Key) -> str:
    value = key[1]
    return value if isinstance(value, str) else number_text(value)
