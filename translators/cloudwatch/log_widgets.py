"""The Logs Insights queries of a CloudWatch dashboard's log widgets."""

from __future__ import annotations

import json
from collections.abc import Iterator

from translators.cloudwatch.documents import Document, mapping, sequence, text_of
from translators.diagnostics import Refused
from translators.query.named import NamedQuery, QueryLanguage
from translators.source import Span


def queries_of_dashboard(name: str, document: Document) -> Iterator[NamedQuery]:
    """One query a log widget, of a dashboard body or of what `aws cloudwatch get-dashboard` prints."""
    found = mapping(document)
    if "DashboardBody" in found:
        found = mapping(body_of(name, text_of(found["DashboardBody"])))
    for number, entry in enumerate(sequence(found.get("widgets"))):
        widget = mapping(entry)
        properties = mapping(widget.get("properties"))
        query = text_of(properties.get("query"))
        if widget.get("type") != "log" or not query:
            continue
        title = text_of(properties.get("title")) or f"widget {number + 1}"
        yield NamedQuery(
            id=f"{title}#{number + 1}",
            name=title,
            text=query,
            source=f"{name}#widgets[{number}]",
            language=_language(text_of(properties.get("queryLanguage"))),
        )


def body_of(name: str, text: str) -> Document:
    """The JSON that a dashboard body is. Raises Refused."""
    try:
        body: Document = json.loads(text)
    except ValueError:
        message = "the dashboard body is no JSON, perhaps because a template was not rendered"
        raise Refused("queries/broken-dashboard", message, Span(name, 1, 1), "give what get-dashboard prints") from None
    return body


def _language(word: str) -> QueryLanguage:
    return QueryLanguage(word) if word in set(QueryLanguage) else QueryLanguage.INSIGHTS
