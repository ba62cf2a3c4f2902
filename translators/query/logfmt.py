"""Reads a logfmt line as Fluent Bit's parser does: a word alone and a key without a value are true."""

from __future__ import annotations

import re

_PAIR = re.compile(
    r'[\x00-\x20="]*([^\x00-\x20="]+)(?:=(?:"((?:[^"\\]|\\.)*\\?)"?|([^\x00-\x20="]*)))?([\r\n])?', re.DOTALL
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_SHORT = {"n": "\n", "a": "\a", "b": "\b", "t": "\t", "v": "\v", "f": "\f", "r": "\r"}
_LAST_CODE = 0x10FFFF


def logfmt_pairs(line: str) -> dict[str, str | bool]:
    """The keys in their order, with the last value of each; a line break ends the reading."""
    found: dict[str, str | bool] = {}
    for match in _PAIR.finditer(line):
        key, quoted, plain, ends = match.groups()
        found[key] = _ESCAPE.sub(_one, quoted) if quoted is not None else plain or True
        if ends:
            break
    return found


def _one(escape: re.Match[str]) -> str:
    body = escape[1]
    if body in _SHORT:
        return _SHORT[body]
    if body[0] in "uUx" and len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code <= _LAST_CODE else ""
    return chr(int(body, 8)) if body[0] in "01234567" else body
