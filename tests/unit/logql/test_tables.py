"""What Grafana does to a table, and where a table ends: each case is a query and the steps that it becomes."""

from __future__ import annotations

import pytest

from migrate.queries.preparing import Options, prepare_query, read_query
from translators.catalog import Catalog, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.grafana.panel import transformations
from translators.queries import Translated, translated
from translators.query.expressions import Rounding
from translators.query.split.table import (
    AsTime,
    Calculate,
    Calculation,
    Finish,
    First,
    Fold,
    Having,
    Keep,
    KeepAny,
    Order,
    Round,
    Table,
)

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


def test_a_bucket_is_a_value_as_others_are() -> None:
    found = table("fields bin(5m) as t, message | sort t | limit 5")
    assert [one.name for one in found.outputs if one.is_time] == ["t"]
    assert found.finish == (Order("t", False), First(5))
    assert "logql/sort-as-text" not in rules("fields bin(5m) as t, message | sort t | limit 5")
    assert "300000" in table("fields bin(5m) as t | filter t > 5 | stats count(*) by level").requests[0].logql


@pytest.mark.parametrize(
    "text",
    [
        "stats count(*) by datefloor(ts, 1h)",
        "stats count(*) by datefloor(@timestamp + 9h, 1d)",
        "stats count(*) by dateceil(@timestamp, 1h)",
        "stats count(*) by datefloor(fromMillis(ts), 1d)",
    ],
)
def test_other_buckets_than_those_of_the_time_are_labels(text: str) -> None:
    found = table(text)
    assert [one.is_time for one in found.outputs] == [True, False]
    assert str(found.requests[0].mode) == "instant"


def test_a_second_bucket_is_a_label() -> None:
    found = table("stats count(*) as n by bin(5m) as five, bin(1h) as hour")
    assert [(one.name, str(one.origin), one.is_time) for one in found.outputs[:2]] == [
        ("five", "time", False),
        ("hour", "label", True),
    ]


def test_a_time_is_its_date_to_functions_of_texts() -> None:
    found = table("fields substr(@timestamp, 0, 10) as day | stats count(*) by day")
    assert '.UTC.Format "2006-01-02 15:04:05.000"' in found.requests[0].logql
    assert "logql/time-as-text" in rules("fields strlen(bin(5m)) as n")
    assert "logql/time-as-text" in rules("fields coalesce(@timestamp, level) as n")
    assert "logql/time-as-text" in rules("fields bin(5m) as b | filter b like '2026'")
    assert "logql/time-as-text" in rules("fields fromMillis(ts) as b | filter b in ['2026-01-01']")


def test_conditions_on_keys_stand_below_the_stats() -> None:
    found = table("stats count(*) as n by level, user as u | filter ispresent(u) and level like /err/ and n > 3")
    assert found.finish == (Keep("n", Having.GREATER, 3),)
    assert '| user_!=""' in found.requests[0].logql
    assert 'level_=~"(?s:.*)(?:err)(?s:.*)"' in found.requests[0].logql


def test_one_of_several_conditions_on_aggregates() -> None:
    found = table("stats count(*) as n, count_distinct(user) as u by level | filter n > 20 or u > 5 or n = 1")
    (any_of,) = found.finish
    assert any_of == KeepAny((Keep("n", Having.GREATER, 20), Keep("u", Having.GREATER, 5), Keep("n", Having.EQUAL, 1)))
    (step,) = [one for one in transformations(found) if isinstance(one, dict) and one["id"] == "filterByValue"]
    assert isinstance(step, dict)
    assert isinstance(step["options"], dict)
    assert step["options"]["match"] == "any"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a < 10", (Keep("a", Having.THERE, ""), Keep("a", Having.LOWER, 10))),
        ("a >= 0", (Keep("a", Having.THERE, ""), Keep("a", Having.GREATER_OR_EQUAL, 0))),
        ("a > 10", (Keep("a", Having.GREATER, 10),)),
        ("n < 10", (Keep("n", Having.LOWER, 10),)),
        ("ispresent(a)", (Keep("a", Having.THERE, ""),)),
        ("not ispresent(a)", (Keep("a", Having.MISSING, ""),)),
        ("a < '10'", (Keep("a", Having.THERE, ""), Keep("a", Having.LOWER, 10.0))),
        ("last = 'x'", (Keep("last", Having.EQUAL, "x"),)),
        ("ispresent(last)", (Keep("last", Having.NOT_EQUAL, ""), Keep("last", Having.THERE, ""))),
    ],
)
def test_a_missing_value_is_no_zero(text: str, steps: tuple[Finish, ...]) -> None:
    query = f"stats count(*) as n, avg(ms) as a, latest(user) as last by level | filter {text}"
    assert finish(query) == steps


@pytest.mark.parametrize("text", ["a < 10 or n > 5", "last > 'x'", "not ispresent(last)", "n > a"])
def test_what_grafana_cannot_ask_of_a_row(text: str) -> None:
    query = f"stats count(*) as n, avg(ms) as a, latest(user) as last by level | filter {text}"
    assert "logql/having" in rules(query)


def test_a_parsed_line_shows_where_it_is_json() -> None:
    found = table("fields jsonParse(@message) as j | fields j.level")
    assert "fromJson __line__" in found.requests[0].logql
    assert "logql/json-as-written" in rules("fields jsonParse(@message) as j | fields j.level")
    assert "logql/json-as-written" not in rules("fields jsonParse(@message) as j | display j.level")


def test_names_that_cloudwatch_does_not_know_are_null() -> None:
    assert "query/field-not-in-record" in rules("stats count(*) by @method2")
    assert "query/system-field" in rules("fields @timestamp, @ingestionTime")


def test_alternatives_of_always_true_conditions() -> None:
    assert "(and )" not in table("stats count(*) by (coalesce(a, 0) or b = 1) as c").requests[0].logql


def test_a_second_stats_without_keys_groups_by_a_column_of_zeros() -> None:
    zeros, fold = finish("stats count(*) as n by level | stats avg(n) as a, stddev(n) as s")
    assert zeros == Calculate("all rows", "n", Calculation.MULTIPLY, 0.0)
    assert isinstance(fold, Fold)
    assert fold.keys == (("all rows", "all rows"),)
    assert "logql/second-stats-of-nothing" in rules("stats count(*) as n by level | stats avg(n)")


def test_a_second_stats_computes_its_arguments_and_buckets_first() -> None:
    less, fold = finish("stats count(*) as n by level | stats sum(n - 1) as s by level")
    assert less == Calculate("s of", "n", Calculation.SUBTRACT, 1.0)
    assert isinstance(fold, Fold)
    assert fold.calls == (("s of", "sum", "s"),)
    steps = finish("stats count(*) as n by bin(5m) as t | stats max(n) as m by dateceil(t, 1h) as h")
    assert steps[:4] == (
        Calculate("h of share", "t", Calculation.DIVIDE, 3_600_000.0),
        Round("h of whole", "h of share", Rounding.CEIL),
        Calculate("h of", "h of whole", Calculation.MULTIPLY, 3_600_000.0),
        AsTime("h of"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stats avg(ms) as a by level, user | stats sum(a) by level", True),
        ("stats count(*) as n by level, user | stats sum(n) by level", False),
        ("stats count(*) as n by level, user | stats count_distinct(user) by level", True),
        ("stats count(*) as n, avg(ms) as a by level, user | stats count(a) by level", False),
    ],
)
def test_what_grafana_makes_of_missing_values_is_said(text: str, said: bool) -> None:
    assert ("logql/missing-in-second-stats" in rules(text)) is said


def test_a_renamed_key_of_the_second_stats_is_shown() -> None:
    last = transformations(table("stats count(*) as n by level, user | stats sum(n) as s by level as l"))[-1]
    assert isinstance(last, dict)
    assert isinstance(last["options"], dict)
    assert "level" not in str(last["options"]["excludeByName"])


@pytest.mark.parametrize(("text", "said"), [("bin(1s)", "up to 3 h"), ("bin(1m)", "up to 183 h"), ("bin(5m)", "")])
def test_a_panel_of_short_buckets_says_how_long_its_window_may_be(text: str, said: str) -> None:
    found = [one.message for one in table(f"stats count(*) by {text}").findings if one.rule == "logql/points-limit"]
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_a_computed_condition_is_as_true_as_its_value() -> None:
    found = table("filter coalesce(a, 0) | display b").requests[0].logql
    assert '(eq (lower .value_) "true")' in found
    assert "(ne (float64 .value_) 0.0)" in found


@pytest.mark.parametrize(
    ("text", "wanted", "other"),
    [
        (
            'fields level as a | fields a as b | fields stream as a | filter b = "x" | limit 5',
            'level_="x"',
            'stream_="x"',
        ),
        (
            'fields level as a | fields a as b | fields stream as a | filter b like "x" | limit 5',
            "level_=~",
            "stream_=~",
        ),
        (
            'fields level as a | fields strcontains(a, "x") as b | fields stream as a | filter b | limit 5',
            'contains "x" .level_',
            "stream_=~",
        ),
    ],
)
def test_a_column_made_of_a_name_keeps_what_the_name_was(text: str, wanted: str, other: str) -> None:
    (request,) = translation(text).requests
    assert wanted in request.panel
    assert other not in request.panel


@pytest.mark.parametrize("made", ["a", "tolower(a)", 'strcontains(a, "x")', 'concat(a, "x")'])
def test_a_column_may_be_made_of_its_own_name(made: str) -> None:
    text = f"fields level as a | fields a as b | fields {made} as b | fields b as a | filter a like 'x' | limit 3"
    assert translation(text).requests
