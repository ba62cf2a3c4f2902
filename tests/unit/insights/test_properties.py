"""What holds for every query and for every event."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from translators.insights.errors import InsightsError
from translators.insights.evaluate import prefilter, regex
from translators.insights.evaluate.evaluate import evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.operators.parse import greedy_glob, lazy_glob
from translators.insights.evaluate.settings import Settings, Sources
from translators.insights.evaluate.values import date_text, days_of, number_of, sort_key
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.plan import Filter, Limit, Plan, Project, Sort
from translators.source import Source

CORPUS = Path("/work/shared/corpus/queries/insights.jsonl")
SEEDS = [json.loads(line)["query"] for line in CORPUS.read_text("utf-8").splitlines()] if CORPUS.exists() else []
SEEDS += ["fields a, strlen(b) as c | filter c > 3 | stats count(*) by bin(5m), a | sort a desc | limit 5"]
PIECES = [
    "|",
    "(",
    ")",
    "/",
    "`",
    "'",
    '"',
    "{{p}}",
    "$q(",
    "#",
    "//",
    "[",
    "]",
    ",",
    " as ",
    " by ",
    " in ",
    " like ",
    "not ",
    "=",
    "5m",
]
PIECES += ["bin(", "\\", "<a>", "한글", "\x00", "\n", ".", "-", "stats ", "join ", "dedup ", "\ud800", "😀", "9" * 20]

texts = st.text(max_size=60)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.floats(-1e6, 1e6),
    st.sampled_from(["error", "Error", "500", "007", "", "a1", "a10", "한글", 'q"u\\o', "x/y"]),
)
records = st.dictionaries(st.sampled_from(["a", "b", "level", "n"]), values, max_size=4)
events = st.lists(
    st.one_of(records.map(json.dumps), records.map(lambda r: json.dumps(r, ensure_ascii=False)), texts), max_size=30
)


def rows_of(plan: Plan, messages: list[str]) -> tuple[tuple[object, ...], ...]:
    return evaluate(plan, Sources(lambda _: [Event(1000 * (at % 7), text) for at, text in enumerate(messages)])).rows


def planned(text: str) -> Plan:
    return normalise(parse(Source("q", text)))


@given(texts)
def test_any_text_is_read_or_refused(text: str) -> None:
    check_reading(text)


@settings(max_examples=400)
@given(st.data())
def test_a_query_with_anything_in_it_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SEEDS))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = at + data.draw(st.sampled_from([0, 0, 1, 5]))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[end:]
    check_reading(text)


def check_reading(text: str) -> None:
    """Only the one error may escape, and it has its place in the text, or right behind it."""
    row, column = 1, 1
    try:
        normalise(parse(Source("q", text)))
    except InsightsError as error:
        row, column = error.line, error.column
    rows = text.split("\n")
    assert 1 <= row <= len(rows)
    assert 1 <= column <= len(rows[row - 1]) + 1


PATTERNS = [
    "err",
    "^a",
    "o$",
    r"\d+",
    r"[a-c]+1?",
    "x.y",
    r"\s",
    r"\w\W",
    "(?i)ERROR",
    "(a|b)c?",
    r"[^\s\"]+",
    "[]x]",
    r"[\d.]{2,}",
]
PATTERNS += [r"\b\w+\b", "(?s)a.*z", "a{2}", r"\/", "한.", "(?i)k", r"[[a]", r"[&~|]", "(?:ab)+", "(a*)*b", r"\S\S?"]


@settings(max_examples=300)
@given(st.sampled_from(PATTERNS), st.text('abcoxyzERKk10 \n\v한ſK/"[&|.', max_size=12))
def test_the_fast_engine_means_what_re2_means(pattern: str, text: str) -> None:
    expected = re2.search(pattern, text)
    assert regex.tester(pattern)(text) is (expected is not None)
    found = regex.captures(pattern, (0,))(text)
    assert found == (None if expected is None else (expected.group(0),))


OF_PATTERNS = [
    *(
        "a",
        "b",
        "A",
        "1",
        " ",
        "\n",
        ".",
        "[",
        "]",
        "^",
        "$",
        "(",
        ")",
        "(?:",
        "|",
        "*",
        "+",
        "?",
        "{1,2}",
        "{2}",
        "{1,}",
    ),
    *("-", r"\s", r"\S", r"\d", r"\w", r"\W", r"\D", r"\n", r"\.", r"\]", r"\[", r"\-", "[:", "&&", "~", "||", "[^"),
    *("[]", "[^]", "(?i)", "(?s)", "é", r"\b", r"\x41", r"\z", "\\"),
]


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(OF_PATTERNS), max_size=8).map("".join), st.text("abA1 \n.-[]^&~|é\x0b\x85", max_size=8))
def test_whatever_re2_accepts_means_the_same_on_the_fast_engine(pattern: str, text: str) -> None:
    quiet = re2.Options()
    quiet.log_errors = False
    try:
        compiled = re2.compile(pattern, quiet)
    except re2.error:
        return
    groups = tuple(range(compiled.groups + 1))
    expected = compiled.search(text)
    found = regex.captures(pattern, groups)(text)
    assert found == (None if expected is None else tuple(expected.group(group) for group in groups))


@given(st.lists(st.text("a=- ", max_size=2), min_size=2, max_size=4).map(tuple), st.text("ab=- \n", max_size=20))
def test_globs_mean_lazy_and_greedy_regular_expressions(parts: tuple[str, ...], text: str) -> None:
    lazy = "(.*?)".join(re.escape(part) for part in parts)
    lazy = lazy.removesuffix("(.*?)") + "(.*)" if parts[-1] == "" else lazy
    found = re.search(lazy, text, re.DOTALL)
    assert lazy_glob(parts)(text) == (None if found is None else found.groups())
    found = re.search("(.*)".join(re.escape(part) for part in parts), text, re.DOTALL)
    assert greedy_glob(parts)(text) == (None if found is None else found.groups())


CONDITIONS = [
    'level = "error"',
    'level like "rr"',
    "level like /한글/",
    'a = "x/y" and b = 1',
    'level = "500"',
    'a like "u\\\\o"',
    'n = "1e3"',
]


@settings(max_examples=200)
@given(st.sampled_from(CONDITIONS), events)
def test_looking_at_the_raw_message_first_loses_nothing(condition: str, messages: list[str]) -> None:
    plan = planned(f"filter {condition} | fields @message | sort @timestamp, @message")
    quick = prefilter.quick(next(each for each in walk_filters(plan)).predicate)
    kept = {row[0] for row in rows_of(plan, messages)}
    slow = {row[0] for row in rows_of(planned(f"filter ({condition}) or 1 = 0 | fields @message"), messages)}
    assert kept == slow
    assert quick is None or all(quick(str(message)) for message in kept)


def test_an_escape_may_hide_the_text_from_the_raw_message() -> None:
    for condition in ('a like "xA"', 'a = "xA"', "a like /xA/", 'a = "xA" and b like "y"'):
        assert rows_of(planned(f"filter {condition} | fields b"), [r'{"a": "x\u0041", "b": "y"}']) == (("y",),)


def walk_filters(plan: Plan) -> list[Filter]:
    from translators.query.tree import walk

    return [each for each in walk(plan.root) if isinstance(each, Filter)]


@settings(max_examples=200)
@given(events, st.integers(1, 5), st.sampled_from(["a", "n desc", "level, n desc", "@timestamp", "b desc, @timestamp"]))
def test_the_first_rows_are_those_of_the_whole_order(messages: list[str], count: int, keys: str) -> None:
    limited = planned(f"fields @message, n | sort {keys} | limit {count}")
    limit = limited.root.input
    assert isinstance(limit, Limit)
    assert isinstance(limit.input, Sort)
    whole = Plan(Project(limit.input, limited.root.columns))
    assert rows_of(limited, messages) == rows_of(whole, messages)[:count]


@pytest.mark.parametrize("keys", ["n", "n desc", "m desc, n", "m, n desc", "n desc, @timestamp"])
def test_rows_that_are_let_go_early_were_none_of_the_first(keys: str) -> None:
    """Past a thousand rows the sort forgets those that can no longer come first."""
    messages = [json.dumps({"n": at * 7919 % 3001, "m": at % 3}) for at in range(3000)]
    first = rows_of(planned(f"fields n, m | sort {keys} | limit 7"), messages)
    rows = [(at * 7919 % 3001, at % 3, at) for at in range(3000)]
    for key in reversed(keys.replace("@timestamp", "t").split(", ")):
        name, _, direction = key.partition(" ")
        rows.sort(key=lambda row: row["nmt".index(name)], reverse=direction == "desc")
    assert first == tuple(row[:2] for row in rows[:7])


@given(st.lists(values, max_size=8))
def test_the_natural_order_is_total_and_nulls_come_first(found: list[object]) -> None:
    keys = [sort_key(int(value) if isinstance(value, bool) else value) for value in found]  # type: ignore[arg-type]
    ranks = [rank for rank, _, _ in sorted(keys)]
    assert ranks == sorted(ranks)


@given(st.text("0123456789.eE+-xN ", max_size=8))
def test_a_text_is_a_number_only_when_python_agrees(text: str) -> None:
    number = number_of(text)
    if number is not None:
        assert float(text) == number


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_dates_are_those_of_the_calendar(milliseconds: int) -> None:
    check_date(milliseconds)


@pytest.mark.parametrize("century", [1500, 1600, 1900, 2000, 2100, 2400])
def test_the_ends_of_months_and_years_are_those_of_the_calendar(century: int) -> None:
    from datetime import date

    for year in range(century - 5, century + 6):
        for month in range(1, 13):
            first = (date(year, month, 1) - date(1970, 1, 1)).days
            assert days_of(year, month) == first
            check_date(first * 86_400_000)
            check_date(first * 86_400_000 - 1)


def check_date(milliseconds: int) -> None:
    from datetime import UTC, datetime, timedelta

    expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert date_text(milliseconds) == f"{expected:%Y-%m-%d %H:%M:%S}.{expected.microsecond // 1000:03d}".rjust(23, "0")


@settings(max_examples=150, deadline=None)
@given(events)
def test_groups_add_up_to_the_whole(messages: list[str]) -> None:
    ((whole, total),) = rows_of(planned("stats count(*), sum(n)"), messages)
    groups = rows_of(planned("stats count(*) as c, sum(n) as s by level, a"), messages)
    assert sum(int(str(row[2])) for row in groups) == whole
    sums = [float(str(row[3])) for row in groups if row[3] is not None]
    assert abs(sum(sums) - float(str(total or 0))) <= 1e-6


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000 + "fields a",
        "fields a" + "|" * 100_000,
        "-- x\n" * 20_000 + "fields a",
        "filter a = " + "http://" * 15_000,
        "fields a" + " " * 100_000 + "| limit 3",
    ],
    ids=["blanks", "bars", "remarks", "addresses", "gap"],
)
def test_a_long_text_is_read_in_time_that_grows_with_its_length(text: str) -> None:
    """Each took minutes where a pattern or a list was gone through once for every letter."""
    assert normalise(parse(Source("q", text))).root.columns


def test_the_first_and_the_last_of_a_millisecond_do_not_depend_on_the_order_of_reading() -> None:
    events = [Event(5, f'{{"n":{n}}}', nanoseconds=n) for n in (3, 1, 4, 2)]
    plan = normalise(parse(Source("q", "stats earliest(n) as e, latest(n) as l")))
    assert evaluate(plan, Sources(lambda _: events), Settings()).rows == ((1, 4),)
