"""The bridge between the two hubs: for each log group, its Loki streams and where each field lives now."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from translators.frozen import frozen

FieldPath = tuple[str, ...]
GROUP_LABEL = "log_group"
"""The stream label that has the whole name of a log group whose name is computed."""
VERSION = 1


class MatchOperator(StrEnum):
    """How a matcher of a stream selector compares; the regular expressions are RE2 and anchored."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"


@frozen
class Matcher:
    """One matcher of a stream selector."""

    label: str
    operator: MatchOperator
    value: str


@frozen
class InLabel:
    """The value is a stream label."""

    name: str


@frozen
class InMetadata:
    """The value is structured metadata: never in a selector."""

    name: str


@frozen
class InJson:
    """The value stands at this path of the JSON object that the Loki line is; the empty path is the whole object.

    ``without``: keys of that object that the record does not have (its time key, keys that a filter took out).
    """

    path: FieldPath
    without: tuple[str, ...] = ()


@frozen
class InLogfmt:
    """The value stands under this key of the logfmt text that the Loki line is; the empty key is the whole record.

    ``without``: keys of that text that the record does not have. ``types``: what the parser makes of the values of
    some keys (integer, float, hex, bool). ``bare_keys``: a word without a value does not make the parser fail.
    """

    key: str
    without: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    bare_keys: bool = True


@frozen
class IsLine:
    """The value is the Loki line itself, ``suffix`` put behind it (docker and multiline parsers keep a newline)."""

    suffix: str = ""


@frozen
class IsTime:
    """The value is the entry's time, written by this strftime-like format (``rfc3339nano`` for CRI)."""

    format: str


@frozen
class IsConstant:
    """The value is the same in every record."""

    value: str


@frozen
class IsGone:
    """The agents do not have it; ``reason`` is shown to whoever asks for the field."""

    reason: str


Place = InLabel | InMetadata | InJson | InLogfmt | IsLine | IsTime | IsConstant | IsGone


class Presence(StrEnum):
    """In which records of a shape a field exists."""

    ALWAYS = "always"
    """Wherever its place has a value."""
    PARSED = "parsed"
    """Only where the parser of the pipeline understood the line."""
    UNPARSED = "unparsed"
    """Only where it did not: no field that is marked ``parsed`` has a value."""


@frozen
class Field:
    """One field of the CloudWatch record, or the subtree below it, and where its value lives now.

    The empty path is the record itself: the keys of the object at its place are keys of the record.
    """

    path: FieldPath
    place: Place
    when: Presence = Presence.ALWAYS


class RecordKind(StrEnum):
    """What the CloudWatch event is."""

    KUBERNETES = "kubernetes"
    """Fluent Bit's record of a container line, with its text under ``log``."""
    SYSTEMD = "systemd"
    """Fluent Bit's record of a journal entry."""
    RECORD = "record"
    """Another Fluent Bit record: a JSON envelope."""
    TEXT = "text"
    """The event is the text alone (log_key, or written by something else)."""
    JSON = "json"
    """The event is the application's own JSON object."""


class StreamForm(StrEnum):
    """How a value enters the name of a log stream."""

    PLAIN = "plain"
    TAG = "tag"
    """As Fluent Bit composes a tag of a path: slashes become dots."""


@frozen
class StreamPart:
    """A part of the log stream's name: a fixed text, or a value from its place."""

    text: str = ""
    place: InLabel | InMetadata | None = None
    form: StreamForm = StreamForm.PLAIN


@frozen
class Shape:
    """One kind of record in a log group.

    ``fields`` stand in the order of the record's keys, so that the event can be rebuilt; a field is resolved by its
    longest prefix. ``escape_unicode``: the event's JSON writes non-ASCII as ``\\uXXXX``.
    """

    name: str
    selector: tuple[Matcher, ...]
    record: RecordKind
    fields: tuple[Field, ...]
    stream: tuple[StreamPart, ...] = ()
    escape_unicode: bool = True


@frozen
class LogGroup:
    """A CloudWatch log group. ``retention_days`` None: never expires or unknown; ``account`` empty: unknown.

    ``template`` is set when Fluent Bit computes the name from labels: ``name`` is then what the user wrote, and
    ``Catalog.group`` answers for each name that the template can give.
    """

    name: str
    shapes: tuple[Shape, ...]
    account: str = ""
    retention_days: int | None = None
    template: tuple[StreamPart, ...] = ()

    def bind(self, name: str) -> LogGroup | None:
        """This templated group as the log group ``name``: labels join the selectors. None for another's name."""
        labels = _bind(self.template, name)
        if labels is None:
            return None
        bound = tuple(Matcher(label, MatchOperator.EQUAL, value) for label, value in labels)
        shapes = tuple(replace(shape, selector=_named(shape.selector, bound, name)) for shape in self.shapes)
        return replace(self, name=name, shapes=shapes, template=())


@frozen
class Catalog:
    """All log groups that a migration knows."""

    groups: tuple[LogGroup, ...]
    cluster: str = ""

    def group(self, name: str) -> LogGroup | None:
        """The log group of that name; a templated group answers for every name it can give."""
        named = next((group for group in self.groups if group.name == name), None)
        if named is not None:
            return named
        bound = (group.bind(name) for group in self.groups if group.template)
        return next((group for group in bound if group is not None), None)


def _bind(template: tuple[StreamPart, ...], name: str) -> tuple[tuple[str, str], ...] | None:
    """The labels that make ``template`` give ``name``. Metadata binds nothing: it cannot stand in a selector."""
    if not template:
        return () if name == "" else None
    part, rest = template[0], template[1:]
    if part.place is None:
        return _bind(rest, name.removeprefix(part.text)) if name.startswith(part.text) else None
    for end in range(1 if isinstance(part.place, InLabel) else 0, len(name) + 1):
        found = _bind(rest, name[end:])
        if found is not None:
            label = ((part.place.name, name[:end]),) if isinstance(part.place, InLabel) else ()
            return label + found
    return None


def _named(selector: tuple[Matcher, ...], bound: tuple[Matcher, ...], name: str) -> tuple[Matcher, ...]:
    """The selector with what the name binds; a group's label that is fixed has another value than the name."""
    fixed = any(each.label == GROUP_LABEL and each.operator is MatchOperator.EQUAL for each in selector)
    return _with(selector, bound if fixed else (*bound, Matcher(GROUP_LABEL, MatchOperator.EQUAL, name)))


def _with(selector: tuple[Matcher, ...], bound: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
    names = {matcher.label for matcher in bound}
    return tuple(matcher for matcher in selector if matcher.label not in names) + bound
