"""Makes the CloudWatch event again out of a Loki entry, so that a query sees exactly what Insights would have seen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
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
from translators.query.logfmt import logfmt_pairs

_MORE_KEYS = re.compile(r'\}\s*,\s*"')
"""What ends an object and goes on: such a line could bring keys of its own into the record."""
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


MANY_FIELDS = 150
"""An event with more commas may lose fields to the limit of 200: it is rebuilt whole, to lose the same ones."""


class Rebuilder:
    """Rebuilds the events of one shape of a log group.

    ``wanted`` are the names of the fields that a query reads: the events then hold those, and may lack others.
    """

    def __init__(self, shape: Shape, wanted: frozenset[str] | None = None) -> None:
        self._shape = shape
        self._few = shape if wanted is None or "@message" in wanted else _only(shape, wanted)
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
        whole = _message(self._shape, names, False)
        if self._few is self._shape:
            return Origin(stream, whole)
        few = _message(self._few, names, True)
        return Origin(stream, lambda at, line: few(at, line) if line.count(",") < MANY_FIELDS else whole(at, line))


def _only(shape: Shape, wanted: frozenset[str]) -> Shape:
    """The shape with the fields that are wanted, that hold one of them, or that are a part of one.

    Whether a field is there that only lines have which were not understood, the fields of the others tell.
    """
    if shape.record in (RecordKind.TEXT, RecordKind.JSON):
        return shape
    kept = [field for field in shape.fields if any(_touches(".".join(field.path), name) for name in wanted)]
    telling = Presence.PARSED if any(field.when is Presence.UNPARSED for field in kept) else None
    return replace(shape, fields=tuple(field for field in shape.fields if field in kept or field.when is telling))


def _touches(path: str, name: str) -> bool:
    return not path or path == name or path.startswith(f"{name}.") or name.startswith(f"{path}.")


def _stream_part(part: StreamPart, names: Labels) -> str:
    value = part.text if part.place is None else names.get(part.place.name, "")
    return value.strip("/").replace("/", ".") if part.form is StreamForm.TAG else value


def _message(shape: Shape, names: Labels, loose: bool) -> Callable[[int, str], str]:
    if shape.record in (RecordKind.TEXT, RecordKind.JSON):
        suffix = next((field.place.suffix for field in shape.fields if isinstance(field.place, IsLine)), "")
        return (lambda _ns, line: line + suffix) if suffix else (lambda _ns, line: line)
    parses = _parses(shape)
    if parses is None:
        return _record(shape, names, loose)
    kept = tuple(field for field in shape.fields if field.when is not Presence.UNPARSED)
    parsed = _record(replace(shape, fields=kept), names, loose)
    other = _record(shape, names, loose)
    return lambda nanoseconds, line: parsed(nanoseconds, line) if parses(line) else other(nanoseconds, line)


def _record(shape: Shape, names: Labels, loose: bool) -> Callable[[int, str], str]:
    quote = encode_basestring_ascii if shape.escape_unicode else encode_basestring
    alone = loose and len(shape.fields) == 1
    found = _object(_tree(shape, names), Writer(names, quote, shape.escape_unicode, loose, alone))
    if found is None or isinstance(found, str):
        text = found or "{}"
        return lambda _ns, _line: text
    return lambda nanoseconds, line: found(nanoseconds, line) or "{}"


def _parses(shape: Shape) -> Callable[[str], bool] | None:
    """Whether the parser of the pipeline understood a line, where the line alone tells and a field depends on it."""
    if all(field.when is not Presence.UNPARSED for field in shape.fields):
        return None
    places = [field.place for field in shape.fields if field.when is Presence.PARSED or not field.path]
    logfmt = next((place for place in places if isinstance(place, InLogfmt)), None)
    if logfmt is not None:
        return lambda line: bool(logfmt_pairs(line, replace(logfmt, without=())))
    paths = [place.path for place in places if isinstance(place, InJson)]
    if not paths:
        return None
    return lambda line: any(json_at(line, path) is not MISSING for path in paths)


@dataclass(frozen=True, slots=True)
class Writer:
    """How values are written for one set of names.

    ``loose``: only the values count, not how they are spelled. ``alone``: the record has but one field, so that a line
    which is no JSON may be written as it is: the whole record then is none, and has no fields.
    """

    names: Labels
    quote: Callable[[str], str]
    escape: bool
    loose: bool
    alone: bool

    def compact(self, value: object) -> str:
        """orjson is faster, and writes some numbers and letters in another way than Fluent Bit does."""
        if self.loose:
            try:
                return orjson.dumps(value).decode()
            except TypeError:  # a whole number beyond 64 bits, or half of a letter
                return _PLAIN(value)
        return _ESCAPING(value) if self.escape else _PLAIN(value)


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


def _object(tree: Tree, writer: Writer) -> str | Part | None:
    """The object with the parts that have a value; None when none has. What depends on no line is written once."""
    members = [_member(key, node, writer) for key, node in tree.items()]
    fixed = [member for member in members if member is not None]
    if all(isinstance(member, str) for member in fixed):
        return "{" + ",".join(map(str, fixed)) + "}" if fixed else None

    def write(nanoseconds: int, line: str) -> str | None:
        texts = [member if isinstance(member, str) else member(nanoseconds, line) for member in fixed]
        joined = ",".join([text for text in texts if text])
        return "{" + joined + "}" if joined else None

    return write


def _member(key: str, node: Tree | Field, writer: Writer) -> str | Part | None:
    if isinstance(node, Field):
        return _root(node.place, writer) if key.startswith("\0") else _value(writer.quote(key), node.place, writer)
    inner, name = _object(node, writer), writer.quote(key)
    if inner is None or isinstance(inner, str):
        return None if inner is None else f"{name}:{inner}"

    def write(nanoseconds: int, line: str) -> str | None:
        text = inner(nanoseconds, line)
        return f"{name}:{text}" if text else None

    return write


def _root(place: Place, writer: Writer) -> Part | None:
    """A field with the empty path: its keys are keys of the record."""
    if isinstance(place, InLogfmt):
        return lambda _ns, line: writer.compact(logfmt_pairs(line, place))[1:-1] or None
    if not isinstance(place, InJson):
        return None

    as_it_is = writer.alone and not place.path and not place.without

    def write(_ns: int, line: str) -> str | None:
        if as_it_is:
            text = line.strip()
            return text[1:-1] if text[:1] == "{" and text[-1:] == "}" else None
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
        case InLogfmt():
            return lambda _ns, line: _from_logfmt(name, line, place, writer)
        case _:
            assert_never(place)


def _from_json(name: str, line: str, path: FieldPath, without: tuple[str, ...], writer: Writer) -> str | None:
    if writer.alone and not path and not without and line[:1] == "{" and not _MORE_KEYS.search(line):
        return f"{name}:{line}"
    value = json_at(line, path, without)
    if value is MISSING:
        return None
    return f"{name}:{line}" if writer.loose and not path and not without else f"{name}:{writer.compact(value)}"


def _from_logfmt(name: str, line: str, place: InLogfmt, writer: Writer) -> str | None:
    """The value of a key; the object of all keys where the place names none."""
    pairs = logfmt_pairs(line, place)
    value = pairs.get(place.key) if place.key else pairs or None
    return None if value is None else f"{name}:{writer.compact(value)}"


_ESCAPING = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_PLAIN = json.JSONEncoder(separators=(",", ":"), check_circular=False, ensure_ascii=False).encode


class _Missing:
    """Not there; JSON's null is a value."""


MISSING = _Missing()


def json_at(line: str, path: FieldPath, without: tuple[str, ...] = ()) -> object:
    """What stands at ``path`` of the object that the whole line is; MISSING when it is none or has no such part."""
    value = _object_of(line)
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    if without and isinstance(value, dict):
        return {key: each for key, each in value.items() if key not in without}
    return value


@lru_cache(1)
def _object_of(line: str) -> object:
    """The object that a line is. The last one is remembered: a record asks first whether its line is one."""
    if not line.lstrip().startswith("{"):
        return MISSING
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return MISSING


def format_time(nanoseconds: int, form: str) -> str:
    """The time of an entry as the record writes it: ``rfc3339nano``, or strftime with ``%L`` for the fraction."""
    seconds, rest = divmod(nanoseconds, 10**9)
    if form == "rfc3339nano":
        return f"{_second(seconds)}.{rest:09d}Z"
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime(form.replace("%L", f"{rest:09d}").replace("%f", f"{rest // 1000:06d}"))


@lru_cache(100_000)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
