"""What every output is: records in, what was sent out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.filters.base import Batch
from translators.fluentbit.evaluate.records import Event, Sent

_NOTHING = (None, None, None)


@dataclass(frozen=True, slots=True)
class Name:
    """How an output is called: its Alias or plugin.N, and its plugin."""

    output: str
    plugin: str

    def sent(self, event: Event, tag: str, made: tuple[str | None, str | None, str | None] = _NOTHING) -> Sent:
        """The copy; ``made`` is the group, the stream and the text of a CloudWatch event."""
        time_ns, record, origin, metadata = event
        group, stream, message = made
        return Sent(self.output, self.plugin, tag, time_ns, record, origin, group, stream, message, False, metadata)


class Output:
    """An output of which we only know the records that it gets."""

    def __init__(self, name: Name, section: Section) -> None:
        self.name = name
        self.section = section
        self.removes_entity = False

    def take(self, batch: Batch) -> Iterable[Sent]:
        tag = batch.tag.decode("utf-8", "surrogateescape")
        return [self.name.sent(event, tag) for event in batch.events]

    def finish(self) -> Iterable[Sent]:
        """What is held back until the last record of an input was seen."""
        return ()
