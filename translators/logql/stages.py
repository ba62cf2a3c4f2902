"""The half of the parser that reads selectors, stages and label filters."""

from __future__ import annotations

from translators.catalog import Matcher, MatchOperator
from translators.logql.lexer import Kind, Token, refuse
from translators.logql.model import (
    KEYWORDS,
    AllOf,
    AnyOf,
    Assign,
    Condition,
    Decolorize,
    Drop,
    Extraction,
    InRange,
    Json,
    Keep,
    LabelFilter,
    LabelFormat,
    LineFilter,
    LineFormat,
    LineOperator,
    Logfmt,
    LogQuery,
    NumberIs,
    NumberOperator,
    PatternParser,
    Regexp,
    Rename,
    Stage,
    Unpack,
)
from translators.searches import meant

_LINE = {str(operator) for operator in LineOperator}
_TEXT = {str(operator) for operator in MatchOperator}
_NUMBER = {str(operator) for operator in NumberOperator} | {"="}
_SEARCHES = {LineOperator.MATCHES, LineOperator.MISMATCHES}
FLAGS = {"--strict", "--keep-empty"}


class Cursor:
    """A place in the tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def peek(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def advance(self) -> Token:
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def at_symbol(self, *symbols: str) -> bool:
        return self.token.kind is Kind.SYMBOL and self.token.text in symbols

    def at_word(self, *words: str) -> bool:
        return self.token.kind is Kind.NAME and self.token.text.lower() in words

    def take(self, *symbols: str) -> str:
        """The symbol's text when it is one of these, else the empty text and no step."""
        return self.advance().text if self.at_symbol(*symbols) else ""

    def expect(self, symbol: str) -> None:
        if not self.take(symbol):
            raise refuse(f"expected {symbol!r}, found {self.token.text!r}", self.token.span)

    def string(self) -> str:
        if self.token.kind is not Kind.STRING:
            raise refuse(f"expected a string, found {self.token.text!r}", self.token.span)
        return self.advance().text

    def label(self) -> str:
        if self.token.kind is not Kind.NAME or self.token.text.lower() in KEYWORDS:
            raise refuse(f"expected a label, found {self.token.text!r}", self.token.span)
        return self.advance().text


class StageParser(Cursor):
    """Reads log queries."""

    def log_query(self) -> LogQuery:
        selector = self.selector()
        return LogQuery(selector, self.stages())

    def selector(self) -> tuple[Matcher, ...]:
        self.expect("{")
        matchers = [self._matcher(self.label())]
        while self.take(","):
            matchers.append(self._matcher(self.label()))
        self.expect("}")
        return tuple(matchers)

    def stages(self) -> tuple[Stage, ...]:
        """All stages up to the end, a range or unwrap."""
        stages: list[Stage] = []
        while True:
            if self.at_symbol(*_LINE):
                stages.append(self._line_filter())
            elif self.at_symbol("|") and not (self.peek().kind is Kind.NAME and self.peek().text == "unwrap"):
                self.advance()
                stages.append(self._stage())
            else:
                return tuple(stages)

    def _line_filter(self) -> LineFilter:
        operator = LineOperator(self.advance().text)
        is_ip = self.at_word("ip")
        texts = [self._line_text(is_ip)]
        while self.at_word("or"):
            self.advance()
            texts.append(self._line_text(is_ip))
        return LineFilter(operator, tuple(map(meant, texts)) if operator in _SEARCHES else tuple(texts), is_ip)

    def _line_text(self, is_ip: bool) -> str:
        if not is_ip:
            return self.string()
        if not self.at_word("ip"):
            raise refuse("an ip() and a text cannot be alternatives of one filter", self.token.span)
        self.advance()
        return self._parenthesised_string()

    def _parenthesised_string(self) -> str:
        self.expect("(")
        text = self.string()
        self.expect(")")
        return text

    def _stage(self) -> Stage:
        word = self.token.text.lower() if self.token.kind is Kind.NAME else ""
        if word not in KEYWORDS:
            return LabelFilter(self.condition())
        token = self.advance()
        match word:
            case "json":
                return Json(self._extractions())
            case "logfmt":
                flags = self._flags()
                return Logfmt(self._extractions(), "--strict" in flags, "--keep-empty" in flags)
            case "regexp":
                return Regexp(self.string())
            case "pattern":
                return PatternParser(self.string())
            case "unpack":
                return Unpack()
            case "decolorize":
                return Decolorize()
            case "line_format":
                return LineFormat(self.string())
            case "label_format":
                return LabelFormat(self._assignments())
            case "drop":
                return Drop(self._named())
            case "keep":
                return Keep(self._named())
            case _:
                raise refuse(f"no stage begins with {token.text!r}", token.span)

    def _flags(self) -> set[str]:
        flags: set[str] = set()
        while self.token.kind is Kind.FLAG and self.token.text in FLAGS:
            flags.add(self.advance().text)
        return flags

    def _extractions(self) -> tuple[Extraction, ...]:
        found: list[Extraction] = []
        while self.token.kind is Kind.NAME:
            label = self.label()
            found.append(Extraction(label, self.string() if self.take("=") else label))
            if not self.take(","):
                break
        return tuple(found)

    def _assignments(self) -> tuple[Rename | Assign, ...]:
        found: list[Rename | Assign] = []
        while True:
            label = self.label()
            self.expect("=")
            is_text = self.token.kind is Kind.STRING
            found.append(Assign(label, self.string()) if is_text else Rename(label, self.label()))
            if not self.take(","):
                return tuple(found)

    def _named(self) -> tuple[str | Matcher, ...]:
        found: list[str | Matcher] = []
        while True:
            label = self.label()
            found.append(self._matcher(label) if self.at_symbol(*_TEXT) else label)
            if not self.take(","):
                return tuple(found)

    def _matcher(self, label: str) -> Matcher:
        if not self.at_symbol(*_TEXT):
            raise refuse(f"expected =, !=, =~ or !~, found {self.token.text!r}", self.token.span)
        return Matcher(label, MatchOperator(self.advance().text), self.string())

    def condition(self) -> Condition:
        """``and`` binds tighter than ``or``; a comma is an ``and``."""
        parts = [self._conjunction()]
        while self.at_word("or"):
            self.advance()
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self) -> Condition:
        parts = [self._comparison()]
        while self.at_word("and") or self.at_symbol(","):
            self.advance()
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _comparison(self) -> Condition:
        if self.take("("):
            inner = self.condition()
            self.expect(")")
            return inner
        label = self.label()
        operator = self.take(*_TEXT, *_NUMBER)
        if not operator:
            raise refuse(f"expected a comparison, found {self.token.text!r}", self.token.span)
        if self.token.kind is Kind.STRING:
            text = self.string()
            return Matcher(label, MatchOperator(operator), meant(text) if operator in ("=~", "!~") else text)
        if self.at_word("ip"):
            self.advance()
            return InRange(label, self._parenthesised_string(), operator == "!=")
        return NumberIs(label, NumberOperator("==" if operator == "=" else operator), self._number())

    def _number(self) -> str:
        sign = "-" if self.take("-", "+") == "-" else ""
        if self.token.kind not in (Kind.NUMBER, Kind.LENGTH):
            raise refuse(f"expected a number, found {self.token.text!r}", self.token.span)
        return sign + self.advance().text
