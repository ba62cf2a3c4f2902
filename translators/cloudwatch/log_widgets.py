"""The Logs Insights queries of a CloudWatch dashboard's log widgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import re2

from translators.cloudwatch.documents import Document, mapping, sequence, text_of
from translators.diagnostics import Refused
from translators.query.named import NamedQuery, Parameter, QueryLanguage
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
        made = NamedQuery(
            id=f"{title}#{number + 1}",
            name=title,
            text=query,
            source=f"{name}#widgets[{number}]",
            language=_language(text_of(properties.get("queryLanguage"))),
            log_groups=tuple(filter(None, map(text_of, sequence(properties.get("logGroupNames"))))),
        )
        yield _with_variables(made, sequence(found.get("variables")))


def _with_variables(query: NamedQuery, variables: list[Document]) -> NamedQuery:
    """The query as the dashboard asks it: with the defaults of its variables, and parameters for those without."""
    for entry in variables:
        variable = mapping(entry)
        pattern, name = text_of(variable.get("pattern")), text_of(variable.get("id"))
        if variable.get("type") != "pattern" or not pattern or not name:
            continue
        default = text_of(variable.get("defaultValue"))
        text = _replaced(query.text, pattern, default or f"{{{{{name}}}}}")
        if text == query.text:
            continue
        parameters = query.parameters if default else (*query.parameters, Parameter(name))
        assumed = (*query.assumed, (name, default)) if default else query.assumed
        query = replace(query, text=text, parameters=parameters, assumed=assumed)
    return query


def _replaced(text: str, pattern: str, value: str) -> str:
    """The text with the value wherever the pattern stands; most write a plain text, AWS reads a regular expression."""
    if pattern in text:
        return text.replace(pattern, value)
    try:
        return str(re2.compile(pattern, _quiet()).sub(value.replace("\\", "\\\\"), text))
    except (re2.error, UnicodeEncodeError):
        return text


def body_of(name: str, text: str) -> Document:
    """The JSON that a dashboard body is. Raises Refused."""
    try:
        body: Document = json.loads(text)
    except ValueError:
        message = "the dashboard body is no JSON, perhaps because a template was not rendered"
        raise Refused("queries/broken-dashboard", message, Span(name, 1, 1), "give what get-dashboard prints") from None
    return body


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


def _language(word: str) -> QueryLanguage:
    return QueryLanguage(word) if word in set(QueryLanguage) else QueryLanguage.INSIGHTS
