"""Expressions are spelled so that Loki takes them at their word (what it does is held by tests/engine)."""

from __future__ import annotations

import pytest

from translators.catalog import Matcher, MatchOperator
from translators.logql import model as m
from translators.logql.parser import parse_query
from translators.logql.printer import print_query
from translators.pipeline.selectors import select
from translators.searches import meant, searched, whole

S = (Matcher("app", MatchOperator.EQUAL, "x"),)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "timeout",
        "ERROR|Exception",
        "(?i)(error|fail)",
        r"GET \/a\.b|POST",
        "Access|AccessDenied",
        r"\s5\d\d\s",
        "(?s)Error.*(timeout|refused)",
        "a+b|a+c",
        "[0-9]|x",
        "^a|ab$",
    ],
)
def test_what_loki_searches_rightly_stays_as_it_is(pattern: str) -> None:
    assert searched(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "foo(aa|bb)(cc|dd)",
        "Access|AccessDenied|Auth|AuthFailure",
        "Error.*(timeout|refused)",
        r"foo[^\n]*(aa|bb)",
        "(?i)ошибка|x",
        "fooab.*|foocd.*",
        "(?:.*)?foo(aa|bb)",
        r"\d{0}foo(aa|bb)(cc|dd)",
        "[.]foo(aa|bb)",
    ],
)
def test_what_loki_searches_wrongly_gets_a_begin_that_it_has_no_search_for(pattern: str) -> None:
    assert searched(pattern) == f"(?:^|)(?:{pattern})"
    assert meant(searched(pattern)) == pattern


@pytest.mark.parametrize("pattern", ["QUERY|QUERY_DML", "web.*", "a|", "", "(?i)web-1|web-2"])
def test_the_whole_of_a_label_is_asked_for(pattern: str) -> None:
    assert whole(pattern) == f"^(?:{pattern})$"
    assert meant(whole(pattern)) == pattern


@pytest.mark.parametrize("pattern", ["web", "web|api", "(?s:.*)(?:a|ab)(?s:.*)", "[0-9]+"])
def test_a_label_that_loki_compares_rightly_stays_as_it_is(pattern: str) -> None:
    assert whole(pattern) == pattern


def test_the_printer_spells_them_in_filters_and_not_in_selectors() -> None:
    both = Matcher("level", MatchOperator.MATCHES, "QUERY|QUERY_DML")
    query = m.LogQuery(
        (*S, both), (m.LineFilter(m.LineOperator.MISMATCHES, ("a(b1|c1)(d1|e1)",)), m.LabelFilter(m.AnyOf((both, *S))))
    )
    text = print_query(query)
    assert text == (
        '{app="x", level=~"QUERY|QUERY_DML"} !~ "(?:^|)(?:a(b1|c1)(d1|e1))" | level=~"^(?:QUERY|QUERY_DML)$" or app="x"'
    )
    assert parse_query(text) == query


def test_the_match_stages_of_the_agents_read_them_too() -> None:
    assert select(S, matches="a(b1|c1)(d1|e1)") == '{app="x"} |~ "(?:^|)(?:a(b1|c1)(d1|e1))"'
    assert select(S, lacks="ab|abc") == '{app="x"} !~ "ab|abc"'
