"""Walking and rebuilding plans, so that no pass has to know every operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from translators.query.expressions import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Contains,
    Expression,
    Field,
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
from translators.query.plan import (
    Aggregate,
    AggregateCall,
    Anomalies,
    Dedup,
    Diff,
    Extend,
    Filter,
    Given,
    Join,
    Limit,
    Lookup,
    Named,
    Operator,
    Parse,
    Patterns,
    Project,
    Scan,
    Sort,
    Totals,
    Unnest,
)


def inputs(operator: Operator) -> tuple[Operator, ...]:
    """What it reads, in order; a subquery inside an expression is not among them."""
    match operator:
        case Scan() | Given():
            return ()
        case Join():
            return (operator.left.input, operator.right.input)
        case Diff():
            return (operator.input, operator.previous)
        case _:
            return (operator.input,)


def with_inputs(operator: Operator, new: tuple[Operator, ...]) -> Operator:
    """The same operator over other inputs."""
    match operator:
        case Scan() | Given():
            return operator
        case Join():
            left, right = new
            return replace(
                operator, left=replace(operator.left, input=left), right=replace(operator.right, input=right)
            )
        case Diff():
            return replace(operator, input=new[0], previous=new[1])
        case _:
            return replace(operator, input=new[0])


def walk(operator: Operator) -> Iterator[Operator]:
    """The operator and all below it, from the root down."""
    waiting = [operator]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += reversed(inputs(each))


def everything(operator: Operator) -> Iterator[Operator]:
    """The operator, all below it, and those of the subqueries inside their expressions."""
    for each in walk(operator):
        yield each
        for expression in expressions(each):
            for part in parts(expression):
                if isinstance(part, InPlan):
                    yield from everything(part.plan.root)


def scans(operator: Operator) -> Iterator[Scan]:
    """Every scan below it, those of subqueries too."""
    return (each for each in everything(operator) if isinstance(each, Scan))


def matching(root: Operator) -> tuple[Operator, ...]:
    """For each scan what its rows come out of when every filter that looks at single events has passed them."""
    found: list[Operator] = []
    waiting: list[tuple[Operator, Filter | None]] = [(root, None)]
    while waiting:
        operator, passed = waiting.pop()
        match operator:
            case Scan():
                found.append(passed or operator)
            case Filter():
                waiting.append((operator.input, passed or operator))
            case Extend() | Parse() | Sort():
                waiting.append((operator.input, passed))
            case _:
                waiting += ((below, None) for below in inputs(operator))
    return tuple(found)


def operands(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one."""
    match expression:
        case Literal() | Field() | Column():
            return ()
        case Member():
            return (expression.of,)
        case Arithmetic() | Compare():
            return (expression.left, expression.right)
        case Contains():
            return (expression.operand, expression.part)
        case InList():
            return (expression.operand, *expression.items)
        case Negative() | Matches() | InPlan() | Not() | TimeBucket():
            return (expression.operand,)
        case And() | Or():
            return expression.items
        case Call():
            return expression.arguments
        case _:
            assert_never(expression)


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and all inside it."""
    waiting = [expression]
    while waiting:
        each = waiting.pop()
        yield each
        if not isinstance(each, (Literal, Field, Column)):
            waiting += reversed(operands(each))


def rewrite(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """``change`` applied to every part, from the leaves up."""
    match expression:
        case Literal() | Field() | Column():
            return change(expression)
        case Member():
            return change(replace(expression, of=rewrite(expression.of, change)))
        case Arithmetic() | Compare():
            left, right = rewrite(expression.left, change), rewrite(expression.right, change)
            return change(replace(expression, left=left, right=right))
        case Contains():
            operand, part = rewrite(expression.operand, change), rewrite(expression.part, change)
            return change(replace(expression, operand=operand, part=part))
        case InList():
            items = tuple(rewrite(item, change) for item in expression.items)
            return change(replace(expression, operand=rewrite(expression.operand, change), items=items))
        case Negative() | Matches() | InPlan() | Not() | TimeBucket():
            return change(replace(expression, operand=rewrite(expression.operand, change)))
        case And() | Or():
            return change(replace(expression, items=tuple(rewrite(item, change) for item in expression.items)))
        case Call():
            arguments = tuple(rewrite(argument, change) for argument in expression.arguments)
            return change(replace(expression, arguments=arguments))
        case _:
            assert_never(expression)


def _named(columns: tuple[Named, ...]) -> tuple[Expression, ...]:
    return tuple(column.expression for column in columns)


def _arguments(calls: tuple[AggregateCall, ...]) -> tuple[Expression, ...]:
    return tuple(call.argument for call in calls if call.argument is not None)


def expressions(operator: Operator) -> tuple[Expression, ...]:
    """What it computes of its rows, in no promised order."""
    match operator:
        case Filter():
            return (operator.predicate,)
        case Extend() | Project() | Totals():
            return _named(operator.columns)
        case Scan() | Given() | Limit() | Diff() | Anomalies():
            return ()
        case Parse() | Patterns() | Unnest():
            return (operator.subject,)
        case Aggregate():
            return _named(operator.keys) + _arguments(operator.calls)
        case Sort():
            return tuple(key.expression for key in operator.keys)
        case Dedup():
            return operator.keys
        case Lookup():
            return tuple(key.value for key in operator.keys) + operator.existing
        case Join():
            left, right = operator.left, operator.right
            return left.keys + _named(left.fields) + right.keys + _named(right.fields)
        case _:
            assert_never(operator)
