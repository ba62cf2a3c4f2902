"""A field with the same value in every record is a label: it costs nothing and can be asked for."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, FieldPath, InJson, InLabel, InLogfmt, InMetadata, IsConstant, IsGone, Presence
from translators.fluentbit.flow import PRIVATE, Flow
from translators.fluentbit.plugins.parsers import metadata_name
from translators.pipeline.selectors import having, select
from translators.pipeline.stages import SetConstants, Stage, When

MOST_LABELS = 4
"""Loki takes 15 labels of a stream; the scheme needs eight of them."""


def put_constant(flow: Flow, key: str, value: str, selector: str = "") -> Flow:
    """The flow with the field ``key`` = ``value``, for the entries of ``selector`` only when that is given."""
    flow = flow.knowing(flow.record.without((key,)))
    if not value:
        return flow.knowing(flow.record.put(Field((key,), IsConstant(value))))
    name = _free_name(metadata_name(key, flow), flow)
    constants = tuple(stage for stage in flow.stages if isinstance(stage, SetConstants))
    label = name if len(constants) < MOST_LABELS and not selector else PRIVATE + name
    stage: Stage = SetConstants(((label, value),))
    flow = flow.then(When(selector, (stage,)) if selector else stage)
    flow = replace(flow, labels=(*flow.labels, label))
    if label == name:
        return flow.knowing(flow.record.put(Field((key,), InLabel(name))))
    return flow.carrying((name, label)).knowing(flow.record.put(Field((key,), InMetadata(name))))


def set_by_some(flow: Flow, key: str) -> str:
    """The label that has the field for entries that a filter before gave it, and for no others; else empty."""
    fields = tuple(field for field in flow.record.fields if field.path[:1] == (key,))
    if len(fields) != 1 or not isinstance(fields[0].place, InMetadata) or not is_seldom(flow, fields[0]):
        return ""
    label = dict(flow.metadata).get(fields[0].place.name, "")
    return label if label == PRIVATE + fields[0].place.name else ""


def put_where_missing(flow: Flow, label: str, value: str, selector: str = "") -> Flow:
    """The flow with the value for entries of ``selector`` that have no such label yet."""
    constant: Stage = SetConstants(((label, value),))
    chosen = When(selector, (constant,)) if selector else constant
    return flow.then(When(select([having(label, "")]), (chosen,)))


def _free_name(name: str, flow: Flow) -> str:
    """Another name where a field that was renamed still has this one."""
    places = (field.place for field in flow.record.fields)
    used = {place.name for place in places if isinstance(place, InLabel | InMetadata)}
    while name in used:
        name = f"added_{name}"
    return name


def is_known(flow: Flow, path: FieldPath) -> bool:
    """Whether some record has that key by name."""
    return flow.record.has(path) or flow.record.below(path)


def is_certain(flow: Flow, path: FieldPath) -> bool:
    """Whether every record has that key."""
    known = (field for field in flow.record.fields if field.path[: len(path)] == path)
    return any(field.when is Presence.ALWAYS and not is_seldom(flow, field) for field in known)


def is_seldom(flow: Flow, field: Field) -> bool:
    """Whether only some records have the field: it is in the line or the journal, or a selector's entries got it."""
    if isinstance(field.place, InJson | InLogfmt | IsGone):
        return True
    if not isinstance(field.place, InMetadata):
        return False
    if field.place.name in dict(flow.origins) and flow.journal is not None:
        return True
    label = PRIVATE + field.place.name
    guarded = (stage for when in flow.stages if isinstance(when, When) for stage in when.stages)
    return any(isinstance(stage, SetConstants) and label in dict(stage.values) for stage in guarded)
