"""Processor content_modifier: one key of the record put in, taken out or renamed."""

from __future__ import annotations

from translators.catalog import Field, IsGone
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Judgement, approximate, exact, harmless, judge_rest
from translators.fluentbit.plugins.constants import put_constant

PLUGIN = "content_modifier"
_MAPPED = exact("the line stays as it is; the catalog says where the field is now")
_OTHER_CONTEXT = harmless("it changes attributes of the stream, which CloudWatch never gets")


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the record's keys as the processor leaves them."""
    context = section.value("context", "body").strip().lower()
    if context not in ("body", "attributes"):
        return _judged(section, flow, desk, _OTHER_CONTEXT)
    action, key, value = (section.value(name).strip() for name in ("action", "key", "value"))
    match action.lower():
        case "upsert":
            return _judged(section, put_constant(flow, key, value), desk, exact("a label says it"))
        case "insert":
            there = flow.record.has((key,))
            return _judged(section, flow if there else put_constant(flow, key, value), desk, exact("a label says it"))
        case "delete":
            return _judged(section, flow.knowing(flow.record.without((key,))), desk, _MAPPED)
        case "rename":
            return _judged(section, flow.knowing(flow.record.rename((key,), (value,))), desk, _MAPPED)
        case _:
            reason = f"the agents do not {action} values: the line has them as they came"
            lost = flow.record.put(Field((key,), IsGone(reason)))
            return _judged(section, flow.knowing(lost), desk, approximate(reason))


def _judged(section: Section, flow: Flow, desk: Desk, judgement: Judgement) -> Flow:
    desk.ledger.section(PLUGIN, section, judgement)
    part = harmless("belongs to the processor, whose finding says what becomes of it")
    judge_rest(desk.ledger, PLUGIN, section.properties, part)
    return flow
