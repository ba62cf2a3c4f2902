"""[PARSER]: how a text becomes fields, as stages and as whereabouts of the fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from translators.catalog import Field, InJson, InLogfmt, InMetadata, IsGone, IsLine, Presence
from translators.diagnostics import Agent, Fidelity, PerAgent, worst
from translators.fluentbit.configuration import Property, Section
from translators.fluentbit.evaluate.decoders import misread
from translators.fluentbit.evaluate.parsers import read_types
from translators.fluentbit.flow import PRIVATE, Desk, Flow, text_at
from translators.fluentbit.ledger import (
    Judgement,
    Options,
    approximate,
    equivalent,
    exact,
    harmless,
    judge_options,
    manual,
)
from translators.fluentbit.regexes import NotTaken, Taken, rename_groups, take_fields
from translators.fluentbit.strptime import Layouts, NoLayout, leading, to_layouts
from translators.pipeline.stages import ParseJson, ParseLogfmt, ParseRegex, SetTemplate, SetTime

ON = frozenset({"on", "true", "yes"})
_TIME = "time"
_KEYS: Options = {
    "name": exact("the parser is translated where it is used"),
    "format": exact("read as this format"),
    "time_strict": exact("an unreadable time leaves the entry at the time it was read, as in Fluent Bit"),
    "time_system_timezone": equivalent("times without a zone are read as UTC, which is the zone of the node"),
    "skip_empty_values": exact("an empty value is no structured metadata, as Fluent Bit leaves it out"),
    "types": approximate(
        "structured metadata is text: a number is kept as it was written, and what is none is not made 0"
    ),
    "decode_field": approximate("the value stays as it was written; decode it in the query"),
    "decode_field_as": approximate("the value stays as it was written; decode it in the query"),
    "time_zone": exact("times without a zone are read in this one"),
    "time_offset": exact("times without a zone are read with this offset"),
    "time_keep": exact("the time stays a field of the record as well"),
    "time_key": exact("the entry's time is taken from this field"),
    "logfmt_no_bare_keys": equivalent("as long as every pair of the line has a value"),
}

_CONDITIONS = {
    "json": "while nothing stands behind a line's object, no key stands twice in it, its texts hold no control "
    "characters as they are, numbers fit 64 bits and \\u escapes are whole characters",
    "logfmt": "while no line is empty or holds control characters or bytes that are not UTF-8, every quote is closed, "
    "= and quotes stand in no value without quotes, escapes are those of JSON and no key stands twice or is log",
}
"""What holds of lines whose fields queries find where Fluent Bit found them."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The flow with the parser's stages, and the fields that they make of a text."""

    flow: Flow
    fields: tuple[Field, ...]


def is_on(section: Section, key: str, default: bool = False) -> bool:
    item = section.last(key)
    return default if item is None else item.value.strip().lower() in ON


def apply_parser(flow: Flow, parser: Section, source: str, desk: Desk) -> Parsed | None:
    """What the parser makes of the extracted value ``source`` (empty: the line). None: nothing could be emitted."""
    form = parser.value("format").strip().lower()
    makers = {"regex": _regex, "json": _json, "logfmt": _logfmt, "ltsv": _ltsv}
    if form not in makers:
        return None
    parsed = makers[form](flow, parser, source, desk)
    if parsed is not None:
        parsed = replace(parsed, flow=replace(parsed.flow, parsers=flow.parsers + 1))
    _judge(parser, form, desk)
    return parsed


def judge_unused(parser: Section, desk: Desk) -> None:
    """Note a parser that nothing refers to."""
    unused = harmless("defined but never used: nothing to translate")
    desk.ledger.section("parser", parser, unused)
    for item in parser.properties:
        if item.key != "name":
            desk.ledger.key("parser", item, unused)


def _judge(parser: Section, form: str, desk: Desk) -> None:
    message = f"the {form} parser {parser.name} became stages where it is used"
    condition = _CONDITIONS.get(form)
    desk.ledger.section("parser", parser, equivalent(f"{message}, {condition}") if condition else exact(message))
    strict = parser.last("time_strict")
    if strict is not None and not is_on(parser, "time_strict"):
        message = (
            "an entry whose time fits in part gets the time it is read at; Fluent Bit takes that part, or loses it"
        )
        desk.ledger.key("parser", strict, approximate(message, "leave Time_Strict On"))
    wrong = misread(parser)
    for item in (*parser.every("decode_field"), *parser.every("decode_field_as")) if wrong else ():
        desk.ledger.key("parser", item, harmless(f"Fluent Bit logs `{wrong}` and decodes nothing"))
    judge_options(desk.ledger, "parser", parser, _KEYS)


def _own(flow: Flow) -> Callable[[str], str]:
    """Names for what a parser finds, unlike those of the parsers before it: what it lacks is not taken from them."""
    start = f"{PRIVATE}{flow.parsers}_" if flow.parsers else PRIVATE
    return lambda name: start + name


def metadata_name(name: str, flow: Flow) -> str:
    """The public name of a parsed field: its own, unless the label scheme has that name already."""
    clean = "".join(character if character.isalnum() and character.isascii() else "_" for character in name)
    clean = clean if clean[:1].isalpha() else f"field_{clean}"
    taken = {*flow.labels, "cluster", "log_type", "log_group", "stream", "service_name", "detected_level"}
    taken |= {known for known, source in flow.metadata if source != _own(flow)(name)}
    return f"parsed_{clean}" if clean in taken else clean


def time_key_of(parser: Section) -> str:
    """Where Fluent Bit looks for the time; empty when it does not look."""
    return (parser.value("time_key").strip() or _TIME) if parser.value("time_format") else ""


def _regex(flow: Flow, parser: Section, source: str, desk: Desk) -> Parsed | None:
    item = parser.last("regex")
    if item is None:
        return None
    own, taken = _own(flow), take_fields(item.value, bool(source) or flow.is_joined())
    if isinstance(taken, NotTaken):
        desk.ledger.key("parser", item, _no_regex(taken))
        return None
    _judge_regex(item, taken, desk)
    flow = flow.then(ParseRegex(rename_groups(taken.expression, own), source))
    time_key = time_key_of(parser)
    time_names = tuple(name for name, original in taken.groups if original == time_key)
    timed = bool(time_names)
    for name in time_names:
        flow = _set_time(flow, parser, own(name), desk)
    keep = not timed or is_on(parser, "time_keep")
    named = tuple((name, original) for name, original in taken.groups if original != time_key or keep)
    flow, sources = _one_source_each(flow, named)
    if len(sources) < len(named):
        _judge_repeated(parser, desk)
    pairs = tuple((metadata_name(original, flow), source) for original, source in sources.items())
    flow = flow.carrying(*pairs)
    fields = (
        Field((original,), InMetadata(pair[0]), Presence.PARSED) for original, pair in zip(sources, pairs, strict=True)
    )
    return Parsed(flow, tuple(fields))


def _judge_repeated(parser: Section, desk: Desk) -> None:
    """Two groups of one name: with their empty values kept, the empty one may hide the other."""
    item = parser.last("skip_empty_values")
    if item is not None and not is_on(parser, "skip_empty_values"):
        message = "of two groups with one name the one that matched is kept; Fluent Bit lets an empty one hide it"
        desk.ledger.key("parser", item, approximate(message, "leave Skip_Empty_Values On"))


def _one_source_each(flow: Flow, named: tuple[tuple[str, str], ...]) -> tuple[Flow, dict[str, str]]:
    """Two groups may share a name in Fluent Bit, of which the one that matched counts."""
    own, sources = _own(flow), dict[str, str]()
    for name, original in named:
        if original not in sources:
            sources[original] = own(name)
            continue
        first, second = sources[original], own(name)
        other = f"{{{{ else if .{second} }}}}{{{{ .{second} }}}}"
        flow = flow.then(SetTemplate(first, f"{{{{ if .{first} }}}}{{{{ .{first} }}}}{other}{{{{ end }}}}"))
    return flow, sources


def _no_regex(taken: NotTaken) -> Judgement:
    return manual(
        f"no RE2 expression says this: {taken.reason}", "rewrite the expression without it, or parse in queries"
    )


def _judge_regex(item: Property, taken: Taken, desk: Desk) -> None:
    groups = "each group is structured metadata of the same name, if its bytes are UTF-8; the line stays whole"
    desk.ledger.key("parser", item, equivalent(f"{taken.condition}; {groups}" if taken.condition else groups))


def _json(flow: Flow, parser: Section, source: str, desk: Desk) -> Parsed:
    own, time_key = _own(flow), time_key_of(parser)
    if time_key:
        flow = flow.then(ParseJson(((own(_TIME), text_at((time_key,))),), source))
        flow = _set_time(flow, parser, own(_TIME), desk)
    without = (time_key,) if time_key and not is_on(parser, "time_keep") else ()
    return Parsed(flow, (Field((), InJson((), without), Presence.PARSED),))


def _logfmt(flow: Flow, parser: Section, source: str, desk: Desk) -> Parsed:
    own, time_key = _own(flow), time_key_of(parser)
    if time_key:
        flow = flow.then(ParseLogfmt(((own(_TIME), time_key),), source))
        flow = _set_time(flow, parser, own(_TIME), desk)
    without = (time_key,) if time_key and not is_on(parser, "time_keep") else ()
    types = tuple((key.decode(), kind) for key, kind in read_types(parser.value("types")).items())
    bare_keys = not is_on(parser, "logfmt_no_bare_keys")
    when = Presence.ALWAYS if bare_keys else Presence.PARSED
    return Parsed(flow, (Field((), InLogfmt("", without, types, bare_keys), when),))


def _ltsv(flow: Flow, parser: Section, source: str, desk: Desk) -> Parsed:
    own, time_key = _own(flow), time_key_of(parser)
    item = parser.last("format")
    if item is not None:
        desk.ledger.key(
            "parser", item, approximate("the line stays whole; its fields are not extracted, take them with a pattern")
        )
    if time_key:
        expression = rf"(?:^|\t){time_key}:(?P<{own(_TIME)}>[^\t]*)"
        flow = _set_time(flow.then(ParseRegex(expression, source)), parser, own(_TIME), desk)
    reason = "ltsv: the field is in the line, between tabs"
    return Parsed(flow, (Field((), IsGone(reason), Presence.PARSED),))


def _set_time(flow: Flow, parser: Section, source: str, desk: Desk) -> Flow:
    item = parser.last("time_format")
    if item is None:
        return flow
    offset = parser.value("time_offset").strip()
    zone = parser.value("time_zone").strip()
    read = to_layouts(item.value, offset, is_on(parser, "time_system_timezone"), zone)
    if isinstance(read, NoLayout):
        message = f"entries get the time they are read at: {read.reason}"
        desk.ledger.key("parser", item, approximate(message, "write %Y-%m-%dT%H:%M:%S.%L%z"))
        return flow
    claim = _time_claim(item.value, read)
    _, fraction, rest = item.value.strip().rpartition("%L")
    if parser.value("format").strip().lower() == "json" and fraction and rest:
        claim = _in_1970(claim)
    desk.ledger.key("parser", item, claim)
    if read.layout == "Unix":
        flow, source = _epoch(flow, source, "%L" in item.value)
    elif begins := leading(item.value):
        flow, name = flow.fresh()
        flow, source = flow.then(ParseRegex(f"^(?P<{name}>{begins})", source)), name
    return flow.then(SetTime(source, read.layout, read.fallbacks, read.location))


def _epoch(flow: Flow, source: str, fraction: bool) -> tuple[Flow, str]:
    """Only seconds of this age: a time behind the year 9999 makes Promtail lose the whole batch."""
    flow, name = flow.fresh()
    expression = rf"^(?P<{name}>\d{{1,10}}\.\d{{1,9}})" if fraction else rf"^(?P<{name}>\d{{1,10}})(?:\D|$)"
    return flow.then(ParseRegex(expression, source)), name


def _time_claim(time_format: str, read: Layouts) -> Judgement:
    note = read.note or "the same time within a nanosecond"
    if "%L" in time_format:
        fidelity = PerAgent.same(worst((read.fidelity, Fidelity.EQUIVALENT)))
        return Judgement(fidelity, f"{note}; while no lines of one stream have one and the same time")
    twice = (
        "of equal lines of one second Promtail's get one time, so Loki keeps one, and Alloy's are a nanosecond apart"
    )
    return approximate(f"{note}; {twice}")


def _in_1970(claim: Judgement) -> Judgement:
    message = "of a time that ends otherwise than the format Fluent Bit takes the fraction alone, in 1970"
    fidelity = PerAgent(*(worst((claim.fidelity.of(agent), Fidelity.EQUIVALENT)) for agent in Agent))
    return replace(claim, fidelity=fidelity, message=f"{claim.message}; {message}")


def unparsed(key: str) -> Field:
    """The text under its key, where the parser did not understand it."""
    return Field((key,), IsLine(), Presence.UNPARSED)


def with_fields(flow: Flow, fields: tuple[Field, ...]) -> Flow:
    record = flow.record
    for field in fields:
        record = record.put(field)
    return replace(flow, record=record)
