"""The policy envelope-unicode-escape: what it changes in a query, and which queries say that they depend on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from translators.aws_layout import aws_layout
from translators.catalog import Catalog
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.queries import Prepared, prepare
from translators.query.policies import Policies, Policy, read_policies
from translators.source import Source

ESCAPED = aws_layout("prod")
SLUG = "envelope-unicode-escape"


def unescaped() -> Catalog:
    groups = (
        replace(group, shapes=tuple(replace(shape, escape_unicode=False) for shape in group.shapes))
        for group in ESCAPED.groups
    )
    return replace(ESCAPED, groups=tuple(groups))


def prepared(query: str, catalog: Catalog = ESCAPED, chosen: str = "") -> Prepared:
    policies = read_policies({SLUG: chosen}) if chosen else Policies()
    return prepare(normalise(parse(Source("query", query)), policies), catalog, (), policies)


def uses(found: Prepared) -> list[str]:
    return [use.value for use in found.plan.policies if use.policy is Policy.ENVELOPE_UNICODE_ESCAPE]


@pytest.mark.parametrize(
    "query",
    [
        "filter @message like '오류'",
        "filter @message like /오류|실패/",
        "filter log like 'x' or @message = '오류'",
        "filter strcontains(@message, '오류')",
        "parse @message '오류 * 끝' as what",
        "parse @message /오류 (?<what>.*)/",
    ],
)
def test_a_query_that_looks_for_text_beyond_ascii_in_the_record_says_so(query: str) -> None:
    assert uses(prepared(query)) == ["escaped"]
    assert uses(prepared(query, unescaped())) == ["unescaped"]


@pytest.mark.parametrize(
    "query", ["filter @message like 'error'", "filter log like '오류' | fields @message", "filter stream = '오류'"]
)
def test_other_queries_do_not(query: str) -> None:
    assert uses(prepared(query)) == []


def test_what_is_written_as_escapes_is_not_asked_of_loki() -> None:
    query = "filter @message like '오류'"
    assert [part.query for part in prepared(query).parts] == [None]
    assert [part.query is None for part in prepared(query, unescaped()).parts] == [False]


def test_the_policy_overrules_the_catalog() -> None:
    query = "filter @message like '오류'"
    assert [part.query is None for part in prepared(query, ESCAPED, "unescaped").parts] == [False]
    assert [part.query for part in prepared(query, unescaped(), "escaped").parts] == [None]
    assert uses(prepared(query, ESCAPED, "unescaped")) == ["unescaped"]
