"""A Match that takes some records of an input: divided where a name tells, never guessed so that lines get lost."""

from __future__ import annotations

import pytest

from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity
from translators.fluentbit.read import ReadOptions, read
from translators.pipeline.model import Job, RelabelAction
from translators.pipeline.stages import DropLines
from translators.pipeline.tags import rests

OUTPUT = """
[OUTPUT]
    Name cloudwatch_logs
    Match *
    region x
    log_group_name /app/logs
    log_stream_prefix app-
"""
JOURNAL = "\n[INPUT]\n    Name systemd\n    Tag host.*\n"
DROPS = "\n[FILTER]\n    Name grep\n    Match {match}\n    Exclude MESSAGE ^noise\n"


def translated(text: str) -> Collection:
    return translate(read({"fluent-bit.conf": text.encode()}, ReadOptions()), TranslateOptions(cluster="demo"))


def jobs(collection: Collection) -> tuple[Job, ...]:
    return collection.pipelines[Agent.PROMTAIL].jobs


def fidelity(text: str, rule: str) -> Fidelity:
    return next(found for found in translated(text).findings if found.rule == rule).fidelity.of(Agent.PROMTAIL)


def dropping(text: str) -> list[bool]:
    return [any(isinstance(stage, DropLines) for stage in job.stages) for job in jobs(translated(text))]


def test_a_filter_on_some_units_is_a_reader_of_its_own() -> None:
    found = jobs(translated(JOURNAL + DROPS.format(match="host.kube*") + OUTPUT))
    rules = [next(rule for rule in job.relabels if rule.regex == "kube.*").action for job in found]
    assert rules == [RelabelAction.KEEP, RelabelAction.DROP]
    assert dropping(JOURNAL + DROPS.format(match="host.kube*") + OUTPUT) == [True, False]


@pytest.mark.parametrize(("match", "drops"), [("host.systemd*", False), ("host.kubelet.*", True)])
def test_units_that_the_input_names_decide_alone(match: str, drops: bool) -> None:
    named = JOURNAL + "    Systemd_Filter _SYSTEMD_UNIT=kubelet.service\n"
    assert dropping(named + DROPS.format(match=match) + OUTPUT) == [drops]


def test_entries_without_a_unit_have_unknown_in_their_tag() -> None:
    found = jobs(translated(JOURNAL + DROPS.format(match="host.unknown") + OUTPUT))
    assert "unknown|" in [rule.regex for rule in found[0].relabels]


def test_nothing_is_dropped_where_only_each_records_tag_tells() -> None:
    retagged = JOURNAL + "\n[FILTER]\n    Name rewrite_tag\n    Match host.*\n    Rule MESSAGE ^a app.$TAG false\n"
    text = retagged + DROPS.format(match="app.host.web*") + OUTPUT
    assert dropping(text) == [False]
    assert fidelity(text, "fluentbit/grep") is Fidelity.MANUAL


def test_a_filter_on_some_of_the_new_tags_is_asked_of_the_tag_that_the_agents_compute() -> None:
    retagged = JOURNAL + "\n[FILTER]\n    Name rewrite_tag\n    Match host.*\n    Rule MESSAGE ^(\\S+) app.$1 false\n"
    assert fidelity(retagged + DROPS.format(match="app.web*") + OUTPUT, "fluentbit/grep") is Fidelity.EXACT


@pytest.mark.parametrize(("match", "told"), [("host.*", True), ("*", False)])
def test_new_tags_that_the_filter_might_take_again_are_no_circle(match: str, told: bool) -> None:
    """Only a Match that takes every new tag makes Fluent Bit go in a circle."""
    rule = f"\n[FILTER]\n    Name rewrite_tag\n    Match {match}\n    Rule MESSAGE ^(\\S+) $1.log false\n"
    assert (fidelity(JOURNAL + rule + OUTPUT, "fluentbit/rewrite-tag") is Fidelity.EXACT) is told
    found = next(one for one in translated(JOURNAL + rule + OUTPUT).findings if one.rule.endswith("tag-rule"))
    assert ("none of the new tags is one that this filter itself takes" in found.message) is told


def test_an_output_that_takes_some_of_the_new_tags_says_so() -> None:
    retagged = JOURNAL + "\n[FILTER]\n    Name rewrite_tag\n    Match host.*\n    Rule MESSAGE ^a app.$TAG false\n"
    text = retagged + OUTPUT.replace("Match *", "Match app.host.web*")
    assert fidelity(text, "fluentbit/cloudwatch-logs-match") is Fidelity.APPROXIMATE


@pytest.mark.parametrize(
    ("match", "left"), [("host.kube*", ("kube*",)), ("*.service", ("*.service", "service")), ("app.*", ())]
)
def test_what_a_match_still_asks_behind_a_start(match: str, left: tuple[str, ...]) -> None:
    assert set(rests(match, "host.")) == set(left)


def test_a_word_that_a_match_regex_forbids_is_a_tag_that_may_come() -> None:
    retagged = JOURNAL + "\n[FILTER]\n    Name rewrite_tag\n    Match host.*\n    Rule MESSAGE ^(\\S+) app.$1 false\n"
    text = retagged + OUTPUT.replace("Match *", "Match_Regex ^app\\.(?!shop)")
    assert fidelity(text, "fluentbit/cloudwatch-logs-match-regex") is Fidelity.APPROXIMATE
