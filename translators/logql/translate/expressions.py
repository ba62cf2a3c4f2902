"""Expressions of a plan as templates of one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import re2

from translators.logql.translate import templates as t
from translators.logql.translate.pipe import Constant, Label, Pipe, Where
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
    Literal,
    Matches,
    Member,
    Negative,
    Not,
    Or,
)
from translators.query.policies import Policies, Policy
from translators.query.split.table import Beyond

_BLANK = r"^[\s\v\x85\p{Z}]*$"
_ARITHMETIC = {
    ArithmeticOperator.ADD: "addf",
    ArithmeticOperator.SUBTRACT: "subf",
    ArithmeticOperator.MULTIPLY: "mulf",
    ArithmeticOperator.DIVIDE: "divf",
}
_COMPARE = {
    Comparison.EQUAL: "eq",
    Comparison.NOT_EQUAL: "ne",
    Comparison.LESS: "lt",
    Comparison.LESS_OR_EQUAL: "le",
    Comparison.GREATER: "gt",
    Comparison.GREATER_OR_EQUAL: "ge",
}


class Writer:
    """Writes expressions over the names that a pipe knows."""

    def __init__(self, pipe: Pipe, policies: Policies) -> None:
        self._pipe = pipe
        self._includes = policies.value(Policy.MISSING_NE) == "include"

    def template(self, expression: Expression) -> str:
        """The template whose text is the value, nothing when it is missing."""
        match expression:
            case Call(Function.COALESCE, arguments):
                return _first_of(self._choices(arguments))
            case Call(Function.IF, (condition, yes, no)):
                return t.decides(self.condition(condition), self.template(yes), self.template(no))
            case Call(Function.CONCAT, arguments):
                return t.joins(tuple(self.value(argument) for argument in arguments))
            case Call(Function.IS_PRESENT | Function.STR_CONTAINS | Function.IS_EMPTY | Function.IS_BLANK) | (
                Compare() | Contains() | Matches() | InList() | And() | Or() | Not()
            ):
                return t.flags(self.condition(expression), "0")
            case _:
                return t.shows(self.value(expression))

    def labelled(self, expression: Expression, name: str) -> Label:
        """A new label with the value, and what is known of its being there."""
        match expression:
            case Call(Function.COALESCE, arguments):
                values = self._choices(arguments)
                numeric = all(value.numeric for value in values)
                return self._assigned(name, _first_of(values), t.one_there(values), numeric)
            case Call(Function.CONCAT, arguments):
                values = [self.value(argument) for argument in arguments]
                return self._assigned(name, t.joins(tuple(values)), t.one_there(values), False)
            case Call(Function.IF):
                return self._assigned(name, self.template(expression), None, False)
            case Call(Function.IS_PRESENT | Function.STR_CONTAINS | Function.IS_EMPTY | Function.IS_BLANK) | (
                Compare() | Contains() | Matches() | InList() | And() | Or() | Not()
            ):
                return self._assigned(name, self.template(expression), (), True)
            case _:
                value = self.value(expression)
                return self._assigned(name, t.shows(value), value.guards, value.numeric)

    def _assigned(self, name: str, template: str, guards: tuple[str, ...] | None, filled: bool) -> Label:
        """``filled``: the value is no empty text, so that only a missing one leaves the label empty."""
        label = self._pipe.assign(name, template)
        if not filled:
            self._pipe.empty.add(label.name)
        return replace(label, guards=guards) if guards == () or not filled else label

    def _choices(self, arguments: tuple[Expression, ...]) -> list[t.Value]:
        """The arguments of coalesce up to the first that is always there."""
        found: list[t.Value] = []
        for value in map(self.value, arguments):
            found.append(value)
            if not value.guards:
                break
        for value in found[:-1]:
            self._needs_presence(value)
        return found

    def _needs_presence(self, value: t.Value) -> None:
        """Says so where the answer hangs on a value's being there, and Loki may not know."""
        if self._pipe.unsure(value):
            self._pipe.note_empty()

    def value(self, expression: Expression) -> t.Value:
        """The expression as a value inside of a template; what needs branches gets a label of its own."""
        match expression:
            case Literal(value):
                return self._literal(value)
            case Field() | Column() | Member():
                return self._named(self._pipe.where(expression))
            case Arithmetic(operator, left, right):
                return self._arithmetic(operator, left, right)
            case Negative(operand):
                return t.call("subf", t.constant(0.0), t.number(self.value(operand)), numeric=True)
            case Call(Function.COALESCE | Function.IF | Function.CONCAT | Function.IS_PRESENT | Function.STR_CONTAINS):
                return self._pipe.value(self.labelled(expression, "value"))
            case Call(function, arguments):
                return self._call(function, arguments)
            case Compare() | Contains() | Matches() | InList() | And() | Or() | Not():
                return self._pipe.value(self.labelled(expression, "flag"))
            case _:
                raise Beyond("logql/expression", f"LogQL's templates cannot compute {type(expression).__name__}")

    def _named(self, where: Where | None) -> t.Value:
        if where is None:
            raise Beyond("logql/expression", "not a name")
        if isinstance(where, Constant) and not where.text:
            return t.Value('""', ('""',))
        return self._pipe.value(where)

    def _literal(self, value: object) -> t.Value:
        if isinstance(value, bool):
            return t.constant(float(value))
        if isinstance(value, int | float):
            return t.constant(value)
        if isinstance(value, str):
            return t.text(value)
        return t.Value('""', ('""',))

    def _arithmetic(self, operator: ArithmeticOperator, left: Expression, right: Expression) -> t.Value:
        if operator not in _ARITHMETIC:
            raise Beyond("logql/arithmetic", f"LogQL's templates have no {operator}")
        one, other = t.number(self.value(left)), t.number(self.value(right))
        value = t.call(_ARITHMETIC[operator], one, other, numeric=True)
        return t.guarded(value, f"(ne {other.code} 0.0)") if operator is ArithmeticOperator.DIVIDE else value

    def _call(self, function: Function, arguments: tuple[Expression, ...]) -> t.Value:
        if function in _TEXT_CALLS and len(arguments) == 1:
            inner = self.value(arguments[0])
            if function is Function.STRLEN:
                self._needs_presence(inner)
            return _TEXT_CALLS[function](inner)
        if function in _NUMBER_CALLS and len(arguments) == 1:
            return _NUMBER_CALLS[function](t.number(self.value(arguments[0])))
        match function, arguments:
            case Function.REPLACE, (of, Literal(str(old)), Literal(str(new))):
                inner = self.value(of)
                return t.Value(f"(replace {t.literal(old)} {t.literal(new)} {inner.code})", inner.guards)
            case Function.SUBSTR, (of, Literal(int(start)), *rest):
                return self._substring(self.value(of), start, rest)
            case Function.TO_MILLIS, (of,):
                return self.value(of)
            case _:
                raise Beyond("logql/function", f"LogQL's templates have no {function}()")

    def _substring(self, of: t.Value, start: int, rest: list[Expression]) -> t.Value:
        """In letters; the template functions that cut by bytes would halve Korean ones."""
        length = rest[0].value if rest and isinstance(rest[0], Literal) else None
        taken = ".*" if length is None else f".{{0,{length}}}"
        pattern = f"(?s)^.{{0,{start}}}({taken}).*$"
        return t.Value(f'(regexReplaceAll {t.literal(pattern)} {of.code} "${{1}}")', of.guards)

    def condition(self, predicate: Expression) -> str:
        """A condition of a template; two-valued."""
        match predicate:
            case And(items):
                return t.all_of(tuple(self.condition(item) for item in items))
            case Or(items):
                return t.one_of(tuple(self.condition(item) for item in items))
            case Not(operand):
                return t.negation(self.condition(operand))
            case Compare(operator, left, right):
                return self._compare(operator, left, right)
            case Contains(operand, part, negated):
                value, text = self.value(operand), self.value(part)
                if not _is_some_text(part):
                    self._needs_presence(value)
                return self._negatable(value, f"(contains {text.code} {value.code})", negated)
            case Matches(operand, pattern, negated):
                value = self.value(operand)
                if re2.search(pattern, "") is not None:
                    self._needs_presence(value)
                return self._negatable(value, f"(gt (count {t.literal(pattern)} {value.code}) 0)", negated)
            case InList(operand, items, negated):
                value = self.value(operand)
                legs = tuple(self._equal(value, self.value(item)) for item in items)
                return self._negatable(value, t.one_of(legs), negated)
            case Call(function, arguments):
                return self._predicate(function, arguments)
            case Field() | Column() | Member():
                value = self.value(predicate)
                true = t.one_of(
                    (
                        f'(eq {value.code} "true")',
                        t.all_of((*t.number(value).guards, f"(ne (float64 {value.code}) 0.0)")),
                    )
                )
                return t.all_of((*value.guards, true))
            case _:
                raise Beyond("logql/condition", f"LogQL has no condition for {type(predicate).__name__}")

    def _negatable(self, value: t.Value, condition: str, negated: bool) -> str:
        if not negated:
            return t.all_of((*value.guards, condition))
        held = t.negation(t.all_of((*value.guards, condition)))
        if self._includes:
            return held
        self._needs_presence(value)
        return t.all_of((*value.guards, held))

    def _compare(self, operator: Comparison, left: Expression, right: Expression) -> str:
        one, other = self.value(left), self.value(right)
        if operator in (Comparison.EQUAL, Comparison.NOT_EQUAL):
            guards = tuple(dict.fromkeys((*one.guards, *other.guards)))
            held = t.all_of((*guards, self._equal(one, other)))
            if operator is Comparison.EQUAL:
                return held
            if self._includes:
                return t.negation(held)
            self._needs_presence(one)
            self._needs_presence(other)
            return t.all_of((*guards, t.negation(held)))
        first, second = t.number(one), t.number(other)
        guards = tuple(dict.fromkeys((*first.guards, *second.guards)))
        return t.all_of((*guards, f"({_COMPARE[operator]} {first.code} {second.code})"))

    def _equal(self, one: t.Value, other: t.Value) -> str:
        if not one.numeric and not other.numeric:
            self._note_equal_texts(one, other)
            return f"(eq {one.code} {other.code})"
        first, second = t.number(one), t.number(other)
        guards = tuple(dict.fromkeys((*first.guards, *second.guards)))
        return t.all_of((*guards, f"(eq {first.code} {second.code})"))

    def _note_equal_texts(self, one: t.Value, other: t.Value) -> None:
        """Two empty texts are equal, two missing values are not."""
        for value, against in ((one, other), (other, one)):
            if not self._pipe.unsure(value):
                continue
            if against.code == '""' and not against.guards:
                raise Beyond("logql/empty-text", "Loki cannot tell the empty text from a missing field")
            if against.guards:
                self._pipe.note_empty()

    def _predicate(self, function: Function, arguments: tuple[Expression, ...]) -> str:
        match function, arguments:
            case Function.IS_PRESENT, (operand,):
                value = self.value(operand)
                self._needs_presence(value)
                return t.all_of(value.guards) if value.guards else "true"
            case Function.STR_CONTAINS, (operand, part):
                value, text = self.value(operand), self.value(part)
                if not _is_some_text(part):
                    self._needs_presence(value)
                return t.all_of((*value.guards, f"(contains {text.code} {value.code})"))
            case ((Function.IS_EMPTY | Function.IS_BLANK), (operand,)):
                value = self.value(operand)
                pattern = "^$" if function is Function.IS_EMPTY else _BLANK
                return f"(gt (count {t.literal(pattern)} {value.code}) 0)"
            case _:
                value = self.value(Call(function, arguments))
                return t.all_of((*value.guards, f"(ne {value.code} 0.0)")) if value.numeric else t.all_of(value.guards)


def _first_of(values: list[t.Value]) -> str:
    """The template of the first value that is there."""
    branches = tuple((t.all_of(value.guards), value) for value in values if value.guards)
    rest = next((value for value in values if not value.guards), None)
    return t.chooses(branches, rest) if branches else t.shows(values[0])


def _is_some_text(expression: Expression) -> bool:
    return isinstance(expression, Literal) and isinstance(expression.value, str) and bool(expression.value)


def _text_call(name: str) -> Callable[[t.Value], t.Value]:
    return lambda value: t.Value(f"({name} {value.code})", value.guards)


def _number_call(name: str) -> Callable[[t.Value], t.Value]:
    return lambda value: t.Value(f"({name} {value.code})", value.guards, numeric=True)


_TEXT_CALLS: dict[Function, Callable[[t.Value], t.Value]] = {
    Function.TO_LOWER: _text_call("lower"),
    Function.TO_UPPER: _text_call("upper"),
    Function.TRIM: _text_call("TrimSpace"),
    Function.STRLEN: lambda value: t.Value(f'(float64 (count "(?s)." {value.code}))', value.guards, numeric=True),
    Function.UNMASK: lambda value: value,
}
_NUMBER_CALLS: dict[Function, Callable[[t.Value], t.Value]] = {
    Function.CEIL: _number_call("ceil"),
    Function.FLOOR: _number_call("floor"),
}
