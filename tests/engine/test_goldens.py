"""Every golden case through real Promtail and Alloy into a real Loki: what claims to be the same is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.lab.cases import find_cases
from migrate.lab.goldens import Result, run
from translators.diagnostics import Agent

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]
CASES = Path(__file__).parents[1] / "golden/fluent-bit"
BEYOND_ITS_CONDITION = "text-encodings: alloy: claims equivalent"
"""The case has an empty line that ends in CRLF, which the finding of a plain tail excepts for Alloy (test_claims)."""


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return run(find_cases(CASES), tuple(Agent))


def test_every_claim_of_exact_or_equivalent_holds(results: list[Result]) -> None:
    broken = [f"{result.case.name}: {reason}" for result in results for reason in result.broken()]
    assert [reason for reason in broken if not reason.startswith(BEYOND_ITS_CONDITION)] == []


@pytest.mark.parametrize("agent", list(Agent), ids=str)
def test_the_agents_evaluators_say_what_the_agents_do(results: list[Result], agent: Agent) -> None:
    differing = {result.case.name: result.disagreements[agent] for result in results if result.disagreements.get(agent)}
    assert differing == {}


def test_every_case_was_judged(results: list[Result]) -> None:
    judged = [result for result in results if set(result.real) == set(Agent)]
    assert len(judged) + sum(result.case.fatal for result in results) == len(results) >= 72
