"""Filter rewrite_tag: send a record through the filters again under another tag."""

from __future__ import annotations

from dataclasses import dataclass

from translators.diagnostics import Refused
from translators.fluentbit.evaluate.accessor import Accessor, Groups, Template, read_accessor, read_template
from translators.fluentbit.evaluate.filters.base import Batch, Filter, Setting
from translators.fluentbit.evaluate.onigmo import Regex, compiled
from translators.fluentbit.evaluate.options import is_true
from translators.fluentbit.evaluate.records import Event, Map
from translators.fluentbit.words import tokens


@dataclass(frozen=True, slots=True)
class _Rule:
    key: Accessor
    regex: Regex
    tag: Template
    keep: bool

    def match(self, record: Map) -> Groups | None:
        """The groups of the match; only text can match. A regex without groups gives none, not even $0."""
        value = self.key.get(record)
        if not isinstance(value, bytes):
            return None
        found = self.regex.search(value)
        if found is None:
            return None
        return found if self.regex.groups else ()


class RewriteTag(Filter):
    """The first rule that matches counts. What the filter emitted itself passes it untouched."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._emitter = setting.section.value("emitter_name") or f"emitter_for_{setting.name}"
        self._rules = []
        for item in setting.section.every("rule"):
            parts = [word.encode("utf-8", "surrogateescape") for word in tokens(item.value, 4)]
            if len(parts) < 4:
                raise Refused("fluentbit/rewrite-tag-rule", "a rule needs KEY REGEX NEW_TAG KEEP", item.span)
            keep = is_true(parts[3].decode("utf-8", "replace"))
            self._rules.append(_Rule(read_accessor(parts[0]), compiled(parts[1]), read_template(parts[2]), keep))

    def run(self, batch: Batch) -> list[Event]:
        if batch.source == self._emitter:
            return batch.events
        emitted: dict[bytes, list[Event]] = {}
        kept = [event for event in batch.events if self._stays(event, batch.tag, emitted)]
        self.emitted.extend(Batch(tag, events, self._emitter) for tag, events in emitted.items())
        return kept

    def _stays(self, event: Event, tag: bytes, emitted: dict[bytes, list[Event]]) -> bool:
        for rule in self._rules:
            groups = rule.match(event.record)
            if groups is not None:
                emitted.setdefault(rule.tag.fill(event.record, tag, groups), []).append(event)
                return rule.keep
        return True
