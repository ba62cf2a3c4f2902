"""Spells LogQL: the one place that knows quotes, brackets and precedence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import assert_never

from translators.catalog import Matcher, MatchOperator
from translators.logql.model import (
    KEYWORDS,
    AllOf,
    AnyOf,
    Assign,
    Binary,
    BinaryOperator,
    Condition,
    Conversion,
    Decolorize,
    Drop,
    Extraction,
    Grouping,
    InRange,
    Json,
    Keep,
    LabelFilter,
    LabelFormat,
    LabelReplace,
    LineFilter,
    LineFormat,
    LineOperator,
    Logfmt,
    LogQuery,
    Matching,
    Metric,
    Number,
    NumberIs,
    PatternParser,
    Query,
    RangeAggregation,
    Regexp,
    Rename,
    Span,
    Stage,
    Unpack,
    Unwrap,
    Variable,
    VectorAggregation,
    VectorOf,
)
from translators.searches import searched, whole

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_QUOTED_WITH_CARE = re.compile(r'[`"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]')
_HALVES = re.compile(r"[\ud800-\udfff]")
_UNITS = (("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("ns", 1))
_PRECEDENCE: dict[BinaryOperator, int] = {
    operator: level
    for level, operators in enumerate(
        (("or",), ("and", "unless"), ("==", "!=", ">", ">=", "<", "<="), ("+", "-"), ("*", "/", "%"), ("^",))
    )
    for operator in map(BinaryOperator, operators)
}


class Unspeakable(ValueError):
    """Loki's grammar has no way to say it."""


def print_query(query: Query) -> str:
    """The text of a query, on one line."""
    return _log_query(query) if isinstance(query, LogQuery) else print_metric(query)


def quote(text: str) -> str:
    """Backquotes keep regular expressions readable; they hold neither a backquote nor what Go's scanner refuses."""
    if not _QUOTED_WITH_CARE.search(text):
        return f'"{text}"'
    if _HALVES.search(text):
        raise Unspeakable("half of a surrogate pair is no text")
    if "`" not in text and not _UNPRINTABLE.search(text):
        return f"`{text}`"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped) + '"'


@lru_cache(4096)
def json_expression(path: tuple[str, ...]) -> str:
    """The path of the json parser; a part of digits is an index, as the dots of CloudWatch's names mean it."""
    parts = (f"[{part}]" if part.isdecimal() else f"[{json.dumps(part, ensure_ascii=False)}]" for part in path[1:])
    head = path[0] if _NAME.match(path[0]) else f"[{json.dumps(path[0], ensure_ascii=False)}]"
    return head + "".join(f".{part}" if _NAME.match(part) else text for part, text in zip(path[1:], parts, strict=True))


def print_duration(nanoseconds: int) -> str:
    """The shortest spelling with one unit: ``5m``, ``3600001ms``, ``-299999999999ns``."""
    if nanoseconds == 0:
        return "0s"
    unit, size = next((unit, size) for unit, size in _UNITS if nanoseconds % size == 0)
    return f"{nanoseconds // size}{unit}"


def print_metric(metric: Metric) -> str:
    match metric:
        case RangeAggregation():
            return _range_aggregation(metric)
        case VectorAggregation(function, operand, grouping, parameter):
            arguments = f"{parameter}, " if parameter else ""
            return f"{function}{_grouping(grouping, ' ')}({arguments}{print_metric(operand)})"
        case Binary():
            return _binary(metric)
        case Number(text):
            return text
        case VectorOf(text):
            return f"vector({text})"
        case LabelReplace(operand, target, replacement, source, regex):
            texts = ", ".join(map(quote, (target, replacement, source, regex)))
            return f"label_replace({print_metric(operand)}, {texts})"
        case _:
            assert_never(metric)


def _range_aggregation(metric: RangeAggregation) -> str:
    window = _window(metric.window)
    unwrap = _unwrap(metric.unwrap) if metric.unwrap else ""
    offset = f" offset {print_duration(metric.offset)}" if metric.offset else ""
    parameter = f"{metric.parameter}, " if metric.parameter else ""
    inner = f"{parameter}{_log_query(metric.query)}{unwrap} {window}{offset}"
    return f"{metric.function}({inner}){_grouping(metric.grouping, ' ')}".rstrip()


def _window(window: Span | Variable) -> str:
    match window:
        case Span(nanoseconds):
            if nanoseconds % 1_000_000 or nanoseconds <= 0:
                raise Unspeakable("a range is a whole number of milliseconds")
            return f"[{print_duration(nanoseconds)}]"
        case Variable(name):
            return f"[${name}]"
        case _:
            assert_never(window)


def _unwrap(unwrap: Unwrap) -> str:
    name = _label(unwrap.label)
    value = name if unwrap.conversion is Conversion.NUMBER else f"{unwrap.conversion}({name})"
    return f" | unwrap {value}" + "".join(f" | {print_condition(condition)}" for condition in unwrap.filters)


def _grouping(grouping: Grouping | None, lead: str) -> str:
    if grouping is None:
        return ""
    word = "without" if grouping.without else "by"
    return f"{lead}{word} ({', '.join(map(_label, grouping.labels))}) "


def _binary(metric: Binary) -> str:
    level = _PRECEDENCE[metric.operator]
    left = _operand(metric.left, lambda inner: inner < level or metric.operator is BinaryOperator.POWER)
    right = _operand(metric.right, lambda inner: inner <= level)
    return f"{left} {metric.operator}{_matching(metric.matching)} {right}"


def _operand(metric: Metric, weaker: Callable[[int], bool]) -> str:
    text = print_metric(metric)
    return f"({text})" if isinstance(metric, Binary) and weaker(_PRECEDENCE[metric.operator]) else text


def _matching(matching: Matching) -> str:
    words = [" bool"] if matching.as_bool else []
    if matching.on is not None:
        words.append(f" {'on' if matching.on else 'ignoring'} ({', '.join(map(_label, matching.labels))})")
        if matching.many is not None:
            words.append(f" {matching.many} ({', '.join(map(_label, matching.include))})")
    return "".join(words)


def _log_query(query: LogQuery) -> str:
    words = [print_selector(query.selector)]
    before: Stage | None = None
    for stage in query.stages:
        if isinstance(stage, LineFilter):
            if isinstance(before, (Drop, Keep)) and not isinstance(before.labels[-1], Matcher):
                raise Unspeakable("a line filter behind drop or keep reads as the label's matcher")
            words.append(_line_filter(stage))
        else:
            words.append(f"| {_pipe_stage(stage)}")
        before = stage
    return " ".join(words)


def print_selector(matchers: tuple[Matcher, ...]) -> str:
    return "{" + ", ".join(map(_matcher, matchers)) + "}"


def _line_filter(stage: LineFilter) -> str:
    texts = [f"ip({quote(text)})" if stage.ip else quote(_spelled(stage.operator, text)) for text in stage.texts]
    return f"{stage.operator} {' or '.join(texts)}"


def _spelled(operator: LineOperator, text: str) -> str:
    return searched(text) if operator in (LineOperator.MATCHES, LineOperator.MISMATCHES) else text


def _pipe_stage(stage: Stage) -> str:
    match stage:
        case LabelFilter(condition):
            return print_condition(condition)
        case Json(extractions):
            return _parser("json", extractions)
        case Logfmt(extractions, strict, keep_empty):
            flags = (" --strict" if strict else "") + (" --keep-empty" if keep_empty else "")
            return _parser(f"logfmt{flags}", extractions)
        case Regexp(expression):
            return f"regexp {quote(expression)}"
        case PatternParser(expression):
            return f"pattern {quote(expression)}"
        case Unpack():
            return "unpack"
        case Decolorize():
            return "decolorize"
        case LineFormat(template):
            return f"line_format {quote(template)}"
        case LabelFormat(assignments):
            return f"label_format {', '.join(map(_assignment, assignments))}"
        case Drop(labels):
            return f"drop {', '.join(map(_named, labels))}"
        case Keep(labels):
            return f"keep {', '.join(map(_named, labels))}"
        case LineFilter():
            return _line_filter(stage)
        case _:
            assert_never(stage)


def _parser(name: str, extractions: tuple[Extraction, ...]) -> str:
    pairs = ", ".join(f"{_label(item.label)}={quote(item.expression)}" for item in extractions)
    return f"{name} {pairs}".rstrip()


def _assignment(assignment: Rename | Assign) -> str:
    match assignment:
        case Rename(label, source):
            return f"{_label(label)}={_label(source)}"
        case Assign(label, template):
            return f"{_label(label)}={quote(template)}"
        case _:
            assert_never(assignment)


def _named(label: str | Matcher) -> str:
    return _matcher(label) if isinstance(label, Matcher) else _label(label)


def print_condition(condition: Condition) -> str:
    match condition:
        case Matcher(_, MatchOperator.MATCHES | MatchOperator.NOT_MATCHES, pattern):
            return _matcher(replace(condition, value=whole(pattern)))
        case Matcher():
            return _matcher(condition)
        case NumberIs(label, operator, number):
            return f"{_label(label)}{operator}{number}"
        case InRange(label, addresses, negated):
            return f"{_label(label)}{'!=' if negated else '='}ip({quote(addresses)})"
        case AllOf(parts):
            return " and ".join(map(_grouped, parts))
        case AnyOf(parts):
            return " or ".join(map(_grouped, parts))
        case _:
            assert_never(condition)


def _grouped(condition: Condition) -> str:
    text = print_condition(condition)
    return f"({text})" if isinstance(condition, (AllOf, AnyOf)) else text


def _matcher(matcher: Matcher) -> str:
    return f"{_label(matcher.label)}{matcher.operator}{quote(matcher.value)}"


@lru_cache(4096)
def _label(name: str) -> str:
    if not _NAME.match(name) or name.lower() in KEYWORDS:
        raise Unspeakable(f"{name!r} cannot be a label in LogQL")
    return name
