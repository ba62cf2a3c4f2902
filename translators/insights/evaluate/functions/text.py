"""Functions of text; lengths and places count code points."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from urllib.parse import quote, unquote

from translators.insights.evaluate.values import Value, to_number, to_text

_BLANKS = " \t\n\r\f\v\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""White space as Unicode has it, which is also what Loki's templates trim."""


def is_empty(value: Value) -> Value:
    """Maps and lists are nothing to functions on strings, as AWS says."""
    return int(not to_text(value))


def is_blank(value: Value) -> Value:
    text = to_text(value)
    return int(text is None or text.strip(_BLANKS) == "")


def concat(*values: Value) -> Value:
    """What is missing adds nothing; null when everything is missing."""
    texts = [to_text(value) for value in values]
    present = [text for text in texts if text is not None]
    return "".join(present) if present else None


def _trimmed(strip: Callable[[str, str], str], value: Value, characters: tuple[Value, ...]) -> Value:
    text = to_text(value)
    unwanted = to_text(characters[0]) if characters else _BLANKS
    return None if text is None or unwanted is None else strip(text, unwanted)


def ltrim(value: Value, *characters: Value) -> Value:
    return _trimmed(str.lstrip, value, characters)


def rtrim(value: Value, *characters: Value) -> Value:
    return _trimmed(str.rstrip, value, characters)


def trim(value: Value, *characters: Value) -> Value:
    return _trimmed(str.strip, value, characters)


def strlen(value: Value) -> Value:
    text = to_text(value)
    return None if text is None else len(text)


def to_upper(value: Value) -> Value:
    text = to_text(value)
    return None if text is None else text.upper()


def to_lower(value: Value) -> Value:
    text = to_text(value)
    return None if text is None else text.lower()


def substr(value: Value, start: Value, length: Value = 1 << 60) -> Value:
    """From ``start``, counted from 0, ``length`` characters; nothing is left of a start beyond the end."""
    text, first, count = to_text(value), to_number(start), to_number(length)
    if text is None or first is None or count is None:
        return None
    begin = max(int(first), 0)
    return text[begin : begin + max(int(count), 0)]


def replace(value: Value, find: Value, new: Value) -> Value:
    text, old, put = to_text(value), to_text(find), to_text(new)
    if text is None or old is None or put is None:
        return None
    return text.replace(old, put) if old else text


def contains(value: Value, part: Value) -> Value:
    text, inside = to_text(value), to_text(part)
    return int(text is not None and inside is not None and inside in text)


def starts_with(value: Value, part: Value) -> Value:
    text, head = to_text(value), to_text(part)
    return int(text is not None and head is not None and text.startswith(head))


def ends_with(value: Value, part: Value) -> Value:
    text, tail = to_text(value), to_text(part)
    return int(text is not None and tail is not None and text.endswith(tail))


def url_encode(value: Value) -> Value:
    text = to_text(value)
    return None if text is None else quote(text, safe="-_.~")


def url_decode(value: Value) -> Value:
    text = to_text(value)
    return None if text is None else unquote(text)


def base64_encode(value: Value) -> Value:
    text = to_text(value)
    return None if text is None else base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def base64_decode(value: Value) -> Value:
    """Null for what is not Base64, or not text behind it."""
    text = to_text(value)
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
