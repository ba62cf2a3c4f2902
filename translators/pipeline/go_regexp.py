"""Go's regular expressions as the agents run them, on texts whose bytes need not be UTF-8.

Texts are str with lone surrogates for bytes that are no UTF-8 (``surrogateescape``); Go sees U+FFFD for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

Span = tuple[int, int]
_LONE = re.compile("[\ud800-\udfff]")


class BadExpression(ValueError):
    """The engine refuses the expression when it starts."""


class GoRegexp:
    """A compiled expression. Spans are in characters of the text; a group that took no part is (-1, -1)."""

    __slots__ = ("_regex", "groups", "names")

    def __init__(self, expression: str) -> None:
        options = re2.Options()
        options.log_errors = False
        try:
            self._regex: Any = re2.compile(expression, options)
        except re2.error as wrong:
            text = wrong.args[0]
            raise BadExpression(text.decode() if isinstance(text, bytes) else str(text)) from None
        self.groups: int = self._regex.groups
        index = {number: name for name, number in self._regex.groupindex.items()}
        self.names: tuple[str, ...] = tuple(index.get(number, "") for number in range(self.groups + 1))

    def matches(self, text: str) -> bool:
        return self._regex.search(_encoded(text)) is not None

    def search(self, text: str) -> tuple[Span, ...] | None:
        """The spans of the leftmost match and its groups."""
        return next(self.find(text), None)

    def find(self, text: str) -> Iterator[tuple[Span, ...]]:
        """All matches from left to right; an empty one directly behind another match does not count, as in Go."""
        encoded = _encoded(text)
        last = -1
        for match in self._regex.finditer(encoded):
            spans = tuple(match.span(number) for number in range(self.groups + 1))
            if spans[0][0] == spans[0][1] == last or not _at_character(encoded, spans[0][0]):
                continue
            last = spans[0][1]
            yield spans if text.isascii() else tuple(_characters(encoded, span) for span in spans)

    def replace_all(self, text: str, template: str) -> str:
        """Go's ReplaceAllString: ``$1`` and ``${name}`` in the template."""
        parts, end = [], 0
        for spans in self.find(text):
            parts += [text[end : spans[0][0]], expand(template, self.names, text, spans)]
            end = spans[0][1]
        return "".join([*parts, text[end:]])


@lru_cache(maxsize=512)
def compiled(expression: str) -> GoRegexp:
    return GoRegexp(expression)


_REFERENCE = re.compile(r"\$(?:\$|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")


def expand(template: str, names: tuple[str, ...], text: str, spans: tuple[Span, ...]) -> str:
    """The template with the groups put in; a name that no group has is empty."""

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        number = int(name) if name.isdigit() else names.index(name) if name in names else -1
        if not 0 <= number < len(spans) or spans[number][0] < 0:
            return ""
        return text[slice(*spans[number])]

    return _REFERENCE.sub(put, template)


def _encoded(text: str) -> bytes:
    if text.isascii():
        return text.encode("ascii")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return _LONE.sub("\ufffd", text).encode("utf-8")


def _at_character(encoded: bytes, at: int) -> bool:
    return at >= len(encoded) or encoded[at] & 0xC0 != 0x80


def _characters(encoded: bytes, span: Span) -> Span:
    if span[0] < 0:
        return span
    start = len(encoded[: span[0]].decode("utf-8"))
    return start, start + len(encoded[span[0] : span[1]].decode("utf-8"))
