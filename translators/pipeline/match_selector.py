"""The LogQL selector of a match stage: label matchers, and line filters behind them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from translators.pipeline.go_regexp import compiled

_SELECTOR = re.compile(r"\s*\{(?P<inside>(?:[^\"`{}]|\"(?:[^\"\\]|\\.)*\"|`[^`]*`)*)\}", re.DOTALL)
_MATCHER = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_.]*)\s*(=~|!~|!=|=)\s*(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)\s*(,|\Z)", re.DOTALL
)
_FILTER = re.compile(r"\s*(\|=|\|~|!=|!~)\s*(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)", re.DOTALL)
Test = Callable[[Mapping[str, str], str], bool]


class BadSelector(ValueError):
    """The agent refuses to start with it."""


def parse_selector(text: str) -> Test:
    """Whether an entry with these labels and this line is taken."""
    head = _SELECTOR.match(text)
    if head is None or not head["inside"].strip():
        raise BadSelector(f"`{text}` is no selector")
    tests = [*_matchers(head["inside"], text)]
    at = head.end()
    while text[at:].strip():
        found = _FILTER.match(text, at)
        if found is None:
            raise BadSelector(f"`{text[at:].strip()}` is no line filter")
        tests.append(_line_test(found[1], _unquoted(found[2])))
        at = found.end()
    return lambda labels, line: all(test(labels, line) for test in tests)


def _matchers(inside: str, text: str) -> list[Test]:
    tests: list[Test] = []
    at = 0
    while at < len(inside):
        found = _MATCHER.match(inside, at)
        if found is None:
            raise BadSelector(f"`{text}` has no matcher at `{inside[at:].strip()}`")
        tests.append(_label_test(found[1], found[2], _unquoted(found[3])))
        at = found.end()
    return tests


def _label_test(name: str, operator: str, value: str) -> Test:
    if operator in ("=", "!="):
        equal = operator == "="
        return lambda labels, _line: (labels.get(name, "") == value) == equal
    anchored, wanted = compiled(f"^(?s:{value})$"), operator == "=~"
    return lambda labels, _line: anchored.matches(labels.get(name, "")) == wanted


def _line_test(operator: str, value: str) -> Test:
    if operator in ("|=", "!="):
        contains = operator == "|="
        return lambda _labels, line: (value in line) == contains
    pattern, wanted = compiled(value), operator == "|~"
    return lambda _labels, line: pattern.matches(line) == wanted


def _unquoted(literal: str) -> str:
    if literal.startswith("`"):
        return literal[1:-1]
    try:
        return str(json.loads(re.sub(r"\\x([0-9a-fA-F]{2})", r"\\u00\1", literal), strict=False))
    except ValueError:
        raise BadSelector(f"{literal} is no text") from None
