"""Texts and JSON of lines, put together from the values that a query wants to see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.queries_support.solving import Text, Value, Wish

HOSTILE = (
    "plain text, no JSON",
    "한국어 오류 발생 timeout é",
    '{"level":"error","msg":"cut off he',
    '{"level":"error","status":500} trailing',
    '{"status":NaN,"duration":Infinity}',
    '{"status":"NaN","duration":"Infinity","bytes":"0x1F4p0","level":null}',
    '["not","an","object"]',
    '"text"',
    "null",
    "{}",
    '{"level":{"deep":[1,{"a":"b"}]},"status":[500],"message":{"a":1}}',
    "ERROR error Error Exception 500 WARN failed\ttab",
    "   leading blanks and trailing  ",
    'a=b level=error status=500 msg="quoted \\"text\\""',
)
FLOW = (
    ("version", "2"),
    ("accountId", "123456789012"),
    ("interfaceId", "eni-0a1"),
    ("srcAddr", "10.0.0.1"),
    ("dstAddr", "10.0.0.2"),
    ("srcPort", "443"),
    ("dstPort", "50000"),
    ("protocol", "6"),
    ("packets", "10"),
    ("bytes", "840"),
    ("startTime", "1767571200"),
    ("endTime", "1767571260"),
    ("action", "ACCEPT"),
    ("logStatus", "OK"),
)


def escaped(text: str) -> str:
    r"""The same JSON with one letter inside a string written as \uXXXX."""
    for at in range(len(text) - 1, 0, -1):
        if text[at].isalpha() and text[at - 1] not in "\\u" and '"' in text[:at] and text[at + 1 : at + 2] == '"':
            changed = f"{text[:at]}\\u{ord(text[at]):04x}{text[at + 1 :]}"
            try:
                if json.loads(changed) == json.loads(text):
                    return changed
            except ValueError:
                continue
    return text


def joined(texts: tuple[str, ...]) -> str:
    return " ".join(texts)


def report(system: Mapping[str, Any]) -> str:
    def number(name: str, default: float) -> str:
        value = system.get(name, default)
        return f"{float(value):.2f}" if str(value).replace(".", "", 1).isdigit() else str(default)

    kind = str(system.get("@type", "REPORT"))
    identity = str(system.get("@requestId", "0d58e195-d6ae-4fe3-aa73-064ff106972b"))
    return (
        f"{kind} RequestId: {identity}\tDuration: {number('@duration', 12.5)} ms\t"
        f"Billed Duration: {number('@billedDuration', 13)} ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t"
    )


def unflattened(fields: Mapping[str, Any], random: Random | None) -> dict[str, Any]:
    """Dotted names as nested objects, now and then as one key."""
    root: dict[str, Any] = {}
    for name, value in fields.items():
        name = name.removeprefix("@") if name.startswith("@@") else name
        if random is not None and random.random() < 0.05:
            root[name] = value
            continue
        node = root
        if any(key.isdigit() for key in name.split(".")):
            put_list(root, name.split("."), value)
            continue
        *above, last = name.split(".")
        for key in above:
            below = node.get(key)
            if not isinstance(below, dict):
                below = node[key] = {}
            node = below
        if not (isinstance(node.get(last), dict) and node[last]):
            node[last] = value
    return root


def put_list(root: dict[str, Any], path: list[str], value: Any) -> None:
    """``items.0.id`` as a list within an object."""
    at = next(index for index, key in enumerate(path) if key.isdigit())
    *above, last = path[:at]
    node = root
    for key in above:
        node = node.setdefault(key, {})
    inner = nested(tuple(path[at:]), Value(value))
    node[last] = inner.value if isinstance(inner, Value) else value


def nested(path: tuple[str, ...], wish: Wish) -> Wish:
    """The wish inside a JSON value."""
    if not path:
        return wish
    value: Any = wish.value if isinstance(wish, Value) else joined(wish.parts) if isinstance(wish, Text) else None
    for key in reversed(path):
        value = [None] * int(key) + [value] if key.isdigit() else {key: value}
    return Value(value)
