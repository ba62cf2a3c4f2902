"""Expressions as written → expressions of the plan: names resolved, functions checked, patterns compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import assert_never

from translators.diagnostics import Fidelity
from translators.insights import functions, syntax
from translators.insights.errors import InsightsError
from translators.insights.evaluate.values import number_of
from translators.insights.normalise import regexes
from translators.insights.normalise.notes import Notes
from translators.insights.normalise.scope import Scope, may_be_null
from translators.insights.normalise.shapes import shape
from translators.insights.normalise.times import bucket
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
    InList,
    InPlan,
    Literal,
    Matches,
    Member,
    Negative,
    Not,
    Or,
)
from translators.query.expressions import Function as Named
from translators.query.plan import Plan
from translators.query.policies import Policy
from translators.source import Span

_COMPARISONS = {comparison.value: comparison for comparison in Comparison}
_ORDERED = frozenset({Comparison.LESS, Comparison.LESS_OR_EQUAL, Comparison.GREATER, Comparison.GREATER_OR_EQUAL})

Subplan = Callable[[syntax.Query, str | None], Plan]


@dataclass(slots=True)
class Lowering:
    """``subplan`` makes the plan of a query inside an expression, and hears the name that is looked for in it.

    ``strict``: a name that nothing has is an error, as AWS documents for a second stats.
    """

    scope: Scope
    notes: Notes
    subplan: Subplan
    strict: bool = False

    def predicate(self, expression: syntax.Expression) -> Expression:
        """What a filter asks; a bare value asks whether it is true."""
        lowered = self._logical(expression)
        if isinstance(lowered, (Field, Column, Member)):
            self.notes.use(Policy.BARE_BOOLEAN_FILTER, "a field alone asks whether it is true")
        return lowered

    def _logical(self, expression: syntax.Expression) -> Expression:
        if isinstance(expression, syntax.Chain):
            return self._chain(expression)
        if isinstance(expression, syntax.Unary) and expression.operator in ("not", "!"):
            return Not(self.predicate(expression.operand), expression.span)
        return self.value(expression)

    def _chain(self, chain: syntax.Chain) -> Expression:
        operands = [self.predicate(operand) for operand in chain.operands]
        if len(set(chain.operators)) > 1:
            value = self.notes.use(Policy.AND_OR_PRECEDENCE, "`and` and `or` stand side by side without parentheses")
            if value == "left-to-right":
                return _left_to_right(operands, chain)
        groups = [[operands[0]]]
        for operator, operand in zip(chain.operators, operands[1:], strict=True):
            if operator == "and":
                groups[-1].append(operand)
            else:
                groups.append([operand])
        items = tuple(group[0] if len(group) == 1 else And(tuple(group), chain.span) for group in groups)
        return items[0] if len(items) == 1 else Or(items, chain.span)

    def value(self, expression: syntax.Expression) -> Expression:
        """What an expression computes."""
        if isinstance(expression, syntax.Name):
            return self.name(expression)
        shapes = self.scope.shapes
        if shapes and (known := shapes.get(shape(expression))) is not None:
            return Column(known, expression.span)
        match expression:
            case syntax.Number() | syntax.String() | syntax.Boolean():
                return Literal(expression.value, expression.span)
            case syntax.Unfilled():
                raise missing(expression)
            case syntax.Function():
                return self._call(expression)
            case syntax.Unary() | syntax.Chain():
                return self._unary(expression)
            case syntax.Binary():
                return self._binary(expression)
            case syntax.Like():
                return self._like(expression)
            case syntax.In():
                return self._in(expression)
            case syntax.InQuery():
                operand = self.value(expression.operand)
                self._missing_ne(operand, expression.negated, "not in")
                name = operand.name if isinstance(operand, (Field, Column)) else None
                return InPlan(operand, self.subplan(expression.query, name), expression.negated, expression.span)
            case syntax.Attribute():
                return Member(self.value(expression.of), expression.path, expression.span)
            case syntax.Regex() | syntax.PeriodText():
                raise InsightsError("syntax", "a pattern or a period cannot stand here", expression.span, ("a value",))
            case _:
                assert_never(expression)

    def name(self, name: syntax.Name) -> Expression:
        """The column or field; behind stats, null for what stats does not give."""
        found = self.scope.resolve(name.path, name.span)
        if found is not None:
            return found
        known = self.scope.shapes.get(shape(name))
        if known is not None:
            return Column(known, name.span)
        self._unknown(name)
        return Literal(None, name.span)

    def _unknown(self, name: syntax.Name) -> None:
        near = get_close_matches(name.text, self.scope.columns, 1)
        remedy = f"did you mean `{near[0]}`?" if near else ""
        if self.strict:
            message = f"the stats before gives no `{name.text}`"
            raise InsightsError("unknown-column", message, name.span, tuple(sorted(self.scope.columns)), remedy)
        message = f"no column `{name.text}` comes out of the commands before: it is null in every row"
        self.notes.say("unknown-column", Fidelity.EQUIVALENT, message, name.span, remedy)

    def _unary(self, expression: syntax.Unary | syntax.Chain) -> Expression:
        if isinstance(expression, syntax.Unary) and expression.operator == "-":
            return Negative(self.value(expression.operand), expression.span)
        return self._logical(expression)

    def _binary(self, expression: syntax.Binary) -> Expression:
        left, right = self.value(expression.left), self.value(expression.right)
        comparison = _COMPARISONS.get(expression.operator)
        if comparison is None:
            return Arithmetic(ArithmeticOperator(expression.operator), left, right, expression.span)
        if comparison is Comparison.NOT_EQUAL:
            self._missing_ne(left, True, "!=")
            self._missing_ne(right, True, "!=")
        if comparison in _ORDERED and (may_be_null(left) or may_be_null(right)):
            self.notes.use(Policy.NONNUMERIC_COMPARE, f"`{comparison.value}` meets values that are no numbers")
        elif _looks_numeric(left) or _looks_numeric(right) or (may_be_null(left) and may_be_null(right)):
            self.notes.use(Policy.STRING_NUMBER_COERCION, "a number is compared with what may be text")
        return Compare(comparison, left, right, expression.span)

    def _missing_ne(self, operand: Expression, negated: bool, operator: str) -> None:
        if negated and may_be_null(operand):
            self.notes.use(Policy.MISSING_NE, f"`{operator}` meets events that lack the field")

    def _like(self, expression: syntax.Like) -> Expression:
        operand = self.value(expression.operand)
        self._missing_ne(operand, expression.negated, "not like")
        if isinstance(expression.pattern, syntax.Regex):
            pattern = regexes.ready(expression.pattern, self.notes)
            text = regexes.literal(pattern)
            return Matches(operand, pattern, expression.negated, text, expression.span)
        return Contains(operand, self.value(expression.pattern), expression.negated, expression.span)

    def _in(self, expression: syntax.In) -> Expression:
        operand = self.value(expression.operand)
        self._missing_ne(operand, expression.negated, "not in")
        items = tuple(self.value(item) for item in expression.items)
        if any(_looks_numeric(item) for item in items):
            self.notes.use(Policy.STRING_NUMBER_COERCION, "a number is compared with what may be text")
        return InList(operand, items, expression.negated, expression.span)

    def _call(self, call: syntax.Function) -> Expression:
        if call.name.lower() in functions.TIME_FUNCTIONS:
            return bucket(call, self.value, self.scope, self.notes)
        if functions.is_aggregate(call.name):
            raise InsightsError(
                "aggregate-outside-stats", f"`{call.name}` is an aggregate: it can only stand in stats", call.span
            )
        function = functions.scalar(call.name)
        if function is None:
            raise unknown_function(call)
        check_arity(call, functions.SCALARS[function])
        if function is Named.REGEX_REPLACE:
            return self._regex_replace(call)
        lowered = Call(function, self._conditions(function, call.arguments), call.span)
        return self._of_several(lowered) if function in _OF_SEVERAL else lowered

    def _of_several(self, call: Call) -> Expression:
        """What a missing argument makes of the whole, by the policy."""
        doubtful = tuple(one for one in call.arguments if _may_be_missing(one))
        if not doubtful or len(call.arguments) == 1:
            return call
        policy = _OF_SEVERAL[call.function]
        if self.notes.use(policy, f"`{call.function}` meets arguments that may be missing") != "null":
            return call
        zero, span = Literal(0), call.span
        sums = (
            doubtful
            if call.function is Named.CONCAT
            else tuple(Arithmetic(ArithmeticOperator.ADD, one, zero, span) for one in doubtful)
        )
        there = tuple(Call(Named.IS_PRESENT, (one,), span) for one in sums)
        return Call(Named.CASE, (there[0] if len(there) == 1 else And(there, span), call), span)

    def _conditions(self, function: Named, arguments: tuple[syntax.Expression, ...]) -> tuple[Expression, ...]:
        """The arguments; ``if`` and ``case`` ask some of theirs whether they are true."""
        if function is Named.IF:
            return (self.predicate(arguments[0]), *(self.value(argument) for argument in arguments[1:]))
        if function is Named.CASE:
            last = len(arguments) - len(arguments) % 2
            return tuple(
                self.predicate(argument) if at < last and at % 2 == 0 else self.value(argument)
                for at, argument in enumerate(arguments)
            )
        return tuple(self.value(argument) for argument in arguments)

    def _regex_replace(self, call: syntax.Function) -> Expression:
        subject, pattern, replacement = call.arguments
        if isinstance(pattern, syntax.String):
            pattern = syntax.Regex(pattern.value, pattern.span)
        if not isinstance(pattern, syntax.Regex):
            raise InsightsError("regex", "the pattern of regex_replace must be a literal", pattern.span, ("a string",))
        ready = Literal(regexes.ready(pattern, self.notes), pattern.span)
        return Call(Named.REGEX_REPLACE, (self.value(subject), ready, self.value(replacement)), call.span)


def _left_to_right(operands: list[Expression], chain: syntax.Chain) -> Expression:
    result = operands[0]
    for operator, operand in zip(chain.operators, operands[1:], strict=True):
        pair = (result, operand)
        result = And(pair, chain.span) if operator == "and" else Or(pair, chain.span)
    return result


def _may_be_missing(expression: Expression) -> bool:
    return may_be_null(expression) or isinstance(expression, (Arithmetic, Negative))


_OF_SEVERAL = {
    Named.CONCAT: Policy.CONCAT_MISSING,
    Named.GREATEST: Policy.GREATEST_MISSING,
    Named.LEAST: Policy.GREATEST_MISSING,
}
"""Functions of which AWS does not say what one missing argument makes of the others."""


def _looks_numeric(expression: Expression) -> bool:
    if not isinstance(expression, Literal) or isinstance(expression.value, bool):
        return False
    value = expression.value
    return isinstance(value, (int, float)) or (isinstance(value, str) and number_of(value) is not None)


def missing(hole: syntax.Unfilled) -> InsightsError:
    """The error of a query with a parameter or a placeholder that has no value."""
    also = f"; `{{{{{hole.name}}}}}` also takes --parameter {hole.name}=VALUE" if hole.name.isidentifier() else ""
    remedy = f"write the value in its place{also}"
    return InsightsError("missing-parameter", f"`{hole.name}` has no value", hole.span, ("a value",), remedy)


def unknown_function(call: syntax.Function) -> InsightsError:
    near = [functions.INSTEAD.get(call.name.lower()), *get_close_matches(call.name.lower(), functions.NAMES, 1)]
    remedy = next((f"did you mean `{each}`?" for each in near if each), "")
    return InsightsError("unknown-function", f"there is no function `{call.name}`", _head(call), (), remedy)


def _head(call: syntax.Function) -> Span:
    span = call.span
    return Span(span.source, span.line, span.column, span.line, span.column + len(call.name))


def check_arity(call: syntax.Function, arity: functions.Arity) -> None:
    count = len(call.arguments)
    if not arity.allows(count) or (call.star and call.name.lower() != "count"):
        raise InsightsError("arity", f"`{call.name}` takes {arity} arguments, here are {count}", call.span)
