"""How Fluent Bit writes a record as JSON, byte for byte, since that text is what CloudWatch keeps."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from translators.fluentbit.evaluate.records import Map, Value

_SPECIAL = {0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x08: "\\b", 0x0C: "\\f"}
_ESCAPES = {code: f"\\u{code:04x}" for code in [*range(0x20), 0x7F]} | _SPECIAL
_NEEDS = re.compile(r'[\x00-\x1f"\\\x7f]')
_STRAYS = 0xE000
_NEEDS_WITH_UNICODE = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")
_LENGTHS = ((6, 0xFC), (5, 0xF8), (4, 0xF0), (3, 0xE0), (2, 0xC0))


def as_json(value: Value, escape_unicode: bool = True) -> bytes:
    """The value as JSON text; a map's repeated key is written once, where it stands last."""
    return _write(value, escape_unicode).encode("utf-8")


def escaped(text: bytes, escape_unicode: bool = True) -> str:
    """The inside of a JSON string."""
    needs = _NEEDS_WITH_UNICODE if escape_unicode else _NEEDS
    try:
        return needs.sub(_escape, text.decode("utf-8"))
    except UnicodeDecodeError:
        return "".join(needs.sub(_escape, piece) if fits else piece for piece, fits in _readable(text, escape_unicode))


def _readable(text: bytes, escape_unicode: bool) -> Iterator[tuple[str, bool]]:
    """The characters, and whether they are the text's own, of a text that is no UTF-8 throughout.

    A stray byte becomes the replacement character, or with ``escape_unicode`` a character from U+E000 on that keeps its
    number, written as it is; there a byte that announces more than the text has left is gone.
    """
    at = 0
    for character in text.decode("utf-8", "surrogateescape"):
        stray = ord(character) - 0xDC00
        if not 0x80 <= stray <= 0xFF:
            at += len(character.encode())
            yield character, True
            continue
        if not escape_unicode:
            yield "\ufffd", False
        elif at + _announced(stray) <= len(text):
            yield chr(_STRAYS + stray), False
        at += 1


def _announced(byte: int) -> int:
    """How many bytes the character has that begins with this one, as old UTF-8 counted."""
    return next((length for length, least in _LENGTHS if byte >= least), 1)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code > 0xFFFF:
        return f"\\u{0xD800 + ((code - 0x10000) >> 10):04x}\\u{0xDC00 + ((code - 0x10000) & 0x3FF):04x}"
    return f"\\u{code:04x}"


def _write(value: Value, escape_unicode: bool) -> str:
    if isinstance(value, bytes):
        return f'"{escaped(value, escape_unicode)}"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, Map):
        return _write_map(value, escape_unicode)
    return "[" + ",".join(_write(item, escape_unicode) for item in value) + "]"


def _write_map(record: Map, escape_unicode: bool) -> str:
    texts: dict[bytes, str] = {}
    for key, item in record:
        texts.pop(key, None)
        text = f'"{escaped(item, escape_unicode)}"' if isinstance(item, bytes) else _write(item, escape_unicode)
        texts[key] = _key(key, escape_unicode) + text
    return "{" + ",".join(texts.values()) + "}"


@lru_cache(maxsize=4096)
def _key(key: bytes, escape_unicode: bool) -> str:
    return f'"{escaped(key, escape_unicode)}":'


def float_text(value: float) -> str:
    """Whole numbers get one decimal, others C's ``%.16g``."""
    if math.isfinite(value) and abs(value) < 2**63 and value == int(value):
        return f"{value:.1f}"
    return f"{value:.16g}"
