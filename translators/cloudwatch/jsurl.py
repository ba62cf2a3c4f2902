"""Read the JSURL notation in which the CloudWatch console keeps a query in its own links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_DOLLAR = re.compile(r"\$([0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"\*\*([0-9a-fA-F]{4})|\*([0-9a-fA-F]{2})")
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}
MOST_LAYERS = 4
"""The console escapes up to twice, chat programs once more."""


class NotJsurl(ValueError):
    """The text is no JSURL."""


def unescape(fragment: str) -> str:
    """The fragment of a console link without its layers of ``%XX`` and ``$XX``."""
    for _ in range(MOST_LAYERS):
        plain = unquote(_DOLLAR.sub(r"%\1", fragment))
        if plain == fragment:
            break
        fragment = plain
    return fragment


def read_jsurl(text: str) -> Json:
    """The value of ``~(a~1~b~'text)``; what stands behind it is left alone. Raises NotJsurl."""
    reader = _Reader(text)
    reader.expect("~")
    return reader.value()


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0

    def expect(self, character: str) -> None:
        if not self.text.startswith(character, self.at):
            raise NotJsurl(f"expected {character!r} at {self.at}")
        self.at += len(character)

    def value(self) -> Json:
        if self.text.startswith("(", self.at):
            self.at += 1
            return self._array() if self.text.startswith("~", self.at) else self._object()
        if self.text.startswith("'", self.at):
            self.at += 1
            return self._string()
        return self._word()

    def _object(self) -> Json:
        result: dict[str, Json] = {}
        while not self.text.startswith(")", self.at):
            key = self._take()
            self.expect("~")
            result[key] = self.value()
            if self.text.startswith("~", self.at):
                self.at += 1
            elif not self.text.startswith(")", self.at):
                raise NotJsurl(f"an object is not closed at {self.at}")
        self.at += 1
        return result

    def _array(self) -> Json:
        result: list[Json] = []
        while self.text.startswith("~", self.at):
            self.at += 1
            if self.text.startswith(")", self.at):
                break
            result.append(self.value())
        self.expect(")")
        return result

    def _string(self) -> str:
        return self._take(dollars=True)

    def _word(self) -> Json:
        word = self._take()
        if word in _WORDS:
            return _WORDS[word]
        try:
            return int(word) if re.fullmatch(r"-?\d+", word) else float(word)
        except ValueError:
            raise NotJsurl(f"{word!r} is neither number nor word") from None

    def _take(self, dollars: bool = False) -> str:
        """Up to the next mark; in a string ``!`` stands for a dollar."""
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in "~)":
            self.at += 1
        raw = self.text[start : self.at]
        return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), raw.replace("!", "$") if dollars else raw)
