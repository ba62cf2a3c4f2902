"""Records that rewrite_tag copies: no line is lost with its original, and each log group has what it had."""

from __future__ import annotations

import pytest

from tests.unit.translate.test_filters_agree import JSON_LINES, both_sides, output, section
from translators.diagnostics import Agent, Fidelity

COPY = section("rewrite_tag", "Rule $log o copied.o true", match="app")
ELSE = output("copied.*", "/c") + output("more.*", "/m") + output("new*", "/x")


def copied(rule: str, match: str = "app") -> str:
    return section("rewrite_tag", f"Rule $log {rule}", match=match)


@pytest.mark.parametrize(
    "filters",
    [
        COPY + copied("b moved.b false") + output("moved.*", "/moved"),
        COPY + copied("b more.b true"),
        COPY + copied("b more.b true") + copied("l third.l true") + output("third.*", "/third"),
        copied("b more.b true") + copied("o moved.o false") + copied("l third.l true") + output("moved.*", "/moved"),
        COPY + copied("b gone.b false"),
    ],
    ids=["then moved", "twice", "three times", "around a move", "then moved to nobody"],
)
def test_a_record_that_several_filters_copy_or_move_is_in_all_its_log_groups(filters: str) -> None:
    for agent, (_, verdicts) in both_sides("json", filters + ELSE, JSON_LINES).items():
        assert [verdict for verdict in verdicts if not verdict.equal] == [], agent


@pytest.mark.parametrize(
    "filters",
    [
        section("rewrite_tag", "Rule $log .* kept.$TAG false", match="app") + copied("o copied.o true", "kept.*"),
        section("rewrite_tag", "Rule $log .* kept.$TAG false", match="app")
        + copied("o copied.o true", "kept.*")
        + copied("b more.b true", "kept.*"),
    ],
    ids=["copied", "copied twice"],
)
def test_a_copy_is_sent_although_nobody_takes_its_original(filters: str) -> None:
    found = both_sides("json", filters + ELSE, JSON_LINES)
    for agent, (_, verdicts) in found.items():
        assert [verdict for verdict in verdicts if not verdict.equal] == [], agent
    assert any(verdict.entry is not None for verdict in found[Agent.ALLOY][1])


def test_a_copy_without_an_original_is_the_entry_itself() -> None:
    filters = section("rewrite_tag", "Rule $log .* kept.$TAG false", match="app") + copied("o copied.o true", "kept.*")
    for claim, verdicts in both_sides("json", filters + ELSE, JSON_LINES).values():
        assert claim in (Fidelity.EXACT, Fidelity.EQUIVALENT)
        labels = [verdict.entry.labels for verdict in verdicts if verdict.entry is not None]
        assert {one.get("log_group") for one in labels} == {"/a", "/c"}
        assert not any("also" in one for one in labels)
