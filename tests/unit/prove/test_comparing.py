"""Row-by-row verdicts: what is equal, what a tolerance covers, what a limit leaves open, what differs."""

from __future__ import annotations

from migrate.queries.prove.comparing import Comparison, RowVerdict, compare, with_dates
from migrate.queries.prove.tables import Expected, Row, ordering_of, split_keys, visible_ranks, with_keys
from migrate.queries.prove.tolerances import tolerances_of
from translators.insights.evaluate.evaluate import evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Sources
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.plan import Plan
from translators.source import Source


def plan_of(text: str) -> Plan:
    return normalise(parse(Source("query", text)))


def expected(text: str, messages: list[str]) -> Expected:
    """The table of a query over events that are a second apart."""
    plan = plan_of(text)
    ordering = ordering_of(plan)
    events = [Event(1000 * number, message) for number, message in enumerate(messages)]
    result = evaluate(with_keys(plan, ordering), Sources(lambda _: events))
    rows, ranks = split_keys(result.rows, len(plan.columns))
    return Expected(plan.columns, rows, ranks, ordering.most, ordering.tail)


def text_table(rows: list[Row], ranks: list[int] | None = None, most: int = 10**9) -> Expected:
    """A table as CloudWatch gives it."""
    keys = tuple(((2, rank, ""),) for rank in ranks) if ranks else ((),) * len(rows)
    return Expected(("a", "b"), tuple(rows), keys, most, as_text=True, whole=False)


def verdicts(comparison: Comparison) -> list[tuple[int | None, int | None, str]]:
    return [(match.expected, match.actual, match.verdict.value) for match in comparison.matches]


ABC = ['{"k":"a","n":1}', '{"k":"b","n":1}', '{"k":"c","n":2}']


def test_groups_without_a_sort_may_come_in_any_order() -> None:
    table = expected("stats count(*) as c by k", ABC)
    assert compare(table, table.columns, table.rows[::-1]).equal


def test_a_written_sort_must_hold() -> None:
    table = expected("fields k | sort n desc", ABC)
    assert table.rows[0][0] == "c"
    swapped = (table.rows[1], table.rows[0], table.rows[2])
    comparison = compare(table, table.columns, swapped)
    assert not comparison.equal
    assert not comparison.differing
    assert comparison.disorder


def test_rows_of_equal_rank_may_change_places_though_their_key_is_not_shown() -> None:
    table = expected("fields k | sort n desc", ABC)
    swapped = (table.rows[0], table.rows[2], table.rows[1])
    assert compare(table, table.columns, swapped).equal


def test_without_a_sort_the_newest_event_is_first() -> None:
    table = expected("fields k", ABC)
    assert [row[0] for row in table.rows] == ["c", "b", "a"]
    assert compare(table, table.columns, table.rows).equal
    assert not compare(table, table.columns, table.rows[::-1]).equal


def test_which_rows_of_equal_rank_a_limit_keeps_is_open() -> None:
    table = expected("fields k | sort n asc | limit 1", ABC)
    assert compare(table, table.columns, [("a",)]).equal
    assert compare(table, table.columns, [("b",)]).equal
    assert not compare(table, table.columns, [("c",)]).equal


def test_a_limit_is_kept_from_the_end_too() -> None:
    table = expected("fields k | sort n asc", ABC)
    tail = Expected(table.columns, table.rows, table.ranks, 1, tail=True)
    assert compare(tail, table.columns, [("c",)]).equal
    assert not compare(tail, table.columns, [("a",)]).equal


def test_a_row_too_few_or_too_many_differs() -> None:
    table = expected("fields k", ABC)
    assert not compare(table, table.columns, table.rows[:2]).equal
    comparison = compare(table, table.columns, (*table.rows, ("a",)))
    assert [match for match in verdicts(comparison) if match[2] == "different"] == [(None, 3, "different")]


def test_duplicates_count() -> None:
    table = expected("fields n | sort n asc", ABC)
    assert compare(table, table.columns, [(1,), (1,), (2,)]).equal
    assert not compare(table, table.columns, [(1,), (2,), (2,)]).equal


def test_other_columns_differ() -> None:
    table = expected("fields k", ABC)
    assert compare(table, ("other",), table.rows).columns_differ


def test_the_last_bits_of_a_fraction_are_tolerated_and_named() -> None:
    table = Expected(("a",), ((0.1 + 0.2,), (1.0,)), ((), ()), 10)
    comparison = compare(table, ("a",), [(1.0,), (0.3,)])
    assert verdicts(comparison) == [(0, 1, "equal within tolerance"), (1, 0, "equal")]
    assert [one.name for one in comparison.tolerances] == ["float"]
    assert not compare(table, ("a",), [(1.0,), (0.3001,)]).equal


def test_text_that_only_looks_like_the_same_number_differs() -> None:
    table = Expected(("a",), (("007",),), ((),), 10)
    assert not compare(table, ("a",), [("7",)]).equal
    assert not compare(table, ("a",), [(7,)]).equal


def test_a_missing_value_is_no_empty_text() -> None:
    table = Expected(("a",), ((None,),), ((),), 10)
    assert not compare(table, ("a",), [("",)]).equal


def test_text_of_the_api_is_read_as_what_our_column_is() -> None:
    table = text_table([("500.0", "x"), ("1e3", "y")])
    assert verdicts(compare(table, ("a", "b"), [(500, "x"), (1000, "y")])) == [(0, 0, "equal"), (1, 1, "equal")]


def test_as_many_decimals_as_cloudwatch_prints() -> None:
    table = text_table([("12.3333", "x")])
    comparison = compare(table, ("a", "b"), [(37 / 3, "x")])
    assert [one.name for one in comparison.tolerances] == ["printed-decimals"]
    assert comparison.equal
    assert not compare(table, ("a", "b"), [(12.3345, "x")]).equal
    assert not compare(text_table([("12.3", "x")]), ("a", "b"), [(37 / 3, "x")]).equal


def test_percentiles_of_cloudwatch_have_a_tolerance_of_their_own() -> None:
    plan = plan_of("stats pct(n, 95) as a, sum(n) as b by k | fields a, a * 2 as a2")
    found = tolerances_of(plan, of_aws=True)
    assert {name: one.name for name, one in found.items()} == {"a": "pct-algorithm", "a2": "pct-algorithm"}
    assert tolerances_of(plan, of_aws=False) == {}
    table = text_table([("100.5", "7")])
    assert compare(table, ("a", "b"), [(100, 7)], {"a": found["a"]}).equal
    assert not compare(table, ("a", "b"), [(100, 8)], {"a": found["a"]}).equal


def test_behind_a_limit_only_rows_of_the_last_rank_may_be_others() -> None:
    table = text_table([("9", "x"), ("3", "y")], [9, 3], most=2)
    comparison = compare(table, ("a", "b"), [(9, "x"), (3, "z")])
    assert comparison.equal
    assert [one.name for one in comparison.tolerances] == ["limit-ties"]
    assert not compare(table, ("a", "b"), [(9, "z"), (3, "y")]).equal
    assert not compare(text_table([("3", "y")], [3], most=1), ("a", "b"), [(3, "z")]).equal


def test_an_order_that_is_not_shown_is_said_to_be_unproven() -> None:
    plan = plan_of("fields k | sort n desc")
    ranks, notes = visible_ranks(plan, ordering_of(plan), [("a",), ("b",)])
    assert ranks == ((), ())
    assert "`n`" in notes[0]
    shown = plan_of("fields k, n | sort n desc")
    ranks, notes = visible_ranks(shown, ordering_of(shown), [("a", "1"), ("b", "2")])
    assert ranks[0] != ranks[1]
    assert notes == ()


def test_epoch_milliseconds_are_times_where_ours_are() -> None:
    rows, used = with_dates([("1772413200000", "1772413200000")], [("2026-03-02 01:00:00.000", 5)])
    assert rows == (("2026-03-02 01:00:00.000", "1772413200000"),)
    assert [one.name for one in used] == ["epoch-time"]


def test_differing_rows_stand_beside_the_most_alike() -> None:
    table = Expected(("k", "n"), (("a", 1), ("b", 2)), ((), ()), 10)
    comparison = compare(table, ("k", "n"), [("b", 3), ("a", 2)])
    assert {(match.expected, match.actual) for match in comparison.differing} == {(0, 1), (1, 0)}
    assert comparison.count(RowVerdict.DIFFERENT) == 2
