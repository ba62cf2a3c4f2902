"""First lines are the lines that do not continue an entry."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from translators.diagnostics import Fidelity
from translators.fluentbit.firstline import (
    CONTINUES,
    FirstLine,
    MultilineRule,
    NoFirstLine,
    built_in,
    complement_of,
    first_line,
    together,
)

WORDS = [
    "Caused by:",
    "\tat ",
    "... 12 more",
    "--- End of",
    " ",
    "Suppressed:",
    "x",
    "nested exception is:",
    "eval at ",
    "main.f(",
]
WORDS += ["goroutine 1", "created by ", "[signal ", "\tfrom ", "ValueError:", "shop.Exception:", "Traceback", "ERROR "]
LINES = st.lists(st.sampled_from(WORDS) | st.text("aC.: \t(-1E", max_size=4), max_size=4).map("".join)


@pytest.mark.parametrize("name", CONTINUES)
def test_the_written_patterns_are_those_that_the_automaton_makes(name: str) -> None:
    found = built_in(name)
    assert found is not None
    assert found.pattern == complement_of(CONTINUES[name])


@given(LINES)
def test_a_line_is_a_first_line_when_no_rule_continues_with_it(line: str) -> None:
    for name, regexes in CONTINUES.items():
        found = built_in(name)
        assert found is not None
        continues = any(re2.search(regex, line) is not None for regex in regexes)
        assert (re2.search(found.pattern, line) is None) == continues, (name, line)


def rules(*rows: tuple[str, str, str]) -> tuple[MultilineRule, ...]:
    return tuple(MultilineRule(tuple(states.split(",")), regex, to_state) for states, regex, to_state in rows)


EVERY = tuple(regex for regexes in CONTINUES.values() for regex in regexes)


@settings(deadline=None)
@given(LINES)
def test_a_line_is_a_first_line_when_none_of_several_parsers_continues_with_it(line: str) -> None:
    found = together(EVERY)
    assert isinstance(found, FirstLine)
    assert found.fidelity is Fidelity.APPROXIMATE
    continues = any(re2.search(regex, line) is not None for regex in EVERY)
    assert (re2.search(found.pattern, line) is None) == continues


def test_parsers_that_go_on_with_any_line_have_no_first_line_together() -> None:
    found = together(("^a", "^[^a]", "^$"))
    assert isinstance(found, NoFirstLine)


def test_a_rule_that_continues_with_all_but_starts_gives_the_start_itself() -> None:
    found = first_line(
        rules(
            ("start_state", r"/(\d+-\d+-\d+ \d+:\d+:\d+)(.*)/", "cont"),
            ("cont", r"/^(?!\d+-\d+-\d+ \d+:\d+:\d+).*/", "cont"),
        )
    )
    assert isinstance(found, FirstLine)
    assert (found.pattern, found.fidelity) == (r"^\d+-\d+-\d+ \d+:\d+:\d", Fidelity.EQUIVALENT)


def test_lines_that_neither_start_nor_continue_begin_entries_too() -> None:
    found = first_line(rules(("start_state", r"/^\d{4}-\d\d-\d\d/", "cont"), ("cont", r"/^\s+at.*/", "cont")))
    assert isinstance(found, FirstLine)
    assert found.fidelity is Fidelity.APPROXIMATE
    for line, is_first in (("2026-03-01 x", True), ("  at x", False), ("  other", True), ("", True), ("INFO", True)):
        assert (re2.search(found.pattern, line) is not None) == is_first


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((("start_state", "/^a/", "cont"),), "no rule continues an entry, so Fluent Bit joins nothing"),
        (
            (("start_state", "/^a/", "cont"), ("cont", "/.*/", "cont")),
            "some rule continues with any line at all: only the application's own line start helps",
        ),
        ((("start_state", "/^(/", "cont"), ("cont", "/b/", "cont")), "a parenthesis is not closed"),
    ],
)
def test_what_has_no_first_line_is_refused(rows: tuple[tuple[str, str, str], ...], reason: str) -> None:
    found = first_line(rules(*rows))
    assert isinstance(found, NoFirstLine)
    assert found.reason == reason
