"""An entry on its way through the stages, as the machine of run_stages.py changes it."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.diagnostics import Agent
from translators.pipeline.go_values import Extracted
from translators.pipeline.world import Extent, Origin


@dataclass(slots=True)
class Line:
    """``time_ns`` None is the wall clock; ``text`` has lone surrogates for bytes that are no UTF-8."""

    labels: dict[str, str]
    text: str
    extents: tuple[Extent, ...]
    time_ns: int | None = None
    extracted: dict[str, Extracted] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def stream(self) -> tuple[tuple[str, str], ...]:
        """What the agents take for the stream: the labels as they are now."""
        return tuple(sorted(self.labels.items()))

    @property
    def origin(self) -> Origin:
        return Origin(self.extents)

    def take_labels(self) -> None:
        """A pipeline begins with the labels among the extracted values, a nested one too."""
        self.extracted.update(self.labels)


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose stages run, when, and what their templates see as environment."""

    agent: Agent
    now_ns: int = 0
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def is_alloy(self) -> bool:
        return self.agent is Agent.ALLOY


class Step:
    """One stage: ``push`` gives what leaves it, ``finish`` what it still holds when the input ends."""

    def push(self, line: Line) -> tuple[Line, ...]:
        raise NotImplementedError

    def finish(self) -> tuple[Line, ...]:
        return ()
