"""Whether the entries in Loki say what Fluent Bit sent, record by record, as the catalog promises."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from translators.catalog import (
    Catalog,
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
    Matcher,
    MatchOperator,
    Place,
    Presence,
    Shape,
)
from translators.pipeline.entries import Entry
from translators.pipeline.logfmt import read_logfmt
from translators.pipeline.world import Origin

Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
TOLERANCE_NS = 1
"""Fluent Bit reads a fraction as a floating point number: up to a nanosecond less than the text."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that Fluent Bit sent to a log group; bytes that are no UTF-8 are lone surrogates in its texts."""

    group: str
    time_ns: int | None
    fields: Mapping[str, Json]
    origin: Origin
    tag: str = ""


class Reason(StrEnum):
    """How a record and its entry differ."""

    MISSING = "missing"
    """Fluent Bit sent it, Loki has nothing of its lines."""
    EXTRA = "extra"
    """Loki has it, Fluent Bit sent nothing of its lines."""
    UNKNOWN_GROUP = "unknown group"
    STREAM = "stream"
    LINE = "line"
    TIME = "time"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; ``path`` is the field's for a field."""

    reason: Reason
    expected: str = ""
    found: str = ""
    path: FieldPath = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A record, its entry and what differs. ``lost`` are fields that the catalog says are gone, with the reason."""

    record: Record | None
    entry: Entry | None
    differences: tuple[Difference, ...] = ()
    lost: tuple[tuple[FieldPath, str], ...] = ()

    @property
    def equal(self) -> bool:
        return not self.differences


def compare(
    records: Iterable[Record],
    entries: Iterable[Entry],
    catalog: Catalog,
    raw: Callable[[Origin], bytes | None] | None = None,
) -> tuple[Verdict, ...]:
    """A verdict for each record, then one for each entry that stands for none.

    Records and entries are paired by the source lines that they come from, in order; of entries that differ alike one
    that stands for no other record goes first. ``raw`` gives the lines of an
    origin, for lines that the record does not hold.
    """
    waiting = _by_origin(entries)
    every = tuple(records)
    claims = Claims(catalog, _groups_by_origin(every))
    verdicts: list[Verdict] = []
    used: set[int] = set()
    for record in every:
        candidates = waiting.get(_lines(record.origin), ())
        fresh = [entry for entry in candidates if id(entry) not in used]
        verdict = _best(record, (*fresh, *(entry for entry in candidates if id(entry) in used)), claims, raw)
        if verdict.entry is not None:
            used.add(id(verdict.entry))
        verdicts.append(verdict)
    extra = (entry for found in waiting.values() for entry in found if id(entry) not in used)
    return (*verdicts, *(Verdict(None, entry, (Difference(Reason.EXTRA),)) for entry in extra))


@dataclass(frozen=True, slots=True)
class Claims:
    """Which log groups the labels of an entry name, and which got the record of its source lines."""

    catalog: Catalog
    sent: Mapping[tuple[object, ...], frozenset[str]]
    _known: dict[frozenset[tuple[str, str]], frozenset[str]] = dataclasses.field(default_factory=dict)

    def wrong(self, entry: Entry) -> frozenset[str]:
        """The groups that the entry is found in although Fluent Bit sent none of its lines there."""
        return self._of(entry.labels) - self.sent.get(_lines(entry.origin), frozenset())

    def _of(self, labels: Mapping[str, str]) -> frozenset[str]:
        """A computed name stands for any group that it fits, so it is no claim of one."""
        key = frozenset(labels.items())
        if key not in self._known:
            fixed = (group for group in self.catalog.groups if not group.template)
            self._known[key] = frozenset(
                group.name for group in fixed if any(selects(shape.selector, labels) for shape in group.shapes)
            )
        return self._known[key]


def _groups_by_origin(records: Iterable[Record]) -> dict[tuple[object, ...], frozenset[str]]:
    found: dict[tuple[object, ...], frozenset[str]] = {}
    for record in records:
        lines = _lines(record.origin)
        found[lines] = found.get(lines, frozenset()) | {record.group}
    return found


def _by_origin(entries: Iterable[Entry]) -> dict[tuple[object, ...], list[Entry]]:
    found: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        found.setdefault(_lines(entry.origin), []).append(entry)
    return found


def _lines(origin: Origin) -> tuple[object, ...]:
    """Adjoining stretches of one file count as one: a joined entry may be told as its lines or as a whole."""
    joined: list[tuple[str, int, int]] = []
    for extent in origin.extents:
        if joined and joined[-1][0] == extent.path and joined[-1][2] == extent.start:
            joined[-1] = (extent.path, joined[-1][1], extent.end)
        else:
            joined.append((extent.path, extent.start, extent.end))
    return tuple(joined)


def _best(
    record: Record, candidates: Sequence[Entry], claims: Claims, raw: Callable[[Origin], bytes | None] | None
) -> Verdict:
    """The verdict with the entry that differs least; one that also stands in a group that never got it differs."""
    group = claims.catalog.group(record.group)
    if group is None:
        return Verdict(record, None, (Difference(Reason.UNKNOWN_GROUP, record.group),))
    if not candidates:
        return Verdict(record, None, (Difference(Reason.MISSING),))
    source = raw(record.origin) if raw else None
    verdicts: list[Verdict] = []
    for entry in candidates:
        shapes = tuple(shape for shape in group.shapes if selects(shape.selector, entry.labels))
        stream = (Difference(Reason.STREAM, record.group, _spell_labels(entry.labels)),)
        if not shapes:
            verdicts.append(Verdict(record, entry, stream))
            continue
        judged = (_judge(record, entry, shape, source) for shape in shapes)
        wrong = stream if claims.wrong(entry) else ()
        verdicts += (replace(verdict, differences=(*wrong, *verdict.differences)) for verdict in judged)
    return min(verdicts, key=_badness)


def _badness(verdict: Verdict) -> tuple[bool, int]:
    """An entry of another log group is no better for having the right fields."""
    return any(one.reason is Reason.STREAM for one in verdict.differences), len(verdict.differences)


def selects(selector: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether a stream selector takes these labels."""
    return all(_matches(matcher, labels.get(matcher.label, "")) for matcher in selector)


def _matches(matcher: Matcher, value: str) -> bool:
    match matcher.operator:
        case MatchOperator.EQUAL:
            return value == matcher.value
        case MatchOperator.NOT_EQUAL:
            return value != matcher.value
        case MatchOperator.MATCHES:
            return re.fullmatch(matcher.value, value) is not None
        case MatchOperator.NOT_MATCHES:
            return re.fullmatch(matcher.value, value) is None


def _spell_labels(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))


def _judge(record: Record, entry: Entry, shape: Shape, source: bytes | None) -> Verdict:
    line = entry.line.decode("utf-8", "surrogateescape")
    differences = [*_time(record, entry), *_line(record, line, shape, source)]
    lost: list[tuple[FieldPath, str]] = []
    for path, value in leaves(record.fields):
        if _holds(path, value, shape, entry, line):
            continue
        reason = _gone(shape, path)
        if reason:
            lost.append((path, reason))
        else:
            differences.append(Difference(Reason.FIELD, _text(value), _found(_field(shape, path), entry), path))
    return Verdict(record, entry, tuple(differences), tuple(lost))


def _time(record: Record, entry: Entry) -> Iterator[Difference]:
    """A record without a time got the wall clock: there is nothing to compare."""
    if record.time_ns is None:
        return
    if entry.time_ns is None or abs(entry.time_ns - record.time_ns) > TOLERANCE_NS:
        yield Difference(
            Reason.TIME, str(record.time_ns), "the wall clock" if entry.time_ns is None else str(entry.time_ns)
        )


def _line(record: Record, line: str, shape: Shape, source: bytes | None) -> Iterator[Difference]:
    """The line is the field that the catalog names, where the record has it; else the source line or its text."""
    promised = _promised(record, line, shape)
    if promised is not None:
        value, suffix = promised
        if value not in (line + suffix, line):
            yield Difference(Reason.LINE, value, line)
    elif source is not None:
        text = source.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")
        if not text.endswith(line) and _at(_parse(text), ("log",)) != line:
            yield Difference(Reason.LINE, text, line)


def _promised(record: Record, line: str, shape: Shape) -> tuple[str, str] | None:
    """The record's text that the catalog promises as the line, and what stands behind it in the record.

    A field that only lines have which no parser understood promises nothing where the record has parsed fields.
    """
    for field in shape.fields:
        value = _at(record.fields, field.path)
        if not isinstance(field.place, IsLine) or not isinstance(value, str):
            continue
        parsed = field.when is Presence.UNPARSED and _is_parsed(record, line, shape)
        return None if parsed else (value, field.place.suffix)
    return None


def _is_parsed(record: Record, line: str, shape: Shape) -> bool:
    if any(field.when is Presence.PARSED and _at(record.fields, field.path) is not _MISSING for field in shape.fields):
        opened = any(field.path == () for field in shape.fields)
        return isinstance(_parse(line), Mapping) if opened else True
    return False


def leaves(value: Json | Mapping[str, Json], path: FieldPath = ()) -> Iterator[tuple[FieldPath, Json]]:
    """Every value of a record that is no map, with its path; an empty map is a leaf."""
    if isinstance(value, Mapping) and (value or not path):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path, value if not isinstance(value, Mapping) else {}


def _field(shape: Shape, path: FieldPath) -> Field | None:
    """The field with the longest path that leads to ``path``."""
    known = [field for field in shape.fields if _leads(field.path, path)]
    return max(known, key=lambda field: len(field.path), default=None)


def _gone(shape: Shape, path: FieldPath) -> str:
    """Why the catalog says that the field is not to be had; empty when it does not say so."""
    fields = (field for field in shape.fields if _leads(field.path, path))
    return next((field.place.reason for field in fields if isinstance(field.place, IsGone)), "")


def _leads(known: FieldPath, path: FieldPath) -> bool:
    return path[: len(known)] == known


def _holds(path: FieldPath, value: Json, shape: Shape, entry: Entry, line: str) -> bool:
    """Whether one of the places that the catalog names has the value."""
    known = (field for field in shape.fields if _leads(field.path, path))
    return any(_has(field, path, value, entry, line) for field in known)


def _has(field: Field, path: FieldPath, value: Json, entry: Entry, line: str) -> bool:
    rest = path[len(field.path) :]
    match field.place:
        case InJson(start):
            return _json_has(line, start, field, path, value)
        case InLogfmt(key):
            pairs = read_logfmt(line)
            name = key or (rest[0] if rest else "")
            return name in pairs and _same(value, pairs[name])
        case IsLine(suffix):
            return not rest and isinstance(value, str) and value in (line + suffix, line)
        case IsTime():
            return not rest
        case _:
            found = _metadata(field.place, entry)
            return not rest and found is not None and _same(value, found)


def _metadata(place: Place, entry: Entry) -> str | None:
    match place:
        case InLabel(name):
            return entry.labels.get(name, "")
        case InMetadata(name):
            return entry.structured_metadata.get(name, "")
        case IsConstant(value):
            return value
        case _:
            return None


def _json_has(line: str, start: FieldPath, field: Field, path: FieldPath, value: Json) -> bool:
    parsed = _parse(line)
    step = path[len(field.path) :]
    found = _at(parsed, (*start, *step)) if isinstance(parsed, Mapping) else _MISSING
    return found is not _MISSING and (found == value or _trimmed(found) == value or _spelled(found) == _text(value))


def _trimmed(value: object) -> object:
    """Merge_Log_Trim takes newlines off the ends of texts, written as they are or as their escapes."""
    return re.sub(r"(?:\\[nr]|[\r\n])+\Z", "", value) if isinstance(value, str) else value


def _spelled(value: object) -> str:
    """A value that a filter gave another type has the same text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Missing:
    pass


_MISSING = _Missing()


def _parse(line: str) -> object:
    try:
        parsed: object = json.loads(line)
    except ValueError:
        return None
    return parsed


def _at(value: object, path: FieldPath) -> object:
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return _MISSING
        value = value[step]
    return value


def _same(value: Json, text: str) -> bool:
    """Labels and metadata are text: a number is the same when its text is."""
    if isinstance(value, str):
        return value == text
    return _text(value) == text or _number(value) == _number(text)


def _number(value: Json | str) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except ValueError:
        return None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _found(field: Field | None, entry: Entry) -> str:
    if field is None:
        return "the catalog does not know the field"
    found = _metadata(field.place, entry)
    return "not there" if found is None else found
