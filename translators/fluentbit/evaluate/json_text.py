"""JSON as Fluent Bit reads it: yyjson's strict grammar, but bytes that are no UTF-8 and control characters stay."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from translators.fluentbit.evaluate.records import Map, Value, items_of

DEEPEST = 32
"""How many maps and lists may stand inside one another before msgpack refuses the value."""
_PLAIN = re.compile(rb'[^"\\]*')
_BLANKS = re.compile(rb"[ \t\r\n]*")
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_MORE_NUMBER = tuple(bytes((byte,)) for byte in b"0123456789.eE")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_HEX = re.compile(rb"[0-9a-fA-F]{0,4}")
_NESTS = re.compile(rb"[\[{]")
_SIMPLE = {b'"': b'"', b"\\": b"\\", b"/": b"/", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_WORDS: tuple[tuple[bytes, Value], ...] = ((b"true", True), (b"false", False), (b"null", None))
_REPLACEMENT = "\ufffd".encode()
_TOO_SMALL, _TOO_LARGE, _LONGEST = -(2**63), 2**64 - 1, 20


class NotJson(ValueError):
    """The text is not what Fluent Bit takes for JSON."""


def read_value(text: bytes) -> Value:
    """The one value that the text begins with; raises NotJson.

    What stands behind it and is no JSON is passed over, as in ``pack_json_to_msgpack_yyjson``; a second value is not.
    """
    if _SURROGATE.search(text) is None:
        try:
            return _within_depth(text, _encode(_FAST(text.decode("utf-8"))))
        except (ValueError, RecursionError):
            pass
    reader = _Reader(text)
    value = reader.value(1)
    if reader.blanks() != len(text) and reader.goes_on():
        raise NotJson
    return value


def read_object(text: bytes) -> Map:
    """The one object that the text holds; raises NotJson."""
    value = read_value(text) if text.lstrip(b" \t\r\n")[:1] == b"{" else None
    if not isinstance(value, Map):
        raise NotJson
    return value


def _within_depth(text: bytes, value: Value) -> Value:
    if len(_NESTS.findall(text)) > DEEPEST and _depth(value) > DEEPEST:
        raise NotJson
    return value


def _depth(value: Value) -> int:
    if isinstance(value, Map):
        return 1 + max((_depth(item) for _, item in value), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(item) for item in items_of(value)), default=0)
    return 0


def _pairs_to_map(pairs: list[tuple[str, Any]]) -> Map:
    return Map([(key.encode("utf-8", "surrogatepass"), _encode(value)) for key, value in pairs])


def _encode(value: Any) -> Value:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, list) and not isinstance(value, Map):
        return [_encode(item) for item in value]
    return value  # type: ignore[no-any-return]


def _integer(text: str) -> int | float:
    number = int(text) if len(text) <= _LONGEST else _TOO_LARGE + 1
    return number if _TOO_SMALL <= number <= _TOO_LARGE else _finite(text)


def _finite(text: str) -> float:
    """A number that no double holds makes the whole text no JSON."""
    number = float(text)
    if math.isinf(number):
        raise NotJson
    return number


def _no_constant(text: str) -> float:
    raise NotJson(text)


_FAST: Callable[[str], Any] = json.JSONDecoder(
    object_pairs_hook=_pairs_to_map, parse_int=_integer, parse_float=_finite, parse_constant=_no_constant, strict=False
).decode


class _Reader:
    """One pass over a text that the C library's decoder does not take, or would take otherwise."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0
        self.blanks()

    def blanks(self) -> int:
        found = _BLANKS.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def goes_on(self) -> bool:
        """Whether another value begins here, whatever is behind it."""
        try:
            self.value(1)
        except NotJson:
            return False
        return True

    def value(self, depth: int) -> Value:
        opening = self.text[self.at : self.at + 1]
        if opening in (b"{", b"[") and depth > DEEPEST:
            raise NotJson
        if opening == b"{":
            return self._object(depth)
        if opening == b"[":
            return self._list(depth)
        if opening == b'"':
            return self._string()
        for word, value in _WORDS:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        return self._number()

    def _number(self) -> int | float:
        found = _NUMBER.match(self.text, self.at)
        if found is None or self.text[found.end() : found.end() + 1] in _MORE_NUMBER:
            raise NotJson
        self.at = found.end()
        text = found[0].decode("ascii")
        return _finite(text) if found[1] or found[2] else _integer(text)

    def _object(self, depth: int) -> Map:
        result = Map()
        while self._more(b"}", not result):
            if self.text[self.at : self.at + 1] != b'"':
                raise NotJson
            key = self._string()
            self._expect(b":")
            result.append((key, self.value(depth + 1)))
        return result

    def _list(self, depth: int) -> list[Value]:
        result: list[Value] = []
        while self._more(b"]", not result):
            result.append(self.value(depth + 1))
        return result

    def _more(self, closing: bytes, first: bool) -> bool:
        """Step over the opening bracket or a comma to the next element; False after stepping over the closing one."""
        self.at += first
        self.blanks()
        if self.text[self.at : self.at + 1] == closing:
            self.at += 1
            return False
        if not first:
            self._expect(b",")
        return True

    def _expect(self, mark: bytes) -> None:
        self.blanks()
        if self.text[self.at : self.at + 1] != mark:
            raise NotJson
        self.at += 1
        self.blanks()

    def _string(self) -> bytes:
        parts: list[bytes] = []
        self.at += 1
        while True:
            found = _PLAIN.match(self.text, self.at)
            parts.append(found[0] if found else b"")
            self.at += len(parts[-1])
            mark = self.text[self.at : self.at + 1]
            if mark != b"\\":
                self.at += 1
                if mark:
                    return b"".join(parts)
                raise NotJson
            parts.append(self._escape())

    def _escape(self) -> bytes:
        letter = self.text[self.at + 1 : self.at + 2]
        known = _SIMPLE.get(letter)
        if known is not None:
            self.at += 2
            return known
        if letter != b"u":
            raise NotJson
        self.at += 2
        return self._unicode()

    def _unicode(self) -> bytes:
        """The character of a ``\\u`` escape; half a pair, with an escape behind it, is the replacement character."""
        digits = self._digits()
        if len(digits) < 4:
            return self._broken(digits)
        high = int(digits, 16)
        if not 0xD800 <= high < 0xE000:
            return chr(high).encode()
        if high >= 0xDC00 or not self.text.startswith(b"\\u", self.at):
            return _REPLACEMENT
        self.at += 2
        digits = self._digits()
        low = int(digits, 16) if len(digits) == 4 else 0
        if not 0xDC00 <= low < 0xE000:
            return _REPLACEMENT
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()

    def _digits(self) -> bytes:
        found = _HEX.match(self.text, self.at)
        digits = found[0] if found else b""
        self.at += len(digits)
        return digits

    def _broken(self, digits: bytes) -> bytes:
        """Too few digits: the escape stays as it is written, and the character that stands in their way goes."""
        if self.text[self.at : self.at + 1] not in (b"", b'"', b"'", b"\0"):
            self.at += 1
        return b"\\u" + digits
