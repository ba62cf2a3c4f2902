"""Processor content_modifier: one key of the record put in, taken out or renamed."""

from __future__ import annotations

from translators.catalog import Field, FieldPath, IsGone
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Judgement, approximate, equivalent, exact, harmless, judge_rest
from translators.fluentbit.plugins.constants import is_certain, is_known, put_constant

PLUGIN = "content_modifier"
_MAPPED = exact("the line stays as it is; the catalog says where the field is now")
_OTHER_CONTEXT = harmless("it changes what stands beside the record, which CloudWatch never gets")
_BODY = ("", "body", "message", "record")
_LOSING = "; where it finds nothing, Fluent Bit also loses the lines that it read at once behind that one"


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the record's keys as the processor leaves them."""
    if section.value("context").strip().lower() not in _BODY:
        return _judged(section, flow, desk, _OTHER_CONTEXT)
    action, key, value = (section.value(name).strip() for name in ("action", "key", "value"))
    if any(group.name == "condition" for group in section.groups):
        reason = "the agents do not ask for its condition"
        lost = flow.record.put(Field((value if action.lower() == "rename" else key,), IsGone(reason)))
        told = f"{reason}: what it would {action} is not taken for any record"
        return _judged(section, flow.knowing(lost), desk, approximate(told))
    match action.lower():
        case "upsert":
            return _judged(section, put_constant(flow, key, value), desk, exact("a label says it"))
        case "insert":
            return _insert(section, key, value, flow, desk)
        case "delete":
            return _judged(section, flow.knowing(flow.record.without((key,))), desk, _MAPPED)
        case "rename":
            return _rename(section, (key,), (value,), flow, desk)
        case _:
            reason = f"the agents do not {action} values: the line has them as they came"
            lost = flow.record.put(Field((key,), IsGone(reason)))
            more = _LOSING if action.lower() in ("extract", "convert") else ""
            return _judged(section, flow.knowing(lost), desk, approximate(reason + more))


def _rename(section: Section, old: FieldPath, new: FieldPath, flow: Flow, desk: Desk) -> Flow:
    """A key of the new name that is there already stays: the record has it twice then."""
    if flow.find(old) is None and not flow.record.below(old):
        return _judged(section, flow, desk, exact("no record here has that key: Fluent Bit does nothing"))
    if is_known(flow, new):
        told = f"a record that has {new[0]} already has it twice then; the catalog has one of them"
        return _judged(section, flow.knowing(flow.record.rename(old, new)), desk, approximate(told))
    own = flow.record.open is not None
    claim = equivalent(f"while no line has a key {new[0]} of its own") if own else _MAPPED
    return _judged(section, flow.knowing(flow.record.rename(old, new)), desk, claim)


def _insert(section: Section, key: str, value: str, flow: Flow, desk: Desk) -> Flow:
    """Only where the record has no such key, which a line may bring itself."""
    if is_known(flow, (key,)):
        done = "the record has the key already: Fluent Bit does nothing"
        seldom = f"Fluent Bit does it only where a record has no {key} yet; the agents do not do it at all"
        claim = exact(done) if is_certain(flow, (key,)) else approximate(seldom)
        return _judged(section, flow, desk, claim)
    own = flow.record.open is not None
    told = equivalent("a label says it, while no line has that key of its own") if own else exact("a label says it")
    return _judged(section, put_constant(flow, key, value), desk, told)


def _judged(section: Section, flow: Flow, desk: Desk, judgement: Judgement) -> Flow:
    desk.ledger.section(PLUGIN, section, judgement)
    part = harmless("belongs to the processor, whose finding says what becomes of it")
    judge_rest(desk.ledger, PLUGIN, section.properties, part)
    return flow
