"""Exported events: every form in which the AWS tools give them."""

from __future__ import annotations

import json

import pytest

from migrate.queries.prove.exported import read_events
from translators.diagnostics import Refused
from translators.insights.evaluate.event import Event

EVENT = {"logStreamName": "s", "timestamp": 1772413200000, "message": "a\nb", "ingestionTime": 5, "eventId": "1"}


def test_lines_of_filter_log_events() -> None:
    text = f"{json.dumps(EVENT)}\n\n{json.dumps(EVENT)}\n"
    assert list(read_events("e.jsonl", text, "/g")) == [Event(1772413200000, "a\nb", "s", "/g", ingestion_time=5)] * 2


def test_the_whole_document_of_the_command_line() -> None:
    text = json.dumps({"events": [EVENT], "searchedLogStreams": []}, indent=2)
    assert [event.log_stream for event in read_events("e.json", text, "/g")] == ["s"]


def test_events_that_name_their_group_keep_it() -> None:
    golden = {"group": "/own", "stream": "s", "timestamp": 1, "message": "m"}
    arn = {**EVENT, "logGroupIdentifier": "arn:aws:logs:eu-west-1:123456789012:log-group:/other:*"}
    account = {**EVENT, "logGroupName": "123456789012:/third"}
    text = "\n".join(json.dumps(one) for one in (golden, arn, account))
    assert [event.log_group for event in read_events("e.jsonl", text, "/g")] == ["/own", "/other", "/third"]


def test_times_as_text() -> None:
    texts = ("2026-03-02T01:00:00.123Z", "2026-03-02T10:00:00.123456+09:00", "1772413200123")
    text = "\n".join(json.dumps({**EVENT, "timestamp": one}) for one in texts)
    assert {event.timestamp for event in read_events("e.jsonl", text, "/g")} == {1772413200123}


def test_the_text_of_an_export_task() -> None:
    text = "2026-03-02T01:00:00.123Z first\n  at Main.java\n2026-03-02T01:00:01.000Z second\n"
    found = list(read_events("000000", text, "/g"))
    assert [(event.timestamp, event.message) for event in found] == [
        (1772413200123, "first\n  at Main.java"),
        (1772413201000, "second"),
    ]


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ('{"timestamp": 1, "message": "m"}\n{"timestamp": 2,\n', "prove/broken-events", (3, 1)),
        ('{"timestamp": 1, "message": "m"}\n{"message": "m"}', "prove/no-timestamp", (2, 1)),
        ('{"timestamp": true, "message": "m"}', "prove/no-timestamp", (1, 1)),
        ('{"timestamp": 1, "message": 3}', "prove/no-message", (1, 1)),
        ("[1]", "prove/no-event", (1, 1)),
        ("plain text", "prove/unknown-events", (1, 1)),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(text: str, rule: str, place: tuple[int, int]) -> None:
    with pytest.raises(Refused) as refused:
        list(read_events("e.jsonl", text, "/g"))
    span = refused.value.span
    assert span is not None
    assert (refused.value.rule, (span.line, span.column)) == (rule, place)


def test_events_without_a_group_are_refused() -> None:
    with pytest.raises(Refused, match="log group"):
        list(read_events("e.jsonl", json.dumps(EVENT)))
