"""Writes docs/policies: ``python -m tests.docs.write_policies``; the rows under each value are the evaluator's."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.docs.pages import block, sentence
from tests.docs.policy_cases import CASES, Case
from tests.docs.said import ROOT
from translators.insights.evaluate.evaluate import Result, evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Settings, Sources, Table
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.policies import CHOICES, Policy, read_policies
from translators.source import Source

POLICIES = ROOT / "docs" / "policies"
START = 1_772_413_200_000
"""2026-03-02T01:00:00Z."""


def rows(case: Case, policy: Policy, value: str) -> Result:
    """The rows of the example under one value of the policy."""
    policies = read_policies({policy.value: value})
    events = [Event(START + 1000 * number, text, "stream", "group") for number, text in enumerate(case.events)]
    plan = normalise(parse(Source("example", case.query)), policies)
    columns, *lines = [tuple(line.split(",")) for line in case.table.split("\n")]
    tables = {"TEAMS": Table(columns, tuple(lines))}
    return evaluate(plan, Sources(lambda scan: events, tables=tables), Settings(policies))


def written() -> dict[str, str]:
    """The text of every page by its name."""
    pages = {f"{policy.value}.md": "\n\n".join(_page(policy)) + "\n" for policy in Policy}
    return {**pages, "README.md": _index()}


def _page(policy: Policy) -> Iterator[str]:
    choice, case = CHOICES[policy], CASES[policy]
    yield f"# Policy `{policy.value}`"
    yield f"The question: {sentence(choice.question)}"
    yield f"Values: {', '.join(f'`{value}`' for value in choice.values)}. The default is `{choice.default}`."
    yield f"Why: {sentence(case.why)}"
    if len(choice.values) > 1:
        yield f"To choose: `logmig query --policy {policy.value}={choice.values[1]} …`, and the same of `prove`."
    else:
        yield "There is one value only: the policy says in results that an undocumented thing was used."
    if not case.query:
        yield "There is no example: the rows of a query over given events are the same under each value."
        return
    yield "## Example"
    yield block("text", "\n".join(event.replace("\n", "\\n") for event in case.events))
    yield block("text", case.query)
    if case.table:
        yield "with `--lookup TEAMS=FILE.csv`:"
        yield block("text", case.table)
    for value in choice.values:
        yield f"With `{policy.value}={value}`:"
        yield block("text", _table(rows(case, policy, value)))


def _table(result: Result) -> str:
    lines = [" | ".join(result.columns)]
    lines += [" | ".join(json.dumps(cell, ensure_ascii=False) for cell in row) for row in result.rows]
    return "\n".join(lines if result.rows else [*lines, "(no row)"])


def _index() -> str:
    lines = [
        "# Policies",
        "What AWS does not document about Logs Insights is a named choice here, with one default. A result names the "
        "policies that its rows depend on; `--policy NAME=VALUE` of `query`, `prove` and "
        "`translate-queries` changes one.",
        "| policy | question | values, the default first |\n| --- | --- | --- |\n"
        + "\n".join(
            f"| [{policy.value}]({policy.value}.md) | {CHOICES[policy].question.replace('|', chr(92) + '|')} "
            f"| {', '.join(CHOICES[policy].values)} |"
            for policy in Policy
        ),
        "Written by `python -m tests.docs.write_policies`.",
    ]
    return "\n\n".join(lines) + "\n"


def main() -> None:
    POLICIES.mkdir(parents=True, exist_ok=True)
    files = written()
    for path in POLICIES.glob("*.md"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (POLICIES / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
