"""Reads LogQL back into the tree: for round trips, and to check a query where no Loki is at hand."""

from __future__ import annotations

from translators.logql.lexer import Kind, refuse, tokenize
from translators.logql.metrics import MetricParser
from translators.logql.model import Query
from translators.source import Source


def parse_query(text: str, name: str = "-") -> Query:
    """The tree of a query; raises Refused with the place of what Loki would not read."""
    tokens = tokenize(Source(name, text))
    parser = MetricParser(tokens)
    query: Query = parser.log_query() if parser.at_symbol("{") else parser.metric()
    rest = parser.token
    if rest.kind is not Kind.END:
        raise refuse(f"nothing is expected behind the query, found {rest.text!r}", rest.span)
    return query
