"""Each case is a sentence and its proof; ``UPDATE_GOLDEN=1 pytest`` writes the proof anew, to be read as a diff."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from translators.collection import Collection, TranslateOptions, translate
from translators.diagnostics import Agent, Finding
from translators.fluentbit.read import ReadOptions, read

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
LEAD = "-- "


def parts_of(text: str) -> dict[str, str]:
    """The sentence under the empty name, then each part under its heading."""
    parts: dict[str, list[str]] = {"": []}
    current = ""
    for line in text.splitlines():
        if line.startswith(LEAD) and line.endswith(" --"):
            current = line.removeprefix(LEAD).removesuffix(" --")
            parts[current] = []
        else:
            parts[current].append(line)
    return {name: "\n".join(lines).strip("\n") + "\n" for name, lines in parts.items()}


def translated(parts: dict[str, str]) -> Collection:
    files = {name: parts[name].encode() for name in ("fluent-bit.conf", "parsers.conf") if name in parts}
    return translate(read(files, ReadOptions()), TranslateOptions(cluster="demo"))


def spelled(finding: Finding) -> str:
    agents = [finding.fidelity.of(agent).value for agent in Agent]
    fidelity = agents[0] if agents[0] == agents[1] else "/".join(agents)
    return f"{finding.span.source}:{finding.span.line} {fidelity}: {finding.message} [{finding.rule}]"


def proof(parts: dict[str, str]) -> str:
    collection = translated(parts)
    jobs = collection.promtail.partition("scrape_configs:\n")[2]
    worth = [one for one in collection.findings if one.fidelity.promtail.value != "harmless"]
    sections = {
        **{name: text for name, text in parts.items() if name in ("fluent-bit.conf", "parsers.conf")},
        "promtail jobs": jobs,
        "findings": "".join(f"{spelled(one)}\n" for one in worth),
    }
    return parts[""] + "".join(f"\n{LEAD}{name} --\n{text}" for name, text in sections.items())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_case_proves_its_sentence(path: Path) -> None:
    text = path.read_text("utf-8")
    proven = proof(parts_of(text))
    if UPDATE:
        path.write_text(proven, "utf-8")
    assert proven == text or UPDATE
