"""Cuts a query into tokens, one at a time: only the parser knows where a slash begins a regular expression."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from translators.insights.errors import InsightsError
from translators.insights.tokens import Kind, Token
from translators.source import Places, Source

_BLANK = re.compile(r"(?:[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]|\\\r?\n)+")
"""What shows nothing, also the marks that editors and chat programs leave in pasted text."""
_COMMENT = re.compile(r"#[^\n]*")
_SLASH_COMMENT = re.compile(r"//[^\n]*")
_DASH_COMMENT = re.compile(r"--[^\n]*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s|,()\[\]\"'`]*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[\w@]+")
_INDEX = re.compile(r"\[\s*([0-9]+)\s*\]")
_PARAMETER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_SAVED = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|`([^`]+)`)")
_PLACEHOLDER = re.compile(r"<([A-Za-z_][^<>\n|]*)>")
_SYMBOLS = re.compile(r"==|=~|~=|!=|<>|<=|>=|!~|[-=<>!+*/%^()\[\],|:;{}.]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`", "/": "/"}
_PLAIN = re.compile(
    r"\s*(?:([A-Za-z_@][\w@]*(?:\.[\w@]+)*)(?![\w@.\[`])|([(),|\[\]*:;}%^+]|-(?!-)|==|=~|~=|!=|<>|<=|>=|!~|[=<>!])"
    r"|\"([^\"\\{]*)\"|'([^'\\{]*)'|([0-9]+)(?![\w@.]))"
)
"""Blanks, then one of the tokens that most are: a name without quotes and indices, a symbol that begins
nothing else, a string without escapes and parameters, a whole number."""
_NAMES, _SYMBOL, _NUMBERS = 1, 2, 5
"""Its groups."""
_A_NAME, _A_SYMBOL, _A_STRING, _A_NUMBER = Kind.NAME, Kind.SYMBOL, Kind.STRING, Kind.NUMBER
_QUOTES = "“”‘’‚„‛‟«»「」『』"
_FLAGS = re.compile(r"[gimsuy]+\b")
"""What JavaScript writes behind a regular expression."""
_AFTER_REGEX = frozenset(" \t\r\n|),]#")

Fill = Callable[[str], str | None]


class Lexer:
    """Reads tokens from any place of the text; ``warn`` hears what AWS does not document.

    ``fill`` gives the text of a ``{{parameter}}`` inside a string or a regular expression.
    """

    def __init__(self, source: Source, warn: Callable[[str, str, int, int], None], fill: Fill) -> None:
        self.source = source
        self.text = source.text
        self.places = Places(source)
        self.warn = warn
        self.fill = fill

    def error(self, rule: str, message: str, start: int, end: int, expected: tuple[str, ...] = ()) -> InsightsError:
        return InsightsError(rule, message, self.places.span(start, end), expected)

    def skip(self, at: int, slashes: bool = True) -> int:
        """The place of the next token: behind blanks and comments."""
        while True:
            found = _BLANK.match(self.text, at) or _COMMENT.match(self.text, at)
            if found is None and slashes:
                found = self._other_comment(at)
            if found is None:
                return at
            at = found.end()

    def _other_comment(self, at: int) -> re.Match[str] | None:
        """A comment as other languages write it: ``//`` anywhere, ``--`` only where it begins its line."""
        if found := _SLASH_COMMENT.match(self.text, at):
            self.warn("slash-comment", "`//` begins a comment only here; AWS documents `#`", at, found.end())
        elif found := _DASH_COMMENT.match(self.text, at):
            if self.text[self.text.rfind("\n", 0, at) + 1 : at].strip():
                return None
            self.warn("dash-comment", "`--` begins a comment only here; AWS documents `#`", at, found.end())
        return found

    def token(self, at: int) -> Token:
        """The token at or behind ``at``."""
        found = _PLAIN.match(self.text, at)
        if found is None:
            return self._any(self.skip(at))
        group = found.lastindex or 0
        text, end = found[group], found.end()
        if group == _NAMES:
            path = tuple(text.split(".")) if "." in text else (text,)
            return Token(_A_NAME, text, end - len(text), end, path, text.lower())
        if group == _SYMBOL:
            return Token(_A_SYMBOL, text, end - len(text), end, (), text)
        if group == _NUMBERS:
            return Token(_A_NUMBER, text, end - len(text), end)
        return Token(_A_STRING, text, end - len(text) - 2, end)

    def _any(self, at: int) -> Token:
        """The token that begins at ``at``."""
        if at >= len(self.text):
            return Token(Kind.END, "", at, at)
        letter = self.text[at]
        if letter in "\"'":
            return self._string(at, letter)
        if letter in "{$":
            return self._parameter(at)
        number = _NUMBER.match(self.text, at)
        if number and not _WORD.match(self.text, number.end()):
            return Token(Kind.NUMBER, number.group(), at, number.end())
        if letter == "`" or _WORD.match(self.text, at):
            return self._name(at)
        return self._symbol(at)

    def regex(self, at: int) -> Token | None:
        """The regular expression at or behind ``at``, where one may stand."""
        at = self.skip(at, slashes=False)
        if not self.text.startswith("/", at):
            return None
        end = self._regex_end(at + 1, classes=True) or self._regex_end(at + 1, classes=False)
        if end is None:
            raise self.error("unterminated-regex", "the regular expression has no closing `/`", at, at + 1, ("/",))
        if flags := _FLAGS.match(self.text, end + 1):
            message = f"a flag stands inside of the regular expression: /(?{flags.group()})…/"
            raise self.error("regex", message, end + 1, flags.end())
        body = self._filled(self.text[at + 1 : end], at)
        return Token(Kind.REGEX, body, at, end + 1)

    def url(self, at: int) -> Token | None:
        """The address without quotation marks that begins at ``at``, where a value may stand."""
        found = _URL.match(self.text, at)
        return Token(Kind.STRING, found.group(), at, found.end()) if found else None

    def placeholder(self, at: int) -> Token | None:
        """A ``<fill-me-in>`` of a runbook, where a value may stand."""
        at = self.skip(at)
        found = _PLACEHOLDER.match(self.text, at)
        return Token(Kind.PLACEHOLDER, found.group(1), at, found.end()) if found else None

    def _regex_end(self, at: int, classes: bool) -> int | None:
        """Where the closing slash stands; ``classes``: one inside ``[…]`` does not close."""
        inside = False
        while at < len(self.text):
            letter = self.text[at]
            if letter == "\\":
                at += self._escape_width(at)
                continue
            if classes and letter == "[":
                inside = True
            elif inside and letter == "]":
                inside = False
            elif letter == "/" and not inside:
                return at
            at += 1
        return None

    def _escape_width(self, at: int) -> int:
        if self.text.startswith("\\\\/", at) and self.text[at + 3 : at + 4] not in _AFTER_REGEX | {""}:
            return 3
        return 2

    def _string(self, at: int, quote: str) -> Token:
        end = self.text.find(quote, at + 1)
        if end >= 0 and self.text.find("\\", at + 1, end) < 0:
            return Token(Kind.STRING, self._filled(self.text[at + 1 : end], at), at, end + 1)
        text: list[str] = []
        here = at + 1
        while here < len(self.text):
            letter = self.text[here]
            if letter == quote:
                return Token(Kind.STRING, self._filled("".join(text), at), at, here + 1)
            if letter == "\\" and here + 1 < len(self.text):
                following = self.text[here + 1]
                text.append(_ESCAPES.get(following, "\\" + following))
                here += 2
                continue
            text.append(letter)
            here += 1
        raise self.error("unterminated-string", f"the string has no closing {quote}", at, at + 1, (quote,))

    def _filled(self, text: str, at: int) -> str:
        return _PARAMETER.sub(lambda found: self._value(found, at), text)

    def _value(self, found: re.Match[str], at: int) -> str:
        value = self.fill(found.group(1))
        if value is None:
            self.warn("missing-parameter", f"the parameter {found.group(1)} has no value", at, at + 1)
            return found.group()
        return _unquoted(value)

    def _parameter(self, at: int) -> Token:
        found = _PARAMETER.match(self.text, at)
        if found:
            return Token(Kind.PARAMETER, found.group(1), at, found.end())
        saved = _SAVED.match(self.text, at)
        if saved:
            return Token(Kind.SAVED, saved.group(1) or saved.group(2), at, saved.end())
        return self._symbol(at)

    def _name(self, at: int) -> Token:
        path: list[str] = []
        here = at
        quoted = False
        while True:
            here, segment, ticks = self._segment(here)
            path.append(segment)
            quoted = quoted or ticks
            here = self._indices(here, path)
            if not (self.text.startswith(".", here) and self._segment_follows(here + 1)):
                break
            here += 1
        text = ".".join(path)
        return Token(Kind.NAME, text, at, here, tuple(path), "" if quoted else text.lower())

    def _segment_follows(self, at: int) -> bool:
        return self.text.startswith("`", at) or _WORD.match(self.text, at) is not None

    def _segment(self, at: int) -> tuple[int, str, bool]:
        if self.text.startswith("`", at):
            end = self.text.find("`", at + 1)
            if end < 0:
                raise self.error("unterminated-name", "the name has no closing backtick", at, at + 1, ("`",))
            return end + 1, self.text[at + 1 : end], True
        found = _WORD.match(self.text, at)
        assert found is not None  # noqa: S101 - the caller has looked
        return found.end(), found.group(), False

    def _indices(self, at: int, path: list[str]) -> int:
        """``list[0]`` is the path list, 0; behind the keyword ``in`` a list begins."""
        while path[-1].lower() != "in" and (found := _INDEX.match(self.text, at)):
            path.append(found.group(1))
            at = found.end()
        return at

    def _symbol(self, at: int) -> Token:
        found = _SYMBOLS.match(self.text, at)
        if found:
            return Token(Kind.SYMBOL, found.group(), at, found.end(), (), found.group())
        letter = self.text[at]
        raise self.error("unexpected-character", f"unexpected character {letter!r}{_hint(letter)}", at, at + 1)


def _hint(letter: str) -> str:
    """What to type instead of what a word processor or an input method of East Asia wrote."""
    if letter in _QUOTES:
        return ' (a typographic quote: type " instead)'
    if letter in "–—−":
        return " (a dash: type - instead)"
    plain = unicodedata.normalize("NFKC", letter)
    return f" (a full-width character: type {plain} instead)" if plain != letter and plain.isascii() else ""


def _unquoted(value: str) -> str:
    """The text of a parameter inside a string: its own quotes go."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
