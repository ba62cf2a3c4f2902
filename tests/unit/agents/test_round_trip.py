"""What is written for an agent is read back as what was meant: no printer can lose or change a setting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from translators.alloy.read import read as read_alloy
from translators.alloy.writer import write as write_alloy
from translators.diagnostics import Agent
from translators.pipeline.globs import from_glob, matches
from translators.pipeline.model import Client, Discovery, Job, Pipeline, ReadFiles, ReadJournal, Relabel, RelabelAction
from translators.pipeline.run_jobs import FixedTargets, JournalTarget, PodTargets, RunJob
from translators.pipeline.stages import (
    DropLabels,
    DropLines,
    JoinLines,
    KeepSample,
    LimitRate,
    ParseJson,
    ParseLogfmt,
    ParseRegex,
    ReadCri,
    ReadDocker,
    Replace,
    SetConstants,
    SetLabels,
    SetMetadata,
    SetTemplate,
    SetText,
    SetTime,
    Stage,
    TimeFailure,
    When,
)
from translators.promtail.read import read as read_promtail
from translators.promtail.writer import join_globs
from translators.promtail.writer import write as write_promtail

NAMES = st.sampled_from(["a", "level", "_under", "time"])
TEXTS = st.text("ab\\\"'`{}$%#: -\n\té한\x01", min_size=1, max_size=8)
PAIRS = st.dictionaries(NAMES, TEXTS, min_size=1, max_size=3).map(lambda found: tuple(found.items()))
COUNTS = st.integers(1, 300)
SOURCES = st.one_of(st.just(""), NAMES)
STAGES: st.SearchStrategy[Stage] = st.one_of(
    st.builds(ReadCri, COUNTS, st.one_of(st.just(0), COUNTS)),
    st.just(ReadDocker()),
    st.builds(JoinLines, TEXTS, COUNTS, COUNTS),
    st.builds(ParseRegex, TEXTS, SOURCES),
    st.builds(ParseJson, PAIRS, SOURCES),
    st.builds(ParseLogfmt, PAIRS, SOURCES),
    st.builds(SetTime, NAMES, TEXTS, st.lists(TEXTS, max_size=2).map(tuple), SOURCES, st.sampled_from(TimeFailure)),
    st.builds(SetText, NAMES),
    st.builds(Replace, TEXTS, TEXTS, SOURCES),
    st.builds(SetTemplate, NAMES, TEXTS),
    st.builds(SetLabels, PAIRS),
    st.builds(SetMetadata, PAIRS),
    st.builds(SetConstants, PAIRS),
    st.builds(DropLabels, st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(DropLines, SOURCES, TEXTS, st.just(""), st.sampled_from(["", "5h"]), st.sampled_from(["", "4096B"])),
    st.builds(DropLines, SOURCES, st.just(""), TEXTS),
    st.builds(LimitRate, st.sampled_from([0.5, 5.0, 100.25]), COUNTS, SOURCES),
    st.builds(KeepSample, st.sampled_from([0.25, 0.5])),
    st.builds(When, TEXTS, st.just(()), st.just(True)),
)
NESTED = st.builds(When, TEXTS, st.lists(STAGES, min_size=1, max_size=3).map(tuple))
RULES = st.builds(
    Relabel,
    st.lists(st.sampled_from(["__meta_kubernetes_namespace", "a"]), min_size=1, max_size=2).map(tuple),
    NAMES,
    TEXTS,
    st.one_of(st.just("$1"), TEXTS),
    st.sampled_from([";", "/"]),
    st.sampled_from([RelabelAction.REPLACE, RelabelAction.KEEP, RelabelAction.DROP]),
)
BOTH = pytest.mark.parametrize("agent", list(Agent), ids=str)


def written(agent: Agent, job: Job, client: Client | None = None) -> str:
    pipeline = Pipeline((job,), client or Client())
    return write_promtail(pipeline) if agent is Agent.PROMTAIL else write_alloy(pipeline)


def read_back(agent: Agent, job: Job) -> RunJob:
    text = written(agent, job)
    (found,) = (read_promtail(text) if agent is Agent.PROMTAIL else read_alloy(text)).jobs
    return found


@BOTH
@given(stages=st.lists(st.one_of(STAGES, NESTED), max_size=4).map(tuple))
def test_stages_come_back_as_they_were(agent: Agent, stages: tuple[Stage, ...]) -> None:
    source = ReadFiles(Discovery.FILES, ("/var/log/*.log",))
    assert read_back(agent, Job("files", source, stages=stages)).stages == stages


@BOTH
@given(rules=st.lists(RULES, max_size=3).map(tuple))
def test_relabel_rules_come_back_as_they_were(agent: Agent, rules: tuple[Relabel, ...]) -> None:
    found = read_back(agent, Job("pods", ReadFiles(Discovery.KUBERNETES), relabels=rules))
    assert isinstance(found.targets, PodTargets)
    assert [shown(rule) for rule in found.relabels if rule.target_label != "__host__"] == [
        shown(rule) for rule in rules
    ]


def shown(rule: Relabel) -> Relabel:
    """A rule that keeps or drops has no use for a target."""
    if rule.action is RelabelAction.REPLACE:
        return rule
    return replace(rule, target_label="", replacement="$1")


@BOTH
@pytest.mark.parametrize(
    ("exclude", "shown"),
    [((), {}), (("/a/*.gz",), {"__path_exclude__": "/a/*.gz"}), (("/a", "/b"), {"__path_exclude__": "{/a,/b}"})],
)
@given(labels=PAIRS)
def test_files_come_back_with_their_labels(
    agent: Agent, exclude: tuple[str, ...], shown: dict[str, str], labels: tuple[tuple[str, str], ...]
) -> None:
    if agent is Agent.PROMTAIL and len(exclude) > 1:
        shown = {"__path_exclude__": join_globs(exclude)}
    found = read_back(agent, Job("files", ReadFiles(Discovery.FILES, ("/x/*.log",), exclude), labels)).targets
    assert isinstance(found, FixedTargets)
    (target,) = found.labels
    address = {"__address__": "localhost"} if agent is Agent.PROMTAIL else {}
    assert target == {**address, "__path__": "/x/*.log", **dict(labels), **shown}


@example(("/x/[!a]1", "/x/[!a]2"), "/x/b1")
@example(("/x/{1", "/x/{2"), "/x/{2")
@given(
    st.lists(st.text("ax*?[]{!/", min_size=1, max_size=6).map("/x/".__add__), min_size=1, max_size=3).map(tuple),
    st.text("ax{/", max_size=6).map("/x/".__add__),
)
def test_several_globs_are_one_choice(globs: tuple[str, ...], path: str) -> None:
    each = tuple(map(from_glob, globs))
    assert matches(join_globs(each), path) is any(matches(glob, path) for glob in each)


@BOTH
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("matches", [(), ("_SYSTEMD_UNIT=a", "_SYSTEMD_UNIT=b")])
def test_the_journal_comes_back(agent: Agent, as_json: bool, matches: tuple[str, ...]) -> None:
    rules = (Relabel(("__journal__systemd_unit",), "unit"),)
    job = Job("journal", ReadJournal("/run/log", matches, "12h", as_json), (("log_type", "host"),), rules)
    found = read_back(agent, job)
    of_alloy = {"job": "loki.source.journal.journal"} if agent is Agent.ALLOY else {}
    assert found.targets == JournalTarget({**of_alloy, "log_type": "host"}, matches, as_json, "12h")
    assert found.relabels == rules
    bare = read_back(agent, replace(job, labels=(), relabels=()))
    assert bare.targets == JournalTarget(of_alloy, matches, as_json, "12h")
    assert bare.relabels == ()


@BOTH
def test_where_entries_go(agent: Agent) -> None:
    job = Job("files", ReadFiles(Discovery.FILES, ("/x/*.log",)))
    bare = written(agent, job, Client("https://loki/push"))
    assert "https://loki/push" in bare
    assert "tenant" not in bare
    assert "username" not in bare
    full = written(agent, job, Client("https://loki/push", "team-a", "loki-auth", (("cluster", "prod"),)))
    assert "tenant_id" in full
    assert "team-a" in full
    assert "basic_auth" in full
    assert "/username" in full
    assert "/password" in full
    assert "prod" in full
