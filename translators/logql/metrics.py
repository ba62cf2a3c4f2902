"""The half of the parser that reads metric queries."""

from __future__ import annotations

import re

from translators.logql.lexer import Kind, refuse
from translators.logql.model import (
    GROUPABLE,
    Binary,
    BinaryOperator,
    Condition,
    Conversion,
    Grouping,
    LabelReplace,
    Many,
    Matching,
    Metric,
    Number,
    RangeAggregation,
    RangeFunction,
    Span,
    Unwrap,
    Variable,
    VectorAggregation,
    VectorFunction,
    VectorOf,
)
from translators.logql.stages import StageParser

_RANGE = {str(function) for function in RangeFunction}
_VECTOR = {str(function) for function in VectorFunction}
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and", "unless"),
    ("==", "!=", ">", ">=", "<", "<="),
    ("+", "-"),
    ("*", "/", "%"),
)
_UNIT = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
    "y": 31_536_000_000_000_000,
}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)")


def nanoseconds(text: str) -> int:
    """The length of a duration such as ``1h30m`` or ``-299999999999ns``."""
    total = 0
    for number, unit in _LENGTH.findall(text):
        whole, _, fraction = number.partition(".")
        total += int(whole) * _UNIT[unit] + (int(fraction) * _UNIT[unit] // 10 ** len(fraction) if fraction else 0)
    return -total if text.startswith("-") else total


class MetricParser(StageParser):
    """Reads metric queries, and log queries inside them."""

    def metric(self, level: int = 0) -> Metric:
        if level == len(_LEVELS):
            return self._power()
        left = self.metric(level + 1)
        while self.at_symbol(*_LEVELS[level]) or self.at_word(*_LEVELS[level]):
            operator = BinaryOperator(self.advance().text.lower())
            matching = self._matching()
            left = Binary(operator, left, self.metric(level + 1), matching)
        return left

    def _power(self) -> Metric:
        base = self._operand()
        if not self.take("^"):
            return base
        matching = self._matching()
        return Binary(BinaryOperator.POWER, base, self._power(), matching)

    def _matching(self) -> Matching:
        as_bool = self.at_word("bool")
        if as_bool:
            self.advance()
        if not self.at_word("on", "ignoring"):
            return Matching(as_bool=as_bool)
        on = self.advance().text.lower() == "on"
        labels = self._labels()
        if not self.at_word("group_left", "group_right"):
            return Matching(on, labels, as_bool=as_bool)
        many = Many(self.advance().text.lower())
        return Matching(on, labels, many, self._labels() if self.at_symbol("(") else (), as_bool)

    def _labels(self) -> tuple[str, ...]:
        self.expect("(")
        labels: list[str] = []
        while not self.take(")"):
            labels.append(self.label())
            if not self.at_symbol(")"):
                self.expect(",")
        return tuple(labels)

    def _operand(self) -> Metric:
        if self.take("("):
            inner = self.metric()
            self.expect(")")
            return inner
        if self.token.kind is Kind.NUMBER or self.at_symbol("-", "+"):
            return Number(self._number())
        word = self.token.text.lower() if self.token.kind is Kind.NAME else ""
        if word in _RANGE:
            return self._range_aggregation()
        if word in _VECTOR:
            return self._vector_aggregation()
        if word == "vector":
            return self._vector_of()
        if word == "label_replace":
            return self._label_replace()
        raise refuse(f"expected a metric query, found {self.token.text!r}", self.token.span)

    def _vector_of(self) -> VectorOf:
        self.advance()
        self.expect("(")
        text = self._number()
        self.expect(")")
        return VectorOf(text)

    def _label_replace(self) -> LabelReplace:
        self.advance()
        self.expect("(")
        operand = self.metric()
        texts: list[str] = []
        for _ in range(4):
            self.expect(",")
            texts.append(self.string())
        self.expect(")")
        return LabelReplace(operand, *texts)

    def _vector_aggregation(self) -> VectorAggregation:
        function = VectorFunction(self.advance().text.lower())
        grouping = self._grouping()
        self.expect("(")
        parameter = self._parameter()
        operand = self.metric()
        self.expect(")")
        return VectorAggregation(function, operand, grouping or self._grouping(), parameter)

    def _parameter(self) -> str:
        if self.token.kind is not Kind.NUMBER or self.peek().text != ",":
            return ""
        text = self.advance().text
        self.expect(",")
        return text

    def _grouping(self) -> Grouping | None:
        if not self.at_word("by", "without"):
            return None
        without = self.advance().text.lower() == "without"
        return Grouping(self._labels(), without)

    def _range_aggregation(self) -> RangeAggregation:
        token = self.advance()
        function = RangeFunction(token.text.lower())
        self.expect("(")
        parameter = self._parameter()
        query = self.log_query()
        unwrap = self._unwrap()
        window = self._window()
        offset = self._offset()
        self.expect(")")
        grouping = self._grouping()
        if grouping is not None and function not in GROUPABLE:
            raise refuse(f"{function} takes no grouping of its own", token.span)
        return RangeAggregation(function, query, window, unwrap, offset, grouping, parameter)

    def _unwrap(self) -> Unwrap | None:
        if not self.at_symbol("|"):
            return None
        self.advance()
        self.advance()
        conversion = Conversion.NUMBER
        if self.at_word(*(str(each) for each in Conversion if each)) and self.peek().text == "(":
            conversion = Conversion(self.advance().text)
            label = self._labels()[0]
        else:
            label = self.label()
        filters: list[Condition] = []
        while self.take("|"):
            filters.append(self.condition())
        return Unwrap(label, conversion, tuple(filters))

    def _window(self) -> Span | Variable:
        if self.token.kind is not Kind.RANGE:
            raise refuse(f"expected a range such as [5m], found {self.token.text!r}", self.token.span)
        text = self.advance().text[1:-1].strip()
        return Variable(text[1:]) if text.startswith("$") else Span(nanoseconds(text))

    def _offset(self) -> int:
        if not self.at_word("offset"):
            return 0
        self.advance()
        if self.token.kind is not Kind.LENGTH:
            raise refuse(f"expected a duration, found {self.token.text!r}", self.token.span)
        return nanoseconds(self.advance().text)
