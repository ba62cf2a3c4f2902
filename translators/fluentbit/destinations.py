"""Where records went in CloudWatch, as labels of their entries and as the catalog's names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from translators.catalog import InLabel, InMetadata, IsConstant, Place, StreamForm, StreamPart
from translators.fluentbit.flow import Flow
from translators.fluentbit.plugins.cloudwatch_logs import Group
from translators.fluentbit.plugins.templates import Part, Tag, Text, Value
from translators.pipeline.model import Relabel
from translators.pipeline.tags import HOLE, literal_start

_INSIGHTS = re.compile(r"/aws/containerinsights/[^/]+/([^/]+)\Z")


@dataclass(frozen=True, slots=True)
class Destination:
    """One log group as entries see it: its label, and the relabel rule when the label's value is computed."""

    group: Group
    name: str
    label: tuple[str, str]
    template: tuple[StreamPart, ...] = ()
    relabel: Relabel | None = None


def destination(group: Group, flow: Flow) -> Destination:
    """The log group of an output for the records of a flow. A template that labels cannot say leaves the plain name."""
    if group.template:
        computed = _computed(group, flow)
        if computed is not None:
            return computed
    return Destination(group, group.name, fixed_label(group.name))


def fixed_label(name: str) -> tuple[str, str]:
    """log_type for a group of Container Insights, else log_group."""
    found = _INSIGHTS.match(name)
    return ("log_type", found[1]) if found else ("log_group", name)


def _computed(group: Group, flow: Flow) -> Destination | None:
    parts = tuple(_resolve(part, flow) for part in group.template)
    if any(part is None or isinstance(part.place, InMetadata) for part in parts):
        return None
    known = tuple(part for part in parts if part is not None)
    name = "".join(part.text or f"${{{_name(part.place)}}}" for part in known)
    if all(part.place is None for part in known):
        return Destination(group, name, fixed_label(name))
    origins = dict(flow.origins)
    sources = tuple(origins.get(_name(part.place), "") for part in known if part.place is not None)
    if "" in sources:
        return None
    return Destination(group, name, ("log_group", name), known, _rule(known, sources))


def _rule(parts: tuple[StreamPart, ...], sources: tuple[str, ...]) -> Relabel:
    numbers = iter(range(1, len(sources) + 1))
    replacement = "".join(part.text if part.place is None else f"${{{next(numbers)}}}" for part in parts)
    return Relabel(sources, "log_group", ";".join("(.+)" for _ in sources), replacement)


def _name(place: Place | None) -> str:
    return place.name if isinstance(place, InLabel | InMetadata) else ""


def _resolve(part: Part, flow: Flow) -> StreamPart | None:
    match part:
        case Text(text):
            return StreamPart(text)
        case Tag(None):
            tag = flow.tags[0]
            return StreamPart(tag) if len(flow.tags) == 1 and HOLE not in tag else None
        case Tag(int() as word):
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
