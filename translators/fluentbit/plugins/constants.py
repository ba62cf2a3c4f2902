"""A field with the same value in every record is a label: it costs nothing and can be asked for."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, InJson, InLabel, InLogfmt, InMetadata, IsConstant, IsGone
from translators.fluentbit.flow import PRIVATE, Flow
from translators.fluentbit.plugins.parsers import metadata_name
from translators.pipeline.stages import SetConstants, Stage, When

MOST_LABELS = 4
"""Loki takes 15 labels of a stream; the scheme needs eight of them."""


def put_constant(flow: Flow, key: str, value: str, selector: str = "") -> Flow:
    """The flow with the field ``key`` = ``value``, for the entries of ``selector`` only when that is given."""
    flow = flow.knowing(flow.record.without((key,)))
    if not value:
        return flow.knowing(flow.record.put(Field((key,), IsConstant(value))))
    name = metadata_name(key, flow)
    constants = tuple(stage for stage in flow.stages if isinstance(stage, SetConstants))
    label = name if len(constants) < MOST_LABELS and not selector else PRIVATE + name
    stage: Stage = SetConstants(((label, value),))
    flow = flow.then(When(selector, (stage,)) if selector else stage)
    flow = replace(flow, labels=(*flow.labels, label))
    if label == name:
        return flow.knowing(flow.record.put(Field((key,), InLabel(name))))
    return flow.carrying((name, label)).knowing(flow.record.put(Field((key,), InMetadata(name))))


def is_seldom(flow: Flow, field: Field) -> bool:
    """Whether only some records have the field: it stands in the line, or only entries of a selector got it."""
    if isinstance(field.place, InJson | InLogfmt | IsGone):
        return True
    if not isinstance(field.place, InMetadata):
        return False
    label = PRIVATE + field.place.name
    guarded = (stage for when in flow.stages if isinstance(when, When) for stage in when.stages)
    return any(isinstance(stage, SetConstants) and label in dict(stage.values) for stage in guarded)
