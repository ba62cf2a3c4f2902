"""[FILTER] record_modifier: values put in, keys taken out."""

from __future__ import annotations

from translators.catalog import Field, IsGone
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Options, approximate, exact, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.constants import put_constant
from translators.fluentbit.whereabouts import Whereabouts
from translators.fluentbit.words import tokens

PLUGIN = "record_modifier"
_OUT = exact("the catalog does not have it any more; a line that holds it stays whole")
_OPTIONS: Options = {
    **COMMON,
    "remove_key": _OUT,
    "allowlist_key": _OUT,
    "whitelist_key": _OUT,
    "uuid_key": approximate("the agents make no identifiers: the field is lost"),
}


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the record's keys as Fluent Bit leaves them: taken out first, then the new ones put in."""
    judge_options(desk.ledger, PLUGIN, section, _OPTIONS)
    desk.ledger.section(
        PLUGIN, section, exact("lines are not rewritten; new values are labels, removed keys leave the catalog")
    )
    flow = flow.knowing(_without(section, flow.record))
    for item in section.every("record"):
        flow = _put(item, flow, desk)
    for item in section.every("uuid_key"):
        flow = flow.knowing(flow.record.put(Field((item.value.strip(),), IsGone("the agents make no identifiers"))))
    return flow


def _without(section: Section, record: Whereabouts) -> Whereabouts:
    for item in section.every("remove_key"):
        record = record.without((item.value.strip(),))
    allowed = {item.value.strip() for key in ("allowlist_key", "whitelist_key") for item in section.every(key)}
    if not allowed:
        return record
    kept = record.keep(lambda key: key in allowed)
    opened = record.open
    if opened is None:
        return kept
    named = tuple(
        Field((key,), place) for key in sorted(allowed) if not kept.has((key,)) and (place := record.find((key,)))
    )
    return Whereabouts((*kept.fields, *named))


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
