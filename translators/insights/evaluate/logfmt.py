"""logfmt as ``parse … logfmt`` reads it: key=value pairs, values in quotation marks where they hold blanks."""

from __future__ import annotations

import re

_PAIR = re.compile(r'([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r"}


def pairs(line: str) -> dict[str, str]:
    """The pairs of the line; of a key that comes twice, the last. A word alone is true."""
    return {found[1]: _value(found) for found in _PAIR.finditer(line)}


def _value(found: re.Match[str]) -> str:
    quoted, plain = found[2], found[3]
    if quoted is not None:
        return _ESCAPE.sub(lambda escape: _SHORT.get(escape[1], escape[1]), str(quoted))
    return "true" if plain is None else str(plain)
