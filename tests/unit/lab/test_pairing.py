"""Real entries are paired with records by file and content, each once for an output."""

from __future__ import annotations

from migrate.lab.pairing import Judge, disagreements, entries_of, pair
from migrate.ports import Entry as Stored
from migrate.ports import Stream
from translators.catalog import Catalog, Field, IsLine, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.pipeline.comparison import Reason, Record
from translators.pipeline.entries import Entry
from translators.pipeline.world import Extent, Origin

SHAPE = Shape("text", (Matcher("app", MatchOperator.EQUAL, "web"),), RecordKind.RECORD, (Field(("log",), IsLine()),))
JUDGE = Judge(Catalog((LogGroup("/app", (SHAPE,)),)), lambda origin: None)


def record(text: str, path: str = "/var/log/a.log", time: int | None = 10) -> Record:
    return Record("/app", time, {"log": text}, Origin((Extent(path, 0, 1),)))


def stored(*lines: str, path: str = "/var/log/a.log") -> list[Entry]:
    entries = tuple(Stored(10, line, {"filename": path}) for line in lines)
    return entries_of([Stream({"app": "web"}, entries)])


def reasons(outputs: list[list[Record]], entries: list[Entry]) -> list[Reason]:
    return [item.reason for verdict in pair(outputs, entries, JUDGE) for item in verdict.differences]


def test_the_order_in_loki_does_not_matter() -> None:
    assert reasons([[record("one"), record("two")]], stored("two", "one")) == []


def test_two_equal_lines_need_two_entries() -> None:
    assert reasons([[record("same"), record("same")]], stored("same")) == [Reason.MISSING]


def test_copies_for_two_outputs_are_one_entry() -> None:
    assert reasons([[record("one")], [record("one")]], stored("one")) == []


def test_an_entry_of_another_file_is_no_match() -> None:
    found = reasons([[record("one")]], stored("one", path="/var/log/b.log"))
    assert found == [Reason.MISSING, Reason.EXTRA]


def test_what_nobody_sent_is_extra() -> None:
    assert reasons([[record("one")]], stored("one", "two")) == [Reason.EXTRA]


def test_a_byte_that_is_no_text_is_shown_as_loki_shows_it() -> None:
    assert reasons([[record("bad \udcff byte")]], stored("bad \N{REPLACEMENT CHARACTER} byte")) == []


def test_a_prediction_of_the_wall_clock_fits_any_time_and_empty_metadata_is_none() -> None:
    origin = Origin(())
    predicted = Entry({"app": "web"}, {"pod": "", "n": "1"}, None, b"one", origin)
    found = Entry({"app": "web"}, {"n": "1"}, 123, b"one", origin)
    assert disagreements([predicted], [found]) == ([], [])
    assert disagreements([predicted], []) == ([predicted], [])
    assert disagreements([], [found]) == ([], [found])
