"""Output cloudwatch, the Go plugin of the AWS images: names with ``$(…)`` in them, events with sorted keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.filters.base import Batch
from translators.fluentbit.evaluate.outputs.base import Name, Output
from translators.fluentbit.evaluate.records import EMPTY, Json, Map, Sent, Value, plain

_VARIABLE = re.compile(r"\$\(([^()]*)\)")
_PART = re.compile(r"tag\[(\d+)\]")
_STEP = re.compile(r"\['([^']*)'\]")
_ECS = ("ecs_task_id", "ecs_cluster", "ecs_task_arn")
_FORBIDDEN_IN_GROUP = re.compile(r"[^-a-zA-Z0-9_./#]")
_FORBIDDEN_IN_STREAM = re.compile(r"[:*]")
_LONGEST = 512


class _Missing(Exception):
    """The record lacks what a name asks for: the default name is used."""


class Cloudwatch(Output):
    """A name that cannot be filled falls back to its default; characters that CloudWatch forbids become dots."""

    def __init__(self, name: Name, section: Section) -> None:
        super().__init__(name, section)
        for item in section.properties:
            if item.key in ("log_group_name", "log_stream_name") and "$(uuid)" in item.value:
                raise Refused(
                    "fluentbit/cloudwatch-uuid", "$(uuid) is a new random text at each start", item.span,
                    "write a fixed name instead of $(uuid) in the configuration that is simulated",
                )  # fmt: skip
        self._group = section.value("log_group_name")
        self._stream = section.value("log_stream_name")
        self._prefix = section.value("log_stream_prefix")
        self._default_group = section.value("default_log_group_name", "fluentbit-default")
        self._default_stream = section.value("default_log_stream_name", "/fluentbit-default")
        self._log_key = section.value("log_key")

    def take(self, batch: Batch) -> Iterable[Sent]:
        tag = batch.tag.decode("utf-8", "surrogateescape")
        for event in batch.events:
            sent = self.name.sent(event, tag)
            message = self._message(event.record)
            group = self._name(self._group, self._default_group, event.record, tag)
            stream = self._prefix + tag if self._prefix else None
            if stream is None:
                stream = self._name(self._stream, self._default_stream, event.record, tag)
            yield sent._replace(
                group=_FORBIDDEN_IN_GROUP.sub(".", group)[:_LONGEST],
                stream=_FORBIDDEN_IN_STREAM.sub(".", stream)[:_LONGEST],
                message=message,
            )

    def _message(self, record: Map) -> str | None:
        """The value of log_key as text, or the record as Go writes JSON; an empty one is no event."""
        if not self._log_key:
            return _go_json(plain(record))
        values = dict(record)
        value = values.get(self._log_key.encode(), EMPTY)
        if value is EMPTY:
            return None
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace") or None
        return _go_json(plain(value))

    def _name(self, text: str, default: str, record: Map, tag: str) -> str:
        try:
            return _VARIABLE.sub(lambda found: _fill(found[1], record, tag), text)
        except _Missing:
            return default


def _fill(variable: str, record: Map, tag: str) -> str:
    if variable == "tag":
        return tag
    part = _PART.fullmatch(variable)
    if part:
        parts = tag.split(".")
        if int(part[1]) >= len(parts):
            raise _Missing
        return parts[int(part[1])]
    if variable in _ECS:
        raise _Missing
    head = variable.partition("[")[0]
    value: Value = record
    for key in (head, *_STEP.findall(variable[len(head) :])):
        if not isinstance(value, Map):
            raise _Missing
        found = dict(value)
        if key.encode() not in found:
            raise _Missing
        value = found[key.encode()]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, list):
        raise _Missing
    return str(plain(value))


def _go_json(value: Json) -> str:
    """jsoniter's standard-library form: sorted keys, HTML characters escaped, other text as it is."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")
