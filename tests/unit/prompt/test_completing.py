"""Completion, and when Enter begins a new line."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from migrate.cli.prompt.completing import COMMANDS, QueryCompleter, unfinished
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.source import Source


def complete(before: str) -> list[str]:
    completer = QueryCompleter(
        lambda: ["log_processed.level", "log_processed.ms", "odd-name"], ["\\show", "\\groups"], lambda: ["/aws/a"]
    )
    found = completer.get_completions(Document(before), CompleteEvent())
    return [before[: len(before) + one.start_position] + one.text for one in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sta", "stats"),
        ("fields a | fil", "fields a | filter"),
        ("fields a\n| so", "fields a\n| sort"),
        ("filter log_processed.l", "filter log_processed.level"),
        ("filter @t", "filter @timestamp"),
        ("stats count_d", "stats count_distinct("),
        ("stats avg(log_processed.m", "stats avg(log_processed.ms"),
        ("filter odd", "filter `odd-name`"),
        ("\\sh", "\\show"),
        ("\\groups /a", "\\groups /aws/a"),
    ],
)
def test_completion(before: str, after: str) -> None:
    assert after in complete(before)


def test_nothing_is_completed_inside_a_text() -> None:
    assert complete('filter log like "sta') == []


def test_a_command_is_not_offered_where_a_field_stands() -> None:
    assert "filter stats" not in complete("filter sta")


@pytest.mark.parametrize("text", ["fields a |", "filter a in [1,", 'filter a = "x', "stats count(", "stats a,"])
def test_what_is_not_finished_goes_on(text: str) -> None:
    assert unfinished(text)


@pytest.mark.parametrize("text", ["fields a", 'filter a = "x("', "filter a = 'it\\'s'", "limit 20 "])
def test_what_is_whole_runs(text: str) -> None:
    assert not unfinished(text)


@pytest.mark.parametrize(
    "query",
    [
        "fields a", "display a", "filter a = 1", "stats count(*)", "sort a", "limit 1", 'parse a "*" as b', "dedup a",
        "pattern @message", "pattern @message | diff", "pattern @message | anomaly", "unnest a into b", "unmask(a)",
    ],
)  # fmt: skip
def test_the_commands_that_are_offered_exist(query: str) -> None:
    if query == "unmask(a)":
        query = "fields unmask(a)"
    assert query.rpartition("| ")[2].split()[0] in COMMANDS
    assert normalise(parse(Source("query", query))).columns
