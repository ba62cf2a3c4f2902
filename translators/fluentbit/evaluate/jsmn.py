"""The tolerant grammar of jsmn, which Docker_Mode alone still reads JSON with: is a text one or several values?"""

from __future__ import annotations

import re

_STRING = re.compile(rb'"[^"\\\x00]*(?:\\(?:["/\\bfrnt]|u[0-9a-fA-F]{4})[^"\\\x00]*)*"')
_PRIMITIVE = re.compile(rb"[^\t\r\n ,\]}\x00-\x1f\x7f-\xff]+(?=[\t\r\n ,\]}])")


class NotTokens(ValueError):
    """jsmn refuses the text."""


def is_json(text: bytes) -> bool:
    """Whether jsmn cuts the whole text into tokens; separators are looser than those of JSON."""
    at = _skip(text, 0)
    if at >= len(text):
        return False
    try:
        while at < len(text):
            at = _skip(text, _value(text, at))
            if text[at : at + 1] in (b",", b":"):
                at = _skip(text, at + 1)
    except (NotTokens, RecursionError):
        return False
    return True


def _skip(text: bytes, at: int) -> int:
    while text[at : at + 1] in (b" ", b"\t", b"\r", b"\n"):
        at += 1
    return at


def _value(text: bytes, at: int) -> int:
    opening = text[at : at + 1]
    if opening == b"{":
        return _object(text, at + 1)
    if opening == b"[":
        return _list(text, at + 1)
    if opening == b'"':
        return _string(text, at)
    found = _PRIMITIVE.match(text, at)
    if found is None or found[0][0] not in b"-0123456789tfn":
        raise NotTokens
    return found.end()


def _string(text: bytes, at: int) -> int:
    found = _STRING.match(text, at)
    if found is None:
        raise NotTokens
    return found.end()


def _object(text: bytes, at: int) -> int:
    while True:
        at = _past_commas(text, at)
        if text[at : at + 1] == b"}":
            return at + 1
        at = _skip(text, _string(text, at))
        if text[at : at + 1] != b":":
            raise NotTokens
        at = _value(text, _skip(text, at + 1))


def _list(text: bytes, at: int) -> int:
    while True:
        at = _past_commas(text, at)
        if text[at : at + 1] == b"]":
            return at + 1
        at = _value(text, at)


def _past_commas(text: bytes, at: int) -> int:
    at = _skip(text, at)
    while text[at : at + 1] == b",":
        at = _skip(text, at + 1)
    if at >= len(text):
        raise NotTokens
    return at
