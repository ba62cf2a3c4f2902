"""What every rule's page looks like, so that a reader knows where on it to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from translators.diagnostics import Agent, Diagnostic, Fidelity, Finding, Refused

TODO = {
    Fidelity.HARMLESS: "Nothing.",
    Fidelity.EXACT: "Nothing.",
    Fidelity.EQUIVALENT: "Check that the condition in the sentence above holds for your logs. If it does, nothing.",
    Fidelity.APPROXIMATE: (
        "Read when the two differ, and decide whether that matters to you. "
        "`logmig simulate` shows it on your own lines."
    ),
    Fidelity.MANUAL: "Nothing was emitted for it: a person must act before the move.",
}
WHY = {
    Fidelity.HARMLESS: "No entry in Loki can differ by it.",
    Fidelity.EXACT: "The same entries come out, whatever the data.",
    Fidelity.EQUIVALENT: "The same entries come out while a condition holds, which the sentence names.",
    Fidelity.APPROXIMATE: "Some entries differ; the sentence says which.",
    Fidelity.MANUAL: "The agents have nothing that does this.",
}
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Extra:
    """What a person adds to a page: why a rule exists and what to do about it."""

    why: str = ""
    todo: str = ""


def block(language: str, text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    shown = lines if len(lines) <= LONGEST else [*lines[:LONGEST], f"… {len(lines) - LONGEST} more lines"]
    fence = "````" if "```" in text else "```"
    return "\n".join([f"{fence}{language}", *(line.rstrip() for line in shown), fence])


def page(rule: str, sections: Mapping[str, Iterable[str]]) -> str:
    """The page: a title, and the sections that have something to say."""
    parts = [f"# `{rule}`"]
    for title, texts in sections.items():
        found = [text for text in texts if text]
        if found:
            parts += ([f"## {title}"] if title else []) + found
    return "\n\n".join(parts) + "\n"


def told(finding: Finding) -> str:
    """The finding for each agent, in one line when it is the same."""
    both = [finding.fidelity.of(agent) for agent in Agent]
    same = both[0] is both[1]
    words = str(both[0]) if same else ", ".join(f"{agent}: {finding.fidelity.of(agent)}" for agent in Agent)
    lines = [f"{finding.span}: {words}: {finding.subject}: {finding.message} [{finding.rule}]"]
    return "\n".join([*lines, *([f"  → {finding.remedy}"] if finding.remedy else [])])


def refused(failure: Refused) -> str:
    """A refusal as the command line shows it."""
    lines = [f"logmig: {failure} [{failure.rule}]"]
    return "\n".join([*lines, *([f"  {failure.remedy}"] if failure.remedy else [])])


def diagnosed(found: Diagnostic) -> str:
    line = f"{found.fidelity}: {found.message} [{found.rule}]"
    return "\n".join([line, *([f"  → {found.remedy}"] if found.remedy else [])])


def worst_of(finding: Finding) -> Fidelity:
    order = tuple(Fidelity)
    return max((finding.fidelity.of(agent) for agent in Agent), key=order.index)


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?…" else ".") if text else ""
