"""Filter record_modifier: append pairs, drop keys or keep only some."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.records import Event, Map
from translators.fluentbit.words import tokens


class RecordModifier(Filter):
    """Keys are compared without case; a trailing star makes a prefix. A Record of three words is not added.

    A record that would be empty is dropped; when that happens to all that travel together, they stay as they were.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        uuid = section.last("uuid_key")
        if uuid:
            raise Refused(
                "fluentbit/record-modifier-uuid", "Uuid_key makes a new random text for each record", uuid.span,
                "leave Uuid_key out of the configuration that is simulated",
            )  # fmt: skip
        self._added = Map()
        for item in section.every("record"):
            parts = [word.encode("utf-8", "surrogateescape") for word in tokens(item.value, 2)]
            if len(parts) == 2:
                self._added.append((parts[0], parts[1]))
        self._removed = _keys(setting, "remove_key")
        self._allowed = _keys(setting, "allowlist_key", "whitelist_key")

    def run(self, batch: Batch) -> list[Event]:
        return [event for event in map(self._apply, batch.events) if event.record] or batch.events

    def _apply(self, event: Event) -> Event:
        record = event.record
        if self._removed:
            record = Map([pair for pair in record if not _listed(pair[0], self._removed)])
        elif self._allowed:
            record = Map([pair for pair in record if _listed(pair[0], self._allowed)])
        return event._replace(record=Map(record + self._added))


def _keys(setting: Setting, *names: str) -> list[bytes]:
    items = [item for item in setting.section.properties if item.key in names]
    return [item.value.encode("utf-8", "surrogateescape").lower() for item in items]


def _listed(key: bytes, keys: list[bytes]) -> bool:
    lowered = key.lower()
    return any(lowered.startswith(item[:-1]) if item.endswith(b"*") else lowered == item for item in keys)
