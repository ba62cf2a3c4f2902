"""What fields must hold for a filter to be true: one wish a field, in several variants for `or` and `in`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.queries_support.samples import sample
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
)


@dataclass(frozen=True, slots=True)
class Value:
    """The field is this."""

    value: Any


@dataclass(frozen=True, slots=True)
class Text:
    """The field holds these texts, in any order."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The field is not there."""


Wish = Value | Text | Absent
Target = tuple[str, ...]
"""The name of a field (``f``, name) or column (``c``, name), and a path within its JSON value."""
Wishes = Mapping[Target, Wish]
SUBQUERY = "u-1"
"""The value that subqueries are made to give."""
_MOST = 12
_SAME = frozenset({Function.TO_LOWER, Function.TO_UPPER, Function.TRIM, Function.LTRIM, Function.RTRIM, Function.ABS})
_SAME_NUMBER = frozenset({Function.CEIL, Function.FLOOR, Function.ROUND, Function.JSON_STRINGIFY, Function.UNMASK})
_FIRST = frozenset({Function.COALESCE, Function.REPLACE, Function.REGEX_REPLACE, Function.SUBSTR, Function.GREATEST})


def merged(left: Wishes, right: Wishes) -> dict[Target, Wish]:
    """Both; texts of one field are put together, else a Value wins."""
    both = dict(left)
    for target, wish in right.items():
        before = both.get(target)
        if isinstance(before, Text) and isinstance(wish, Text):
            wish = Text((*before.parts, *(part for part in wish.parts if part not in before.parts)))
        elif isinstance(before, Value) and not isinstance(wish, Value):
            wish = before
        both[target] = wish
    return both


def solutions(expression: Expression, wanted: bool, random: Random) -> list[dict[Target, Wish]]:
    """Some ways to make it true (or false)."""
    match expression:
        case Not(operand):
            return solutions(operand, not wanted, random)
        case And(items) if wanted:
            return _all(items, wanted, random)
        case Or(items) if not wanted:
            return _all(items, wanted, random)
        case And(items) | Or(items):
            return [one for item in items for one in solutions(item, wanted, random)][:_MOST]
        case _:
            return _leaf(expression, wanted, random)


def _all(items: Iterable[Expression], wanted: bool, random: Random) -> list[dict[Target, Wish]]:
    items = tuple(items)
    ranges = _ranges(items) if wanted else {}
    found: list[dict[Target, Wish]] = [{}]
    for item in items:
        ways = solutions(item, wanted, random) or [{}]
        found = [merged(before, one) for before in found for one in ways]
        random.shuffle(found)
        found = found[:_MOST]
    return [{**one, **ranges} for one in found]


def _ranges(items: tuple[Expression, ...]) -> dict[Target, Wish]:
    """A number between the bounds that several comparisons give one field."""
    bounds: dict[Target, list[tuple[Comparison, float]]] = {}
    for item in items:
        if not isinstance(item, Compare) or not isinstance(item.right, Literal):
            continue
        number, is_range = item.right.value, item.operator not in (Comparison.EQUAL, Comparison.NOT_EQUAL)
        if isinstance(number, int | float) and is_range and (target := target_of(item.left)):
            bounds.setdefault(target, []).append((item.operator, float(number)))
    return {target: Value(_between(found)) for target, found in bounds.items() if len(found) > 1}


def _between(found: list[tuple[Comparison, float]]) -> float | int:
    low = max((v for op, v in found if op in (Comparison.GREATER, Comparison.GREATER_OR_EQUAL)), default=None)
    high = min((v for op, v in found if op in (Comparison.LESS, Comparison.LESS_OR_EQUAL)), default=None)
    middle = (low + high) / 2 if low is not None and high is not None else (high or 1) - 1 if low is None else low + 1
    return int(middle) if middle == int(middle) else middle


def target_of(expression: Expression) -> Target | None:
    """The field or column that decides the value."""
    match expression:
        case Field():
            return ("f", expression.name)
        case Column(name):
            return ("c", name)
        case Member(of, path):
            base = target_of(of)
            return None if base is None else (*base, *path)
        case Call(_, arguments) if arguments:
            return next((one for argument in arguments if (one := target_of(argument))), None)
        case Arithmetic(_, left, right):
            return target_of(left) or target_of(right)
        case Negative(operand):
            return target_of(operand)
        case _:
            return None


def given(expression: Expression, wish: Wish) -> dict[Target, Wish]:
    """What must hold for the expression to have a value."""
    match expression:
        case Arithmetic(operator, left, Literal(value=number)) if isinstance(number, int | float):
            return given(left, _undo(operator, wish, number))
        case Call(function, arguments) if function is Function.CONCAT and isinstance(wish, Value):
            first = target_of(expression)
            del arguments
            return {} if first is None else {first: wish}
        case Call(Function.STRLEN, (text, *_)) if isinstance(wish, Value):
            size = wish.value if isinstance(wish.value, int) else 3
            return given(text, Value("x" * max(0, min(size, 5000))))
        case Call(Function.JSON_PARSE, (text, *_)):
            if isinstance(text, Field) and text.name == "@message" and isinstance(wish, Value):
                return (
                    {("f", str(key)): Value(value) for key, value in wish.value.items()}
                    if isinstance(wish.value, dict)
                    else {}
                )
            return given(text, wish)
        case _:
            target = target_of(expression)
            return {} if target is None else {target: wish}


def _undo(operator: ArithmeticOperator, wish: Wish, number: float) -> Wish:
    if not isinstance(wish, Value) or not isinstance(wish.value, int | float):
        return wish
    value = wish.value
    match operator:
        case ArithmeticOperator.ADD:
            return Value(value - number)
        case ArithmeticOperator.SUBTRACT:
            return Value(value + number)
        case ArithmeticOperator.MULTIPLY if number:
            return Value(value / number)
        case ArithmeticOperator.DIVIDE:
            return Value(value * number)
        case _:
            return wish


def _leaf(expression: Expression, wanted: bool, random: Random) -> list[dict[Target, Wish]]:
    match expression:
        case Compare(operator, left, right):
            return _compared(operator if wanted else _opposite(operator), left, right)
        case Contains(operand, part, negated):
            return _contained(operand, part, negated != wanted, random)
        case Matches(operand, pattern, negated):
            text = sample(pattern, random) if negated != wanted else "nothing like it"
            return [given(operand, Text((text,)))] if text is not None else []
        case InList(operand, items, negated):
            values = [item.value for item in items if isinstance(item, Literal)]
            chosen = values if negated != wanted else ["none-of-these"]
            return [given(operand, Value(value)) for value in chosen]
        case InPlan(operand, _, negated):
            return [given(operand, Value(SUBQUERY if negated != wanted else "u-none"))]
        case Call():
            return _called(expression, wanted)
        case _:
            return [given(expression, Value(value)) for value in ((1, True, "true") if wanted else (0, False, "no"))]


def _opposite(operator: Comparison) -> Comparison:
    return {
        Comparison.EQUAL: Comparison.NOT_EQUAL,
        Comparison.NOT_EQUAL: Comparison.EQUAL,
        Comparison.LESS: Comparison.GREATER_OR_EQUAL,
        Comparison.GREATER_OR_EQUAL: Comparison.LESS,
        Comparison.GREATER: Comparison.LESS_OR_EQUAL,
        Comparison.LESS_OR_EQUAL: Comparison.GREATER,
    }[operator]


def _compared(operator: Comparison, left: Expression, right: Expression) -> list[dict[Target, Wish]]:
    if not isinstance(right, Literal):
        low, high = (5, 5) if operator in (Comparison.EQUAL, Comparison.LESS_OR_EQUAL) else (9, 5)
        if operator in (Comparison.LESS, Comparison.NOT_EQUAL):
            low, high = 3, 7
        return [merged(given(left, Value(low)), given(right, Value(high)))]
    value = right.value
    if isinstance(left, Call) and operator in (Comparison.EQUAL, Comparison.NOT_EQUAL) and value in (0, 1, True, False):
        return _called(left, bool(value) == (operator is Comparison.EQUAL))
    number = value if isinstance(value, int | float) else None
    match operator:
        case Comparison.EQUAL:
            return [given(left, Value(value))]
        case Comparison.NOT_EQUAL:
            return [given(left, Value(number + 1 if number is not None else f"not {value}")), given(left, Absent())]
        case Comparison.GREATER | Comparison.GREATER_OR_EQUAL:
            more = [number + 1, number * 2 + 7, str(number + 3)] if number is not None else [f"{value}z"]
            return [given(left, Value(one)) for one in more]
        case _:
            less = [number - 1, number / 2] if number is not None else [""]
            return [given(left, Value(one)) for one in less]


def _contained(operand: Expression, part: Expression, wanted: bool, random: Random) -> list[dict[Target, Wish]]:
    text = str(part.value) if isinstance(part, Literal) else "part"
    more = given(part, Value("part")) if not isinstance(part, Literal) else {}
    del random
    if not wanted:
        return [given(operand, Text((text.swapcase() if text.swapcase() != text else "none",)))]
    return [merged(more, given(operand, Text((text,)))), merged(more, given(operand, Text((f"한 {text} é",))))]


def _called(call: Call, wanted: bool) -> list[dict[Target, Wish]]:
    if not call.arguments:
        return [{}]
    first = call.arguments[0]
    literal = next((one.value for one in call.arguments[1:] if isinstance(one, Literal)), "")
    match call.function:
        case Function.IS_PRESENT:
            return [given(first, Value("here") if wanted else Absent())]
        case Function.IS_EMPTY | Function.IS_BLANK:
            return [given(first, Value("" if wanted else "text"))]
        case Function.STR_CONTAINS | Function.STARTS_WITH | Function.ENDS_WITH:
            return [given(first, Text((str(literal) if wanted else "none",)))]
        case Function.IS_VALID_IP | Function.IS_VALID_IPV4:
            return [given(first, Value("10.1.2.3" if wanted else "10.1.2"))]
        case Function.IS_VALID_IPV6:
            return [given(first, Value("fe80::1" if wanted else "10.1.2.3"))]
        case Function.IS_IP_IN_SUBNET | Function.IS_IPV4_IN_SUBNET | Function.IS_IPV6_IN_SUBNET:
            base = str(literal).partition("/")[0]
            return [given(first, Value(base if wanted else "192.0.2.77"))]
        case _:
            return [given(first, Value(1 if wanted else 0))]
