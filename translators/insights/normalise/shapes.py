"""Questions about syntax trees that do not depend on what a name means."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import assert_never

from translators.insights import functions
from translators.insights.syntax import (
    Attribute,
    Binary,
    Boolean,
    Chain,
    Expression,
    Function,
    In,
    InQuery,
    Like,
    Name,
    Number,
    PeriodText,
    Regex,
    String,
    Unary,
    Unfilled,
)


def inside(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one; a subquery keeps its own."""
    match expression:
        case Name() | Number() | String() | Boolean() | Regex() | Unfilled() | PeriodText():
            return ()
        case Function():
            return expression.arguments
        case Unary() | InQuery():
            return (expression.operand,)
        case Binary():
            return (expression.left, expression.right)
        case Chain():
            return expression.operands
        case Like():
            return (expression.operand, expression.pattern)
        case In():
            return (expression.operand, *expression.items)
        case Attribute():
            return (expression.of,)
        case _:
            assert_never(expression)


def walk(expression: Expression) -> Iterator[Expression]:
    yield expression
    for each in inside(expression):
        yield from walk(each)


def shape(expression: Expression) -> Hashable:
    """Equal for expressions that mean the same word for word: without places, functions in any case."""
    match expression:
        case Name():
            return ("name", expression.text)
        case Number() | String() | Boolean():
            return (type(expression).__name__, expression.value)
        case Regex():
            return ("regex", expression.pattern)
        case Unfilled():
            return ("unfilled", expression.name)
        case PeriodText():
            return ("period", expression.count, functions.UNITS.get(expression.unit.lower()))
        case Function():
            return ("call", expression.name.lower(), tuple(shape(argument) for argument in expression.arguments))
        case Unary():
            return ("not" if expression.operator == "!" else expression.operator, shape(expression.operand))
        case Binary():
            return (expression.operator, shape(expression.left), shape(expression.right))
        case Chain():
            return ("chain", expression.operators, tuple(shape(operand) for operand in expression.operands))
        case Like():
            return ("like", expression.negated, shape(expression.operand), shape(expression.pattern))
        case In():
            items = tuple(shape(item) for item in expression.items)
            return ("in", expression.negated, shape(expression.operand), items)
        case InQuery():
            return ("query", id(expression))
        case Attribute():
            return ("attribute", shape(expression.of), expression.path)
        case _:
            assert_never(expression)


def aggregates(expression: Expression) -> bool:
    """Whether an aggregate is called anywhere in it."""
    return any(isinstance(each, Function) and functions.is_aggregate(each.name) for each in walk(expression))


def conjuncts(expression: Expression, left_to_right: bool) -> tuple[Expression, ...]:
    """What must all hold; ``left_to_right``: how a chain of ``and`` and ``or`` binds."""
    if not isinstance(expression, Chain):
        return (expression,)
    if "or" in expression.operators:
        if not left_to_right or expression.operators[-1] == "or":
            return (expression,)
        rest = replace(expression, operands=expression.operands[:-1], operators=expression.operators[:-1])
        return conjuncts(_unchained(rest), left_to_right) + conjuncts(expression.operands[-1], left_to_right)
    return tuple(part for operand in expression.operands for part in conjuncts(operand, left_to_right))


def _unchained(chain: Chain) -> Expression:
    return chain if chain.operators else chain.operands[0]


def renamed(expression: Expression, names: dict[str, Expression]) -> Expression:
    """With the expressions that ``names`` stand for in place of the names."""
    match expression:
        case Name():
            return names.get(expression.text, expression)
        case Number() | String() | Boolean() | Regex() | Unfilled() | PeriodText():
            return expression
        case Function():
            return replace(expression, arguments=tuple(renamed(each, names) for each in expression.arguments))
        case Unary() | InQuery():
            return replace(expression, operand=renamed(expression.operand, names))
        case Binary():
            return replace(expression, left=renamed(expression.left, names), right=renamed(expression.right, names))
        case Chain():
            return replace(expression, operands=tuple(renamed(each, names) for each in expression.operands))
        case Like():
            operand, pattern = renamed(expression.operand, names), renamed(expression.pattern, names)
            return replace(expression, operand=operand, pattern=pattern)
        case In():
            items = tuple(renamed(each, names) for each in expression.items)
            return replace(expression, operand=renamed(expression.operand, names), items=items)
        case Attribute():
            return replace(expression, of=renamed(expression.of, names))
        case _:
            assert_never(expression)
