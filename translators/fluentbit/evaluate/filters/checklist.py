"""Filter checklist: add pairs to records whose key stands in a list."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.accessor import Missing, read_accessor
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.words import tokens

_CONSTANTS: dict[bytes, Value] = {b"true": True, b"false": False, b"null": None}


class Checklist(Filter):
    """Mode exact compares whole texts, partial looks for an entry at the start of the text."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._ignores_case = flag(section, "ignore_case")
        self._partial = section.value("mode", "exact").lower() == "partial"
        self._key = read_accessor(setting.key("lookup_key", "log"))
        name = section.value("file")
        text = next((text for path, text in setting.files.items() if path.endswith(name.rsplit("/", 1)[-1])), None)
        if text is None:
            raise Refused(
                "fluentbit/checklist-file", f"the list {name} is not given", section.span,
                "give the file beside the configuration",
            )  # fmt: skip
        lines = (line.strip(b"\r") for line in text.split(b"\n"))
        self._entries = {self._folded(line) for line in lines if line and not line.startswith(b"#")}
        self._added = Map(_pair(item.value) for item in section.every("record"))

    def run(self, batch: Batch) -> list[Event]:
        return [self._apply(event) for event in batch.events]

    def _apply(self, event: Event) -> Event:
        value = self._key.get(event.record)
        if isinstance(value, Missing) or not isinstance(value, bytes) or not self._listed(self._folded(value)):
            return event
        replaced = {key for key, _ in self._added}
        kept = [pair for pair in event.record if pair[0] not in replaced]
        return event._replace(record=Map([*kept, *self._added]))

    def _listed(self, text: bytes) -> bool:
        if self._partial:
            return any(text.startswith(entry) for entry in self._entries)
        return text in self._entries

    def _folded(self, text: bytes) -> bytes:
        return text.lower() if self._ignores_case else text


def _pair(text: str) -> tuple[bytes, Value]:
    parts = [word.encode("utf-8", "surrogateescape") for word in tokens(text, 2)]
    value = parts[1] if len(parts) > 1 else b""
    return parts[0], _CONSTANTS.get(value.lower(), value)
