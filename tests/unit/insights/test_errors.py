"""What is wrong with a query, and where: by rule, line and column."""

from __future__ import annotations

import pytest

from translators.insights.errors import InsightsError
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import Given, SavedQuery, parse
from translators.render import render
from translators.source import Source

WRONG = [
    ("", "empty-query", 1, 1),
    ("fields a |\n| sorting b", "unknown-command", 2, 3),
    ("fields a, b c", "syntax", 1, 13),
    ("filter a = ", "syntax", 1, 12),
    ("filter a = 'x", "unterminated-string", 1, 12),
    ("filter a like /x", "unterminated-regex", 1, 15),
    ("fields `a", "unterminated-name", 1, 8),
    ("filter a like /(?=x)/", "regex", 1, 15),
    ("filter a like /(x/", "regex", 1, 15),
    ("filter a like /x/i and b = 1", "regex", 1, 18),
    ("fields foo(a)", "unknown-function", 1, 8),
    ("stats countif(a > 1) as n by b", "unknown-function", 1, 7),
    ("fields strlen(a, b)", "arity", 1, 8),
    ("fields count(*)", "aggregate-outside-stats", 1, 8),
    ("stats a", "not-an-aggregate", 1, 7),
    ("stats max(a) - b", "not-an-aggregate", 1, 7),
    ("stats count(*) by max(a)", "aggregate-in-by", 1, 19),
    ("stats pct(a, 101)", "percentile", 1, 14),
    ("stats pct(a, b)", "percentile", 1, 14),
    ("stats count(*) by bin(5 lightyears)", "syntax", 1, 25),
    ("stats count(*) by bin(5x)", "period", 1, 23),
    ("stats count(*) by bin(0m)", "period", 1, 23),
    ("fields datefloor(5m)", "period", 1, 8),
    ("limit x", "syntax", 1, 7),
    ("limit 1.5", "syntax", 1, 7),
    ("fields a\n| limit 100001", "limit-range", 2, 3),
    ("parse @message 'a=*'", "syntax", 1, 21),
    ("parse @message /a=(b)/", "parse-without-names", 1, 16),
    ("dedup a | filter b = 1", "after-dedup", 1, 11),
    ("dedup a | stats count(*)", "after-dedup", 1, 1),
    ("stats count(*) as c by a | sort c | stats max(c)", "sort-between-stats", 1, 28),
    ("stats count(*) as c by a | limit 3 | stats max(c)", "sort-between-stats", 1, 28),
    ("stats count(*) as c by a,b | stats max(c) as m by a | stats max(m)", "too-many-stats", 1, 55),
    ("stats count(*) as c by a | stats max(c) by bin(5m)", "bin-after-stats", 1, 44),
    ("stats count(*) as c by a | filter c > 1 or other = 2", "mixed-having", 1, 35),
    ("filter a in (fields b, c)", "subquery-columns", 1, 14),
    ("filter a in (filter b in (fields c) | fields a)", "nested-subquery", 1, 27),
    ("join type=outer left=a right=b where a.x=b.x (SOURCE 'g')", "join-type", 1, 1),
    ("join left=a right=b where a.x=c.x (SOURCE 'g')", "join-condition", 1, 27),
    ("filter a = {{p}}", "missing-parameter", 1, 12),
    ("filter a > <some value>", "missing-parameter", 1, 12),
    ("$Errors()", "unknown-saved-query", 1, 1),
    ("fields a | SOURCE '/g'", "source", 1, 12),
    ("SOURCE logGroupTags([{key: 'team', values: ['a']}]) | fields a", "source", 1, 8),
    ("source=[`g`] | where a = 1", "ppl", 1, 1),
    ("fields a | where b = 1", "ppl", 1, 12),
    ("SELECT a FROM `g`", "sql", 1, 1),
    ("relevantfields where a > 1", "relevantfields", 1, 1),
    ("filter 한글 = “x”", "unexpected-character", 1, 13),
    ("fields " + "(" * 80 + "a" + ")" * 80, "too-deep", 1, 69),
    ("fields a" + " + a" * 200, "too-deep", 1, 610),
    ("filter " + "not " * 200 + "a", "too-deep", 1, 608),
    ("filter " + "!" * 200 + "a", "too-deep", 1, 158),
    ("filter a" + " = 1" * 200, "too-deep", 1, 610),
    ("limit " + "9" * 400, "syntax", 1, 7),
    ("filter a = " + "9" * 400, "number-range", 1, 12),
    ("filter a = 1e999", "number-range", 1, 12),
]


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"), WRONG, ids=[f"{rule}-{text[:30]}" for text, rule, *_ in WRONG]
)
def test_a_wrong_query_is_refused_by_rule_and_place(text: str, rule: str, line: int, column: int) -> None:
    with pytest.raises(InsightsError) as caught:
        normalise(parse(Source("q", text)))
    assert (caught.value.rule, caught.value.line, caught.value.column) == (f"insights/{rule}", line, column)


def test_the_error_says_what_could_have_stood_there() -> None:
    with pytest.raises(InsightsError) as caught:
        parse(Source("q", "fields a\n| sort b desc, | limit 3 x"))
    assert caught.value.expected == ("`|`", "the end of the query")
    assert "found `x`" in caught.value.message


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(InsightsError) as caught:
        parse(Source("q", "feilds a"))
    assert caught.value.remedy == "did you mean `fields`?"


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("stats countif(a > 1) as n", "sum(condition)"),
        ("stats p95(ms) by b", "pct(field, 95)"),
        ("stats avgs(ms) by b", "`avg`"),
        ("ｆｉｅｌｄｓ a", "`fields`"),
    ],
)
def test_what_other_languages_and_keyboards_write_has_a_way_out(text: str, way_out: str) -> None:
    with pytest.raises(InsightsError) as caught:
        normalise(parse(Source("q", text)))
    assert way_out in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("fields a ｜ limit 3", "full-width character: type | instead"),
        ("filter a ＝ 1", "full-width character: type = instead"),
        ("filter a = ’x’", 'typographic quote: type " instead'),
        ("fields a – b", "a dash: type - instead"),
        ("fields a §", "unexpected character '§'"),
    ],
)
def test_a_character_of_another_keyboard_is_named_with_the_one_to_type(text: str, hint: str) -> None:
    with pytest.raises(InsightsError) as caught:
        parse(Source("q", text))
    assert hint in caught.value.message


def test_other_languages_are_unsupported_and_mistakes_are_not() -> None:
    for text, unsupported in (("SELECT a FROM b", True), ("source = g | top a", True), ("filter a =", False)):
        with pytest.raises(InsightsError) as caught:
            parse(Source("q", text))
        assert caught.value.unsupported is unsupported


def test_carets_stand_under_the_mistake_also_behind_wide_letters() -> None:
    source = Source("runbook.md", "fields a\n| filter 한글 = foo(1)")
    with pytest.raises(InsightsError) as caught:
        normalise(parse(source))
    error = caught.value
    assert error.span is not None
    assert render(source, error.span, error.message, error.rule, error.remedy).split("\n")[:3] == [
        "runbook.md:2:15: there is no function `foo` [insights/unknown-function]",
        "2 | | filter 한글 = foo(1)",
        "  |                 ^^^",
    ]


def test_parameters_fill_values_strings_and_limits() -> None:
    text = "filter level = {{level}} and m like /id-{{id}}/ and n in {{codes}} | limit {{most}}"
    given = Given({"level": '"WARN"', "id": "7", "codes": "[400, 404]", "most": "5"})
    expected = 'filter level = "WARN" and m like /id-7/ and n in [400, 404] | limit 5'
    assert normalise(parse(Source("q", text), given)).root == normalise(parse(Source("q", expected))).root


def test_a_saved_query_is_its_commands_with_values_and_defaults() -> None:
    saved = {
        "ErrorsByLevel": SavedQuery("fields @message | filter level = {{level}} and app = {{app}}", {"app": "Order"}),
        "Recent N": SavedQuery("sort @timestamp desc | limit {{count}}", {"count": "20"}),
    }
    called = parse(Source("q", '$ErrorsByLevel(level = "WARN")\n| $`Recent N`()'), Given(saved=saved))
    plain = 'fields @message | filter level = "WARN" and app = "Order" | sort @timestamp desc | limit 20'
    assert normalise(called).root == normalise(parse(Source("q", plain))).root


def test_a_saved_query_cannot_call_another() -> None:
    saved = {"a": SavedQuery("$b()"), "b": SavedQuery("limit 1")}
    with pytest.raises(InsightsError, match="cannot call another"):
        parse(Source("q", "$a()"), Given(saved=saved))
