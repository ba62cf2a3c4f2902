"""[FILTER] nest: keys move under a map or out of one. The line stays; the catalog's paths move."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, FieldPath, InJson, IsGone, Presence
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Options, approximate, exact, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.whereabouts import Whereabouts

PLUGIN = "nest"
_MAPPED = exact("the line stays as it is; the catalog says where the fields are now")
_OPTIONS: Options = {
    **COMMON,
    **dict.fromkeys(("operation", "wildcard", "nest_under", "nested_under", "add_prefix", "remove_prefix"), _MAPPED),
}
_LIFTED = "moved from keys that only the line's own JSON tells: look there"
_OPEN = approximate(
    "keys that only the line's own JSON tells keep their place in the catalog; fields known by name move"
)


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with its keys nested or lifted."""
    judge_options(desk.ledger, PLUGIN, section, _OPTIONS)
    opened = flow.record.open is not None
    desk.ledger.section(PLUGIN, section, _OPEN if opened else _MAPPED)
    if section.value("operation").strip().lower() == "lift":
        return flow.knowing(_lift(section, flow.record))
    return flow.knowing(_nest(section, flow.record))


def _lift(section: Section, record: Whereabouts) -> Whereabouts:
    under = section.value("nested_under").strip()
    fields: tuple[Field, ...] = ()
    for field in record.fields:
        inside = len(field.path) > 1 and field.path[0] == under
        fields += (replace(field, path=_prefixed(section, field.path[1:])) if inside else field,)
    if record.open is not None and not record.below((under,)) and isinstance(record.open.place, InJson):
        return Whereabouts((*Whereabouts(fields).without((under,)).fields, Field((), IsGone(_LIFTED), Presence.PARSED)))
    return Whereabouts(fields)


def _prefixed(section: Section, path: FieldPath) -> FieldPath:
    """The key without what is taken off and with what is put before it."""
    added, removed = section.value("add_prefix").strip(), section.value("remove_prefix").strip()
    return (added + path[0].removeprefix(removed), *path[1:])


def _nest(section: Section, record: Whereabouts) -> Whereabouts:
    under = section.value("nest_under").strip() or section.value("nested_under").strip()
    wildcards = tuple(item.value.strip() for item in section.every("wildcard"))
    fields: tuple[Field, ...] = ()
    moved: tuple[Field, ...] = ()
    for field in record.fields:
        if field.path and any(_takes(wildcard, field.path[0]) for wildcard in wildcards):
            moved += (replace(field, path=(under, *_prefixed(section, field.path))),)
        else:
            fields += (field,)
    if record.open is not None:
        moved += (Field((under,), IsGone(_LIFTED), Presence.PARSED),)
    return Whereabouts((*fields, *moved))


def _takes(wildcard: str, key: str) -> bool:
    return key.startswith(wildcard[:-1]) if wildcard.endswith("*") else key == wildcard
