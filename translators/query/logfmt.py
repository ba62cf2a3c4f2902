"""Reads a logfmt line as Fluent Bit's parser does: a word alone and a key without a value are true."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from translators.catalog import InLogfmt

_PAIR = re.compile(
    r'[\x00-\x20="]*([^\x00-\x20="]+)(?:(=)(?:"((?:[^"\\]|\\.)*\\?)"?|([^\x00-\x20="]*)))?([\r\n])?', re.DOTALL
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_SHORT = {"n": "\n", "a": "\a", "b": "\b", "t": "\t", "v": "\v", "f": "\f", "r": "\r"}
_LAST_CODE = 0x10FFFF
_INTEGER = re.compile(r"\s*([-+]?[0-9]+)", re.ASCII)
_FLOAT = re.compile(r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)", re.ASCII)
_HEX = re.compile(r"\s*([-+]?)((?:0[xX])?[0-9a-fA-F]+)", re.ASCII)
_LEAST, _MOST, _UNSIGNED = -(2**63), 2**63 - 1, 2**64

Pair = str | bool | int | float


def logfmt_pairs(line: str, place: InLogfmt) -> dict[str, Pair]:
    """The keys in their order, with the last value of each; a line break ends the reading.

    Nothing where the parser refuses the line for a word alone. Where the parser knows types the values are taken as
    they are written, and a key without one has the empty text.
    """
    found: dict[str, Pair] = {}
    types = dict(place.types)
    for match in _PAIR.finditer(line):
        key, equals, quoted, plain, ends = match.groups()
        if not equals and not place.bare_keys:
            return {}
        if types:
            found[key] = _typed(plain if quoted is None else quoted, types.get(key, ""))
        else:
            found[key] = _ESCAPE.sub(_one, quoted) if quoted is not None else plain or True
        if ends:
            break
    return {key: value for key, value in found.items() if key not in place.without}


def _typed(text: str | None, kind: str) -> Pair:
    return _CASTS.get(kind, _as_it_is)(text or "")


def _as_it_is(text: str) -> Pair:
    return text


def _integer(text: str) -> Pair:
    """C's atoll: the digits it begins with, 0 where it begins with none."""
    found = _INTEGER.match(text)
    return max(_LEAST, min(_MOST, int(found[1]))) if found else 0


def _float(text: str) -> Pair:
    found = _FLOAT.match(text)
    return float(found[1]) if found else 0.0


def _hexadecimal(text: str) -> Pair:
    """C's strtoull: what is too large becomes the largest number, and a minus sign wraps around."""
    found = _HEX.match(text)
    number = int(found[2], 16) if found else 0
    if number >= _UNSIGNED:
        return _UNSIGNED - 1
    return -number % _UNSIGNED if found and found[1] == "-" else number


def _boolean(text: str) -> Pair:
    lowered = text[:5].lower()
    return True if lowered[:4] == "true" else False if lowered == "false" else text


_CASTS: Mapping[str, Callable[[str], Pair]] = MappingProxyType(
    {"integer": _integer, "float": _float, "hex": _hexadecimal, "bool": _boolean}
)


def _one(escape: re.Match[str]) -> str:
    body = escape[1]
    if body in _SHORT:
        return _SHORT[body]
    if body[0] in "uUx" and len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code <= _LAST_CODE else ""
    return chr(int(body, 8)) if body[0] in "01234567" else body
