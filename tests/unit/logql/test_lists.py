"""Long lists of values in templates: what guards a value stands there once, not once an item."""

from __future__ import annotations

import pytest

from translators.catalog import Catalog, Field, InJson, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.logql.translate.templates import NUMBER
from translators.queries import prepare, translated
from translators.query.policies import Policies
from translators.source import Source

HOUR = 3_600_000
SHAPE = Shape("x", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.JSON, (Field((), InJson(())),))
CATALOG = Catalog((LogGroup("/x", (SHAPE,)),))


def logql(query: str) -> list[str]:
    policies = Policies()
    plan = normalise(parse(Source("q", query)), policies)
    found = translated(prepare(plan, CATALOG, ("/x",), policies), policies, HOUR)
    return [request.panel for request in found.requests]


@pytest.mark.parametrize("query", ["filter n in [{}] | fields n", "stats sum(n not in [{}]) by user"])
def test_many_numbers_are_guarded_once(query: str) -> None:
    listed = ", ".join(map(str, range(700)))
    for text in logql(query.format(listed)):
        assert text.count(NUMBER) <= 2
        assert len(text) < 3 * len(listed)


def test_texts_and_numbers_are_two_lists() -> None:
    (text,) = logql('filter user in ["a", 5, "b", "6", "ü"] | fields user')
    assert "(eq (float64 .user_) 5.0 6.0)" in text
    assert '(eq .user_ "a" "b" "ü")' in text
