"""The functions of Go's templates that translations call; the agents offer many more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType

from translators.pipeline.go_regexp import compiled

Values = Mapping[str, str]
Value = str | bool | Values | None
"""None is what a name without a value gives; all values together are the dot."""


class Failed(Exception):
    """The template stops; the stage leaves everything as it was."""


def shown(value: Value) -> str:
    """As fmt.Fprint writes it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "<no value>"
        case _:
            return "map[" + " ".join(f"{name}:{value[name]}" for name in sorted(value)) + "]"


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Failed("wrong type of value; expected string")
    return value


def _has_key(values: Value, name: Value) -> bool:
    if not isinstance(values, Mapping):
        raise Failed("wrong type of value; expected map")
    return _text(name) in values


def _equal(first: Value, *others: Value) -> bool:
    for other in others:
        if type(first) is not type(other) and first is not None and other is not None:
            raise Failed("incompatible types for comparison")
    return any(first == other for other in others)


def _and(*values: Value) -> Value:
    return reduce(lambda left, right: right if left else left, values)


def _or(*values: Value) -> Value:
    return reduce(lambda left, right: left if left else right, values)


FUNCTIONS: Mapping[str, Callable[..., Value]] = MappingProxyType(
    {
        "and": _and,
        "or": _or,
        "not": lambda value: not value,
        "eq": _equal,
        "ne": lambda left, right: not _equal(left, right),
        "hasKey": _has_key,
        "contains": lambda part, text: _text(part) in _text(text),
        "hasPrefix": lambda part, text: _text(text).startswith(_text(part)),
        "hasSuffix": lambda part, text: _text(text).endswith(_text(part)),
        "trimPrefix": lambda part, text: _text(text).removeprefix(_text(part)),
        "trimSuffix": lambda part, text: _text(text).removesuffix(_text(part)),
        "regexReplaceAll": lambda regex, text, new: compiled(_text(regex)).replace_all(_text(text), _text(new)),
    }
)
