"""Filter checklist: add pairs to records whose key stands in a list."""

from __future__ import annotations

import re

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.accessor import Missing, read_accessor
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.options import flag
from translators.fluentbit.evaluate.records import Event, Map, Value
from translators.fluentbit.words import tokens

_CONSTANTS: dict[bytes, Value] = {b"true": True, b"false": False, b"null": None}


class Checklist(Filter):
    """Mode exact compares whole texts, partial looks for an entry at the start of the text. No file is no list."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        section = setting.section
        self._ignores_case = flag(section, "ignore_case")
        self._partial = section.value("mode", "exact").lower() == "partial"
        self._key = read_accessor(setting.key("lookup_key", "log"))
        lines = _lines(setting) if section.value("file") else []
        self._entries = {self._folded(line) for line in lines if line and not line.startswith(b"#")}
        self._beginning = re.compile(b"|".join(map(_like, sorted(self._entries))), re.DOTALL) if self._partial else None
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
        if self._beginning is not None:
            return bool(self._entries) and self._beginning.match(text) is not None
        return text in self._entries

    def _folded(self, text: bytes) -> bytes:
        return text.lower() if self._ignores_case else text


def _lines(setting: Setting) -> list[bytes]:
    """The lines of the list, without a carriage return before the line feed."""
    section = setting.section
    name = section.value("file")
    text = next((text for path, text in setting.files.items() if path.endswith(name.rsplit("/", 1)[-1])), None)
    if text is None:
        raise Refused(
            "fluentbit/checklist-file", f"the list {name} is not given", section.span,
            "give the file beside the configuration",
        )  # fmt: skip
    *ended, rest = text.split(b"\n")
    return [*(line.removesuffix(b"\r") for line in ended), rest]


def _like(entry: bytes) -> bytes:
    """SQLite's LIKE, with which mode partial looks: ``_`` is any character and ``%`` any run of them."""
    parts = {b"_": rb"(?:[\x00-\x7f\xc0-\xff][\x80-\xbf]*)", b"%": b".*"}
    return b"".join(parts.get(piece, re.escape(piece)) for piece in re.split(rb"([_%])", entry))


def _pair(text: str) -> tuple[bytes, Value]:
    parts = [word.encode("utf-8", "surrogateescape") for word in tokens(text, 2)]
    value = parts[-1]
    return parts[0], _CONSTANTS.get(value.lower(), value)
