"""Record accessors: how ``$kubernetes['labels']['app']``, ``$TAG[2]`` and ``$1`` are read and filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from translators.fluentbit.evaluate.accessor_syntax import BadAccessor, parse
from translators.fluentbit.evaluate.event_json import as_json
from translators.fluentbit.evaluate.records import Map, Value, items_of

_STOP = b'. ,"'
Groups = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The record has nothing there (null is a value)."""


MISSING = Missing()
Found: TypeAlias = "Value | Missing"


@dataclass(frozen=True, slots=True)
class Accessor:
    """A key and the keys or indexes below it. ``nowhere``: it names the tag or a group, which no record has."""

    name: bytes
    below: tuple[bytes | int, ...] = ()
    nowhere: bool = False

    def get(self, record: Map) -> Found:
        """The value, the last of repeated keys. Below a scalar lies the scalar itself, as in Fluent Bit."""
        if self.nowhere:
            return MISSING
        value = _last(record, self.name)
        if not self.below or isinstance(value, Missing) or not isinstance(value, list):
            return value
        for step in self.below:
            value = _step(value, step)
            if isinstance(value, Missing):
                return value
        return value

    def get_pair(self, record: Map) -> Found:
        """The same where Fluent Bit asks for a key and its value: an element of a list has no key and is missing."""
        ends_in_list = bool(self.below) and isinstance(self.below[-1], int)
        return MISSING if ends_in_list and isinstance(_last(record, self.name), list) else self.get(record)


def _last(record: Map, key: bytes) -> Found:
    for name, value in reversed(record):
        if name == key:
            return value
    return MISSING


def _step(value: Found, step: bytes | int) -> Found:
    if isinstance(step, int):
        items = [] if isinstance(value, Missing) else items_of(value)
        return items[step] if step < len(items) else MISSING
    return _last(value, step) if isinstance(value, Map) else MISSING


def read_accessor(text: bytes) -> Accessor:
    """The first part of an option that names one key; without a dollar the text is the key. Raises BadAccessor."""
    parts = read_template(text).parts
    match parts[0] if parts else None:
        case Accessor() as accessor:
            return accessor
        case _Text(key):
            return Accessor(key)
        case _:
            return Accessor(b"", nowhere=True)


@dataclass(frozen=True, slots=True)
class _Text:
    text: bytes


@dataclass(frozen=True, slots=True)
class _Tag:
    part: int | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    number: int


_Part = _Text | _Tag | _Group | Accessor


@dataclass(frozen=True, slots=True)
class Template:
    """A text with accessors, parts of the tag and groups of a regular expression in it."""

    parts: tuple[_Part, ...]

    def fill(self, record: Map, tag: bytes, groups: Groups = ()) -> bytes:
        """The text; what the record lacks is empty."""
        return b"".join(_fill(part, record, tag, groups) or b"" for part in self.parts)

    def fill_all(self, record: Map, tag: bytes) -> bytes | None:
        """The text; None when the record lacks one of its keys, or when it begins with a group: here nobody has any."""
        if self.parts and isinstance(self.parts[0], _Group):
            return None
        filled = [_fill(part, record, tag, ()) for part in self.parts]
        return None if None in filled else b"".join(part or b"" for part in filled)


def _fill(part: _Part, record: Map, tag: bytes, groups: Groups) -> bytes | None:
    match part:
        case _Text(text):
            return text
        case _Tag(number):
            return tag if number is None else _tag_part(tag, number)
        case _Group(number):
            return (groups[number] or b"") if number < len(groups) else b""
        case Accessor():
            found = part.get(record)
            return None if isinstance(found, Missing) else as_text(found)


def _tag_part(tag: bytes, number: int) -> bytes:
    parts = tag.split(b".")
    if parts[-1] == b"" and len(parts) > 1:
        parts.pop()
    return parts[number] if number < len(parts) else b""


def as_text(value: Value) -> bytes | None:
    """A value in a template: text as it is, true and false, %f for floats, JSON for maps. A list counts as missing."""
    if isinstance(value, bytes):
        return value
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, float):
        return b"%.6f" % value
    if isinstance(value, int):
        return b"%d" % value
    return as_json(value) if isinstance(value, Map) else None


def read_template(text: bytes) -> Template:
    """Read a template by Fluent Bit's own rules of where an accessor ends. Raises BadAccessor."""
    parts: list[_Part] = []
    at = before = end = 0
    while at < len(text):
        if text[at] != 0x24:
            at += 1
            continue
        if at > before:
            parts.append(_Text(text[before:at]))
        before = at
        if at + 1 >= len(text):
            break
        part, at, before, end = _read_part(text, at, end)
        parts.append(part)
        at += 1
    if (at - 1 > end and before < at) or at == 1:
        parts.append(_Text(text[before:]))
    return Template(tuple(part for part in parts if part != _Text(b"")))


def _read_part(text: bytes, at: int, end: int) -> tuple[_Part, int, int, int]:
    """The part that begins with the dollar at ``at``; where to go on, where the text behind it begins, the last end."""
    after = at + 1
    if text[after : after + 1].isdigit():
        digits = re.match(rb"\d+", text[after:])
        return _Group(int(digits[0]) if digits else 0), at + 1, at + 2, end
    if text.startswith(b"TAG", after) and after + 2 < len(text):
        if after + 4 < len(text) and text[after + 3 : after + 4] == b"[":
            closing = text.find(b"]", after + 3)
            digits = re.match(rb"\d+", text[after + 4 :])
            past = closing + 1 if closing >= 0 else after + 3
            return _Tag(int(digits[0]) if digits else 0), past, past, closing - after - 3
        return _Tag(), after + 3, after + 3, end
    stop = _accessor_end(text, after)
    parsed = parse(text[at:stop])
    return Accessor(parsed.name, parsed.below), stop, stop, stop


def _accessor_end(text: bytes, at: int) -> int:
    quotes = 0
    while at < len(text):
        byte = text[at]
        quotes += byte == 0x27
        if byte in _STOP and not (byte == 0x2E and quotes & 1):
            break
        at += 1
    return at


__all__ = [
    "MISSING",
    "Accessor",
    "BadAccessor",
    "Found",
    "Groups",
    "Missing",
    "Template",
    "read_accessor",
    "read_template",
]
