"""Makes the CloudWatch event again out of a Loki entry, so that a query sees exactly what Insights would have seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import assert_never

import orjson

from translators.catalog import (
    Field,
    FieldPath,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsGone,
    IsLine,
    IsTime,
    Place,
    Presence,
    RecordKind,
    Shape,
    StreamForm,
    StreamPart,
)
from translators.query.logfmt import logfmt_value

Part = Callable[[int, str], str | None]
"""Writes ``"key":value`` for an entry's nanoseconds and line; None when the record has no such key."""
Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the entries of one stream with the same structured metadata have in common.

    ``message`` gives the event's text for the nanoseconds and the line.
    """

    log_stream: str
    message: Callable[[int, str], str]


class Rebuilder:
    """Rebuilds the events of one shape of a log group."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._origins: dict[tuple[tuple[str, str], ...], Origin] = {}

    def origin(self, labels: Labels, metadata: Labels) -> Origin:
        """What the labels and the metadata of an entry say; remembered, since few differ."""
        key = (*labels.items(), ("", ""), *metadata.items())
        known = self._origins.get(key)
        if known is None:
            known = self._origins[key] = self._describe({**labels, **metadata})
        return known

    def _describe(self, names: Labels) -> Origin:
        stream = "".join(_stream_part(part, names) for part in self._shape.stream)
        return Origin(stream, _message(self._shape, names))


def _stream_part(part: StreamPart, names: Labels) -> str:
    value = part.text if part.place is None else names.get(part.place.name, "")
    return value.strip("/").replace("/", ".") if part.form is StreamForm.TAG else value


def _message(shape: Shape, names: Labels) -> Callable[[int, str], str]:
    if shape.record in (RecordKind.TEXT, RecordKind.JSON):
        suffix = next((field.place.suffix for field in shape.fields if isinstance(field.place, IsLine)), "")
        return (lambda _ns, line: line + suffix) if suffix else (lambda _ns, line: line)
    quote = encode_basestring_ascii if shape.escape_unicode else encode_basestring
    parts = _object(_tree(shape, names), Writer(names, quote, shape.escape_unicode))
    return lambda nanoseconds, line: parts(nanoseconds, line) or "{}"


@dataclass(frozen=True, slots=True)
class Writer:
    """How values are written for one set of names."""

    names: Labels
    quote: Callable[[str], str]
    escape: bool

    def compact(self, value: object) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=self.escape)


Tree = dict[str, "Tree | Field"]


def _tree(shape: Shape, names: Labels) -> Tree:
    """The fields as nested objects, in the record's order; a field beside its own parts gives way to them."""
    root: Tree = {}
    parsed = _parsed(shape, names)
    for index, field in enumerate(shape.fields):
        if field.when is Presence.UNPARSED and parsed:
            continue
        node = root
        for key in field.path[:-1]:
            below = node.get(key)
            if not isinstance(below, dict):
                below = node[key] = {}
            node = below
        node[field.path[-1] if field.path else f"\0{index}"] = field
    return root


def _parsed(shape: Shape, names: Labels) -> bool:
    """Whether a field that only a parsed line has, has a value here."""
    places = [field.place for field in shape.fields if field.when is Presence.PARSED]
    return any(isinstance(place, InLabel | InMetadata) and names.get(place.name) for place in places)


def _object(tree: Tree, writer: Writer) -> Part:
    """The object with the parts that have a value; None when none has."""
    parts = [_member(key, node, writer) for key, node in tree.items()]
    fixed = [part for part in parts if part is not None]

    def write(nanoseconds: int, line: str) -> str | None:
        texts = [part if isinstance(part, str) else part(nanoseconds, line) for part in fixed]
        joined = ",".join([text for text in texts if text])
        return "{" + joined + "}" if joined else None

    return write


def _member(key: str, node: Tree | Field, writer: Writer) -> str | Part | None:
    if isinstance(node, Field):
        return _root(node.place, writer) if key.startswith("\0") else _value(writer.quote(key), node.place, writer)
    inner, name = _object(node, writer), writer.quote(key)

    def write(nanoseconds: int, line: str) -> str | None:
        text = inner(nanoseconds, line)
        return f"{name}:{text}" if text else None

    return write


def _root(place: Place, writer: Writer) -> Part | None:
    """A field with the empty path: its keys are keys of the record."""
    if not isinstance(place, InJson):
        return None

    def write(_ns: int, line: str) -> str | None:
        value = json_at(line, place.path, place.without)
        return writer.compact(value)[1:-1] if isinstance(value, dict) else None

    return write


def _value(name: str, place: Place, writer: Writer) -> str | Part | None:
    match place:
        case InLabel(label) | InMetadata(label):
            return f"{name}:{writer.quote(writer.names[label])}" if writer.names.get(label) else None
        case IsConstant(value):
            return f"{name}:{writer.quote(value)}"
        case IsGone():
            return None
        case IsLine(suffix):
            return lambda _ns, line: f"{name}:{writer.quote(line + suffix)}"
        case IsTime(form):
            return lambda nanoseconds, _line: f"{name}:{writer.quote(format_time(nanoseconds, form))}"
        case InJson(path, without):
            return lambda _ns, line: _from_json(name, line, path, without, writer)
        case InLogfmt(key):
            return lambda _ns, line: _from_logfmt(name, line, key, writer)
        case _:
            assert_never(place)


def _from_json(name: str, line: str, path: FieldPath, without: tuple[str, ...], writer: Writer) -> str | None:
    value = json_at(line, path, without)
    return None if value is MISSING else f"{name}:{writer.compact(value)}"


def _from_logfmt(name: str, line: str, key: str, writer: Writer) -> str | None:
    value = logfmt_value(line, key)
    return None if value is None else f"{name}:{writer.quote(value)}"


class _Missing:
    """Not there; JSON's null is a value."""


MISSING = _Missing()


def json_at(line: str, path: FieldPath, without: tuple[str, ...] = ()) -> object:
    """What stands at ``path`` of the object that the whole line is; MISSING when it is none or has no such part."""
    if not line.lstrip().startswith("{"):
        return MISSING
    try:
        value: object = orjson.loads(line)
    except orjson.JSONDecodeError:
        return MISSING
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    if without and isinstance(value, dict):
        return {key: each for key, each in value.items() if key not in without}
    return value


def format_time(nanoseconds: int, form: str) -> str:
    """The time of an entry as the record writes it: ``rfc3339nano``, or strftime with ``%L`` for the fraction."""
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.fromtimestamp(seconds, UTC)
    if form == "rfc3339nano":
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
    return moment.strftime(form.replace("%L", f"{rest:09d}").replace("%f", f"{rest // 1000:06d}"))
