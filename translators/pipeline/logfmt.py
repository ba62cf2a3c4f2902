"""Pairs of a logfmt line, for looking a value up again."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_PAIR = re.compile(r'([^\s="]+)(?:=("(?:[^"\\]|\\.)*"|\S*))?')


@lru_cache(maxsize=256)
def read_logfmt(line: str) -> dict[str, str]:
    """The pairs; a key without a value is true, the last of repeated keys counts."""
    return {found[1]: _value(found[2]) for found in _PAIR.finditer(line)}


def _value(text: str | None) -> str:
    if text is None or text == "":
        return "true"
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
