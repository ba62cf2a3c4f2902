"""The pages of the query languages' rules: each one shows a real translation with the demo's catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from migrate.queries.preparing import Options
from migrate.queries.translating import Outcome, translate_saved
from tests.docs.pages import TODO, WHY, block, diagnosed, page, refused, sentence
from tests.docs.query_cases import CASES, READ, REFUSED, Case
from tests.docs.said import ROOT
from translators.catalog import Catalog
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Diagnostic, Fidelity
from translators.fluentbit.read import ReadOptions, read
from translators.insights.rules import ERRORS, NOTES
from translators.query.named import NamedQuery

DEMO = ROOT / "migrate" / "lab" / "demo" / "fluent-bit.yaml"
APPLICATION = "/aws/containerinsights/shop-prod/application"
NOON = 1_772_452_800_000
"""2026-03-02T12:00:00Z: pages do not look at the clock."""


@cache
def demo_catalog() -> Catalog:
    reading = read({"fluent-bit.yaml": Path(DEMO).read_bytes()}, ReadOptions())
    return translate(reading, TranslateOptions(cluster="shop-prod")).catalog


def outcome_of(query: str) -> Outcome:
    """What translate-queries makes of a query of the demo's application log group."""
    named = NamedQuery(id="example", name="example", text=query, source="example.insights")
    return translate_saved(named, demo_catalog(), Options((APPLICATION,), now=NOON))


def pages() -> Mapping[str, str]:
    """Text by rule. LookupError when an example no longer makes its rule appear."""
    return {rule: _page(rule, case) for rule, case in CASES.items() if case.query}


def summary(rule: str) -> str:
    """The sentence of a rule of Logs Insights; empty for others."""
    language, _, name = rule.partition("/")
    return ({**ERRORS, **NOTES}).get(name, "") if language == "insights" else ""


def _page(rule: str, case: Case) -> str:
    outcome = outcome_of(case.query)
    finding = next((one for one in outcome.translation.findings if one.rule == rule), None)
    if finding is None:
        raise LookupError(f"{rule}: the example says {[one.rule for one in outcome.translation.findings]}")
    return page(
        rule,
        {
            "": [summary(rule) or sentence(finding.message)],
            "Example in": [block("text", case.query)],
            "Example out": [_out(outcome, finding), *_requests(outcome)],
            "Why": [case.why or _why(rule, finding)],
            "What to do": [_todo(rule, case, finding)],
        },
    )


def _out(outcome: Outcome, finding: Diagnostic) -> str:
    if outcome.error is not None:
        return block("text", refused(outcome.error))
    head = f"shape {outcome.translation.shape}, fidelity {outcome.translation.fidelity}"
    return block("text", f"{head}\n{diagnosed(finding)}")


def _requests(outcome: Outcome) -> Iterator[str]:
    found = outcome.translation
    if found.table is not None:
        yield block("logql", "\n".join(request.panel for request in found.requests))
    elif found.residual:
        yield f"No panel: {found.residual}."


def _why(rule: str, finding: Diagnostic) -> str:
    if not rule.startswith("insights/"):
        return WHY[finding.fidelity].replace("The same entries come out", "The same rows come out")
    return REFUSED if rule.removeprefix("insights/") in ERRORS else READ


def _todo(rule: str, case: Case, finding: Diagnostic) -> str:
    if case.todo or finding.remedy:
        return case.todo or sentence(finding.remedy)
    if finding.fidelity is Fidelity.APPROXIMATE:
        return "Read when the two differ, and decide whether that matters to you. `logmig prove` compares the rows."
    if finding.fidelity is Fidelity.EQUIVALENT and rule.startswith("insights/"):
        return "Check that the query means what the sentence says."
    if finding.fidelity is Fidelity.EQUIVALENT:
        return "Check that the condition holds for your logs. If it does, nothing."
    return "Nothing." if finding.fidelity is not Fidelity.MANUAL else TODO[Fidelity.MANUAL]
