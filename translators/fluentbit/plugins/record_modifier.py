"""[FILTER] record_modifier: values put in, keys taken out."""

from __future__ import annotations

from translators.catalog import Field, IsGone, Presence
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Options, approximate, equivalent, exact, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.constants import is_seldom, put_constant
from translators.fluentbit.whereabouts import Whereabouts
from translators.fluentbit.words import tokens

PLUGIN = "record_modifier"
_OUT = exact("the catalog does not have it any more; a line that holds it stays whole")
_EMPTIED = "Fluent Bit drops a record that loses all of its keys, unless all that it reads at once do: its entry comes"
_OFTEN = approximate(_EMPTIED, "drop these lines with a stage of your own, if they are not wanted")
_SELDOM = equivalent(f"while every record keeps a key: {_EMPTIED}")
_NOTHING_LEFT = exact("nothing would be left of any record, so Fluent Bit leaves them as they are, and so do we")
_KEYS = ("remove_key", "allowlist_key", "whitelist_key")
_UUID = approximate("the agents make no identifiers: the field is lost")


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the record's keys as Fluent Bit leaves them: taken out first, then the new ones put in."""
    added = section.last("uuid_key") or any(len(tokens(item.value, 2)) == 2 for item in section.every("record"))
    record = _without(section, flow.record, desk.names)
    emptied = not added and not any(_is_certain(flow, field) for field in record.fields)
    if emptied and not record.fields:
        record, out = flow.record, _NOTHING_LEFT
    elif emptied:
        known = {field.when for field in flow.record.fields} <= {field.when for field in record.fields}
        allows = any(section.last(key) for key in _KEYS[1:])
        out = _SELDOM if known and record.open is not None and not allows else _OFTEN
    else:
        out = _OUT
    options: Options = {**COMMON, **dict.fromkeys(_KEYS, out), "uuid_key": _UUID}
    judge_options(desk.ledger, PLUGIN, section, options)
    desk.ledger.section(
        PLUGIN, section, exact("lines are not rewritten; new values are labels, removed keys leave the catalog")
    )
    flow = flow.knowing(record)
    for item in section.every("record"):
        flow = _put(item, flow, desk)
    for item in section.every("uuid_key"):
        flow = flow.knowing(flow.record.put(Field((item.value.strip(),), IsGone("the agents make no identifiers"))))
    return flow


def _is_certain(flow: Flow, field: Field) -> bool:
    return field.when is Presence.ALWAYS and field.path != () and not is_seldom(flow, field)


def _without(section: Section, record: Whereabouts, names: tuple[str, ...]) -> Whereabouts:
    """Keys are compared without case, and a trailing star makes a prefix."""
    removed = [item.value for item in section.every("remove_key")]
    for key in removed:
        record = record.without((key,))
    allowed = [item.value for key in ("allowlist_key", "whitelist_key") for item in section.every(key)]
    opened = record.open
    left = record.sift(lambda key: not _listed(key, removed) and (not allowed or _listed(key, allowed)), names)
    if opened is None or not allowed or any(key.endswith("*") for key in allowed):
        return left
    line, fields = Whereabouts((opened,)), tuple(field for field in left.fields if field.path)
    spelled = sorted({spelling for key in allowed for spelling in (key, key.lower())})
    named = tuple(Field((key,), place, Presence.PARSED) for key in spelled if (place := line.find((key,))) is not None)
    return Whereabouts((*named, *fields))


def _listed(key: str, keys: list[str]) -> bool:
    folded = key.lower()
    return any(folded.startswith(one[:-1].lower()) if one.endswith("*") else folded == one.lower() for one in keys)


def _put(item: Property, flow: Flow, desk: Desk) -> Flow:
    words = tokens(item.value, 2)
    if len(words) < 2:
        desk.ledger.key(PLUGIN, item, harmless("a key without a value: Fluent Bit does not start"))
        return flow
    if len(words) > 2:
        desk.ledger.key(PLUGIN, item, exact("three words: Fluent Bit says so in its own log and adds nothing"))
        return flow
    key, value = words[0], words[1]
    if flow.record.has((key,)):
        message = "the record has the key twice then, of which CloudWatch keeps the new one; both are kept here"
        desk.ledger.key(PLUGIN, item, approximate(message))
    else:
        desk.ledger.key(PLUGIN, item, exact("a label says it"))
    return put_constant(flow, key, value)
