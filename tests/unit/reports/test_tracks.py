"""Drawings follow tags as Fluent Bit routes them, and show no secret."""

from __future__ import annotations

from dataclasses import replace

from migrate.reports.differences import differences
from migrate.reports.model import Track
from migrate.reports.tracks import artist, tracks
from translators.catalog import Catalog, Field, InLabel, IsLine, LogGroup, Matcher, MatchOperator, RecordKind, Shape
from translators.diagnostics import Agent, Fidelity, Finding, PerAgent
from translators.fluentbit.read import ReadOptions, read
from translators.source import Span

CONFIGURATION = """
[INPUT]
    Name tail
    Tag kube.*
    Path /var/log/containers/*.log
[INPUT]
    Name systemd
    Tag host.*
    Systemd_Filter _SYSTEMD_UNIT=kubelet.service
[FILTER]
    Name kubernetes
    Match kube.*
    Kube_Tag_Prefix kube.var.log.containers.
[FILTER]
    Name rewrite_tag
    Match kube.*
    Rule $log ERROR errors.$TAG false
[FILTER]
    Name grep
    Match other.*
    Exclude log x
[OUTPUT]
    Name cloudwatch_logs
    Match kube.*
    region eu-west-1
    log_group_name /eks/app
    log_stream_prefix a-
[OUTPUT]
    Name splunk
    Match errors.*
    splunk_token hunter2hunter2
[OUTPUT]
    Name http
    Match host.*
    Header Authorization Bearer hunter2hunter2
    http_passwd hunter2hunter2
"""
SHAPE = Shape(
    "app",
    (Matcher("log_type", MatchOperator.EQUAL, "app"),),
    RecordKind.KUBERNETES,
    (Field(("ns",), InLabel("namespace")),),
)
CATALOG = Catalog((LogGroup("/eks/app", (SHAPE,)),))


def drawn(findings: tuple[Finding, ...] = ()) -> tuple[Track, ...]:
    reading = read({"a.conf": CONFIGURATION.encode()}, ReadOptions())
    return tracks(artist(reading.configuration, CATALOG, findings, Agent.PROMTAIL))


def test_each_input_has_the_filters_and_outputs_that_its_tags_meet() -> None:
    first, second = drawn()
    assert [node.title for node in first.filters] == ["kubernetes", "rewrite_tag"]
    assert [node.title for node in first.outputs] == ["cloudwatch_logs", "splunk"]
    assert ([node.title for node in second.filters], [node.title for node in second.outputs]) == ([], ["http"])


def test_the_destination_is_the_catalogs_selector_or_fluent_bit_stays() -> None:
    first, second = drawn()
    assert first.destination.detail == '{log_type="app", namespace}'
    assert second.destination.title == "not moved"


def test_a_box_shows_the_worst_of_what_its_lines_say() -> None:
    fidelities = (Fidelity.EXACT, Fidelity.APPROXIMATE)
    findings = tuple(
        Finding("r", Span("a.conf", line, 5), "x", PerAgent.same(fidelity), "m")
        for line, fidelity in zip((3, 5), fidelities, strict=True)
    )
    assert drawn(findings)[0].source.fidelity is Fidelity.APPROXIMATE
    assert drawn(findings)[1].source.fidelity is None


def test_no_secret_is_drawn() -> None:
    assert "hunter2" not in str(drawn())


def test_a_field_that_two_jobs_have_in_different_places_says_whose_it_is() -> None:
    other = replace(SHAPE, name="more", fields=(Field(("ns",), IsLine()), Field(("app",), InLabel("app"))))
    told = [each for each in differences(Catalog((LogGroup("/eks/app", (SHAPE, other)),))) if "field" in each.subject]
    assert [(each.subject, each.today) for each in told] == [
        ("field (app)", "`ns`"),
        ("field (more)", "`ns`"),
        ("field", "`app`"),
    ]
