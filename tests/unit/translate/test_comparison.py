"""The comparison: a record is equal to its entry only where the catalog says that everything of it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from translators.catalog import (
    Catalog,
    Field,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsGone,
    IsLine,
    LogGroup,
    Matcher,
    MatchOperator,
    Presence,
    RecordKind,
    Shape,
)
from translators.pipeline.comparison import Reason, Record, Verdict, compare
from translators.pipeline.entries import Entry
from translators.pipeline.world import Extent, Origin

HERE = Origin((Extent("/var/log/app.log", 0, 10),))
SHAPE = Shape(
    "app",
    (Matcher("log_group", MatchOperator.EQUAL, "/app"),),
    RecordKind.RECORD,
    (
        Field((), InJson((), ("t",)), Presence.PARSED),
        Field(("log",), IsLine(), Presence.UNPARSED),
        Field(("ns",), InLabel("namespace")),
        Field(("pod",), InMetadata("pod")),
        Field(("stage",), IsConstant("prod")),
        Field(("hash",), IsGone("the API does not tell it")),
    ),
)
CATALOG = Catalog((LogGroup("/app", (SHAPE,)),))
RECORD = Record("/app", 1000, {"level": "warn", "n": {"k": 1}, "ns": "shop", "pod": "web-0", "stage": "prod"}, HERE)
ENTRY = Entry({"log_group": "/app", "namespace": "shop"}, {"pod": "web-0"}, 1000, b'{"level":"warn","n":{"k":1}}', HERE)


def judged(record: Record, *entries: Entry, catalog: Catalog = CATALOG) -> Verdict:
    return compare([record], entries, catalog)[0]


def reasons(verdict: Verdict) -> list[Reason]:
    return [difference.reason for difference in verdict.differences]


def test_everything_where_the_catalog_says_is_equal() -> None:
    assert judged(RECORD, ENTRY).equal


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (replace(ENTRY, time_ns=1002), Reason.TIME),
        (replace(ENTRY, time_ns=None), Reason.TIME),
        (replace(ENTRY, line=b'{"level":"info","n":{"k":1}}'), Reason.FIELD),
        (replace(ENTRY, structured_metadata={}), Reason.FIELD),
        (replace(ENTRY, labels={"log_group": "/other"}), Reason.STREAM),
    ],
)
def test_each_difference_has_its_reason(entry: Entry, reason: Reason) -> None:
    assert reasons(judged(RECORD, entry)) == [reason]


def test_a_nanosecond_is_no_difference_and_a_record_without_time_is_not_asked() -> None:
    assert judged(RECORD, replace(ENTRY, time_ns=1001)).equal
    assert judged(replace(RECORD, time_ns=None), replace(ENTRY, time_ns=5)).equal


def test_a_field_that_is_gone_is_listed_with_its_reason() -> None:
    verdict = judged(replace(RECORD, fields={**RECORD.fields, "hash": "sha256:1"}), ENTRY)
    assert verdict.equal
    assert verdict.lost == ((("hash",), "the API does not tell it"),)


def test_a_line_that_no_parser_understood_is_the_text_itself() -> None:
    plain = Record("/app", None, {"log": "not json"}, HERE)
    assert judged(plain, replace(ENTRY, line=b"not json")).equal
    assert Reason.LINE in reasons(judged(plain, replace(ENTRY, line=b"other")))


def test_what_nobody_sent_and_what_nobody_got_is_named() -> None:
    elsewhere = replace(ENTRY, origin=Origin((Extent("/var/log/app.log", 10, 20),)))
    missing, extra = compare([RECORD], [elsewhere], CATALOG)
    assert (reasons(missing), reasons(extra)) == ([Reason.MISSING], [Reason.EXTRA])
    assert reasons(judged(replace(RECORD, group="/nowhere"), ENTRY)) == [Reason.UNKNOWN_GROUP]


def test_a_joined_entry_is_the_same_source_whether_told_by_lines_or_as_a_whole() -> None:
    lines = Origin((Extent("/var/log/app.log", 0, 4), Extent("/var/log/app.log", 4, 10)))
    assert judged(replace(RECORD, origin=lines), ENTRY).equal


def test_the_raw_line_is_asked_for_where_the_record_does_not_hold_it() -> None:
    found = compare([RECORD], [ENTRY], CATALOG, lambda _: b"another line\n")
    assert reasons(found[0]) == [Reason.LINE]


def test_logfmt_values_are_found_in_the_line() -> None:
    shape = replace(SHAPE, fields=(Field((), InLogfmt("")),))
    catalog = Catalog((LogGroup("/app", (shape,)),))
    record = Record("/app", None, {"level": "info", "msg": "a b", "ok": True}, HERE)
    assert judged(record, replace(ENTRY, line=b'level=info msg="a b" ok'), catalog=catalog).equal


def named(group: str, *matchers: Matcher) -> LogGroup:
    return LogGroup(group, (replace(SHAPE, selector=matchers),))


BOTH = Catalog(
    (
        named("/app", Matcher("log_group", MatchOperator.EQUAL, "/app")),
        named("/others", Matcher("also", MatchOperator.MATCHES, r"(.*\+)?others(\+.*)?")),
    )
)
COPIED = replace(ENTRY, labels={**ENTRY.labels, "also": "others"})


def test_an_entry_that_also_stands_in_a_group_that_never_got_it_differs() -> None:
    assert reasons(judged(replace(RECORD, group="/others"), COPIED, catalog=BOTH)) == [Reason.STREAM]


def test_an_entry_stands_for_its_record_in_every_group_that_got_it() -> None:
    records = [RECORD, replace(RECORD, group="/others")]
    assert [verdict.equal for verdict in compare(records, [COPIED], BOTH)] == [True, True]


def test_two_records_of_one_line_stand_for_two_entries() -> None:
    """Two inputs may read one file."""
    verdicts = compare([RECORD, RECORD], [ENTRY, replace(ENTRY, labels={**ENTRY.labels, "source": "b"})], CATALOG)
    assert len(verdicts) == 2
    assert all(verdict.equal for verdict in verdicts)


def test_a_record_is_compared_with_an_entry_of_its_log_group_though_others_differ_as_little() -> None:
    elsewhere = replace(ENTRY, labels={"log_group": "/other", "namespace": "shop"})
    late = replace(ENTRY, time_ns=5000)
    assert reasons(judged(RECORD, elsewhere, late)) == [Reason.TIME]
