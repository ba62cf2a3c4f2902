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
        "bare-boolean-filter",
        "bang-operator",
        "undocumented-if",
        "order-by-synonym",
        "glob-without-wildcard",
        "glob-count",
        "median",
        "date-floor",
        "bin-of-timestamp",
        "exists",
        "missing-parameter",
    }
)
"""Forms whose meaning is a guess, however plain; the others are spellings."""


class Cursor:
    """Reads one text. ``parameters`` are the values of its ``{{names}}``."""

    def __init__(self, source: Source, parameters: Mapping[str, str]) -> None:
        self.source = source
        self.parameters = parameters
        self.warnings = list[Diagnostic]()
        self.depth = 0
        self.at = 0
        self.last_end = 0
        self._regexes = dict[int, Token]()
        self._warned = set[tuple[str, int]]()
        self.lexer = Lexer(source, self._warn_at, parameters.get)
        self._token: Token | None = None

    @property
    def token(self) -> Token:
        """The token that comes next."""
        if self._token is None:
            self._token = self.lexer.token(self.at)
        return self._token

    def after(self) -> Token:
        """The token behind the next one."""
        return self.lexer.token(self.token.end)

    def advance(self) -> Token:
        return self.take(self.token)

    def take(self, token: Token) -> Token:
        self.at = self.last_end = token.end
        self._token = None
        return token

    def take_regex(self) -> Token | None:
        """The regular expression that comes next, if one does."""
        if self._token is not None:
            self.at = self._token.start
        found = self.lexer.regex(self.at)
        if found:
            self._regexes[found.start] = self.take(found)
        return found

    def regex_follows(self) -> bool:
        start = self.token.start
        return self.source.text.startswith("/", start) and self.token.kind is Kind.SYMBOL

    def take_placeholder(self) -> Token | None:
        found = self.lexer.placeholder(self.token.start)
        if found:
            self.take(found)
        return found

    def accept(self, *symbols: str) -> Token | None:
        token = self._token or self.token
        return self.take(token) if token.kind is Kind.SYMBOL and token.text in symbols else None

    def accept_word(self, *words: str) -> Token | None:
        token = self._token or self.token
        return self.take(token) if token.kind is Kind.NAME and token.is_word(*words) else None

    def expect(self, symbol: str) -> Token:
        return self.accept(symbol) or self.fail(f"`{symbol}`")

    def expect_word(self, *words: str) -> Token:
        return self.accept_word(*words) or self.fail(*(f"`{word}`" for word in words))

    def fail(self, *expected: str, rule: str = "syntax") -> NoReturn:
        """Raises: the next token is none of ``expected``."""
        token = self.token
        wanted = expected[0] if len(expected) == 1 else ", ".join(expected[:-1]) + f" or {expected[-1]}"
        raise InsightsError(rule, f"expected {wanted}, found {token.shown()}", self.span_of(token), expected)

    def span(self, start: int) -> Span:
        """From ``start`` to the end of what was read last."""
        return self.source.span(start, max(self.last_end, start))

    def span_of(self, token: Token) -> Span:
        return self.source.span(token.start, max(token.end, token.start + (token.kind is not Kind.END)))

    def written(self, start: int) -> str:
        """The text from ``start`` to what was read last, as a column's name: without comments and line breaks."""
        pieces = list[str]()
        at = start
        while at < self.last_end:
            token = self._piece(at)
            if pieces and token.start > at:
                pieces.append(" ")
            pieces.append(self.source.text[token.start : token.end])
            at = token.end
        return "".join(pieces)

    def _piece(self, at: int) -> Token:
        """The token there, and the regular expression where one was read."""
        token = self.lexer.token(at)
        return self._regexes.get(token.start, token)

    def warn(self, rule: str, message: str, start: int) -> None:
        self._warn_at(rule, message, start, self.last_end)

    def _warn_at(self, rule: str, message: str, start: int, end: int) -> None:
        """Once for each place, however often the lexer passes it."""
        if (rule, start) in self._warned:
            return
        self._warned.add((rule, start))
        fidelity = Fidelity.EQUIVALENT if rule in _CHANGES_MEANING else Fidelity.HARMLESS
        self.warnings.append(Diagnostic(f"insights/{rule}", fidelity, message, self.source.span(start, end)))

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
