"""Where one query ends and the next begins in a text that holds several."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FIRST = r"(?:fields|filter|filterindex|stats|parse|display|dedup|pattern|unnest|source)\b(?!\s*[=:(])"
_REMARK = r"[ \t]*(?:#|--|//)[^\n]*\n"
_BREAK = re.compile(rf"\n[ \t\r]*\n(?=(?:{_REMARK}|[ \t\r]*\n)*[ \t]*{_FIRST})", re.IGNORECASE)
_NOISE = re.compile(r"(?m)^[ \t]*(?:#|--|//)[^\n]*$")
_GROUPS = re.compile(r"\s*(?:\|?\s*source\s[^|]*)*\|?\s*", re.IGNORECASE)


def split_queries(text: str) -> Iterator[tuple[int, str]]:
    """Each query of the text and its place: an empty line, then a command without a bar, begins another."""
    start = 0
    for found in _BREAK.finditer(text):
        if _is_whole(text[start : found.start()]):
            yield start, text[start : found.end()]
            start = found.end()
    yield start, text[start:]


def _is_whole(piece: str) -> bool:
    """Whether a query can end there: it has a command besides its log groups, and nothing is left open."""
    code = _NOISE.sub("", piece).rstrip()
    return not code.endswith(("|", ",", "(", "[", "=")) and _GROUPS.fullmatch(code) is None
