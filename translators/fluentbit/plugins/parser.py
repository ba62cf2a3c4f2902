"""[FILTER] parser: one key of the record is parsed again; the line stays, its fields are kept beside it."""

from __future__ import annotations

from dataclasses import replace

from translators.catalog import Field, InJson, InLogfmt, IsConstant, IsGone, IsLine, Presence
from translators.fluentbit.conditions import can_ask
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.flow import Desk, Flow, Spot, source_of, spot
from translators.fluentbit.ledger import Judgement, Options, approximate, equivalent, exact, judge_options
from translators.fluentbit.plugins.common import COMMON
from translators.fluentbit.plugins.parsers import apply_parser, is_on
from translators.fluentbit.plugins.paths import path_of
from translators.fluentbit.whereabouts import Whereabouts

PLUGIN = "parser"
_OPTIONS: Options = {
    **COMMON,
    "key_name": exact("this value is parsed"),
    "reserve_data": exact("the other keys stay where they are"),
    "preserve_key": exact("the parsed text is in the line in any case"),
    "unescape_key": equivalent("as long as the text has no escapes of its own"),
}


def apply(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow with the fields of the first parser that understands the value."""
    key = section.value("key_name").strip()
    place = spot(flow, path_of(key))
    names = tuple(section.every("parser"))
    desk.ledger.section("filter-parser", section, exact("the line stays whole; the parsed fields are kept beside it"))
    judge_options(desk.ledger, "filter-parser", section, _OPTIONS)
    if place is None or isinstance(place, IsConstant) or not can_ask(flow, place):
        for item in names:
            message = (
                f"no record here has {key}" if place is None else f"the agents cannot ask for {key}: nothing is parsed"
            )
            desk.ledger.key("filter-parser", item, exact(message) if place is None else approximate(message))
        return flow
    return _parse(section, names, place, flow, desk)


def _parse(section: Section, names: tuple[Property, ...], place: Spot, flow: Flow, desk: Desk) -> Flow:
    asked = source_of(flow, place)
    if asked is None:
        return flow
    flow, source = asked
    before = flow
    fields: tuple[Field, ...] = ()
    for item in names:
        parser = desk.parsers.get(item.value.strip())
        parsed = apply_parser(replace(flow, parsers=before.parsers), parser, source, desk) if parser else None
        if parsed is None:
            desk.ledger.key(
                "filter-parser", item, approximate("this parser could not be translated: its fields are not kept")
            )
            continue
        flow = parsed.flow
        moved = tuple(_moved(field, place) for field in parsed.fields)
        desk.ledger.key("filter-parser", item, _parsed_claim(moved, len(names) > 1, before.record))
        fields += moved
    if not fields:
        return flow
    return flow.knowing(Whereabouts(tuple(dict.fromkeys((*_rest(section, before.record).fields, *fields)))))


def _parsed_claim(fields: tuple[Field, ...], several: bool, before: Whereabouts) -> Judgement:
    if any(isinstance(field.place, IsGone) for field in fields):
        return approximate("the text stays in the line; the fields inside it are found by parsing it again in queries")
    if several:
        return approximate(
            "its fields are kept beside the line; of several parsers the fields of each that fits are kept"
        )
    if before.open is not None and any(field.path for field in fields):
        return equivalent("its fields are kept beside the line, while the line itself has no keys of these names")
    return exact("its fields are kept beside the line")


def _moved(field: Field, place: Spot) -> Field:
    """What a value of the line is made of cannot be reached by one path: it is text there."""
    if isinstance(field.place, InJson) and not isinstance(place, IsLine):
        return replace(field, place=IsGone("it is JSON inside a text of the line's JSON"))
    if isinstance(field.place, InLogfmt) and not isinstance(place, IsLine):
        return replace(field, place=IsGone("it is logfmt inside a value of the line"))
    return field


def _rest(section: Section, before: Whereabouts) -> Whereabouts:
    """Without Reserve_Data a parsed record has only the parsed fields. Preserve_Key is about a key that is named."""
    name = section.value("key_name").strip()
    reserves, preserves = is_on(section, "reserve_data"), is_on(section, "preserve_key")
    key = () if name.startswith("$") else path_of(name)

    def stays(field: Field) -> bool:
        return preserves if field.path == key else reserves

    return Whereabouts(tuple(field if stays(field) else _unless_parsed(field) for field in before.fields))


def _unless_parsed(field: Field) -> Field:
    return replace(field, when=Presence.UNPARSED) if field.when is Presence.ALWAYS else field
