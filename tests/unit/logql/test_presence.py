"""Where the answer hangs on a value's being there, LogQL says so or the residual answers: no text is not no value."""

from __future__ import annotations

import pytest

from migrate.queries.preparing import Options, prepare_query, read_query
from translators.catalog import Catalog, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.diagnostics import Fidelity
from translators.queries import Translated, translated
from translators.query.policies import read_policies
from translators.query.widths import widths

CATALOG = Catalog(
    (LogGroup("/app", (Shape("raw", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.JSON, ()),)),)
)
HOUR = 3_600_000


def translation(text: str, **policies: str) -> Translated:
    chosen = read_policies({name.replace("_", "-"): value for name, value in policies.items()})
    options = Options((), chosen)
    return translated(prepare_query(read_query(text, options), CATALOG, options), chosen, HOUR)


def rules(text: str) -> set[str]:
    return {one.rule for one in translation(text).findings}


@pytest.mark.parametrize(
    "text",
    [
        "parse @message 'a=* b=*' as a, b | fields coalesce(a, b) as c | display c",
        "parse @message 'a=* b=*' as a, b | filter ispresent(a) | display b",
        "parse @message 'a=* b=*' as a, b | filter a = '' | display b",
        "parse @message 'a=* b=*' as a, b | filter strlen(a) = 0 | display b",
        "parse @message 'a=* b=*' as a, b | stats count(a)",
        r"parse @message /a=(?<a>\w*)/ | fields coalesce(a, 'x') as c | display c",
    ],
)
def test_a_capture_that_may_be_empty_is_there_where_its_pattern_matches(text: str) -> None:
    found = translation(text)
    assert "matched_" in found.requests[0].logql
    assert "logql/empty-is-missing" not in {one.rule for one in found.findings}


def test_nothing_more_is_captured_where_nobody_asks() -> None:
    found = translation("parse @message 'a=* b=*' as a, b | filter a = 'x' and b > 5 | display a, b")
    assert "matched_" not in found.requests[0].logql


def test_a_capture_that_is_never_empty_needs_no_care() -> None:
    found = translation(r"parse @message /a=(?<a>\w+)/ | fields coalesce(a, 'x') as c | stats count(a) as n by level")
    assert "matched_" not in found.requests[0].logql


@pytest.mark.parametrize(
    "text",
    [
        "fields coalesce(user, 'none') as u | display u",
        "filter ispresent(user) | display level",
        "filter strlen(user) < 5 | display level",
        "filter user = path | display level",
        "filter user < 'b' | display level",
        "filter user like '' | display level",
        "filter user like /a*/ | display level",
        "stats count(user)",
        "stats count(*) by user",
        "fields substr(user, 3) as rest | stats count(*) by rest",
        r"parse @message /(a=(?<a>\w*))?/ | fields coalesce(a, 'x') as c | display c",
        "parse @message '*' as a | fields coalesce(a, 'x') as c | display c",
    ],
)
def test_a_value_that_loki_cannot_tell_from_a_missing_one_is_said(text: str) -> None:
    assert "logql/empty-is-missing" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "filter user = ''",
        "filter user != ''",
        "filter user in ['', 'a']",
        "filter user not in ['', 'a']",
        "filter items.0.user = '' | display level",
        "fields user = '' as e | stats sum(e)",
    ],
)
def test_who_asks_for_the_empty_text_has_the_line_looked_into(text: str) -> None:
    found = translation(text)
    assert "fromJson __line__" in found.requests[0].logql
    assert "logql/empty-is-missing" not in {one.rule for one in found.findings}


def test_a_key_is_looked_for_once() -> None:
    found = translation("filter user = '' or user = '-' or not (user != '')")
    assert found.requests[0].logql.count("fromJson") == 1


def test_what_no_key_of_the_line_tells_of_gets_the_residual() -> None:
    found = translation("fields if(level = 'x', user, '') as y | filter y = ''")
    assert found.table is None
    assert "logql/empty-text" in {one.rule for one in found.findings}


def test_isempty_asks_for_both() -> None:
    assert "logql/empty-is-missing" not in rules("filter isempty(user) | display level")


def test_a_number_in_quotes_is_compared_as_a_number() -> None:
    assert "(eq (float64 .status_) 500.0)" in translation("filter status = '5e2' | limit 5").requests[0].logql


def test_a_number_that_no_float_holds_is_compared_by_its_digits() -> None:
    found = translation("filter id = 9007199254740993 | limit 5")
    assert '(eq .id_ "9007199254740993")' in found.requests[0].logql


def test_parse_multi_makes_rows_and_so_the_residual() -> None:
    found = translation(r"parse @message /(?<a>\w+)/ multi | display a")
    assert "logql/parse-mode" in {one.rule for one in found.findings}


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("stats stddev(ms)", {"stddev_form": "sample"}),
        ("stats sum(ms) by level", {"nonnumeric_aggregate": "zero"}),
        ("stats count(*) by level", {"null_group": "none"}),
        ("filter status >= 500", {"nonnumeric_compare": "text"}),
        ("filter status = '500'", {"string_number_coercion": "off"}),
        ("filter ok = 1", {"boolean_repr": "true/false"}),
        ("stats count(*)", {"empty_aggregate": "no-row"}),
    ],
)
def test_a_policy_that_loki_cannot_follow_gets_the_residual(text: str, policies: dict[str, str]) -> None:
    assert translation(text).table is not None
    found = translation(text, **policies)
    assert found.table is None
    assert "logql/policy" in {one.rule for one in found.findings}


def test_a_policy_that_loki_follows_keeps_the_panel() -> None:
    assert translation("filter level != 'x'", missing_ne="exclude").fidelity is Fidelity.EQUIVALENT


@pytest.mark.parametrize(
    ("pattern", "filled", "certain", "wide"),
    [
        (r"a=(\w*) b=(\w+)", {2}, {1, 2}, True),
        (r"(x)?(y)", {1, 2}, {2}, True),
        (r"(a)|(b)", {1, 2}, set(), True),
        (r"((a)*)", {2}, {1}, False),
        (r"(?s)(.*)", set(), {1}, False),
        (r"[[:alpha:]]*(a)", set(), set(), False),
        (r"\pL(a)", set(), set(), False),
    ],
)
def test_widths_of_patterns(pattern: str, filled: set[int], certain: set[int], wide: bool) -> None:
    found = widths(pattern)
    assert (found.filled, found.certain, found.wide) == (filled, certain, wide)
