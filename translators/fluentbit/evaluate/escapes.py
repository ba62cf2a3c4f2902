"""The two ways in which Fluent Bit takes backslashes off a text outside JSON."""

from __future__ import annotations

import re

_CONTROLS = {b"n": b"\n", b"a": b"\a", b"b": b"\b", b"t": b"\t", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_ANY = re.compile(rb"\\(.)", re.DOTALL)
_UTF8 = re.compile(rb"\\(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)


def unescape(text: bytes) -> bytes:
    """Control letters become control characters; before any other letter the backslash goes away."""
    return _ANY.sub(lambda found: _CONTROLS.get(found[1], found[1]), text)


def unescape_utf8(text: bytes) -> bytes:
    """C's escapes and \\u, as UTF-8."""
    return _UTF8.sub(_one, text)


def _one(found: re.Match[bytes]) -> bytes:
    body = found[1]
    if body in _CONTROLS:
        return _CONTROLS[body]
    if body[:1] in (b"u", b"U", b"x") and len(body) > 1:
        code = int(body[1:], 16)
        return chr(code).encode("utf-8", "surrogatepass") if code < 0x110000 else b""
    if body[:1].isdigit() and body[:1] < b"8":
        return chr(int(body, 8)).encode()
    return body
