"""[FILTER] type_converter: a key's value once more under another key, with another type."""

from __future__ import annotations

from translators.catalog import Field, InJson
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import approximate, exact, harmless, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.words import tokens

PLUGIN = "type_converter"
_KEYS = ("int_key", "uint_key", "float_key", "str_key")


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow whose catalog has the new key at the old one's place: what the line holds is text and number at once."""
    judge_options(desk.ledger, PLUGIN, section, COMMON)
    desk.ledger.section(PLUGIN, section, exact("the catalog has the new key at the old one's place"))
    for item in section.properties:
        if item.key in _KEYS:
            flow = _convert(item, flow, desk)
    return flow


def _convert(item: Property, flow: Flow, desk: Desk) -> Flow:
    parts = tokens(item.value, 3)
    place = flow.find((parts[0],)) if len(parts) >= 2 else None
    if place is None:
        desk.ledger.key(PLUGIN, item, harmless("no record here has that key"))
        return flow
    where = "the line's JSON" if isinstance(place, InJson) else "its place"
    desk.ledger.key(PLUGIN, item, approximate(f"the value in {where} keeps the type that it was written with"))
    return flow.knowing(flow.record.put(Field((parts[1],), place)))
