"""Expressions → closures over rows: one to compute a value, one to test a condition."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import assert_never

from translators.insights.evaluate import regex
from translators.insights.evaluate.comparing import Comparing, Test
from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read, member, reader
from translators.insights.evaluate.functions.catalog import implementation
from translators.insights.evaluate.functions.times import bucketing
from translators.insights.evaluate.settings import Settings, Uses
from translators.insights.evaluate.values import Value, number_of, to_number, to_text, truth
from translators.query.expressions import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Call,
    Column,
    Compare,
    Comparison,
    Contains,
    Expression,
    Field,
    Function,
    InList,
    InPlan,
    Literal,
    Matches,
    Member,
    Negative,
    Not,
    Or,
    TimeBucket,
)
from translators.query.plan import Plan
from translators.query.policies import Policy

RunPlan = Callable[[Plan], Iterable[Value]]


@dataclass(slots=True)
class Compiler:
    """``given`` are the columns of a Given leaf, which stand for fields of the same name; ``run`` runs a subquery."""

    settings: Settings
    uses: Uses
    run: RunPlan
    given: frozenset[str] = frozenset()
    comparing: Comparing = field(init=False)

    def __post_init__(self) -> None:
        self.comparing = Comparing(self.uses)

    def value(self, expression: Expression) -> Read:
        """Computes the expression of a row."""
        match expression:
            case Literal():
                return self._literal(expression)
            case Field():
                return self._field(expression)
            case Column():
                return _column(expression.name)
            case Member():
                inner, find = self.value(expression.of), member(expression.path, self.uses)
                return lambda row: find(inner(row))
            case Arithmetic():
                return self._arithmetic(expression)
            case Negative():
                return _negative(self.value(expression.operand))
            case Call():
                return self._call(expression)
            case TimeBucket():
                operand, rounded = self.value(expression.operand), bucketing(expression.period, expression.rounding)
                return lambda row: rounded(operand(row))
            case Compare() | Contains() | Matches() | InList() | InPlan() | And() | Or() | Not():
                test = self.test(expression)
                return lambda row: 1 if test(row) else 0
            case _:
                assert_never(expression)

    def test(self, expression: Expression) -> Test:
        """Asks the condition of a row."""
        match expression:
            case Compare():
                return self._compare(expression)
            case Contains():
                return self._contains(expression)
            case Matches():
                return self._matches(expression)
            case InList():
                return self._in_list(expression)
            case InPlan():
                keys = [self.comparing.key(value) for value in self.run(expression.plan)]
                return self.comparing.among(self.value(expression.operand), keys, expression.negated)
            case And():
                return _all([self.test(item) for item in expression.items])
            case Or():
                return _any([self.test(item) for item in expression.items])
            case Not():
                inner = self.test(expression.operand)
                return lambda row: not inner(row)
            case _:
                read = self.value(expression)
                return lambda row: truth(read(row))

    def _literal(self, literal: Literal) -> Read:
        value = literal.value
        if isinstance(value, bool):
            words = self.uses.policies.value(Policy.BOOLEAN_REPR) == "true/false"
            constant: Value = ("true" if value else "false") if words else int(value)
        else:
            constant = value
        return lambda _: constant

    def _field(self, expression: Field) -> Read:
        if expression.name in self.given:
            return _column(expression.name)
        return reader(expression.path, self.uses)

    def _arithmetic(self, expression: Arithmetic) -> Read:
        left, right = self.value(expression.left), self.value(expression.right)
        calculate = _CALCULATIONS[expression.operator]

        def read(row: Row) -> Value:
            one = to_number(left(row))
            if one is None:
                return None
            other = to_number(right(row))
            return None if other is None else calculate(one, other)

        return read

    def _compare(self, expression: Compare) -> Test:
        left, right = self.value(expression.left), self.value(expression.right)
        constant = _constant(expression.right)
        number = _number(constant)
        match expression.operator:
            case Comparison.EQUAL:
                if number is not None:
                    return self.comparing.equal_number(left, number)
                if isinstance(constant, str) and number_of(constant) is None:
                    return self.comparing.equal_text(left, constant)
                return self.comparing.equal(left, right)
            case Comparison.NOT_EQUAL:
                return self.comparing.not_equal(left, right)
            case _:
                if number is not None:
                    return self.comparing.ordered_number(expression.operator, left, number)
                return self.comparing.ordered(expression.operator, left, right)

    def _contains(self, expression: Contains) -> Test:
        operand, part = self.value(expression.operand), self.value(expression.part)
        negated, missing = expression.negated, self.comparing.missing
        constant = _constant(expression.part)
        if isinstance(constant, str):
            return self._text_test(operand, lambda text: constant in text, negated)

        def test(row: Row) -> bool:
            text, inside = to_text(operand(row)), to_text(part(row))
            if text is None or inside is None:
                return negated and missing()
            return (inside in text) is not negated

        return test

    def _matches(self, expression: Matches) -> Test:
        text = expression.literal
        found = regex.tester(expression.pattern) if text is None else lambda subject: text in subject
        return self._text_test(self.value(expression.operand), found, expression.negated)

    def _text_test(self, operand: Read, found: Callable[[str], bool], negated: bool) -> Test:
        missing = self.comparing.missing

        def test(row: Row) -> bool:
            value = operand(row)
            text = value if type(value) is str else to_text(value)
            if text is None:
                return negated and missing()
            return found(text) is not negated

        return test

    def _in_list(self, expression: InList) -> Test:
        operand = self.value(expression.operand)
        if all(isinstance(item, Literal) for item in expression.items):
            keys = [self.comparing.key(self._plain(item)) for item in expression.items if isinstance(item, Literal)]
            return self.comparing.among(operand, keys, expression.negated)
        items = tuple(self.value(item) for item in expression.items)
        return self.comparing.among_reads(operand, items, expression.negated)

    def _plain(self, literal: Literal) -> Value:
        return self._literal(literal)(_NO_ROW)

    def _call(self, call: Call) -> Read:
        match call.function:
            case Function.NOW:
                now = self.settings.moment.now // 1000
                return lambda _: now
            case Function.IF | Function.CASE:
                return self._case(call.arguments)
            case Function.COALESCE:
                return _coalesce([self.value(argument) for argument in call.arguments])
            case Function.REGEX_REPLACE:
                return self._regex_replace(call.arguments)
            case _:
                arguments = [self.value(argument) for argument in call.arguments]
                return _called(implementation(call.function), arguments)

    def _case(self, arguments: tuple[Expression, ...]) -> Read:
        """Conditions and values in turn; a last one alone is the default."""
        pairs = [
            (self.test(condition), self.value(value))
            for condition, value in zip(arguments[::2], arguments[1::2], strict=False)
        ]
        default = self.value(arguments[-1]) if len(arguments) % 2 else None

        def read(row: Row) -> Value:
            for condition, value in pairs:
                if condition(row):
                    return value(row)
            return None if default is None else default(row)

        return read

    def _regex_replace(self, arguments: tuple[Expression, ...]) -> Read:
        subject, replacement = self.value(arguments[0]), self.value(arguments[2])
        replace = regex.replacer(str(_constant(arguments[1])))

        def read(row: Row) -> Value:
            text, new = to_text(subject(row)), to_text(replacement(row))
            return None if text is None or new is None else replace(new, text)

        return read


_NO_ROW = Row.__new__(Row)


def _column(name: str) -> Read:
    return lambda row: row.columns.get(name)


def _constant(expression: Expression) -> Value:
    """The literal that it is, but for booleans, which policies spell."""
    if isinstance(expression, Literal) and not isinstance(expression.value, bool):
        return expression.value
    return None


def _number(value: Value) -> int | float | None:
    return value if isinstance(value, int | float) else None


def _negative(operand: Read) -> Read:
    def read(row: Row) -> Value:
        number = to_number(operand(row))
        return None if number is None else -number

    return read


def _coalesce(reads: list[Read]) -> Read:
    def read(row: Row) -> Value:
        for each in reads:
            value = each(row)
            if value is not None:
                return value
        return None

    return read


def _called(function: Callable[..., Value], arguments: list[Read]) -> Read:
    if len(arguments) == 1:
        (only,) = arguments
        return lambda row: function(only(row))
    return lambda row: function(*[argument(row) for argument in arguments])


def _all(tests: list[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda row: first(row) and second(row)
    return lambda row: all(test(row) for test in tests)


def _any(tests: list[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda row: first(row) or second(row)
    return lambda row: any(test(row) for test in tests)


_LARGEST = 10**300


def _finite(number: int | float) -> Value:
    """Null beyond what a float can hold, so that no later calculation can fail."""
    if isinstance(number, int):
        return number if -_LARGEST < number < _LARGEST else None
    return number if math.isfinite(number) else None


def _divide(left: int | float, right: int | float) -> Value:
    if right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    try:
        return _finite(left / right)
    except OverflowError:
        return None


def _modulo(left: int | float, right: int | float) -> Value:
    """The remainder has the sign of the left side, as in C and Java."""
    if right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return math.fmod(left, right)


_MOST_BITS = 1024


def _power(left: int | float, right: int | float) -> Value:
    try:
        if isinstance(left, int) and isinstance(right, int) and right >= 0 and left.bit_length() * right <= _MOST_BITS:
            return _finite(int(left**right))
        result = float(left) ** float(right)
    except (OverflowError, ZeroDivisionError):
        return None
    return None if isinstance(result, complex) else _finite(result)


def _safe(calculate: Callable[[int | float, int | float], int | float]) -> Callable[[int | float, int | float], Value]:
    """Beyond what a float holds there is no number."""

    def safe(left: int | float, right: int | float) -> Value:
        try:
            return _finite(calculate(left, right))
        except OverflowError:
            return None

    return safe


_CALCULATIONS: dict[ArithmeticOperator, Callable[[int | float, int | float], Value]] = {
    ArithmeticOperator.ADD: _safe(lambda left, right: left + right),
    ArithmeticOperator.SUBTRACT: _safe(lambda left, right: left - right),
    ArithmeticOperator.MULTIPLY: _safe(lambda left, right: left * right),
    ArithmeticOperator.DIVIDE: _divide,
    ArithmeticOperator.MODULO: _modulo,
    ArithmeticOperator.POWER: _power,
}
