"""Reads one key of a logfmt line as Fluent Bit's parser does: bare words are true, a key without a value is empty."""

from __future__ import annotations

import re

_PAIR = re.compile(r'([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r"}


def logfmt_value(line: str, key: str) -> str | None:
    """The last value of ``key``; None when the line has no such key."""
    found = None
    for match in _PAIR.finditer(line):
        if match[1] == key:
            found = match
    if found is None:
        return None
    if found[2] is not None:
        return _ESCAPE.sub(lambda escape: _SHORT.get(escape[1], escape[1]), found[2])
    return found[3] if found[3] is not None else "true"
