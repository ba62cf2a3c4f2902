"""The grammar of one record accessor, since Fluent Bit refuses to start over what it does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb"(?P<INTEGER>[1-9][0-9]*|0)|'(?P<STRING>(?:[^']|'')*)'|(?P<IDENTIFIER>[_A-Za-z][A-Za-z0-9_.]*)"
    rb"|(?P<mark>[$\[\].,;])|(?P<blank>[ \t\n]+)|(?P<bad>.)",
    re.DOTALL,
)
_END = ("end of file", b"")


class BadAccessor(ValueError):
    """Fluent Bit cannot read the accessor; the text is what it prints of that, line by line."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A key and the keys or indexes below it."""

    name: bytes
    below: tuple[bytes | int, ...]


@dataclass(slots=True)
class _Reader:
    text: bytes
    complaints: list[str] = field(default_factory=list)

    def tokens(self) -> Iterator[tuple[str, bytes]]:
        """Kinds and texts, lazily: what stands behind an error is never looked at."""
        for found in _TOKEN.finditer(self.text):
            kind = found.lastgroup or ""
            if kind == "bad":
                self.complaints.append(f"[record accessor] bad input character '{_shown(found[0])}' at line 0")
            elif kind == "mark":
                yield f"'{found[0].decode()}'", found[0]
            elif kind != "blank":
                yield kind, found[kind]
        while True:
            yield _END

    def wrong(self, kind: str, wanted: str) -> BadAccessor:
        error = f"[record accessor] syntax error, unexpected {kind}, expecting {wanted} at '{_shown(self.text)}'"
        return BadAccessor("\n".join([*self.complaints, error]))


def parse(text: bytes) -> Parsed:
    """``$name``, ``$name['key'][0]``: a dollar, a name of letters, digits and ``_``, keys in single quotes."""
    reader = _Reader(text)
    tokens = reader.tokens()
    kind, _ = next(tokens)
    if kind != "'$'":
        raise reader.wrong(kind, "'$'")
    kind, name = next(tokens)
    if kind != "IDENTIFIER":
        raise reader.wrong(kind, "IDENTIFIER")
    below: list[bytes | int] = []
    while (token := next(tokens)) != _END:
        if token[0] != "'['":
            raise reader.wrong(token[0], _END[0])
        below.append(_subkey(reader, tokens))
    return Parsed(name, tuple(below))


def _subkey(reader: _Reader, tokens: Iterator[tuple[str, bytes]]) -> bytes | int:
    kind, key = next(tokens)
    if kind not in ("STRING", "INTEGER"):
        raise reader.wrong(kind, "STRING or INTEGER")
    closing, _ = next(tokens)
    if closing != "']'":
        raise reader.wrong(closing, "']'")
    return int(key) if kind == "INTEGER" else key.replace(b"''", b"'")


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")
