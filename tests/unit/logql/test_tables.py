"""What Grafana does to a table, and where a table ends: each case is a query and the steps that it becomes."""

from __future__ import annotations

import pytest

from migrate.queries.preparing import Options, prepare_query, read_query
from translators.catalog import Catalog, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.queries import Translated, translated
from translators.query.split.table import Finish, First, Fold, Order, Table

CATALOG = Catalog(
    (LogGroup("/app", (Shape("raw", (Matcher("app", MatchOperator.EQUAL, "x"),), RecordKind.JSON, ()),)),)
)


def translation(text: str) -> Translated:
    options = Options()
    return translated(prepare_query(read_query(text, options), CATALOG, options), options.policies, 3_600_000)


def table(text: str) -> Table:
    found = translation(text).table
    assert found is not None, text
    return found


def finish(text: str) -> tuple[Finish, ...]:
    return table(text).finish


def rules(text: str) -> set[str]:
    return {one.rule for one in translation(text).findings}


def test_rows_behind_a_limit_are_counted_by_grafana() -> None:
    found = table("sort @timestamp desc | limit 100 | stats count(*) as n by level | sort n desc | limit 3")
    assert (found.requests[0].limit, found.requests[0].direction) == (100, "backward")
    (fold, order, first) = found.finish
    assert isinstance(fold, Fold)
    assert [name for _, function, name in fold.calls if function == "count"] == ["n"]
    assert (order, first) == (Order("n", True), First(3))


def test_the_bucket_of_a_counted_row_is_a_time() -> None:
    found = table("limit 100 | stats count(*) by bin(5m)")
    assert "{{ mul (div (__timestamp__ | unixEpochMillis) 300000) 300000 }}" in found.requests[0].logql
    assert [one.name for one in found.outputs if one.is_time] == ["bin(5m)"]


@pytest.mark.parametrize(
    "text",
    [
        "limit 100 | stats sum(ms) by level",
        "limit 100 | stats count(ms) by level",
        "limit 100 | stats count(*)",
        "sort ms desc | limit 100 | stats count(*) by level",
    ],
)
def test_other_aggregates_of_limited_rows_stay_here(text: str) -> None:
    assert "logql/limit-before-stats" in rules(text)


def test_a_column_may_be_computed_of_itself() -> None:
    assert "* 2" in table("stats sum(ms) as n by level | fields n * 2 as n").requests[0].logql


def test_a_column_that_was_read_keeps_its_meaning() -> None:
    assert "logql/order" in rules("stats sum(ms) as n by level | filter n > 5 | fields n * 2 as n")


def test_a_division_by_a_measure_skips_zeros() -> None:
    assert "!= 0" in table("stats sum(a) / sum(b) as x by level").requests[0].logql
    assert "!= 0" not in table("stats sum(a) / 1024 as x by level").requests[0].logql


def test_a_division_by_zero_stays_here() -> None:
    assert "logql/over-aggregates" in rules("stats sum(a) / 0 as x by level")


@pytest.mark.parametrize(("function", "side"), [("floor", "< bool 0"), ("ceil", "> bool 0")])
def test_rounding_minds_negative_numbers(function: str, side: str) -> None:
    assert side in table(f"stats {function}(avg(a)) as x by level").requests[0].logql


def test_rows_of_a_table_are_counted_by_a_column_that_is_never_missing() -> None:
    (fold,) = finish("stats sum(ms) as c by level, user | stats count(*) as n by level")
    assert isinstance(fold, Fold)
    ((column, _, _),) = fold.calls
    assert column != "c"


def test_equal_rows_at_a_limit_are_said() -> None:
    assert "logql/ties-at-limit" in rules("stats count(*) as n by level | sort n desc | limit 3")
    assert "logql/ties-at-limit" not in rules("stats count(*) as n by level | sort n desc")


def test_earliest_and_latest_of_one_field_have_their_own_labels() -> None:
    found = table("stats earliest(ms) as a, latest(ms) as b by level")
    labels = [one.label for one in found.outputs if one.name in ("a", "b")]
    assert len(set(labels)) == 2


def test_a_second_time_is_a_time() -> None:
    assert all(one.is_time or one.label == "" for one in table("display @timestamp, @timestamp as t").outputs)


@pytest.mark.parametrize(
    "text",
    ["stats count(nosuch.x) as n by level", "stats sum(level), count(*) as n by level"],
)
def test_aggregates_of_nothing_have_a_panel(text: str) -> None:
    assert table(text).requests


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("fields bin(5m) as t | fields level as t | stats count(*) by t", "sum by (level_)"),
        ("fields bin(5m) as t | parse @message 'a=*' as t | stats count(*) by t", "sum by (t_)"),
        ("fields level as t | fields stream as t | stats count(*) by t", "sum by (stream_)"),
    ],
)
def test_the_last_definition_of_a_name_counts(text: str, grouped: str) -> None:
    (request,) = translation(text).requests
    assert request.panel.startswith(grouped)
    assert "[5m]" not in request.panel


@pytest.mark.parametrize("later", ["bin(5m)", "jsonParse(@message)"])
def test_a_name_that_now_is_no_label_is_not_read_from_the_old_one(later: str) -> None:
    found = translation(f"fields level as t | fields {later} as t | filter t like /x/ | stats count(*) by stream")
    assert found.table is None or "level_=~" not in found.table.requests[0].panel


def test_a_bucket_that_is_filtered_or_sorted_has_no_panel_and_says_why() -> None:
    assert "logql/bucket-as-value" in rules("fields bin(5m) as t, message | sort t | limit 5")
    assert "logql/bucket-as-value" in rules("fields bin(5m) as t | filter t > 5 | stats count(*) by level")
