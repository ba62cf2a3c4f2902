"""Where the parser stands: one token of lookahead, and what every rule of the grammar asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from translators.diagnostics import Diagnostic, Fidelity
from translators.insights.errors import InsightsError
from translators.insights.lexer import Lexer
from translators.insights.tokens import Kind, Token
from translators.source import Source, Span

_DEEPEST = 60
_CHANGES_MEANING = frozenset(
    {
        "bang-operator",
        "undocumented-if",
        "order-by-synonym",
        "glob-without-wildcard",
        "glob-count",
        "date-floor",
        "bin-of-timestamp",
        "exists",
        "missing-parameter",
        "bare-url",
        "missing-stats",
        "source-window",
        "percentile-name",
        "period-as-field",
    }
)
"""Forms whose meaning is a guess, however plain; the others are spellings."""


class Cursor:
    """Reads one text. ``parameters`` are the values of its ``{{names}}``."""

    def __init__(self, source: Source, parameters: Mapping[str, str]) -> None:
        self.source = source
        self.parameters = parameters
        self.warnings: list[Diagnostic] = []
        self.depth = 0
        self.at = 0
        self.last_end = 0
        self._special: dict[int, Token] = {}
        self._warned: set[tuple[str, int]] = set()
        self.lexer = Lexer(source, self._warn_at, parameters.get)
        self.places = self.lexer.places
        self.ahead: Token | None = None
        """The next token, where somebody has looked already."""

    @property
    def token(self) -> Token:
        """The token that comes next."""
        token = self.ahead
        if token is None:
            token = self.ahead = self.lexer.token(self.at)
        return token

    def after(self) -> Token:
        """The token behind the next one."""
        return self.lexer.token(self.token.end)

    def advance(self) -> Token:
        return self.take(self.token)

    def take(self, token: Token) -> Token:
        self.at = self.last_end = token.end
        self.ahead = None
        return token

    def take_regex(self) -> Token | None:
        """The regular expression that comes next, if one does."""
        if self.ahead is not None:
            self.at = self.ahead.start
        found = self.lexer.regex(self.at)
        if found:
            self._special[found.start] = self.take(found)
        return found

    def take_url(self, start: int) -> Token | None:
        """The address that begins there; its scheme has been taken for a name."""
        found = self.lexer.url(start)
        if found:
            self._special[found.start] = self.take(found)
        return found

    def regex_follows(self) -> bool:
        start = self.token.start
        return self.source.text.startswith("/", start) and self.token.kind is Kind.SYMBOL

    def take_placeholder(self) -> Token | None:
        found = self.lexer.placeholder(self.token.start)
        if found:
            self.take(found)
        return found

    def accept(self, *marks: str) -> Token | None:
        """The next token if it is one of these symbols or words; a word in backticks is none."""
        token = self.ahead or self.token
        if token.mark not in marks:
            return None
        self.at = self.last_end = token.end
        self.ahead = None
        return token

    def follows(self, mark: str) -> bool:
        """Whether this symbol or word comes next; it is taken then."""
        token = self.ahead or self.token
        if token.mark != mark:
            return False
        self.at = self.last_end = token.end
        self.ahead = None
        return True

    def expect(self, *marks: str) -> Token:
        return self.accept(*marks) or self.fail(*(f"`{mark}`" for mark in marks))

    def fail(self, *expected: str, rule: str = "syntax") -> NoReturn:
        """Raises: the next token is none of ``expected``."""
        token = self.token
        wanted = expected[0] if len(expected) == 1 else ", ".join(expected[:-1]) + f" or {expected[-1]}"
        raise InsightsError(rule, f"expected {wanted}, found {token.shown()}", self.span_of(token), expected)

    def span(self, start: int) -> Span:
        """From ``start`` to the end of what was read last."""
        end = self.last_end
        return self.places.span(start, end if end > start else start)

    def span_of(self, token: Token) -> Span:
        start, end = token.start, token.end
        if end == start and token.kind is not Kind.END:
            end += 1
        return self.places.span(start, end)

    def written(self, start: int, end: int) -> str:
        """The text between two places as a column's name: without comments and line breaks."""
        pieces: list[str] = []
        at = start
        while at < end:
            token = self._piece(at)
            if pieces and token.start > at:
                pieces.append(" ")
            pieces.append(self.source.text[token.start : token.end])
            at = token.end
        return "".join(pieces)

    def _piece(self, at: int) -> Token:
        """The token there, and the regular expression or the address where one was read."""
        token = self.lexer.token(at)
        return self._special.get(token.start, token)

    def warn(self, rule: str, message: str, start: int) -> None:
        self._warn_at(rule, message, start, self.last_end)

    def _warn_at(self, rule: str, message: str, start: int, end: int) -> None:
        """Once for each place, however often the lexer passes it."""
        if (rule, start) in self._warned:
            return
        self._warned.add((rule, start))
        fidelity = Fidelity.EQUIVALENT if rule in _CHANGES_MEANING else Fidelity.HARMLESS
        self.warnings.append(Diagnostic(f"insights/{rule}", fidelity, message, self.places.span(start, end)))

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Inside parentheses; refuses what nobody writes by hand before Python runs out of stack."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise InsightsError(
                "too-deep", f"more than {_DEEPEST} parentheses inside each other", self.span_of(self.token)
            )
        yield
        self.depth -= 1
