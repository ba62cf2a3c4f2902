"""A plan as data: the same bytes for the same input, every change visible, and a folder that is whole or not there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.planning.build import place_of
from migrate.planning.document import parse_plan, print_plan, sha256
from migrate.planning.folder import read_plan, write_folder
from migrate.planning.model import Destination, Hashed, Plan, Retention, Source
from translators.diagnostics import Agent, Fidelity, Finding, PerAgent, Refused
from translators.positions import FileReader, JournalReader
from translators.source import Span

PLAN = Plan(
    "prod",
    Source("manifest", "1.9", (Hashed("fluent-bit.yaml", "ab" * 32),)),
    Destination(Agent.PROMTAIL, "http://loki/push", "shop", "loki-push"),
    (
        FileReader("application", ("/var/log/containers/*.log",), ("/x",)),
        JournalReader("dataplane", ("/s/systemd.db",)),
    ),
    (Retention("/aws/x", 30, ('{a="b"}',)), Retention("/aws/y", None)),
    ("s3",),
    (Finding("fluentbit/tail", Span("a#b", 3, 5), "Name tail", PerAgent(Fidelity.EXACT, Fidelity.MANUAL), "m", "r"),),
    (Hashed("promtail/promtail.yaml", "cd" * 32),),
)


def test_a_plan_survives_its_file() -> None:
    assert parse_plan(print_plan(PLAN)) == PLAN
    assert print_plan(parse_plan(print_plan(PLAN))) == print_plan(PLAN)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_survives(cluster: str, subject: str) -> None:
    finding = replace(PLAN.findings[0], subject=subject)
    plan = replace(PLAN, cluster=cluster, findings=(finding,))
    assert parse_plan(print_plan(plan)) == plan


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"cluster": "other"}, "plan/edited"),
        ({"version": 2}, "plan/other-version"),
        ({"schema": "x"}, "plan/not-a-plan"),
        ({"readers": "no"}, "plan/edited"),
    ],
)
def test_an_edited_or_foreign_plan_is_refused(change: dict[str, object], rule: str) -> None:
    document = {**json.loads(print_plan(PLAN)), **change}
    with pytest.raises(Refused) as refused:
        parse_plan(json.dumps(document))
    assert refused.value.rule == rule


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000, '{"schema": "logmig.io/plan", "version": 1}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_plan(text)


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "plan"
    write_folder(out, {"plan.json": print_plan(PLAN), "promtail/promtail.yaml": "a: 1\n"})
    assert read_plan(out) == PLAN
    assert sorted(path.name for path in out.parent.iterdir()) == ["plan"]


def test_an_earlier_plan_is_replaced_with_nothing_left_of_it(tmp_path: Path) -> None:
    out = tmp_path / "plan"
    old = replace(PLAN, files=(Hashed("old.txt", sha256(b"old")),))
    write_folder(out, {"plan.json": print_plan(old), "old.txt": "old"})
    write_folder(out, {"plan.json": print_plan(PLAN)})
    assert [path.name for path in out.iterdir()] == ["plan.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan"]


def test_a_folder_of_somebody_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="no plan of logmig"):
        write_folder(tmp_path, {"plan.json": "x"})
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_failed_write_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_folder(tmp_path / "plan", {"a": "fine", "b": "\udc80"})
    assert list(tmp_path.iterdir()) == []


def test_the_emitted_configuration_says_what_its_container_needs() -> None:
    text = "server: {http_listen_port: 3101}\npositions: {filename: /run/promtail/positions.yaml}\n"
    text += "clients: [{basic_auth: {username_file: /etc/promtail/secrets/username}}]\n"
    place = place_of(Agent.PROMTAIL, text)
    assert (place.state_mount, place.port, place.secret_mount) == ("/run/promtail", 3101, "/etc/promtail/secrets")
    alloy = place_of(Agent.ALLOY, 'legacy_positions_file = "/run/promtail/positions.yaml"\n')
    assert alloy.hand_over_mount == "/run/promtail"


def test_a_place_that_cannot_be_written_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as refusal:
        write_folder(tmp_path / "file" / "plan", {"plan.json": "{}"})
    assert refusal.value.rule == "plan/not-writable"
    assert refusal.value.remedy
