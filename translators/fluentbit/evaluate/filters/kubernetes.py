"""Filter kubernetes: pod metadata by tag, JSON in ``log`` merged, the pod's own wishes in annotations."""

from __future__ import annotations

from translators.fluentbit.evaluate.filters import kubernetes_metadata
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.filters.kubernetes_metadata import Metadata
from translators.fluentbit.evaluate.json_text import NotJson, read_object
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.parsers import Parsed, Parser
from translators.fluentbit.evaluate.records import EMPTY, Event, Map, Value
from translators.fluentbit.evaluate.timestamps import is_event_time

_CACHED_TAGS = 10_000


class Kubernetes(Filter):
    """A tag that names no pod passes untouched; a pod that the API does not know gets no ``kubernetes`` map.

    Records are written anew without their metadata.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self.adds_entity = flag(section, "use_pod_association") or flag(section, "aws_use_pod_association")
        self._parsers = setting.parsers
        self._merges = flag(section, "merge_log")
        self._merge_key = setting.key("merge_log_key")
        self._trims = flag(section, "merge_log_trim", True)
        self._keeps_log = flag(section, "keep_log", True)
        self._merge_parser = setting.parsers.get(section.value("merge_parser"))
        self._by_journal = flag(section, "use_journal")
        self._source = kubernetes_metadata.Source(setting)
        self._known: dict[bytes, Metadata | None] = {}

    def run(self, batch: Batch) -> list[Event]:
        if self._by_journal:
            return [event for one in batch.events for event in self._journal(one)]
        metadata = self._metadata(batch.tag)
        if metadata is None:
            return batch.events
        changed = []
        for event in batch.events:
            if not metadata.excludes(stream_of(event.record)):
                changed.append(self._apply(event, metadata))
        return [event for event in changed if is_event_time(event.time_ns)]

    def _metadata(self, tag: bytes) -> Metadata | None:
        if tag not in self._known:
            if len(self._known) >= _CACHED_TAGS:
                self._known.clear()
            self._known[tag] = self._source.by_tag(tag)
        return self._known[tag]

    def _journal(self, event: Event) -> list[Event]:
        """Journal mode: the pod is named in CONTAINER_NAME; an entry without one is dropped."""
        name = next((value for key, value in event.record if key == b"CONTAINER_NAME"), None)
        metadata = self._source.by_name(name) if isinstance(name, bytes) else None
        if metadata is None or metadata.excludes(stream_of(event.record)):
            return []
        return [self._apply(event, metadata)]

    def _apply(self, event: Event, metadata: Metadata) -> Event:
        record, time_ns = event.record, event.time_ns
        if self._merges:
            record, time_ns = self._merge(event, self._parsers.get(metadata.parser(stream_of(record))))
        if metadata.maps:
            record = Map(record + metadata.maps)
        return event._replace(record=record, time_ns=time_ns, metadata=EMPTY)

    def _merge(self, event: Event, parser: Parser | None) -> tuple[Map, int | None]:
        """The record with its ``log`` merged, and its time: a parser that finds none sets the wall clock."""
        record = event.record
        index = next((at for at, (key, _) in enumerate(record) if key == b"log"), None)
        if index is None:
            return record, event.time_ns
        value = record[index][1]
        if isinstance(value, Map):
            return self._merged(record, index, value), event.time_ns
        chosen = parser or self._merge_parser
        parsed = self._parse(value, chosen) if isinstance(value, bytes) else None
        if parsed is None:
            dropped = not self._keeps_log and not isinstance(value, bytes)
            return (Map(record[:index] + record[index + 1 :]) if dropped else record), event.time_ns
        found = Map([(key, trimmed(item)) for key, item in parsed.record]) if self._trims else parsed.record
        return self._merged(record, index, found), parsed.time_ns if chosen else event.time_ns

    def _merged(self, record: Map, index: int, found: Map) -> Map:
        kept = record if self._keeps_log else Map(record[:index] + record[index + 1 :])
        if not found:
            return kept
        return Map([*kept, (self._merge_key, found)]) if self._merge_key else Map(kept + found)

    @staticmethod
    def _parse(text: bytes, parser: Parser | None) -> Parsed | None:
        if parser is not None:
            return parser.parse(text)
        try:
            return Parsed(read_object(text), None)
        except NotJson:
            return None


def stream_of(record: Map) -> str:
    """``stdout`` or ``stderr``; empty when there is no stream. A key that begins ``stream`` counts for it."""
    for key, value in record:
        if b"stream".startswith(key):
            if not isinstance(value, bytes):
                return "unknown"
            return next((name for name in ("stdout", "stderr") if name.encode().startswith(value)), "unknown")
    return ""


def trimmed(value: Value) -> Value:
    """A text without the line ends behind it, real or escaped; its first character always stays."""
    if not isinstance(value, bytes):
        return value
    size = len(value)
    while size > 1:
        if value[size - 1] == 0x0A:
            size -= 1
        elif value[size - 2 : size] in (b"\\n", b"\\r"):
            size -= 2
        else:
            break
    return value[:size]
