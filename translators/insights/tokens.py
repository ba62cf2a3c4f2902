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
    ``path`` are the segments of a name. ``mark`` is what the grammar asks for: a symbol as it is, a word in lower case;
    empty for all else, a name in backticks too.
    """

    kind: Kind
    text: str
    start: int
    end: int
    path: tuple[str, ...] = ()
    mark: str = ""

    def shown(self) -> str:
        """The token as an error message quotes it."""
        if self.kind is Kind.END:
            return str(self.kind.value)
        return f"`{self.text}`" if self.kind in (Kind.NAME, Kind.NUMBER, Kind.SYMBOL) else str(self.kind.value)
