"""Names made of parts: texts, the tag or a word of it, and values of the record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from translators.catalog import FieldPath
from translators.fluentbit.plugins.paths import path_of


@dataclass(frozen=True, slots=True)
class Text:
    """A fixed text."""

    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """The whole tag, or one word of it between dots."""

    word: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the record."""

    path: FieldPath


Part = Text | Tag | Value
_RECORD = re.compile(r"\$TAG\[(\d+)\]|\$(TAG)|(\$[A-Za-z_][^.,\s'\"\[/]*(?:\['[^']*'\]|\[\"[^\"]*\"\])*)")
_GO = re.compile(r"\$\(([^)]*)\)")


def record_parts(text: str) -> tuple[Part, ...]:
    """A template of the C plugin: ``$kubernetes['x']``, ``$TAG``, ``$TAG[1]``."""
    parts: list[Part] = []
    at = 0
    for found in _RECORD.finditer(text):
        parts.append(Text(text[at : found.start()]))
        word = Tag(int(found[1])) if found[1] else Tag()
        parts.append(Value(path_of(found[3])) if found[3] else word)
        at = found.end()
    parts.append(Text(text[at:]))
    return tuple(part for part in parts if part != Text(""))


def go_parts(text: str) -> tuple[Part, ...]:
    """A template of the Go plugin: ``$(kubernetes['x'])``, ``$(tag[4])``, ``$(tag)``."""
    parts: list[Part] = []
    at = 0
    for found in _GO.finditer(text):
        parts.append(Text(text[at : found.start()]))
        parts.append(_go_part(found[1].strip()))
        at = found.end()
    parts.append(Text(text[at:]))
    return tuple(part for part in parts if part != Text(""))


def _go_part(inside: str) -> Part:
    word = re.fullmatch(r"tag\[(\d+)\]", inside)
    if inside == "tag":
        return Tag()
    return Tag(int(word[1])) if word else Value(path_of("$" + inside))
