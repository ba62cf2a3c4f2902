"""Windows are closed, cover themselves exactly when they are cut, and shift as diff asks."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.cli.query_inputs import read_length, read_time, read_window
from migrate.queries.window import DAY, LONGEST, Window
from translators.diagnostics import Refused
from translators.query.plan import Shift

TEN = 1_763_805_600_000
"""2025-11-22 10:00:00 UTC."""
windows = st.builds(lambda start, length: Window(start, start + length), st.integers(0, 10**6), st.integers(0, 10**4))


def test_the_last_millisecond_belongs_to_the_window() -> None:
    window = Window(TEN, TEN)
    assert window.milliseconds == 1
    assert window.behind_ns - window.first_ns == 1_000_000


@given(windows, st.integers(1, 50))
def test_pieces_follow_each_other_and_are_the_whole(window: Window, pieces: int) -> None:
    found = window.cut(pieces)
    assert found[0].start == window.start
    assert found[-1].end == window.end
    assert all(one.end + 1 == other.start for one, other in itertools.pairwise(found))
    assert all(one.milliseconds > 0 for one in found)


def test_pieces_are_never_longer_than_loki_takes() -> None:
    assert all(piece.milliseconds <= LONGEST for piece in Window(0, 100 * DAY).cut(1))


@given(windows, st.integers(1, 500))
def test_slices_cover_the_window_from_either_end(window: Window, first: int) -> None:
    newest, oldest = list(window.newest_slices(first)), list(window.oldest_slices(first))
    for found in (newest[::-1], oldest):
        assert found[0].start == window.start
        assert found[-1].end == window.end
        assert all(one.end + 1 == other.start for one, other in itertools.pairwise(found))
    assert newest[0].end == window.end
    assert oldest[0].start == window.start


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (Shift.NONE, Window(TEN, TEN + 999)),
        (Shift.PRECEDING, Window(TEN - 1000, TEN - 1)),
        (Shift.DAY, Window(TEN - DAY, TEN - DAY + 999)),
        (Shift.WEEK, Window(TEN - 7 * DAY, TEN - 7 * DAY + 999)),
        (Shift.MONTH, Window(TEN - 31 * DAY, TEN - 31 * DAY + 999)),
    ],
)
def test_a_scan_may_read_another_window(shift: Shift, expected: Window) -> None:
    assert Window(TEN, TEN + 999).shifted(shift) == expected


def test_the_month_before_the_31st_ends_on_its_own_last_day() -> None:
    march = int(datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp()) * 1000
    february = int(datetime(2026, 2, 28, 12, tzinfo=UTC).timestamp()) * 1000
    assert Window(march, march).shifted(Shift.MONTH) == Window(february, february)


@pytest.mark.parametrize(
    "text",
    [
        "1763805600",
        "1763805600000",
        "2025-11-22T10:00:00Z",
        "2025-11-22 10:00:00",
        "2025-11-22T19:00:00+09:00",
        "1763805600.0",
    ],
)
def test_times_are_read_in_every_usual_form(text: str) -> None:
    assert read_time(text, 0, "--start") == TEN


def test_fractions_are_cut_to_milliseconds() -> None:
    assert read_time("2025-11-22T10:00:00.123999Z", 0, "--end") == TEN + 123
    assert read_time("1763805600.1239", 0, "--end") == TEN + 123


def test_a_window_may_be_given_by_its_ends_or_its_length() -> None:
    assert read_window("", "", "90m", TEN) == Window(TEN - 5_400_000, TEN)
    assert read_window("", "", "", TEN) == Window(TEN - 3_600_000, TEN)
    assert read_window("1763805600", "1763805601", "", 0) == Window(TEN, TEN + 1000)
    assert read_length("1d12h") == 129_600_000


@pytest.mark.parametrize(
    ("start", "end", "since"),
    [("1763805600", "1763805599", ""), ("1763805600", "", "1h"), ("soon", "", ""), ("", "", "1 hour"), ("", "", "h")],
)
def test_a_window_that_means_nothing_is_refused(start: str, end: str, since: str) -> None:
    with pytest.raises(Refused):
        read_window(start, end, since, TEN)
