"""Reads the commands: which words begin one, and what may stand behind it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from translators.insights import functions
from translators.insights.cursor import Cursor
from translators.insights.errors import InsightsError
from translators.insights.parse_enrichment import EnrichmentParser
from translators.insights.parse_expressions import ExpressionParser, number
from translators.insights.syntax import (
    Alias,
    Anomaly,
    Command,
    Dedup,
    Diff,
    Display,
    Expand,
    Expression,
    Fields,
    Filter,
    Function,
    Item,
    Limit,
    Name,
    ParseGlob,
    ParseLogfmt,
    ParseRegex,
    Pattern,
    Period,
    Regex,
    Sort,
    SortItem,
    Stats,
    Unfilled,
    Unmask,
    Unnest,
)
from translators.insights.tokens import Kind, Token

T = TypeVar("T")

_PPL = frozenset(
    ("where", "eval", "rename", "top", "rare", "eventstats", "trendline", "fillnull", "grok", "flatten", "search")
)

_BEHIND_A_LIST = ("|", ")", "by")


class CommandParser:
    """One method for each command; each is called behind its keyword."""

    def __init__(self, cursor: Cursor, expressions: ExpressionParser) -> None:
        self.cursor = cursor
        self.expressions = expressions

    def command(self) -> Command:
        """The command that begins here."""
        token = self.cursor.token
        read = _KEYWORDS.get(token.mark)
        if read is None:
            if functions.is_aggregate(token.mark) and self.cursor.after().mark == "(":
                self.cursor.warn("missing-stats", f"`stats` is missing before `{token.text}`", token.start)
                return self._stats(token)
            raise self._unknown(token)
        self.cursor.take(token)
        return read(self, token)

    def _unknown(self, token: Token) -> InsightsError:
        cursor = self.cursor
        if token.kind is not Kind.NAME:
            cursor.fail("a command")
        span = cursor.span_of(token)
        word = unicodedata.normalize("NFKC", token.text).lower()
        if word == "source":
            remedy = "move it to the beginning"
            return InsightsError("source", "`SOURCE` stands before all other commands", span, remedy=remedy)
        if word == "relevantfields":
            return InsightsError("relevantfields", "`relevantfields` ranks fields by machine learning of AWS", span)
        if word in _PPL:
            return InsightsError("ppl", f"`{token.text}` is a command of OpenSearch PPL, not of Logs Insights", span)
        near = get_close_matches(word, _KEYWORDS, 1)
        hint = f"did you mean `{near[0]}`?" if near else ""
        expected = tuple(f"`{keyword}`" for keyword in _KEYWORDS)
        return InsightsError("unknown-command", f"there is no command `{token.text}`", span, expected, hint)

    def _fields(self, word: Token) -> Command:
        items = self._list(self._item)
        return Fields(items, self.cursor.span(word.start))

    def _display(self, word: Token) -> Command:
        items = self._list(self._item)
        return Display(items, self.cursor.span(word.start))

    def _list(self, read: Callable[[], T]) -> tuple[T, ...]:
        """Things between commas; a comma too many, and a stray ``|`` behind one, are forgiven."""
        cursor = self.cursor
        items = [read()]
        while comma := cursor.accept(","):
            if cursor.token.mark == "|" and not begins(cursor.after()):
                cursor.advance()
                cursor.warn("stray-pipe", "a `|` in the middle of a list is ignored", comma.start)
            if cursor.token.kind is Kind.END or cursor.token.mark in _BEHIND_A_LIST:
                cursor.warn("trailing-comma", "a comma behind the last item is ignored", comma.start)
                break
            items.append(read())
        return tuple(items)

    def _item(self, of_stats: bool = False) -> Item:
        cursor = self.cursor
        start = cursor.token.start
        bare = cursor.token
        expression = self.expressions.expression()
        if of_stats and isinstance(expression, Name) and bare.mark == "count":
            cursor.warn("bare-count", "`count` is read as `count()`", start)
            expression = Function("count", (), expression.span, star=True, bare=True)
        end = cursor.last_end
        if cursor.accept("as"):
            return Item(expression, self._alias().name, True, cursor.span(start))
        plain = isinstance(expression, Name) and "[" not in cursor.source.text[start:end]
        column = expression.text if isinstance(expression, Name) and plain else cursor.written(start, end)
        return Item(expression, column, False, cursor.span(start))

    def _alias(self) -> Alias:
        cursor = self.cursor
        token = cursor.token
        if token.kind is Kind.STRING:
            cursor.advance()
            cursor.warn("string-alias", "a name in quotation marks is read as one in backticks", token.start)
            return Alias(token.text, cursor.span_of(token))
        if token.kind is not Kind.NAME:
            cursor.fail("a name")
        cursor.advance()
        return Alias(token.text, cursor.span_of(token))

    def _filter(self, word: Token) -> Command:
        predicate = self.expressions.expression()
        return Filter(predicate, self.cursor.span(word.start))

    def _stats(self, word: Token) -> Command:
        cursor = self.cursor
        calls = self._list(lambda: self._item(of_stats=True))
        if cursor.token.mark == "|" and cursor.after().mark == "by":
            cursor.advance()
            cursor.warn("stray-pipe", "a `|` before `by` is ignored", cursor.last_end - 1)
        keys = self._list(self._item) if cursor.accept("by") else ()
        return Stats(calls, keys, cursor.span(word.start))

    def _sort(self, word: Token) -> Command:
        cursor = self.cursor
        by = cursor.accept("by")
        if by or word.text.lower() == "order":
            spelling = cursor.source.text[word.start : cursor.last_end]
            cursor.warn("order-by-synonym", f"`{spelling}` is read as `sort`", word.start)
        keys = self._list(self._sort_key)
        return Sort(keys, cursor.span(word.start))

    def _sort_key(self) -> SortItem:
        cursor = self.cursor
        start = cursor.token.start
        expression = self.expressions.arithmetic()
        text = cursor.written(start, cursor.last_end)
        direction = cursor.accept("asc", "desc", "ascending", "descending")
        descending = None if direction is None else direction.text.lower().startswith("desc")
        return SortItem(expression, descending, text)

    def _limit(self, word: Token) -> Command:
        cursor = self.cursor
        spelling = word.text.lower()
        if spelling != "limit":
            cursor.warn("head-tail", f"`{word.text}` is deprecated; `limit` keeps the first rows", word.start)
        count = self._count()
        return Limit(count, spelling == "tail", cursor.span(word.start))

    def _count(self) -> int | Unfilled:
        cursor = self.cursor
        token = cursor.token
        text = token.text
        if token.kind is Kind.PARAMETER:
            value = cursor.parameters.get(token.text)
            if value is None:
                cursor.advance()
                return Unfilled(token.text, cursor.span_of(token))
            text = value.strip().strip("\"'")
        elif token.kind is not Kind.NUMBER:
            cursor.fail("a whole number")
        count = number(text) if text.isascii() and text.isdecimal() else None
        if not isinstance(count, int):
            cursor.fail("a whole number")
        cursor.advance()
        return count

    def _parse(self, word: Token) -> Command:
        cursor = self.cursor
        subject = None
        if cursor.token.kind is not Kind.STRING and not cursor.regex_follows():
            subject = self.expressions.operand()
        if cursor.token.kind is Kind.STRING:
            return self._glob(word, subject)
        if cursor.accept("logfmt"):
            cursor.expect("as")
            name = self._alias()
            return ParseLogfmt(subject, name, cursor.span(word.start))
        return self._parse_regex(word, subject)

    def _glob(self, word: Token, subject: Expression | None) -> Command:
        cursor = self.cursor
        glob = cursor.advance().text
        if not cursor.accept("as"):
            if cursor.token.kind is not Kind.NAME or begins(cursor.token):
                cursor.fail("`as`")
            cursor.warn("parse-without-as", "`as` is missing before the names", cursor.token.start)
        names = self._list(self._alias)
        return ParseGlob(subject, glob, names, cursor.span(word.start))

    def _parse_regex(self, word: Token, subject: Expression | None) -> Command:
        cursor = self.cursor
        start = cursor.token.start
        token = cursor.take_regex()
        if token is None:
            cursor.fail("a string with `*`", "a regular expression", "`logfmt`")
        regex = Regex(token.text, cursor.span(start))
        multi = cursor.accept("multi") is not None
        return ParseRegex(subject, regex, multi, cursor.span(word.start))

    def _name(self) -> Name:
        token = self.cursor.token
        if token.kind is not Kind.NAME:
            self.cursor.fail("a field")
        self.cursor.advance()
        return Name(token.path, self.cursor.span_of(token))

    def _dedup(self, word: Token) -> Command:
        keys = self._list(self._name)
        return Dedup(keys, self.cursor.span(word.start))

    def _pattern(self, word: Token) -> Command:
        subject = self.expressions.arithmetic()
        return Pattern(subject, self.cursor.span(word.start))

    def _diff(self, word: Token) -> Command:
        cursor = self.cursor
        named = cursor.accept(*(period.value for period in Period))
        period = Period(named.text.lower()) if named else Period.PRECEDING
        return Diff(period, cursor.span(word.start))

    def _unmask(self, word: Token) -> Command:
        self.expressions.arithmetic()
        return Unmask(self.cursor.span(word.start))

    def _unnest(self, word: Token) -> Command:
        cursor = self.cursor
        subject = self.expressions.operand()
        cursor.expect("into")
        name = self._alias()
        return Unnest(subject, name, cursor.span(word.start))

    def _expand(self, word: Token) -> Command:
        subject = self._name()
        return Expand(subject, self.cursor.span(word.start))

    def _anomaly(self, word: Token) -> Command:
        return Anomaly(self.cursor.span(word.start))

    def _enriching(self, word: Token) -> Command:
        """The commands that bring other data."""
        parser = EnrichmentParser(self.cursor, self.expressions)
        match word.mark:
            case "lookup":
                return parser.lookup(word)
            case "join":
                return parser.join(word)
            case _:
                return parser.totals(word)


_KEYWORDS: Mapping[str, Callable[[CommandParser, Token], Command]] = {
    "fields": CommandParser._fields,
    "display": CommandParser._display,
    "filter": CommandParser._filter,
    "filterindex": CommandParser._filter,
    "stats": CommandParser._stats,
    "sort": CommandParser._sort,
    "order": CommandParser._sort,
    "limit": CommandParser._limit,
    "head": CommandParser._limit,
    "tail": CommandParser._limit,
    "parse": CommandParser._parse,
    "dedup": CommandParser._dedup,
    "pattern": CommandParser._pattern,
    "diff": CommandParser._diff,
    "anomaly": CommandParser._anomaly,
    "unmask": CommandParser._unmask,
    "unnest": CommandParser._unnest,
    "expand": CommandParser._expand,
    "lookup": CommandParser._enriching,
    "join": CommandParser._enriching,
    "addtotals": CommandParser._enriching,
}
"""The words that begin a command, and the method that reads it."""


def begins(token: Token) -> bool:
    """Whether a command begins with it."""
    return token.mark in _KEYWORDS
