"""Where records went in CloudWatch, as labels of their entries and as the catalog's names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from translators.catalog import FieldPath, InJson, InLabel, InMetadata, IsConstant, StreamForm, StreamPart
from translators.fluentbit.flow import Desk, Flow, is_always, is_old, json_path
from translators.fluentbit.ledger import Judgement, approximate, equivalent
from translators.fluentbit.plugins.cloudwatch_logs import TEMPLATED, Group
from translators.fluentbit.plugins.templates import Part, Tag, Text, Value
from translators.pipeline.model import Relabel
from translators.pipeline.stages import ParseJson, SetLabels, SetTemplate
from translators.pipeline.tags import HOLE, literal_start

_THERE = '"="'
_UNMARKED = r'''regexReplaceAll "^=(=|#(-?\\d+\\.\\d{6})\\d*$)"'''
_INSIGHTS = re.compile(r"/aws/containerinsights/[^/]+/([^/]+)\Z")

_NOT_COMPUTED = approximate(
    "the name needs a value that makes no label: the label has the plain name for all of them",
    "select by the value in queries",
)
_NOT_ALONE = approximate(
    "records that another output takes too have the plain names of both as labels, not the computed one",
    "select by the values that the name is made of in queries",
)
_FORKED = approximate(
    "records that a rewrite_tag filter sends elsewhere are read with these, so the label has the plain name for all",
    "select by the values that the name is made of in queries",
)
_COMPUTED = equivalent(
    f"{TEMPLATED}, while the name is not empty and no value in it is an object or a number of more than 15 digits or "
    "six decimals, or a whole one with a point or an exponent"
)
_OLD = approximate(
    "a record that the parser filter makes anew loses what the name needs, so Fluent Bit sends it to the plain name; "
    "here the label has the computed one",
    "set Reserve_Data On in the parser filter",
)


@dataclass(frozen=True, slots=True)
class Destination:
    """One log group as entries see it.

    ``label`` is fixed. ``template`` is set when the group's name is computed: the label log_group then has that name,
    by a relabel rule or by stages, and ``label`` where something is missing. Not ``labelled``: all of them have
    ``label``.
    """

    group: Group
    name: str
    label: tuple[str, str]
    template: tuple[StreamPart, ...] = ()
    relabel: Relabel | None = None
    labelled: bool = True

    @property
    def short(self) -> str:
        """What the label ``also`` calls it."""
        return self.group.short if self.group.short and self.name == self.group.name else self.name


def fixed_label(name: str) -> tuple[str, str]:
    """log_type for a group of Container Insights, else log_group."""
    found = _INSIGHTS.match(name)
    return ("log_type", found[1]) if found else ("log_group", name)


def destination(group: Group, flow: Flow, desk: Desk, alone: bool) -> tuple[Flow, Destination]:
    """The log group of an output for the records of a flow, which may have to compute its name.

    The label log_group has one value: of records that are not ``alone`` in one log group it has no computed one.
    """
    plain = Destination(group, group.name, fixed_label(group.name))
    if not group.template:
        return flow, plain
    if any(_is_old(part, flow) for part in group.template):
        _judge(group, desk, _OLD)
    parts = tuple(_resolve(part, flow) for part in group.template)
    known = tuple(part for part in parts if part is not None)
    if len(known) == len(parts) and all(part.place is None for part in known):
        name = "".join(part.text for part in known)
        return flow, Destination(group, name, fixed_label(name))
    by_name = len(known) == len(parts) and all(_origin(part, flow) for part in known if part.place is not None)
    if not alone or (by_name and flow.forked):
        _judge(group, desk, _FORKED if alone else _NOT_ALONE)
        return flow, _told_by_fields(group, flow, replace(plain, label=("log_group", group.name)))
    if by_name:
        sources = tuple(_origin(part, flow) for part in known if part.place is not None)
        plain = replace(plain, label=("log_group", group.name))
        return flow, replace(plain, template=known, relabel=_rule(known, sources))
    return _by_stages(group, flow, plain, desk)


def _is_old(part: Part, flow: Flow) -> bool:
    """Whether only records that a parser filter did not understand have the value."""
    if not isinstance(part, Value) or is_always(flow.record, part.path):
        return False
    return any(is_old(field) and field.path == part.path[: len(field.path)] for field in flow.record.fields)


def _origin(part: StreamPart, flow: Flow) -> str:
    """The label of service discovery for a value that is a label in Loki too: metadata has too many values."""
    return dict(flow.origins).get(part.place.name, "") if isinstance(part.place, InLabel) else ""


def _by_stages(group: Group, flow: Flow, plain: Destination, desk: Desk) -> tuple[Flow, Destination]:
    """Values of the line: a template computes the name where all of them are there."""
    spelled: list[str] = []
    parts: list[StreamPart] = []
    needed: list[str] = []
    for part in group.template:
        resolved = _resolve(part, flow)
        if resolved is not None and resolved.place is None:
            spelled.append(resolved.text)
            parts.append(resolved)
            continue
        asked = _ask(part, flow)
        if asked is None:
            _judge(group, desk, _NOT_COMPUTED)
            return flow, _told_by_fields(group, flow, plain)
        flow, name = asked
        needed.append(f"(hasPrefix {_THERE} .{name})")
        spelled.append(f'{{{{ {_UNMARKED} .{name} "${{2}}" }}}}')
        parts.append(StreamPart(place=InMetadata(name)))
    _judge(group, desk, _COMPUTED)
    template = f"{{{{ if and {' '.join(needed)} }}}}{''.join(spelled)}{{{{ end }}}}"
    named, target = flow.fresh()
    named = named.then(SetTemplate(target, template), SetLabels((("log_group", target),)))
    return named, replace(plain, label=("log_group", group.name), template=tuple(parts))


def _told_by_fields(group: Group, flow: Flow, plain: Destination) -> Destination:
    """The catalog still answers for each name, as far as labels tell it."""
    parts = tuple(part for part in (_resolve(each, flow) for each in group.template) if part is not None)
    return replace(plain, template=parts, labelled=False) if len(parts) == len(group.template) else plain


def _ask(part: Part, flow: Flow) -> tuple[Flow, str] | None:
    """A value of the line as text behind two equal signs, so that an empty text is told from a missing one.

    A number with a point stands behind "=#" with zeros to cut: Fluent Bit writes six decimals. Lists are not written,
    and below the scalar of a first key lies that scalar.
    """
    place = flow.find(part.path) if isinstance(part, Value) else None
    if not isinstance(part, Value) or not isinstance(place, InJson) or not place.path:
        return None
    above = flow.find(part.path[:1]) if len(part.path) > 1 else None
    text = _text(place.path)
    if isinstance(above, InJson) and above.path:
        text = f"{text} || type({json_path(above.path)}) != 'object' && {_text(above.path)}"
    named, name = flow.fresh()
    return named.then(ParseJson(((name, text),))), name


def _text(path: FieldPath) -> str:
    spelled = json_path(path)
    broken = f"floor({spelled}) != {spelled} && join('', ['=#', to_string({spelled}), '000000'])"
    text = f"(type({spelled}) == 'number' && {broken} || join('', ['==', to_string({spelled})]))"
    return f"{_there(path)} && type({spelled}) != 'array' && {text}"


def _there(path: FieldPath) -> str:
    """Whether the line has the key, whose value may be null: that is a text in Fluent Bit."""
    key = path[-1].replace("'", "\\'")
    if len(path) == 1:
        return f"contains(keys(@), '{key}')"
    above = json_path(path[:-1])
    return f"type({above}) == 'object' && contains(keys({above}), '{key}')"


def _judge(group: Group, desk: Desk, judgement: Judgement) -> None:
    item = group.section.last("log_group_template") or group.section.last("log_group_name")
    if item is not None:
        desk.ledger.key(group.section.name, item, judgement)


def _rule(parts: tuple[StreamPart, ...], sources: tuple[str, ...]) -> Relabel:
    numbers = iter(range(1, len(sources) + 1))
    replacement = "".join(part.text if part.place is None else f"${{{next(numbers)}}}" for part in parts)
    return Relabel(sources, "log_group", ";".join("(.+)" for _ in sources), replacement)


def _resolve(part: Part, flow: Flow) -> StreamPart | None:
    match part:
        case Text(text):
            return StreamPart(text)
        case Tag(word):
            if word is None:
                tag = flow.tags[0]
                return StreamPart(tag) if len(flow.tags) == 1 and HOLE not in tag else None
            words = literal_start(flow.tags[0]).split(".")
            known = HOLE not in flow.tags[0] or word < len(words) - 1
            return StreamPart(words[word]) if known and word < len(words) else None
        case Value(path):
            place = flow.find(path)
            if isinstance(place, IsConstant):
                return StreamPart(place.value)
            return StreamPart(place=place) if isinstance(place, InLabel | InMetadata) else None


def stream_parts(group: Group, flow: Flow, node_variables: frozenset[str]) -> tuple[StreamPart, ...]:
    """The name of the log stream. Empty when labels and metadata cannot tell it."""
    parts: list[StreamPart] = []
    for part in group.stream:
        if isinstance(part, Text):
            parts += _node_parts(part.text, group, node_variables)
        elif part == Tag():
            parts += _tag_parts(flow)
        else:
            resolved = _resolve(part, flow)
            if resolved is None:
                return ()
            parts.append(resolved)
    return tuple(parts)


def _node_parts(text: str, group: Group, node_variables: frozenset[str]) -> Sequence[StreamPart]:
    """A prefix that begins with the variable that holds the node's name: each node has its own value."""
    item = group.section.last("log_stream_prefix")
    raw = item.raw if item is not None else ""
    for variable in sorted(node_variables):
        spelled = "${" + variable + "}"
        if raw.startswith(spelled):
            rest = raw.removeprefix(spelled)
            node = StreamPart(place=InMetadata("node_name"))
            return (node, StreamPart(rest)) if rest else (node,)
    return (StreamPart(text),) if text else ()


def _tag_parts(flow: Flow) -> Sequence[StreamPart]:
    """A tag as Fluent Bit composed it: what the pattern leaves open is the file's path, or the unit."""
    pattern = flow.inputs[0].value("tag").strip() or flow.tags[0]
    if HOLE not in pattern:
        return (StreamPart(flow.tags[0]),)
    before, _, after = pattern.partition(HOLE)
    if flow.journal is not None:
        hole = StreamPart(place=InLabel("unit"))
    else:
        hole = StreamPart(place=InMetadata("filename"), form=StreamForm.TAG)
    texts = (StreamPart(before), hole, StreamPart(after))
    return tuple(part for part in texts if part.text or part.place)
