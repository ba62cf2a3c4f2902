"""What every filter is: records of one tag in, records out, and perhaps records sent back to the start."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.multiline_parsers import MultilineParser
from translators.fluentbit.evaluate.parsers import Parser
from translators.fluentbit.evaluate.records import Event
from translators.pipeline.world import World


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one tag that travel together. ``source`` names the input instance or emitter they come from."""

    tag: bytes
    events: list[Event]
    source: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What a filter may know besides its own section."""

    section: Section
    name: str
    world: World
    parsers: Mapping[str, Parser]
    multiline_parsers: Mapping[str, MultilineParser]
    files: Mapping[str, bytes] = field(default_factory=dict)
    buffer_limit: int = 2 * 1024 * 1024

    def key(self, name: str, default: str = "") -> bytes:
        return self.section.value(name, default).encode("utf-8", "surrogateescape")


class Filter(ABC):
    """One filter instance. ``emitted`` holds the batches that go to the head of the filters again.

    ``adds_entity``: it adds keys ``aws_entity…`` that only the CloudWatch agent or the EC2 metadata know. They are left
    out here, which is right for outputs that take them away again. ``wait_ms``: when its flush timer fires.
    """

    def __init__(self) -> None:
        self.emitted: list[Batch] = []
        self.adds_entity = False
        self.wait_ms = 0

    @abstractmethod
    def run(self, batch: Batch) -> list[Event]:
        """The records that go on to the next filter."""

    def finish(self) -> None:
        """Let flush timers fire after the last record; what comes out is in ``emitted``."""
        return


class Untouched(Filter):
    """Filters that only watch: expect (except result_key), stdout, log_to_metrics that keeps its logs."""

    def run(self, batch: Batch) -> list[Event]:
        return batch.events
