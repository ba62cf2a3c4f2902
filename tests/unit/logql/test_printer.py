"""Printing and reading LogQL are each other's inverse, and only the printer spells."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from translators.catalog import Matcher, MatchOperator
from translators.diagnostics import Refused
from translators.logql import model as m
from translators.logql.parser import parse_query
from translators.logql.printer import Unspeakable, json_expression, print_duration, print_query, quote

_SPEC = importlib.util.spec_from_file_location("logql_strategies", Path(__file__).with_name("strategies.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
strategies = importlib.util.module_from_spec(_SPEC)
sys.modules["logql_strategies"] = strategies
_SPEC.loader.exec_module(strategies)

S = (Matcher("cluster", MatchOperator.EQUAL, "prod"),)


@settings(max_examples=300, deadline=None)
@given(strategies.queries)
def test_what_is_printed_reads_back_as_the_same_tree(query: m.Query) -> None:
    assert parse_query(print_query(query)) == query


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("timeout", '"timeout"'),
        ("a\\d", "`a\\d`"),
        ('say "hi"', '`say "hi"`'),
        ("a`b", '"a`b"'),
        ('`"\\', '"`\\"\\\\"'),
        ("a\nb", '"a\\u000ab"'),
        ("\x00", '"\\u0000"'),
        ("\ufeff", '"\\ufeff"'),
        ("한글", '"한글"'),
    ],
)
def test_a_text_is_quoted_so_that_go_reads_it_back(text: str, spelled: str) -> None:
    assert quote(text) == spelled


@pytest.mark.parametrize(
    ("length", "spelled"),
    [
        (300 * 10**9, "5m"),
        (3_600_001 * 10**6, "3600001ms"),
        (-299_999_999_999, "-299999999999ns"),
        (86_400 * 10**9, "24h"),
    ],
)
def test_a_duration_has_one_unit(length: int, spelled: str) -> None:
    assert print_duration(length) == spelled


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        (("a", "b"), "a.b"),
        (("items", "0", "id"), "items[0].id"),
        (("session.id",), '["session.id"]'),
        (("a", "x-y"), 'a["x-y"]'),
        (("한글", 'q"'), '["한글"]["q\\""]'),
    ],
)
def test_a_path_names_keys_and_indexes(path: tuple[str, ...], spelled: str) -> None:
    assert json_expression(path) == spelled


@pytest.mark.parametrize(
    "query",
    [
        m.LogQuery((Matcher("by", MatchOperator.EQUAL, "x"),)),
        m.LogQuery((Matcher("a-b", MatchOperator.EQUAL, "x"),)),
        m.LogQuery(S, (m.LineFilter(m.LineOperator.CONTAINS, ("\ud800",)),)),
        m.LogQuery(S, (m.Drop(("__error__",)), m.LineFilter(m.LineOperator.LACKS, ("x",)))),
        m.RangeAggregation(m.RangeFunction.COUNT, m.LogQuery(S), m.Span(1)),
    ],
)
def test_what_loki_cannot_read_is_not_printed(query: m.Query) -> None:
    with pytest.raises(Unspeakable):
        print_query(query)


def test_and_binds_tighter_than_or_in_label_filters() -> None:
    query = parse_query('{a="b"} | x="1" or y="2" and z="3"')
    assert print_query(query) == '{a="b"} | x="1" or (y="2" and z="3")'


def test_power_is_right_associative_and_minus_is_left_associative() -> None:
    text = "1 - 2 - 3 ^ 4 ^ 5"
    assert print_query(parse_query(f"vector(0) + {text}")) == "vector(0) + 1 - 2 - 3 ^ (4 ^ 5)"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{a="b"', 7),
        ('{a="b"} | json x=', 18),
        ('sum(rate({a="b"} [5m]) by (x)', 5),
        ('{a="b"} §', 9),
        ('{a=="b"}', 3),
        ('count_over_time({a="b"} [5m]) by (x)', 1),
    ],
)
def test_a_wrong_query_is_refused_with_its_place(text: str, column: int) -> None:
    with pytest.raises(Refused) as refusal:
        parse_query(text)
    assert refusal.value.span is not None
    assert refusal.value.span.column == column
