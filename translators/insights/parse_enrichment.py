"""Reads the commands that bring other data to the rows: lookup, join, addtotals."""

from __future__ import annotations

from translators.insights.cursor import Cursor
from translators.insights.parse_expressions import ExpressionParser
from translators.insights.syntax import AddTotals, Alias, Command, Join, Lookup, LookupMatch, Name
from translators.insights.tokens import Kind, Token

_TRUE, _FALSE = ("true", "1"), ("false", "0")


class EnrichmentParser:
    """One method for each command; each is called behind its keyword."""

    def __init__(self, cursor: Cursor, expressions: ExpressionParser) -> None:
        self.cursor = cursor
        self.expressions = expressions

    def _name(self) -> Name:
        token = self.cursor.token
        if token.kind is not Kind.NAME:
            self.cursor.fail("a field")
        self.cursor.advance()
        return Name(token.path, self.cursor.span_of(token))

    def lookup(self, word: Token) -> Command:
        """``lookup table column [as field], … OUTPUT column, …``."""
        cursor = self.cursor
        table = self._name() if cursor.token.kind is not Kind.STRING else None
        name = table.text if table else cursor.advance().text
        matches = [self._match()]
        while cursor.token.mark not in ("output", "outputnew"):
            cursor.accept(",")
            if cursor.token.kind is not Kind.NAME:
                cursor.fail("`OUTPUT`", "`OUTPUTNEW`")
            matches.append(self._match())
        overwrite = cursor.advance().text.lower() == "output"
        outputs = [self._alias()]
        while cursor.accept(","):
            outputs.append(self._alias())
        return Lookup(name, tuple(matches), tuple(outputs), overwrite, cursor.span(word.start))

    def _alias(self) -> Alias:
        name = self._name()
        return Alias(name.text, name.span)

    def _match(self) -> LookupMatch:
        column = self._name()
        field = self._name() if self.cursor.accept("as") else column
        return LookupMatch(column.text, field)

    def join(self, word: Token) -> Command:
        """``join type=… left=a right=b where a.f=b.f [and …] (SOURCE …)``."""
        cursor = self.cursor
        options: dict[str, str] = {}
        while key := cursor.accept("type", "left", "right"):
            cursor.expect("=")
            options[key.text.lower()] = self._option()
        for needed in ("left", "right"):
            if needed not in options:
                cursor.fail(f"`{needed}=`")
        cursor.expect("where", "on")
        conditions = [self._condition()]
        while cursor.accept("and"):
            conditions.append(self._condition())
        cursor.expect("(")
        with cursor.deeper():
            query = self.expressions.subquery(cursor)
        cursor.expect(")")
        kind = options.get("type", "inner").lower()
        return Join(kind, options["left"], options["right"], tuple(conditions), query, cursor.span(word.start))

    def _option(self) -> str:
        token = self.cursor.token
        if token.kind not in (Kind.NAME, Kind.STRING):
            self.cursor.fail("a name")
        return self.cursor.advance().text

    def _condition(self) -> tuple[Name, Name]:
        left = self._name()
        if not self.cursor.accept("=", "=="):
            self.cursor.fail("`=`")
        return left, self._name()

    def totals(self, word: Token) -> Command:
        """``addtotals [fieldname=N] [row=bool] [col=bool] [f, …]``, the options in any order."""
        cursor = self.cursor
        column, row, col = "Total", True, False
        while cursor.token.mark in ("fieldname", "row", "col") and cursor.after().mark == "=":
            option = cursor.advance().text.lower()
            cursor.expect("=")
            if option == "fieldname":
                column = self._option()
            elif option == "row":
                row = self._switch()
            else:
                col = self._switch()
        names: list[Name] = []
        while cursor.token.kind is Kind.NAME and (names == [] or cursor.source.text[cursor.last_end - 1] == ","):
            names.append(self._name())
            if not cursor.accept(","):
                break
        return AddTotals(tuple(names), column, row, col, cursor.span(word.start))

    def _switch(self) -> bool:
        cursor = self.cursor
        token = cursor.token
        if token.text.lower() not in _TRUE + _FALSE:
            cursor.fail("`true`", "`false`")
        cursor.advance()
        return token.text.lower() in _TRUE
