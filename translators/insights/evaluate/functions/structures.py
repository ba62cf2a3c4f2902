"""Functions of maps and lists, and of what may be missing."""

from __future__ import annotations

import orjson

from translators.insights.evaluate.values import Value, json_text


def is_present(value: Value) -> Value:
    return int(value is not None)


def json_parse(value: Value) -> Value:
    """The map or list that a text is in JSON; null for anything else."""
    if isinstance(value, dict | list):
        return value
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return None
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict | list) else None


def json_stringify(value: Value) -> Value:
    return json_text(value) if isinstance(value, dict | list) else None


def unmask(value: Value) -> Value:
    """Nothing is masked here."""
    return value
