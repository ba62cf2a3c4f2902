"""Time formats of Fluent Bit as Go layouts: the same moment, read by the evaluators of both sides."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from translators.diagnostics import Agent, Fidelity
from translators.fluentbit.evaluate.timestamps import BadTime, TimeLayout, read_offset
from translators.fluentbit.strptime import Layouts, NoLayout, leading, to_layouts
from translators.pipeline.run_line import Line, Setting
from translators.pipeline.run_times import Times
from translators.pipeline.stages import TimeFailure


def agent_time(layouts: Layouts, text: str) -> int | None:
    times = Times(
        (layouts.layout, *layouts.fallbacks),
        layouts.location,
        TimeFailure.SKIP,
        Setting(Agent.PROMTAIL, now_ns=1_772_359_200_000_000_000),
        fudges_duplicates=False,
    )
    line = Line({}, text, ())
    times.apply(line, text)
    return line.time_ns


def fluent_bit_time(layout: str, text: str, offset: str = "") -> int | None:
    try:
        return TimeLayout(layout.encode(), read_offset(offset), today=(2026, 2, 1)).read(text.encode())
    except BadTime:
        return None


@pytest.mark.parametrize(
    ("time_format", "layout", "fidelity"),
    [
        ("%Y-%m-%dT%H:%M:%S.%L%z", "RFC3339Nano", Fidelity.EQUIVALENT),
        ("%Y-%m-%dT%H:%M:%S.%LZ", "2006-01-02T15:04:05.999999999Z", Fidelity.EQUIVALENT),
        ("%d/%b/%Y:%H:%M:%S %z", "02/Jan/2006:15:04:05 Z0700", Fidelity.EQUIVALENT),
        ("%b %d %H:%M:%S", "Jan _2 15:04:05", Fidelity.EQUIVALENT),
        ("%Y-%m-%d %H:%M:%S,%L", "2006-01-02 15:04:05,999999999", Fidelity.EQUIVALENT),
        ("%Y%m%d%H%M%S", "20060102150405", Fidelity.EQUIVALENT),
        ("%s", "Unix", Fidelity.EXACT),
        ("%a %b %e %T %Y %Z", "Mon Jan _2 15:04:05 2006 MST", Fidelity.APPROXIMATE),
    ],
)
def test_a_format_has_its_usual_layout(time_format: str, layout: str, fidelity: Fidelity) -> None:
    found = to_layouts(time_format)
    assert isinstance(found, Layouts)
    assert (found.layout, found.fidelity) == (layout, fidelity)


@pytest.mark.parametrize(
    ("time_format", "offset", "reason"),
    [
        ("%G-%V", "", "Go's layouts have no word for %G (the year of the week)"),
        ("%Q", "", "Fluent Bit does not know %Q either: it reads no time by this format"),
        ("Jan %F", "", "Go would read a literal text of this format as a part of the time"),
        ("%F %H:%M", "-0330", "no time zone has the fixed offset -0330, which Go would need"),
        ("%H:%M:%S", "", "the format has no date: Fluent Bit takes the day of reading, Go the first of January"),
        ("%s %z", "", "Go's `Unix` stands alone: nothing can stand beside %s"),
    ],
)
def test_a_format_that_go_cannot_read_is_refused(time_format: str, offset: str, reason: str) -> None:
    found = to_layouts(time_format, offset)
    assert isinstance(found, NoLayout)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("time_format", "text", "offset"),
    [
        ("%b %d %H:%M:%S", "Mar  1 10:00:00", ""),
        ("%b %d %H:%M:%S", "Mar 1 1:2:3", ""),
        ("%B %d %Y %I:%M %p", "March 3 2026 1:05 PM", ""),
        ("%d/%b/%Y:%H:%M:%S %z", "01/Mar/2026:10:00:00 +0900", ""),
        ("%d/%b/%Y:%H:%M:%S %z", "01/Mar/2026:10:00:00 +09:00", ""),
        ("%Y-%m-%d %H:%M:%S", "2026-03-01 10:00:00", "+0900"),
        ("%Y-%m-%d %H:%M:%S", "2026-03-01 10:00:00", "+0530"),
        ("%F %T", "2026-3-1 1:2:3", ""),
        ("%Y-%m-%dT%H:%M:%S.%L%z", "2026-03-01T10:00:00.5Z", ""),
        ("%c", "Sun Mar  1 10:00:00 2026", ""),
        ("%s", "1772359200", ""),
    ],
)
def test_both_sides_read_the_same_moment(time_format: str, text: str, offset: str) -> None:
    found = to_layouts(time_format, offset)
    assert isinstance(found, Layouts)
    expected = fluent_bit_time(time_format, text, offset)
    assert expected is not None
    assert agent_time(found, text) == expected


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("%Y-%m-%dT%H:%M:%S.%L", "2026-03-01T10:00:00.123Z"),
        ("%Y-%m-%dT%H:%M:%S.%L", "2026-03-01T10:00:00.1234567891+09:00"),
        ("%Y-%m-%dT%H:%M:%S", "2026-03-01T10:00:00.5Z"),
        ("%b %d %H:%M:%S", "Mar  1 10:00:00 host"),
        ("%Y/%m/%d [%H:%M:%S", "2026/03/01 [10:00:00]"),
        ("%Y%m%d", "20260301100000"),
    ],
)
def test_what_stands_behind_the_last_number_is_ignored_on_both_sides(time_format: str, text: str) -> None:
    layouts, found = to_layouts(time_format), re2.search("^" + leading(time_format), text)
    assert isinstance(layouts, Layouts)
    assert agent_time(layouts, found[0] if found else "") == fluent_bit_time(time_format, text)


@pytest.mark.parametrize("time_format", ["%Y-%m-%dT%H:%M:%S.%L%z", "%FT%TZ", "%d %Z", "%G", ""])
def test_a_format_that_ends_in_no_number_takes_the_whole_text(time_format: str) -> None:
    assert leading(time_format) == ""


PIECES = {
    "%Y": st.integers(1971, 2060).map(str),
    "%m": st.integers(1, 12).map(lambda n: f"{n:02}"),
    "%d": st.integers(1, 28).map(lambda n: f"{n:02}"),
    "%e": st.integers(1, 28).map(lambda n: f"{n:2}"),
    "%H": st.integers(0, 23).map(lambda n: f"{n:02}"),
    "%M": st.integers(0, 59).map(lambda n: f"{n:02}"),
    "%S": st.integers(0, 59).map(lambda n: f"{n:02}"),
    "%S.%L": st.tuples(st.integers(0, 59), st.integers(0, 999)).map(lambda t: f"{t[0]:02}.{t[1]:03}"),
    "%b": st.sampled_from(["Jan", "Feb", "mar", "DEC"]),
    "%B": st.sampled_from(["January", "May", "December"]),
    "%a": st.sampled_from(["Mon", "Sun"]),
    "%z": st.sampled_from(["Z", "+0900", "-03:30", "+05"]),
    "%T": st.just("01:02:03"),
    "%F": st.just("2026-02-03"),
}
ORDERS = st.lists(st.sampled_from(sorted(PIECES)), min_size=2, max_size=6, unique_by=lambda piece: piece[1].lower())


@settings(max_examples=200, deadline=None)
@given(ORDERS, st.lists(st.sampled_from(["-", "/", " ", ":", "T", ", "]), min_size=6, max_size=6), st.data())
def test_generated_times_are_read_the_same(order: list[str], separators: list[str], data: st.DataObject) -> None:
    time_format = "".join(piece + separator for piece, separator in zip(order, separators, strict=False))[:-1].rstrip(
        " :,T/-"
    )
    text = "".join(data.draw(PIECES[piece]) + separator for piece, separator in zip(order, separators, strict=False))
    text = text.rstrip(" :,T/-")
    found = to_layouts(time_format)
    expected = fluent_bit_time(time_format, text)
    if isinstance(found, Layouts) and found.fidelity is not Fidelity.APPROXIMATE and expected is not None:
        read = agent_time(found, text)
        assert read is not None, (found, text)
        assert abs(read - expected) <= 1, (found, text)


def test_with_the_time_zone_of_the_system_a_named_zone_is_approximate() -> None:
    read = [to_layouts(f"%Y-%m-%dT%H:%M:%S{end}", system_timezone=True) for end in ("%z", "")]
    assert [one.fidelity for one in read if isinstance(one, Layouts)] == [Fidelity.APPROXIMATE, Fidelity.EQUIVALENT]


@pytest.mark.parametrize(
    "text", ["2026-03-02T01:00:60.1Z", "2026-03-02T01:00:00.1 +0900", "2026-03-02T01:00:00.1+25:00"]
)
def test_what_the_agents_do_not_read_is_named_in_the_note(text: str) -> None:
    found = to_layouts("%Y-%m-%dT%H:%M:%S.%L%z")
    assert isinstance(found, Layouts)
    assert agent_time(found, text) is None is not fluent_bit_time("%Y-%m-%dT%H:%M:%S.%L%z", text)
    assert "seconds below 60" in found.note
    assert "a zone is Z or an offset below a day" in found.note
