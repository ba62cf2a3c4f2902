"""Reads expressions: or < and < not < comparisons < + - < * / % < ^ < unary minus < calls."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from translators.insights import functions
from translators.insights.cursor import Cursor
from translators.insights.errors import InsightsError
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
    Query,
    Regex,
    String,
    Unary,
    Unfilled,
)
from translators.insights.tokens import Kind, Token
from translators.source import Span

_COMPARISONS = ("=", "==", "!=", "<>", "<=", ">=", "<", ">")
_LEVELS = (("+", "-"), ("*", "/", "%"), ("^",))
_TIGHTEST_FIRST = tuple(reversed(range(len(_LEVELS))))
_ARITHMETIC = frozenset(symbol for level in _LEVELS for symbol in level)
_RESERVED = frozenset(("and", "or", "like", "in", "by", "as"))
_JOINING, _NEGATING, _BOOLEANS = ("and", "or"), ("not", "!"), ("true", "false")
_COMPARING = frozenset((*_COMPARISONS, "=~", "~=", "!~", "like", "in", "not", "exists"))
_REACHING = frozenset((".", "["))
_A_NAME, _A_STRING, _A_NUMBER = Kind.NAME, Kind.STRING, Kind.NUMBER
_PERIOD = re.compile(r"([0-9]{1,15})([A-Za-z]+)")
_INDEX = re.compile(r"\[\s*([0-9]+)\s*\]")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST_CHAIN = 150
_LONGEST_NUMBER = 300

Subquery = Callable[[Cursor], Query]


class ExpressionParser:
    """``subquery`` reads a whole query up to its closing parenthesis."""

    def __init__(self, cursor: Cursor, subquery: Subquery) -> None:
        self.cursor = cursor
        self.subquery = subquery

    def expression(self) -> Expression:
        """The whole grammar, from ``or`` down."""
        cursor = self.cursor
        start = (cursor.ahead or cursor.token).start
        first = self._negation()
        if (cursor.ahead or cursor.token).mark not in _JOINING:
            return first
        operands = [first]
        operators: list[str] = []
        while word := cursor.accept(*_JOINING):
            operators.append(word.mark)
            operands.append(self._negation())
        return Chain(tuple(operands), tuple(operators), cursor.span(start))

    def _negation(self) -> Expression:
        cursor = self.cursor
        if (cursor.ahead or cursor.token).mark not in _NEGATING:
            return self._comparison()
        start = cursor.token.start
        signs: list[Token] = []
        while sign := cursor.accept(*_NEGATING):
            signs.append(sign)
            if len(signs) > _LONGEST_CHAIN:
                raise InsightsError("too-deep", f"more than {_LONGEST_CHAIN} `not` in a row", cursor.span_of(sign))
        operand = self._comparison()
        for sign in reversed(signs):
            if sign.mark == "!":
                cursor.warn("bang-operator", "`!` is read as `not`; AWS documents `not`", sign.start)
            operand = Unary(sign.mark, operand, cursor.span(start))
        return operand

    def _comparison(self) -> Expression:
        cursor = self.cursor
        start = (cursor.ahead or cursor.token).start
        left = self.arithmetic()
        length = 0
        while (cursor.ahead or cursor.token).mark in _COMPARING:
            length += 1
            if length > _LONGEST_CHAIN:
                message = f"more than {_LONGEST_CHAIN} comparisons in a row"
                raise InsightsError("too-deep", message, cursor.span_of(cursor.token))
            found = self._compared(left, start)
            if found is None:
                break
            left = found
        return left

    def _compared(self, left: Expression, start: int) -> Expression | None:
        """What the comparison behind ``left`` is; None when there is none."""
        cursor = self.cursor
        if symbol := cursor.accept(*_COMPARISONS):
            spelling = self._documented(symbol)
            right = self.arithmetic()
            return Binary(spelling, left, right, cursor.span(start))
        if cursor.follows("like"):
            return self._like(left, start, negated=False)
        if cursor.follows("in"):
            return self._in(left, start, negated=False)
        if symbol := cursor.accept("=~", "~=", "!~"):
            if symbol.mark != "=~":
                cursor.warn("regex-operator", f"`{symbol.text}` is read as `like`", symbol.start)
            return self._like(left, start, negated=symbol.mark == "!~")
        if word := cursor.accept("exists"):
            cursor.warn("exists", "`f exists` is read as `ispresent(f)`", word.start)
            return Function("ispresent", (left,), cursor.span(start))
        if cursor.after().mark not in ("like", "in"):
            return None
        cursor.advance()
        read = self._like if cursor.advance().mark == "like" else self._in
        return read(left, start, negated=True)

    def _documented(self, symbol: Token) -> str:
        spelling = {"==": "=", "<>": "!="}.get(symbol.text)
        if spelling is None:
            return symbol.text
        self.cursor.warn("operator-spelling", f"`{symbol.text}` is read as `{spelling}`", symbol.start)
        return spelling

    def _like(self, left: Expression, start: int, negated: bool) -> Expression:
        cursor = self.cursor
        at = cursor.token.start
        if regex := cursor.take_regex():
            pattern: Expression = Regex(regex.text, cursor.span(at))
        else:
            pattern = self.arithmetic()
        return Like(left, pattern, negated, cursor.span(start))

    def _in(self, left: Expression, start: int, negated: bool) -> Expression:
        cursor = self.cursor
        if cursor.accept("["):
            items = self._items("]")
            cursor.expect("]")
            return In(left, items, negated, cursor.span(start))
        if cursor.token.kind is Kind.PARAMETER:
            return In(left, self._parameter_list(), negated, cursor.span(start))
        opening = cursor.accept("(") or cursor.fail("`[`", "`(`")
        if cursor.token.kind in (Kind.STRING, Kind.NUMBER):
            items = self._items(")")
            cursor.expect(")")
            cursor.warn("list-parentheses", "a list in parentheses is read as `[…]`", opening.start)
            return In(left, items, negated, cursor.span(start))
        with cursor.deeper():
            query = self.subquery(cursor)
        cursor.expect(")")
        return InQuery(left, query, negated, cursor.span(start))

    def _items(self, end: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while self.cursor.token.mark != end:
            items.append(self.arithmetic())
            if not self.cursor.accept(","):
                break
        return tuple(items)

    def arithmetic(self, level: int = 0) -> Expression:
        """Operands of one level of ``+ -``, ``* / %``, ``^`` and tighter ones."""
        cursor = self.cursor
        token = cursor.ahead or cursor.token
        left = self._minus() if token.mark == "-" else self.operand()
        if (cursor.ahead or cursor.token).mark in _ARITHMETIC:
            for each in _TIGHTEST_FIRST[: len(_LEVELS) - level]:
                left = self._chained(left, token.start, each)
        return left

    def _chained(self, left: Expression, start: int, level: int) -> Expression:
        """``left`` with the operations of one level that follow it."""
        cursor = self.cursor
        length = 0
        while symbol := cursor.accept(*_LEVELS[level]):
            length += 1
            if length > _LONGEST_CHAIN:
                raise InsightsError(
                    "too-deep", f"more than {_LONGEST_CHAIN} operations in a row", cursor.span_of(symbol)
                )
            right = self.arithmetic(level if symbol.text == "^" else level + 1)
            left = Binary(symbol.text, left, right, cursor.span(start))
        return left

    def _minus(self) -> Expression:
        cursor = self.cursor
        start = cursor.token.start
        count = 0
        while cursor.follows("-"):
            count += 1
        operand = self.operand()
        if count % 2 == 0:
            return operand
        if isinstance(operand, Number):
            return Number(-operand.value, cursor.span(start))
        return Unary("-", operand, cursor.span(start))

    def operand(self) -> Expression:
        """A literal, a name, a call or something in parentheses, with what is reached inside it."""
        cursor = self.cursor
        token = cursor.ahead or cursor.token
        found = self._atom(token)
        if isinstance(found, Name):
            return found
        text = cursor.source.text
        while text[cursor.last_end : cursor.last_end + 1] in _REACHING:
            path = self._path()
            if path is None:
                break
            found = Attribute(found, path, cursor.span(token.start))
        return found

    def _path(self) -> tuple[str, ...] | None:
        """``.name`` or ``[0]`` right behind a call."""
        cursor = self.cursor
        text, at = cursor.source.text, cursor.last_end
        if text[at] == ".":
            token = cursor.lexer.token(at + 1)
            if token.kind is not Kind.NAME or token.start != at + 1:
                return None
            cursor.take(token)
            return token.path
        found = _INDEX.match(text, at)
        if found is None:
            return None
        cursor.take(Token(Kind.SYMBOL, found.group(), at, found.end()))
        return (found.group(1),)

    def _atom(self, token: Token) -> Expression:
        kind = token.kind
        if kind is _A_NAME:
            return self._named(token)
        if kind is _A_STRING:
            self.cursor.take(token)
            return String(token.text, self.cursor.span_of(token))
        if kind is _A_NUMBER:
            self.cursor.take(token)
            return Number(self._value(token), self.cursor.span_of(token))
        return self._parameter() if kind is Kind.PARAMETER else self._other()

    def _value(self, token: Token) -> int | float:
        value = number(token.text)
        if value is None:
            raise InsightsError("number-range", "the number is too long or too large", self.cursor.span_of(token))
        return value

    def _other(self) -> Expression:
        cursor = self.cursor
        start = cursor.token.start
        if cursor.accept("("):
            with cursor.deeper():
                inner = self.expression()
            cursor.expect(")")
            return inner
        hole = cursor.take_placeholder() if cursor.token.mark == "<" else None
        if hole is None:
            cursor.fail("a field", "a value", "a function")
        return Unfilled(hole.text, cursor.span(start))

    def _named(self, token: Token) -> Expression:
        cursor = self.cursor
        mark = token.mark
        if mark in _RESERVED:
            cursor.fail("a field", "a value", "a function")
        cursor.take(token)
        after = cursor.token.mark
        if mark and after == "(":
            return self._call(token)
        if after == ":" and (url := cursor.take_url(token.start)):
            cursor.warn("bare-url", "an address without quotation marks is read as one in them", url.start)
            return String(url.text, cursor.span_of(url))
        if mark in _BOOLEANS:
            return Boolean(mark == "true", cursor.span_of(token))
        if mark[:1].isdigit() and (found := _PERIOD.fullmatch(mark)) and found.group(2) in functions.UNITS:
            message = (
                f"`{token.text}` is read as the name of a field: lengths of time stand in bin, datefloor and dateceil"
            )
            cursor.warn("period-as-field", message, token.start)
        return Name(token.path, cursor.span_of(token))

    def _call(self, name: Token) -> Expression:
        cursor = self.cursor
        cursor.expect("(")
        if cursor.accept("*"):
            cursor.expect(")")
            return Function(name.text, (), cursor.span(name.start), star=True)
        arguments: list[Expression] = []
        with cursor.deeper():
            while cursor.token.mark != ")":
                arguments.append(self._argument(name))
                if not cursor.accept(","):
                    break
        cursor.expect(")")
        if name.text.lower() == "if":
            cursor.warn("undocumented-if", "AWS does not document `if`; `case` does the same", name.start)
        return Function(name.text, tuple(arguments), cursor.span(name.start))

    def _argument(self, name: Token) -> Expression:
        if name.text.lower() in functions.TIME_FUNCTIONS:
            period = self._period()
            if period is not None:
                return period
        if self.cursor.regex_follows() and (regex := self.cursor.take_regex()):
            return Regex(regex.text, self.cursor.span_of(regex))
        return self.expression()

    def _period(self) -> PeriodText | None:
        """``5m``, or ``5 min`` with a blank."""
        cursor = self.cursor
        token = cursor.token
        if token.kind is Kind.NAME and (found := _PERIOD.fullmatch(token.text)):
            cursor.advance()
            return PeriodText(int(found.group(1)), found.group(2), cursor.span_of(token))
        unit = cursor.after()
        if (
            token.kind is Kind.NUMBER
            and token.text.isdecimal()
            and len(token.text) < 16
            and unit.text.lower() in functions.UNITS
        ):
            cursor.advance()
            cursor.advance()
            cursor.warn("period-blank", "a period with a blank is read as one word", token.start)
            return PeriodText(int(token.text), unit.text, cursor.span(token.start))
        return None

    def _parameter(self) -> Expression:
        """The parameter's text is read where it stands, so that places stay those of the user's own text."""
        cursor = self.cursor
        token = cursor.advance()
        text = cursor.parameters.get(token.text)
        if text is None:
            return Unfilled(token.text, cursor.span_of(token))
        return filled(text, cursor.span_of(token))

    def _parameter_list(self) -> tuple[Expression, ...]:
        """``in {{names}}``, where the parameter is the whole list."""
        cursor = self.cursor
        token = cursor.advance()
        text = cursor.parameters.get(token.text, "").strip()
        if not text:
            return (Unfilled(token.text, cursor.span_of(token)),)
        return tuple(filled(part, cursor.span_of(token)) for part in text.strip("[]").split(","))


def filled(text: str, span: Span) -> Expression:
    """What a parameter's text stands for: a number, else a string with or without quotes."""
    text = text.strip()
    if _NUMBER.fullmatch(text) and (value := number(text)) is not None:
        return Number(value, span)
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return String(text[1:-1], span)
    return String(text, span)


def number(text: str) -> int | float | None:
    """The number that a literal is; None when it is beyond what a number can hold."""
    if len(text) > _LONGEST_NUMBER:
        return None
    value = int(text) if text.lstrip("-").isdecimal() else float(text)
    return value if math.isfinite(value) else None
