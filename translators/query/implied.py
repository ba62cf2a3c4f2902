"""What must stand in a line or a label when a computed value is there or holds a text: sound, seldom exact."""

from __future__ import annotations

from collections.abc import Mapping

from translators.catalog import (
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
    Shape,
)
from translators.frozen import frozen
from translators.query.bind import At, AtJson, Envelope, Nothing, resolve
from translators.query.expressions import Arithmetic, Call, Column, Expression, Field, Function, Literal
from translators.query.formula import Always, Formula, LabelIs, LineHas, Never, all_of, escape, one_of
from translators.query.plan import GlobPattern, Parse, PresencePattern, RegexPattern
from translators.query.words import behind_encoding, in_envelope, in_json_value, required_literals

_SAME_TEXT = frozenset({Function.TRIM, Function.LTRIM, Function.RTRIM, Function.SUBSTR})
"""What these give is a part of what they get."""


@frozen
class Implied:
    """Consequences for the entries of one shape."""

    shape: Shape
    definitions: Mapping[str, Expression | Parse]

    def holds(self, expression: Expression, text: str) -> Formula:
        """When the value of the expression holds ``text``."""
        if not text:
            return self.present(expression)
        match expression:
            case Field(path):
                return self._field_holds(path, text)
            case Column(name):
                return self._column_holds(name, text)
            case Literal(str(value)):
                return Always() if text in value else Never()
            case Call(Function.COALESCE, arguments):
                return one_of(tuple(self.holds(argument, text) for argument in arguments))
            case Call(function, (inner, *_)) if function in _SAME_TEXT:
                return self.holds(inner, text)
            case _:
                return Always()

    def matches(self, expression: Expression, pattern: str) -> Formula:
        """When an unanchored RE2 pattern is found in the value."""
        found = required_literals(pattern)
        parts = (one_of(tuple(self.holds(expression, text) for text in texts)) for texts in found)
        return all_of((self.present(expression), *parts))

    def present(self, expression: Expression) -> Formula:
        """When the value is there."""
        match expression:
            case Field(path):
                return self._field_present(path)
            case Column(name):
                definition = self.definitions.get(name)
                if isinstance(definition, Parse):
                    return self._parsed(definition)
                return Always() if definition is None else self.present(definition)
            case Arithmetic(_, left, right):
                return all_of((self.present(left), self.present(right)))
            case _:
                return Always()

    def _column_holds(self, name: str, text: str) -> Formula:
        definition = self.definitions.get(name)
        if definition is None:
            return Always()
        if isinstance(definition, Parse):
            return all_of((self._parsed(definition), self.holds(definition.subject, text)))
        return self.holds(definition, text)

    def _parsed(self, parse: Parse) -> Formula:
        """A column that parse cuts out is there only where its pattern matched."""
        match parse.pattern:
            case GlobPattern(parts):
                return all_of(tuple(self.holds(parse.subject, part) for part in parts if part))
            case RegexPattern(pattern, _):
                return self.matches(parse.subject, pattern)
            case PresencePattern(text):
                return self.holds(parse.subject, text)
            case _:
                return self.present(parse.subject)

    def _field_present(self, path: tuple[str, ...]) -> Formula:
        match resolve(self.shape, path):
            case At(InLabel(name) | InMetadata(name) as place):
                return LabelIs(place, Matcher(name, MatchOperator.NOT_EQUAL, ""))
            case AtJson(inside):
                return all_of(tuple(self._key(segment) for key in inside for segment in key.split(".")))
            case Nothing():
                return Never()
            case _:
                return Always()

    def _key(self, segment: str) -> Formula:
        """A JSON object with this key names it; digits may be an index."""
        texts = None if segment.isdigit() or segment.startswith("@") else in_json_value(segment)
        return Always() if texts is None else LineHas(texts.alternatives)

    def _field_holds(self, path: tuple[str, ...], text: str) -> Formula:
        match resolve(self.shape, path):
            case At(InLabel(name) | InMetadata(name) as place):
                pattern = f"(?s:.*){escape(text)}(?s:.*)"
                return LabelIs(place, Matcher(name, MatchOperator.MATCHES, pattern))
            case At(IsLine(suffix)):
                return LineHas((text,)) if not set(suffix) & set(text) else Always()
            case At(IsConstant(value)):
                return Always() if text in value else Never()
            case At(InLogfmt()) | AtJson():
                texts = in_json_value(text)
                return self._field_present(path) if texts is None else LineHas(texts.alternatives)
            case Envelope():
                return self._envelope_holds(text)
            case Nothing():
                return Never()
            case _:
                return Always()

    def _envelope_holds(self, text: str) -> Formula:
        runs = in_envelope(text, self.shape.escape_unicode)
        if runs is None:
            return Never()
        return all_of(tuple(self._run(run) for run in runs))

    def _run(self, run: str) -> Formula:
        """A run of the envelope is in its frame, in a value that has its own place, or in what the line became."""
        shape = self.shape
        gone = any(isinstance(field.place, (IsGone, IsTime)) and _may_hold(field.place, run) for field in shape.fields)
        if gone or any(run in key for field in shape.fields for key in field.path):
            return Always()
        if any(isinstance(field.place, IsConstant) and run in field.place.value for field in shape.fields):
            return Always()
        reread = any(isinstance(field.place, InJson) for field in shape.fields)
        texts = behind_encoding(run, reread)
        if texts is None:
            return Always()
        names = dict.fromkeys(field.place for field in shape.fields if isinstance(field.place, (InLabel, InMetadata)))
        return one_of((LineHas(texts.alternatives), *(_label_may_hold(place, run) for place in names)))


def _may_hold(place: IsGone | IsTime, run: str) -> bool:
    """A time has digits and few letters. What is gone is not in the rebuilt event, so it cannot hold anything there."""
    return isinstance(place, IsTime) and set(run) <= set("0123456789-+:.TZ ")


_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.:_")
_NAMES_OF_KUBERNETES = frozenset({"pod", "namespace", "container", "pod_uid", "pod_ip", "container_id", "node_name"})


def _label_may_hold(place: InLabel | InMetadata, run: str) -> Formula:
    """Kubernetes names are lower-case letters, digits, dashes and dots; other labels may hold anything."""
    if place.name in _NAMES_OF_KUBERNETES and not set(run) <= _LOWER:
        return Never()
    if place.name == "stream" and run not in "stdout" and run not in "stderr":
        return Never()
    return LabelIs(place, Matcher(place.name, MatchOperator.MATCHES, f"(?s:.*){escape(run)}(?s:.*)"))
