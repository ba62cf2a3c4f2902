"""The tokens of Logs Insights."""

from __future__ import annotations

from enum import Enum

from translators.frozen import frozen


class Kind(Enum):
    """What a token is; the value is how an error message calls it."""

    NAME = "a name"
    NUMBER = "a number"
    STRING = "a string"
    REGEX = "a regular expression"
    PARAMETER = "a parameter"
    SAVED = "a saved query"
    PLACEHOLDER = "a placeholder"
    SYMBOL = "a symbol"
    END = "the end of the query"


@frozen
class Token:
    """A token and where it stands.

    ``text`` is what it means: a string without quotes, a regular expression without slashes, a name with dots.
    ``path`` are the segments of a name, ``quoted`` whether a backtick was used in it.
    """

    kind: Kind
    text: str
    start: int
    end: int
    path: tuple[str, ...] = ()
    quoted: bool = False

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind is Kind.SYMBOL and self.text in symbols

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords; a name in backticks never is."""
        return self.kind is Kind.NAME and not self.quoted and self.text.lower() in words

    def shown(self) -> str:
        """The token as an error message quotes it."""
        if self.kind is Kind.END:
            return str(self.kind.value)
        return f"`{self.text}`" if self.kind in (Kind.NAME, Kind.NUMBER, Kind.SYMBOL) else str(self.kind.value)
