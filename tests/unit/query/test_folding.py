"""Log groups that differ in one label are one selector, and each line still says of which group it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.queries.preparing import Options, prepare_query, read_query
from translators.catalog import Catalog, InLabel, LogGroup, Matcher, MatchOperator, RecordKind, Shape, StreamPart
from translators.queries import QueryShape, Translated, translated
from translators.query.bind import Bound
from translators.query.folding import folded

APP, OTHER = Matcher("app", MatchOperator.EQUAL, "a.b"), Matcher("app", MatchOperator.EQUAL, "c")
SHOP = Matcher("namespace", MatchOperator.EQUAL, "shop")


def shape(*selector: Matcher) -> Shape:
    return Shape("raw", selector, RecordKind.JSON, (), (StreamPart(place=InLabel("host")),))


def bounds(*shapes: Shape) -> tuple[Bound, ...]:
    return tuple(Bound(LogGroup(f"/app/{number}", (one,)), one) for number, one in enumerate(shapes))


def translation(text: str) -> Translated:
    one, other = shape(SHOP, APP), shape(SHOP, OTHER)
    catalog = Catalog((LogGroup("/one", (one,), "123456789012"), LogGroup("/other", (other,))))
    options = Options()
    return translated(prepare_query(read_query(text, options), catalog, options), options.policies, 3_600_000)


def test_the_values_of_the_label_are_alternatives() -> None:
    found = folded(bounds(shape(SHOP, APP), shape(SHOP, OTHER)))
    assert found is not None
    assert found.shape.selector == (SHOP, Matcher("app", MatchOperator.MATCHES, r"a\.b|c"))


@pytest.mark.parametrize(
    "other",
    [
        shape(SHOP, APP),
        shape(SHOP),
        shape(SHOP, Matcher("app", MatchOperator.MATCHES, "c|d")),
        shape(SHOP, Matcher("app", MatchOperator.EQUAL, "")),
        shape(SHOP, Matcher("container", MatchOperator.EQUAL, "c")),
        shape(Matcher("namespace", MatchOperator.EQUAL, "pay"), OTHER),
        replace(shape(SHOP, OTHER), stream=()),
        replace(shape(SHOP, OTHER), record=RecordKind.TEXT),
    ],
)
def test_groups_that_differ_otherwise_stay_apart(other: Shape) -> None:
    assert folded(bounds(shape(SHOP, APP), other)) is None


def test_a_panel_counts_over_several_groups() -> None:
    found = translation("SOURCE '/one' | SOURCE '/other' | stats count(*) by level")
    assert found.shape is QueryShape.LOGQL
    assert r"""{namespace="shop", app=~`a\.b|c`}""" in found.requests[0].logql


def test_each_line_says_of_which_group_it_is() -> None:
    found = translation("SOURCE '/one' | SOURCE '/other' | fields @log, level")
    assert '(eq .app "a.b") }}{{ "123456789012:/one" }}' in found.requests[0].logql
    assert '(eq .app "c") }}{{ "/other" }}' in found.requests[0].logql


def test_a_join_of_two_groups_is_no_single_selector() -> None:
    found = translation("SOURCE '/one' | filter level in (SOURCE '/other' | fields level)")
    assert "logql/several-selectors" in {one.rule for one in found.findings}
