"""Input dummy: a fixed record, as often as ``samples`` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.json_text import NotJson, read_object
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.parsers import NANOSECONDS
from translators.fluentbit.evaluate.records import Event, Map
from translators.pipeline.world import Origin, World


@dataclass(frozen=True, slots=True)
class Dummy:
    """One dummy input; a text that is no JSON object gives nothing.

    Without ``samples`` it never ends, so it cannot be simulated.
    """

    section: Section
    tag: str
    wait_ms: int = 0

    def read(self, world: World) -> Iterator[tuple[bytes, list[Event]]]:
        del world
        samples = int(self.section.value("samples", "0") or 0)
        if samples <= 0:
            raise Refused(
                "fluentbit/dummy-endless", "an input dummy without Samples never ends", self.section.span,
                "set Samples in the configuration that is simulated",
            )  # fmt: skip
        copies = int(self.section.value("copies", "1") or 1)
        try:
            record, metadata = self._map("dummy", b'{"message":"dummy"}'), self._map("metadata", b"{}")
        except NotJson:
            return
        event = Event(self._time(), record, Origin(()), metadata)
        for _ in range(samples):
            yield self.tag.encode("utf-8", "surrogateescape"), [event] * copies

    def rest(self) -> Iterator[tuple[bytes, list[Event]]]:
        return iter(())

    def _time(self) -> int | None:
        second = int(self.section.value("start_time_sec", "-1") or -1)
        nanosecond = int(self.section.value("start_time_nsec", "-1") or -1)
        if (second < 0 and nanosecond < 0) or not flag(self.section, "fixed_timestamp"):
            return None
        return max(second, 0) * NANOSECONDS + max(nanosecond, 0)

    def _map(self, option: str, default: bytes) -> Map:
        return read_object(self.section.value(option).encode("utf-8", "surrogateescape") or default)
