"""What a translation claims as exact or equivalent holds: the records of Fluent Bit are the entries of the agents."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from translators.alloy.evaluate import evaluate as evaluate_alloy
from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Fidelity, worst
from translators.fluentbit.evaluate import Sent, plain
from translators.pipeline.comparison import Record, Verdict, compare
from translators.pipeline.store import stored
from translators.promtail.evaluate import evaluate as evaluate_promtail

HELD = (Fidelity.HARMLESS, Fidelity.EXACT, Fidelity.EQUIVALENT)
NODE = "ip-10-0-1-23.ap-northeast-2.compute.internal"


def _sibling() -> ModuleType:
    """The reader of golden cases is the Fluent Bit evaluator's own test."""
    path = Path(__file__).parent.parent / "test_fluentbit_evaluator.py"
    spec = importlib.util.spec_from_file_location("golden_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["golden_cases"] = module
    spec.loader.exec_module(module)
    return module


GOLDEN: Any = _sibling()


def claimed(collection: Collection, agent: Agent) -> Fidelity:
    return worst(finding.fidelity.of(agent) for finding in collection.findings)


def records(case: Path, sent: list[Sent]) -> Iterator[Record]:
    outputs = dict(_groups(case))
    for one in GOLDEN.unique(sent):
        group = one.group or outputs.get(one.output, "")
        yield Record(group, one.time_ns, plain(one.record), one.origin, one.tag)


def _groups(case: Path) -> Iterator[tuple[str, str]]:
    for number, section in enumerate(GOLDEN.reading_of(case).configuration.outputs):
        name = section.value("alias") or f"{section.name}.{number}"
        yield name, section.value("log_group_name")


def verdicts(case: Path, agent: Agent) -> tuple[Collection, tuple[Verdict, ...]]:
    reading = GOLDEN.reading_of(case)
    collection = translate(reading, TranslateOptions(cluster="demo"))
    world = GOLDEN.world_of(case)
    if agent is Agent.PROMTAIL:
        entries = evaluate_promtail(collection.promtail, world, NODE)
    else:
        entries = evaluate_alloy(collection.alloy, world, NODE)
    made = compare(records(case, GOLDEN.sent_by(case)), stored(entries), collection.catalog)
    return collection, made


@pytest.mark.parametrize("agent", list(Agent))
@pytest.mark.parametrize("case", GOLDEN.running_cases(), ids=lambda case: case.name)
def test_what_is_claimed_exact_or_equivalent_holds(case: Path, agent: Agent) -> None:
    collection, made = verdicts(case, agent)
    differing = [verdict for verdict in made if not verdict.equal and not _blank_with_crlf(verdict, agent)]
    if claimed(collection, agent) in HELD:
        assert differing == []


def _blank_with_crlf(verdict: Verdict, agent: Agent) -> bool:
    """The condition that the finding of a plain tail states for Alloy: an empty line that ends in CRLF."""
    record, entry = verdict.record, verdict.entry
    blank = record is not None and record.fields == {"log": "\r"} and entry is not None and entry.line == b""
    return blank and agent is Agent.ALLOY


def test_the_condition_on_blank_lines_is_stated() -> None:
    case = next(case for case in GOLDEN.running_cases() if case.name == "text-encodings")
    collection, _ = verdicts(case, Agent.ALLOY)
    assert any("ends in CRLF" in finding.message for finding in collection.findings if finding.rule == "fluentbit/tail")


def test_most_cases_are_equal_whatever_they_claim() -> None:
    """The share is that of today: a change that loses a case shows here."""
    cases = GOLDEN.running_cases()
    for agent in Agent:
        equal = [case.name for case in cases if all(verdict.equal for verdict in verdicts(case, agent)[1])]
        assert len(equal) >= len(cases) * 2 // 3
