"""A parser of one's own for containers' lines: what stands before the text is a header, the text is the line."""

from __future__ import annotations

import re
from dataclasses import replace

from translators.catalog import Field, InLabel, InMetadata, IsLine, Place, Presence
from translators.fluentbit.plugins.parsers import Parsed
from translators.pipeline.stages import ParseRegex, SetLabels, SetTemplate, SetText, Stage

_TEXT = ("log", "message")


def take_header(parsed: Parsed) -> Parsed | None:
    """The text as the line and the stream as a label. None without a stream, or where the text is not the rest."""
    sources = dict(parsed.flow.metadata)
    places = {field.path[0]: field.place for field in parsed.fields if isinstance(field.place, InMetadata)}
    text = next((name for name in _TEXT if name in places), "")
    if not text or "stream" not in places or not _ends_with_rest(parsed):
        return None
    names = {name: place.name for name, place in places.items() if isinstance(place, InMetadata)}
    taken = {names[text], names["stream"]}
    stages = (SetLabels((("stream", "stream"),)), SetText(sources[names[text]]))
    named = replace(parsed.flow, stages=tuple(_renamed(one, sources[names["stream"]]) for one in parsed.flow.stages))
    flow = replace(
        named.then(*stages),
        metadata=tuple(pair for pair in parsed.flow.metadata if pair[0] not in taken),
        labels=(*parsed.flow.labels, "stream"),
        plain=False,
    )
    places_now: dict[str, Place] = {text: IsLine(), "stream": InLabel("stream")}
    fields = (replace(field, place=places_now.get(field.path[0], field.place)) for field in parsed.fields)
    return Parsed(flow, tuple(_always(field) for field in fields))


def _renamed(stage: Stage, source: str) -> Stage:
    """The stream under the name that the agents' own stages give it: what asks for the label finds it by that."""
    match stage:
        case ParseRegex(expression):
            return replace(stage, expression=expression.replace(f"(?P<{source}>", "(?P<stream>"))
        case SetTemplate(name, template):
            asked = re.sub(rf"\.{source}\b", ".stream", template)
            return replace(stage, source="stream" if name == source else name, template=asked)
        case _:
            return stage


def _always(field: Field) -> Field:
    """The text is there whether the line was understood or not: then it is the whole line."""
    return replace(field, when=Presence.ALWAYS) if isinstance(field.place, IsLine) else field


def _ends_with_rest(parsed: Parsed) -> bool:
    """Nothing of the line is behind the text."""
    expressions = [stage.expression for stage in parsed.flow.stages if isinstance(stage, ParseRegex)]
    return bool(expressions) and expressions[-1].rstrip("$").endswith((">.*)", ">.+)"))
