"""Promtail's YAML as a tree of mappings, lists and scalars, and the only place that spells it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z_/.][A-Za-z0-9_/.\-]*\Z")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".inf", ".nan", "-.inf"])


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping; its keys keep their order."""

    items: tuple[tuple[str, Tree], ...] = ()


@dataclass(frozen=True, slots=True)
class Commented:
    """A value with lines of comment above it; the lines have no hash."""

    lines: tuple[str, ...]
    value: Tree


Scalar = str | int | float | bool | None
Tree = Map | Commented | tuple["Tree", ...] | Scalar


def print_yaml(tree: Tree) -> str:
    """The text; it ends in a newline."""
    return "\n".join(_lines(tree, 0)) + "\n"


def quote(text: str) -> str:
    """Plain where YAML cannot take it for anything but text, else in single quotes, else with escapes."""
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    return "'" + text.replace("'", "''") + "'" if text.isprintable() else json.dumps(text)


def _lines(tree: Tree, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match tree:
        case Commented(lines, value):
            yield from (f"{pad}# {line}".rstrip() for line in lines)
            yield from _lines(value, depth)
        case Map(items):
            for key, value in items:
                yield from _entry(key, value, depth)
        case tuple():
            for item in tree:
                yield from _item(item, depth)
        case _:
            yield pad + _scalar(tree)


def _entry(key: str, value: Tree, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, Commented):
        yield from (f"{pad}# {line}".rstrip() for line in value.lines)
        value = value.value
    short = _short(value)
    if short is not None:
        yield f"{pad}{quote(key)}: {short}".rstrip()
        return
    yield f"{pad}{quote(key)}:"
    yield from _lines(value, depth + 1)


def _item(value: Tree, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, Commented):
        yield from (f"{pad}# {line}".rstrip() for line in value.lines)
        value = value.value
    short = _short(value)
    if short is not None:
        yield f"{pad}- {short}"
        return
    first, *rest = _lines(value, depth + 1)
    yield f"{pad}- {first.strip()}"
    yield from rest


def _short(value: Tree) -> str | None:
    """The value on one line, when it is a scalar, an empty collection or a list of scalars."""
    match value:
        case Map(()):
            return "{}"
        case Map() | Commented():
            return None
        case tuple():
            if any(isinstance(item, Map | Commented | tuple) for item in value):
                return None
            return "[" + ", ".join(_scalar(item) for item in value) + "]"
        case _:
            return _scalar(value)


def _scalar(value: Tree) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return quote(value)
        case _:
            raise TypeError(f"no scalar: {value!r}")
