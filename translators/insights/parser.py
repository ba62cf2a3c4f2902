"""Reads Logs Insights queries: ``parse(source)`` gives the syntax tree or raises the one InsightsError."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from translators.diagnostics import Diagnostic
from translators.insights.cursor import Cursor
from translators.insights.errors import InsightsError
from translators.insights.parse_commands import CommandParser, begins
from translators.insights.parse_expressions import ExpressionParser
from translators.insights.syntax import Command, DataSource, GroupSource, PrefixSource, Query, SourceItem
from translators.insights.tokens import Kind, Token
from translators.source import Source

_SQL = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:select|with|explain|show|describe)\b", re.IGNORECASE)
_PPL = re.compile(r"\s*(?:\|\s*)?(?:search\s+)?source\s*=", re.IGNORECASE)
_MOMENT = re.compile(r"\w+\s*=\s*[^\s|]+")
_SQL_WORD = re.compile(r"\bfrom\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query that ``$name(…)`` calls, with the defaults of its parameters."""

    text: str
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What a text may refer to: values of its ``{{parameters}}``, and the saved queries of the account."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, SavedQuery] = field(default_factory=dict)


def parse(source: Source, given: Given | None = None) -> Query:
    """The query that the text is."""
    _refuse_other_languages(source)
    given = given or Given()
    parser = _QueryParser(Cursor(source, given.parameters), given)
    query = parser.query()
    if parser.cursor.token.kind is not Kind.END:
        parser.cursor.fail("`|`", "the end of the query")
    warnings = (*parser.cursor.warnings, *parser.inherited)
    return replace(query, warnings=warnings) if warnings else query


def _refuse_other_languages(source: Source) -> None:
    text = source.text
    if _SQL.match(text) and (_SQL_WORD.search(text) or not text.lower().lstrip().startswith("with")):
        raise InsightsError(
            "sql",
            "this is OpenSearch SQL; only Logs Insights QL is translated",
            source.span(0, min(len(text), 6)),
            remedy="write it with stats, filter and sort",
        )
    if _PPL.match(text):
        raise InsightsError(
            "ppl",
            "this is OpenSearch PPL; only Logs Insights QL is translated",
            source.span(0, min(len(text), 6)),
            remedy="write where as filter, eval as fields … as …",
        )


class _QueryParser:
    """A query, and the queries inside it."""

    def __init__(self, cursor: Cursor, given: Given, nested: bool = False) -> None:
        self.cursor = cursor
        self.given = given
        self.nested = nested
        self.inherited: list[Diagnostic] = []
        self.window: dict[str, str] = {}
        self.commands = CommandParser(cursor, ExpressionParser(cursor, lambda _: self.query()))

    def query(self) -> Query:
        """Sources, then commands, up to the end or a closing parenthesis."""
        cursor, outer = self.cursor, self.window
        start, self.window = cursor.token.start, {}
        sources = self._sources()
        window, self.window = tuple(self.window.items()), outer
        commands: list[Command] = []
        while True:
            bars = self._bars()
            token = cursor.token
            if token.mark == ")" or token.kind is Kind.END:
                if bars and commands:
                    cursor.warn("trailing-pipe", "a `|` behind the last command is ignored", cursor.last_end - 1)
                break
            if commands and not bars and not self._missing_bar():
                break
            commands.extend(self._next())
        if not commands and not sources:
            cursor.fail("a command", rule="empty-query")
        return Query(cursor.source, sources, tuple(commands), cursor.span(start), window=window)

    def _bars(self) -> int:
        """How many ``|`` come next; one may lead the query."""
        cursor = self.cursor
        count = 0
        while (cursor.ahead or cursor.token).mark == "|":
            bar = cursor.advance()
            count += 1
            if count > 1:
                cursor.warn("double-pipe", "two `|` in a row are read as one", bar.start)
        return count

    def _missing_bar(self) -> bool:
        """A command on a line of its own needs no ``|``, though AWS documents one."""
        cursor = self.cursor
        token = cursor.token
        if not begins(token) or "\n" not in cursor.source.text[cursor.last_end : token.start]:
            return False
        cursor.warn("missing-pipe", f"a `|` is missing before `{token.text}`", token.start)
        return True

    def _next(self) -> tuple[Command, ...]:
        if self.cursor.token.kind is Kind.SAVED:
            return self._saved()
        return (self.commands.command(),)

    def _sources(self) -> tuple[SourceItem, ...]:
        cursor = self.cursor
        found: list[SourceItem] = []
        self._bars()
        while word := cursor.accept("source"):
            found.append(self._source(word))
            while cursor.accept(",") or self._another():
                found.append(self._source(word))
            self._window()
            if cursor.token.mark == "|" and cursor.after().mark == "source":
                cursor.advance()
        return tuple(found)

    def _window(self) -> None:
        """``START=-3600s END=0s``, which the console writes behind SOURCE: the window where nobody gives another."""
        cursor = self.cursor
        while cursor.token.mark in ("start", "end") and (
            found := _MOMENT.match(cursor.source.text, cursor.token.start)
        ):
            start = cursor.token.start
            cursor.take(Token(Kind.NAME, found.group(), start, found.end()))
            name, _, moment = found.group().partition("=")
            self.window[name.strip().lower()] = moment.strip()
            said = f"`{found.group()}` counts where no window is given: --start, --end, --since and a panel's own win"
            cursor.warn("source-window", said, start)

    def _another(self) -> bool:
        """``dataSource([…]) logGroups(…)`` stand side by side."""
        return self.cursor.token.mark in ("loggroups", "datasource")

    def _source(self, word: Token) -> SourceItem:
        cursor = self.cursor
        if cursor.token.kind is Kind.STRING or (cursor.token.kind is Kind.NAME and not cursor.token.mark):
            token = cursor.advance()
            return GroupSource(token.text, cursor.span_of(token))
        kind = cursor.accept("loggroups", "datasource")
        if kind is None:
            self._refuse_tags()
            cursor.fail("a log group in quotation marks", "`logGroups(…)`", "`dataSource(…)`")
        cursor.expect("(")
        if kind.text.lower() == "datasource":
            names = self._strings()
            cursor.expect(")")
            return DataSource(names, cursor.span(kind.start))
        arguments = self._group_arguments()
        cursor.expect(")")
        return PrefixSource(arguments, cursor.span(word.start))

    def _refuse_tags(self) -> None:
        if self.cursor.token.mark == "loggrouptags":
            message = "the log groups are chosen by their tags, which only AWS knows"
            span = self.cursor.span_of(self.cursor.token)
            raise InsightsError("source", message, span, remedy="name the log groups: SOURCE '/a' | SOURCE '/b'")

    def _group_arguments(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        cursor = self.cursor
        arguments: list[tuple[str, tuple[str, ...]]] = []
        while cursor.token.kind is Kind.NAME:
            name = cursor.advance().text
            if not cursor.accept(":", "="):
                cursor.fail("`:`")
            arguments.append((name, self._strings()))
            if not cursor.accept(","):
                break
        return tuple(arguments)

    def _strings(self) -> tuple[str, ...]:
        """``['a', 'b']``, or one string alone."""
        cursor = self.cursor
        bracket = cursor.accept("[")
        texts: list[str] = []
        while cursor.token.kind is Kind.STRING:
            texts.append(cursor.advance().text)
            if not bracket or not cursor.accept(","):
                break
        if bracket:
            cursor.expect("]")
        elif not texts:
            cursor.fail("`[`", "a string")
        return tuple(texts)

    def _saved(self) -> tuple[Command, ...]:
        """``$name(p = v, …)``: the commands of the saved query, its places in its own text."""
        cursor = self.cursor
        token = cursor.advance()
        values = self._values()
        saved = self.given.saved.get(token.text)
        if saved is None or self.nested:
            what = "a saved query cannot call another" if saved else f"there is no saved query `{token.text}` here"
            remedy = "" if saved else "give the saved queries with it (aws logs describe-query-definitions)"
            raise InsightsError("unknown-saved-query", what, cursor.span_of(token), remedy=remedy)
        inner = Cursor(Source(f"{cursor.source.name}${token.text}", saved.text), {**saved.defaults, **values})
        parser = _QueryParser(inner, self.given, nested=True)
        query = parser.query()
        if inner.token.kind is not Kind.END:
            inner.fail("`|`", "the end of the query")
        self.inherited += inner.warnings
        return query.commands

    def _values(self) -> dict[str, str]:
        cursor = self.cursor
        values: dict[str, str] = {}
        cursor.expect("(")
        while cursor.token.kind is Kind.NAME:
            name = cursor.advance().text
            cursor.expect("=")
            values[name] = self._argument()
            if not cursor.accept(","):
                break
        cursor.expect(")")
        return values

    def _argument(self) -> str:
        """A value as text; the quotation marks are gone, as in a default."""
        cursor = self.cursor
        sign = "-" if cursor.accept("-") else ""
        if cursor.token.kind not in (Kind.STRING, Kind.NUMBER, Kind.NAME):
            cursor.fail("a value")
        return sign + cursor.advance().text
