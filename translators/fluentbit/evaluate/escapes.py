"""The two ways in which Fluent Bit takes backslashes off a text outside JSON."""

from __future__ import annotations

import re

_CONTROLS = {b"n": b"\n", b"a": b"\a", b"b": b"\b", b"t": b"\t", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_ANY = re.compile(rb"\\(.)", re.DOTALL)
_UTF8 = re.compile(
    rb"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})(?P<pair>\\u(?=.)(?P<low>[0-9a-fA-F]{0,4}))?"
    rb"|u(?P<unit>[0-9a-fA-F]{0,4})|U(?P<wide>[0-9a-fA-F]{1,8})|x(?P<byte>[0-9a-fA-F]{1,2})|(?P<octal>[0-7]{1,3})"
    rb"|(?P<letter>.))",
    re.DOTALL,
)
_REPLACEMENT = "\ufffd".encode()
_LOW_HALVES = range(0xDC00, 0xE000)


def unescape(text: bytes) -> bytes:
    """Control letters become control characters; before any other letter the backslash goes away."""
    return _ANY.sub(lambda found: _CONTROLS.get(found[1], found[1]), text)


def unescape_utf8(text: bytes) -> bytes:
    """C's escapes and \\u, as UTF-8, up to the first NUL; halves of a pair and short \\u are replacement characters."""
    return _UTF8.sub(_one, text.partition(b"\0")[0])


def _one(found: re.Match[bytes]) -> bytes:
    if found["high"] is not None:
        return _pair(int(found["high"], 16), found["low"])
    if found["unit"] is not None:
        return _unit(found["unit"])
    if found["letter"] is not None:
        return _CONTROLS.get(found["letter"], found["letter"])
    digits = found["octal"]
    return _encoded(int(digits, 8) if digits else int(found["wide"] or found["byte"], 16))


def _pair(high: int, digits: bytes | None) -> bytes:
    low = int(digits, 16) if digits and len(digits) == 4 else 0
    return _encoded(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00) if low in _LOW_HALVES else _REPLACEMENT


def _unit(digits: bytes) -> bytes:
    """A \\u without any digit is a NUL."""
    if digits and (len(digits) < 4 or int(digits, 16) in _LOW_HALVES):
        return _REPLACEMENT
    return _encoded(int(digits or b"0", 16))


def _encoded(code: int) -> bytes:
    """Of a number that is no character its last byte stays."""
    return chr(code).encode("utf-8", "surrogatepass") if code < 0x110000 else bytes((code & 0xFF,))
