"""What a report says, before anybody decides how it looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from translators.diagnostics import Agent, Fidelity, Finding
from translators.source import Span

_NOWHERE = Span("", 0, 0)


class Tone(StrEnum):
    """How a headline is meant."""

    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Headline:
    """What a reader must know even if they read nothing else."""

    tone: Tone
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a drawing: what it is, what it does, how faithfully it moves (None: not ours to say), and its place."""

    title: str
    detail: str = ""
    fidelity: Fidelity | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """One input's way: through filters to outputs today, and into Loki tomorrow."""

    source: Node
    filters: tuple[Node, ...]
    outputs: tuple[Node, ...]
    destination: Node


@dataclass(frozen=True, slots=True)
class Row:
    """A finding with the text of its line and the findings of the same construct folded into it."""

    finding: Finding
    line: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that looks different in Loki."""

    subject: str
    today: str
    tomorrow: str


@dataclass(frozen=True, slots=True)
class LabelNote:
    """A label or a piece of structured metadata: where it comes from and why it is what it is."""

    name: str
    kind: str
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A log group's retention, and the selectors of the streams that inherit it."""

    log_group: str
    days: int | None
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows. ``tracks`` may be cut; ``tracks_left_out`` says by how many."""

    cluster: str
    agent: Agent
    source: str
    inputs: tuple[tuple[str, str], ...]
    headlines: tuple[Headline, ...]
    tracks: tuple[Track, ...]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    labels: tuple[LabelNote, ...]
    kept: tuple[Kept, ...]
    next_steps: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    streams: str = ""
    tracks_left_out: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)

    def counts(self, agent: Agent) -> Mapping[Fidelity, int]:
        """How many findings there are of each fidelity."""
        found = Counter(row.finding.fidelity.of(agent) for row in self.rows)
        return {fidelity: found[fidelity] for fidelity in Fidelity}

    def findings_that_matter(self) -> Sequence[Row]:
        """Not harmless for the chosen agent; the worst first, then in the order of the source."""
        order = {Fidelity.MANUAL: 0, Fidelity.APPROXIMATE: 1, Fidelity.EQUIVALENT: 2, Fidelity.EXACT: 3}
        rows = [row for row in self.rows if row.finding.fidelity.of(self.agent) is not Fidelity.HARMLESS]
        return sorted(rows, key=lambda row: (order[row.finding.fidelity.of(self.agent)], row.finding.span))

    def harmless(self) -> Sequence[Row]:
        """Findings that change no entry, in the order of the source."""
        rows = [row for row in self.rows if row.finding.fidelity.of(self.agent) is Fidelity.HARMLESS]
        return sorted(rows, key=lambda row: row.finding.span)


def grouped(rows: Iterable[Row]) -> list[tuple[Row, ...]]:
    """Rows that say the same of the same construct at several places, together where the first of them stands."""
    groups: dict[Finding, list[Row]] = {}
    for row in rows:
        groups.setdefault(replace(row.finding, span=_NOWHERE), []).append(row)
    return [tuple(group) for group in groups.values()]


CLOUDWATCH = ("cloudwatch_logs", "cloudwatch")
"""The outputs that Loki takes over from."""
WORDS: Mapping[Fidelity, str] = {
    Fidelity.EXACT: "the same entries for any data",
    Fidelity.EQUIVALENT: "the same under a stated condition",
    Fidelity.APPROXIMATE: "differs in a stated case",
    Fidelity.MANUAL: "a person must act",
    Fidelity.HARMLESS: "no entry can differ by it",
}
SIGNS: Mapping[Fidelity, str] = {
    Fidelity.EXACT: "●",
    Fidelity.EQUIVALENT: "◐",
    Fidelity.APPROXIMATE: "△",
    Fidelity.MANUAL: "✕",
    Fidelity.HARMLESS: "○",
}
