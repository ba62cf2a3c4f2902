"""Expressions of a plan as templates of one line."""

from __future__ import annotations

from dataclasses import replace

import re2

from translators.logql.translate import templates as t
from translators.logql.translate.calls import NUMBER_CALLS, TEXT_CALLS
from translators.logql.translate.pipe import Constant, Label, Pipe, Time, Where
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
    Period,
    Rounding,
    TimeBucket,
)
from translators.query.policies import Policies, Policy
from translators.query.split.table import Beyond

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4 = f"(?:{_OCTET}[.]){{3}}{_OCTET}"
_EXACT = 2**53
"""From here on a float does not hold every whole number: two identifiers would be one."""
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
        pipe.compute = self.labelled
        self._includes = policies.value(Policy.MISSING_NE) == "include"

    def template(self, expression: Expression) -> str:
        """The template whose text is the value, nothing when it is missing."""
        match expression:
            case Call(Function.COALESCE, arguments):
                return _first_of(self._choices(arguments))
            case Call(Function.IF | Function.CASE, arguments):
                return self._case(arguments)
            case Call(Function.CONCAT, arguments):
                return t.joins(tuple(self.text(argument) for argument in arguments))
            case Call(function) if function in _CONDITIONS:
                return t.flags(self.condition(expression), "0")
            case Compare() | Contains() | Matches() | InList() | And() | Or() | Not():
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
                values = [self._surely(argument) for argument in arguments]
                return self._assigned(name, t.joins(tuple(values)), t.one_there(values), False)
            case Call(Function.IF | Function.CASE):
                return self._assigned(name, self.template(expression), None, False)
            case Call(function) if function in _CONDITIONS:
                return self._assigned(name, self.template(expression), (), True)
            case Compare() | Contains() | Matches() | InList() | And() | Or() | Not():
                return self._assigned(name, self.template(expression), (), True)
            case _:
                value = self.value(expression)
                if not _makes_time(expression):
                    return self._assigned(name, t.shows(value), value.guards, value.numeric)
                label = self._assigned(name, t.time(value), value.guards, True)
                self._pipe.times.add(label.name)
                return label

    def _case(self, arguments: tuple[Expression, ...]) -> str:
        """Conditions and values in turn; a last one alone is the default."""
        if len(arguments) < 2:
            return self.template(arguments[0]) if arguments else ""
        condition, value, *rest = arguments
        self._untimed(value)
        return t.decides(self.condition(condition), self.template(value), self._case(tuple(rest)))

    def _assigned(self, name: str, template: str, guards: tuple[str, ...] | None, filled: bool) -> Label:
        """``filled``: the value is no empty text, so that only a missing one leaves the label empty."""
        label = self._pipe.assign(name, template)
        if not filled:
            self._pipe.empty.add(label.name)
        return replace(label, guards=guards) if guards == () or not filled else label

    def _choices(self, arguments: tuple[Expression, ...]) -> list[t.Value]:
        """The arguments of coalesce up to the first that is always there."""
        found: list[t.Value] = []
        for argument in arguments:
            found.append(self._pipe.surely(self._untimed(argument)))
            if not found[-1].guards:
                break
        return found

    def text(self, expression: Expression) -> t.Value:
        """A value for a function of texts: a time is its date there."""
        if isinstance(self._where(expression), Time):
            return t.DATE
        return self._untimed(expression)

    def _where(self, expression: Expression) -> Where | None:
        return self._pipe.where(expression) if isinstance(expression, (Field, Column)) else None

    def _untimed(self, expression: Expression) -> t.Value:
        """A value that is no time, whose number and text are two things."""
        where = self._where(expression)
        timed = isinstance(where, Time) or (isinstance(where, Label) and where.name in self._pipe.times)
        if timed or _makes_time(expression):
            raise Beyond("logql/time-as-text", "LogQL has no text of a computed time, and no time among other values")
        return self.value(expression)

    def _surely(self, expression: Expression) -> t.Value:
        """A value where the answer hangs on its being there."""
        return self._pipe.surely(self.text(expression))

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
            case Call(function) if function in _BRANCHING | _CONDITIONS:
                return self._pipe.value(self.labelled(expression, "value"))
            case Call(Function.FROM_MILLIS, (of,)):
                return t.number(self.value(of))
            case Call(function, arguments):
                return self._call(function, arguments)
            case Compare() | Contains() | Matches() | InList() | And() | Or() | Not():
                return self._pipe.value(self.labelled(expression, "flag"))
            case TimeBucket(operand, period, rounding):
                return t.bucket(t.number(self.value(operand)), fixed_width(period), rounding is Rounding.CEIL)
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
        if (
            operator is ArithmeticOperator.MODULO
            and isinstance(right, Literal)
            and type(right.value) is int
            and right.value
        ):
            return t.remainder(t.number(self.value(left)), right.value)
        if operator not in _ARITHMETIC:
            raise Beyond("logql/arithmetic", f"LogQL's templates have no {operator}")
        one, other = t.number(self.value(left)), t.number(self.value(right))
        value = t.call(_ARITHMETIC[operator], one, other, numeric=True)
        return t.guarded(value, f"(ne {other.code} 0.0)") if operator is ArithmeticOperator.DIVIDE else value

    def _call(self, function: Function, arguments: tuple[Expression, ...]) -> t.Value:
        if function in TEXT_CALLS and len(arguments) == 1:
            read = self._surely if function is Function.STRLEN else self.text
            return TEXT_CALLS[function](read(arguments[0]))
        if function in NUMBER_CALLS and len(arguments) == 1:
            return NUMBER_CALLS[function](t.number(self.value(arguments[0])))
        match function, arguments:
            case Function.REPLACE, (of, Literal(str(old)), Literal(str(new))):
                inner = self.text(of)
                return t.Value(f"(replace {t.literal(old)} {t.literal(new)} {inner.code})", inner.guards)
            case Function.SUBSTR, (of, Literal(int(start))):
                return self._substring(self.text(of), start, None)
            case Function.SUBSTR, (of, Literal(int(start)), length):
                return self._substring(self.text(of), start, length)
            case Function.TO_MILLIS, (of,):
                return self.value(of)
            case _:
                raise Beyond("logql/function", f"LogQL's templates have no {function}()")

    def _substring(self, of: t.Value, start: int, letters: Expression | None) -> t.Value:
        """In letters; the template functions that cut by bytes would halve Korean ones."""
        length = letters.value if isinstance(letters, Literal) else None
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
                return self._negatable(*self._containing(operand, part), negated)
            case Matches(operand, pattern, negated):
                read = self.text if re2.search(pattern, "") is None else self._surely
                value = read(operand)
                return self._negatable(value, f"(gt (count {t.literal(pattern)} {value.code}) 0)", negated)
            case InList(operand, items, negated):
                plain = all(isinstance(item, Literal) and item.value != "" for item in items)
                value = self._untimed(operand) if plain else self._compared(operand, Literal(""))
                found = self._among(value, [self._compared(item, operand) for item in items])
                return self._negatable(value, found, negated)
            case Call(function, arguments):
                return self._predicate(function, arguments)
            case Field() | Column() | Member():
                return t.truth(self.value(predicate))
            case _:
                raise Beyond("logql/condition", f"LogQL has no condition for {type(predicate).__name__}")

    def _containing(self, operand: Expression, part: Expression, word: str = "contains") -> tuple[t.Value, str]:
        """The operand, and the condition that it holds a text; both have to be there."""
        read = self.text if _is_some_text(part) else self._surely
        value, text = read(operand), read(part)
        return t.guarded(value, *text.guards), f"({word} {text.code} {value.code})"

    def _negatable(self, value: t.Value, condition: str, negated: bool) -> str:
        if not negated:
            return t.all_of((*value.guards, condition))
        held = t.negation(t.all_of((*value.guards, condition)))
        return held if self._includes else t.all_of((*self._pipe.surely(value).guards, held))

    def _compare(self, operator: Comparison, left: Expression, right: Expression) -> str:
        one, other = self._compared(left, right), self._compared(right, left)
        if operator in (Comparison.EQUAL, Comparison.NOT_EQUAL):
            guards = tuple(dict.fromkeys((*one.guards, *other.guards)))
            held = t.all_of((*guards, self._equal(one, other)))
            if operator is Comparison.EQUAL:
                return held
            if self._includes:
                return t.negation(held)
            sure = (*self._pipe.surely(one).guards, *self._pipe.surely(other).guards)
            return t.all_of((*dict.fromkeys(sure), t.negation(held)))
        return self._ordered(_COMPARE[operator], one, other)

    def _ordered(self, word: str, one: t.Value, other: t.Value) -> str:
        """Of two numbers, or of two texts that are no numbers."""
        legs: list[str] = []
        if not one.words and not other.words:
            first, second = t.number(one), t.number(other)
            legs.append(
                t.all_of((*dict.fromkeys((*first.guards, *second.guards)), f"({word} {first.code} {second.code})"))
            )
        if not one.numeric and not other.numeric:
            found = (*self._pipe.surely(one).guards, *self._pipe.surely(other).guards)
            texts = dict.fromkeys((*found, *t.no_numbers(one, other)))
            legs.append(t.all_of((*texts, f"({word} {one.code} {other.code})")))
        return t.one_of(tuple(legs)) if legs else "false"

    def _equal(self, one: t.Value, other: t.Value) -> str:
        if not one.numeric and not other.numeric:
            if not one.words and not other.words:
                self._pipe.note_spelling()
            return f"(eq {one.code} {other.code})"
        first, second = t.number(one), t.number(other)
        guards = tuple(dict.fromkeys((*first.guards, *second.guards)))
        return t.all_of((*guards, f"(eq {first.code} {second.code})"))

    def _among(self, value: t.Value, items: list[t.Value]) -> str:
        """Equal to one of them: `eq` takes a list, so that numbers, and texts, are guarded once and not one by one."""
        alone = [item for item in items if item.guards]
        numbers = [item for item in items if not item.guards and item.numeric]
        texts = [item for item in items if not item.guards and not item.numeric]
        if value.numeric:
            alone, texts = [*alone, *texts], []
        legs = [self._equal(value, item) for item in alone]
        for several in (numbers, texts):
            if several:
                legs.append(self._equal(value, t.listed(several)))
        return t.one_of(tuple(legs))

    def _compared(self, expression: Expression, other: Expression) -> t.Value:
        """Two empty texts are equal, two missing values are not; a text that is not empty needs no such care."""
        if isinstance(expression, Literal):
            return self._number_or_words(expression)
        is_text = isinstance(other, Literal) and isinstance(other.value, str) and not t.is_number(other.value)
        value = self._untimed(expression) if is_text else self.value(expression)
        if value.numeric or (isinstance(other, Literal) and other.value != ""):
            return value
        return self._pipe.looked_up(value) if isinstance(other, Literal) else self._pipe.surely(value)

    def _number_or_words(self, literal: Literal) -> t.Value:
        """A constant to compare with: a text that is a number is one, but for those that no float holds exactly."""
        number = literal.value
        if isinstance(number, str):
            if not t.is_number(number):
                return replace(self.value(literal), words=True)
            number = float(number)
        if isinstance(number, int | float) and abs(number) >= _EXACT:
            self._pipe.note_spelling()
            return t.text(str(literal.value))
        return self._literal(number)

    def _predicate(self, function: Function, arguments: tuple[Expression, ...]) -> str:
        match function, arguments:
            case Function.IS_PRESENT, (operand,):
                value = self._pipe.surely(self.value(operand))
                return t.all_of(value.guards) if value.guards else "true"
            case ((Function.STR_CONTAINS | Function.STARTS_WITH | Function.ENDS_WITH), (operand, part)):
                value, held = self._containing(operand, part, _PARTS[function])
                return t.all_of((*value.guards, held))
            case Function.IS_VALID_IPV4, (operand,):
                return f"(gt (count {t.literal(f'^{IPV4}$')} {self.value(operand).code}) 0)"
            case ((Function.IS_EMPTY | Function.IS_BLANK), (operand,)):
                value = self.value(operand)
                pattern = "^$" if function is Function.IS_EMPTY else _BLANK
                return f"(gt (count {t.literal(pattern)} {value.code}) 0)"
            case _:
                return t.truth(self.value(Call(function, arguments)))


def _first_of(values: list[t.Value]) -> str:
    """The template of the first value that is there."""
    branches = tuple((t.all_of(value.guards), value) for value in values if value.guards)
    rest = next((value for value in values if not value.guards), None)
    return t.chooses(branches, rest) if branches else t.shows(values[0])


def _makes_time(expression: Expression) -> bool:
    made = isinstance(expression, Call) and expression.function is Function.FROM_MILLIS
    return made or isinstance(expression, TimeBucket)


def fixed_width(period: Period) -> int:
    """Milliseconds."""
    if period.milliseconds is None:
        raise Beyond("logql/calendar-bucket", "months, quarters and years have no fixed length")
    return period.milliseconds


def _is_some_text(expression: Expression) -> bool:
    return isinstance(expression, Literal) and isinstance(expression.value, str) and bool(expression.value)


_PARTS = {
    Function.STR_CONTAINS: "contains",
    Function.STARTS_WITH: "hasPrefix",
    Function.ENDS_WITH: "hasSuffix",
}
_CONDITIONS = frozenset({Function.IS_PRESENT, Function.IS_EMPTY, Function.IS_BLANK, Function.IS_VALID_IPV4, *_PARTS})
_BRANCHING = frozenset({Function.COALESCE, Function.IF, Function.CASE, Function.CONCAT})
