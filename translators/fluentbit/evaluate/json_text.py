"""JSON as Fluent Bit reads it: jsmn's tolerant grammar, numbers as C reads them, bytes kept as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from translators.fluentbit.evaluate.records import Map, Value

_STRING = re.compile(rb'"([^"\\\x00]*(?:\\(?:["/\\bfrnt]|u[0-9a-fA-F]{4})[^"\\\x00]*)*)"')
_PRIMITIVE = re.compile(rb"[^\t\r\n ,\]}\x00-\x1f\x7f-\xff]+(?=[\t\r\n ,\]}])")
_ESCAPE = re.compile(rb"\\(u[0-9a-fA-F]{4}|[^u])")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_INTEGER = re.compile(r"[-+]?\d+")
_SIMPLE = {b'"': b'"', b"\\": b"\\", b"/": b"/", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_TOO_SMALL, _TOO_LARGE = -(2**63), 2**64 - 1


class NotJson(ValueError):
    """The text is not what Fluent Bit takes for JSON."""


def read_json(text: bytes) -> list[Value]:
    """All values of the text, one behind the other; raises NotJson.

    The C library's decoder is tried first; what it refuses, or knows otherwise, goes through the tolerant reader.
    """
    values: list[Value] = []
    at = _skip(text, 0)
    while at < len(text):
        value, at = _Reader(text).value(at)
        values.append(value)
        at = _skip(text, at)
        if text[at : at + 1] in (b",", b":"):
            at = _skip(text, at + 1)
    if not values:
        raise NotJson
    return values


def read_object(text: bytes) -> Map:
    """The one object that the text holds; raises NotJson."""
    if text.lstrip()[:1] != b"{":
        raise NotJson
    try:
        fast = _decode_fast(text)
    except (ValueError, RecursionError):
        fast = None
    if fast is not None:
        return fast
    values = read_json(text)
    if len(values) != 1 or not isinstance(values[0], Map):
        raise NotJson
    return values[0]


def _pairs_to_map(pairs: list[tuple[str, Any]]) -> Map:
    return Map([(key.encode("utf-8", "surrogatepass"), _encode(value)) for key, value in pairs])


def _encode(value: Any) -> Value:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, list) and not isinstance(value, Map):
        return [_encode(item) for item in value]
    return value  # type: ignore[no-any-return]


def _number(text: str) -> int | float:
    number = int(text)
    return number if _TOO_SMALL <= number <= _TOO_LARGE else float(text)


def _no_constant(text: str) -> float:
    raise ValueError(text)


_FAST: Callable[[str], Any] = json.JSONDecoder(
    object_pairs_hook=_pairs_to_map, parse_int=_number, parse_constant=_no_constant, strict=False
).decode


def _decode_fast(text: bytes) -> Map | None:
    """Strict JSON by the C decoder; None when its answer could differ (lone surrogates, NUL, other bytes)."""
    if b"\\u" in text or b"\0" in text:
        return None
    decoded = _FAST(text.decode("utf-8"))
    return decoded if isinstance(decoded, Map) else None


def _skip(text: bytes, at: int) -> int:
    while text[at : at + 1] in (b" ", b"\t", b"\r", b"\n"):
        at += 1
    return at


class _Reader:
    """One pass over a text; separators are as loose as jsmn's."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    def value(self, at: int) -> tuple[Value, int]:
        opening = self.text[at : at + 1]
        if opening == b"{":
            return self._object(at + 1)
        if opening == b"[":
            return self._list(at + 1)
        if opening == b'"':
            return self._string(at)
        return self._primitive(at)

    def _string(self, at: int) -> tuple[bytes, int]:
        found = _STRING.match(self.text, at)
        if found is None:
            raise NotJson
        return unescape(found[1]), found.end()

    def _primitive(self, at: int) -> tuple[Value, int]:
        found = _PRIMITIVE.match(self.text, at)
        if found is None or found[0][0] not in b"-0123456789tfn":
            raise NotJson
        return primitive(found[0].decode("ascii")), found.end()

    def _object(self, at: int) -> tuple[Map, int]:
        result = Map()
        while True:
            at = self._past_commas(at)
            if self.text[at : at + 1] == b"}":
                return result, at + 1
            key, at = self._string(at)
            at = _skip(self.text, at)
            if self.text[at : at + 1] != b":":
                raise NotJson
            item, at = self.value(_skip(self.text, at + 1))
            result.append((key, item))

    def _list(self, at: int) -> tuple[list[Value], int]:
        result: list[Value] = []
        while True:
            at = self._past_commas(at)
            if self.text[at : at + 1] == b"]":
                return result, at + 1
            item, at = self.value(at)
            result.append(item)

    def _past_commas(self, at: int) -> int:
        at = _skip(self.text, at)
        while self.text[at : at + 1] == b",":
            at = _skip(self.text, at + 1)
        if at >= len(self.text):
            raise NotJson
        return at


def primitive(text: str) -> Value:
    """What a bare word is: true, false and null by their first letter, else a number."""
    known = {"f": False, "t": True, "n": None}
    if text[0] in known:
        return known[text[0]]
    if "." in text or "e" in text.lower():
        found = _NUMBER.match(text)
        return float(found[0]) if found else 0.0
    found = _INTEGER.match(text)
    return _number(found[0]) if found else 0


def unescape(text: bytes) -> bytes:
    """The bytes that a JSON string stands for; surrogate pairs are joined, a NUL escape is a NUL."""
    if b"\\" not in text:
        return text
    replaced = _ESCAPE.sub(_unescape_one, text)
    if b"\xed" not in replaced:
        return replaced
    try:
        halves = replaced.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return replaced
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _unescape_one(found: re.Match[bytes]) -> bytes:
    body = found[1]
    if body[:1] == b"u":
        return chr(int(body[1:], 16)).encode("utf-8", "surrogatepass")
    return _SIMPLE.get(body, body)
