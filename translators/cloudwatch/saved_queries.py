"""Every place in which people keep Logs Insights queries, read into one form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from translators.cloudwatch.blocks import split_queries
from translators.cloudwatch.cloudformation import queries_of_template, read_yaml, template_of
from translators.cloudwatch.documents import Document, mapping, sequence, text_of
from translators.cloudwatch.log_widgets import queries_of_dashboard
from translators.cloudwatch.markdown import queries_of_markdown
from translators.cloudwatch.terraform import queries_of_state
from translators.diagnostics import Refused
from translators.query.named import NamedQuery, Parameter, QueryLanguage
from translators.source import Source, Span

MOST_LETTERS = 1_000_000
_HALF = re.compile("[\\ud800-\\udfff]")
MARKDOWN = (".md", ".markdown")
_TEMPLATE = re.compile(r"(?m)^\s+Type:\s+[\"']?AWS::(?:Logs::QueryDefinition|CloudWatch::Dashboard)\b")
_RUNBOOK = re.compile(r"(?m)^[ \t>]*```|https?://\S{0,2000}logsV2\S{1,20}logs-insights")
"""What stdin and files of any name are seen by."""
TERRAFORM = (".tf", ".hcl")
TEMPLATES = (".yaml", ".yml", ".template")


def read_queries(name: str, text: str) -> Iterator[NamedQuery]:
    """The queries of one file, by its name and what it looks like. Raises Refused where nothing in it is a query."""
    try:
        return iter(tuple(map(_whole, _read(name, text, PurePosixPath(name).suffix.lower()))))
    except RecursionError:
        message = "the document is nested deeper than any that people write"
        raise Refused("queries/too-deep", message, Span(name, 1, 1), "export the file again") from None


def _whole(query: NamedQuery) -> NamedQuery:
    """With the two halves of a character joined that JSON and links may escape apart; a lone half is no text."""
    if not any(map(_HALF.search, (query.id, query.name, query.text, query.source, *query.log_groups))):
        return query

    def join(text: str) -> str:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    groups = tuple(map(join, query.log_groups))
    return replace(
        query,
        id=join(query.id),
        name=join(query.name),
        text=join(query.text),
        source=join(query.source),
        log_groups=groups,
    )


def _read(name: str, text: str, suffix: str) -> Iterator[NamedQuery]:
    if suffix in MARKDOWN:
        return queries_of_markdown(Source(name, text))
    if suffix in TERRAFORM:
        message = "this is Terraform's own language: what it makes of it is in its state"
        raise Refused("queries/terraform-source", message, Span(name, 1, 1), "give `terraform show -json > state.json`")
    if suffix == ".json" or text.lstrip()[:1] in ("{", "["):
        return _of_document(name, _json(name, text))
    if suffix in TEMPLATES or _TEMPLATE.search(text):
        return _of_document(name, read_yaml(name, text))
    if _RUNBOOK.search(text):
        return queries_of_markdown(Source(name, text))
    return _of_plain_file(name, text)


def _of_plain_file(name: str, text: str) -> Iterator[NamedQuery]:
    if not text.strip():
        raise Refused("queries/empty-file", "the file holds no query", Span(name, 1, 1), "put one query into each file")
    if len(text) > MOST_LETTERS:
        message = f"more than {MOST_LETTERS} letters: AWS takes 10,000 for a query"
        raise Refused("queries/too-large", message, Span(name, 1, 1), "put one query into each file")
    stem = PurePosixPath(name).stem if name != "-" else "stdin"
    pieces = list(split_queries(text))
    if len(pieces) == 1:
        yield NamedQuery(id=stem, name=stem, text=text, source=name)
        return
    for number, (start, piece) in enumerate(pieces, 1):
        line = text.count("\n", 0, start) + 1
        span = Span(name, line, 1)
        yield NamedQuery(f"{stem}-{number}", f"{stem} {number}", piece, str(span), span=span)


def _json(name: str, text: str) -> Document:
    try:
        document: Document = json.loads(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = f"this is no JSON: {getattr(error, 'msg', error)}"
        raise Refused("queries/broken-json", message, Span(name, line, column), "export the file again") from None
    return document


def _of_document(name: str, document: Document) -> Iterator[NamedQuery]:
    for recognised, read in _FORMS:
        if recognised(document):
            return read(name, document)
    raise Refused(
        "queries/unknown-document",
        "this document holds no queries that are known here",
        Span(name, 1, 1),
        "give what `aws logs describe-query-definitions` or `terraform show -json` prints, a template or "
        "a dashboard body",
    )


def queries_of_definitions(name: str, document: Document) -> Iterator[NamedQuery]:
    """What `aws logs describe-query-definitions` prints; `/` in a name is its folder."""
    entries = document if isinstance(document, list) else mapping(document).get("queryDefinitions")
    for number, entry in enumerate(sequence(entries)):
        definition = mapping(entry)
        title = text_of(definition.get("name")) or f"query-{number + 1}"
        yield NamedQuery(
            id=text_of(definition.get("queryDefinitionId")) or title,
            name=title,
            text=text_of(definition.get("queryString")),
            source=f"{name}#{title}",
            language=_language(text_of(definition.get("queryLanguage"))),
            log_groups=tuple(text_of(group) for group in sequence(definition.get("logGroupNames"))),
            parameters=tuple(_parameter(mapping(item)) for item in sequence(definition.get("parameters"))),
        )


def _parameter(entry: dict[str, Document]) -> Parameter:
    default = entry.get("defaultValue")
    return Parameter(
        text_of(entry.get("name")), None if default is None else text_of(default), text_of(entry.get("description"))
    )


def _language(word: str) -> QueryLanguage:
    return QueryLanguage(word) if word in set(QueryLanguage) else QueryLanguage.INSIGHTS


def _has(*keys: str) -> Callable[[Document], bool]:
    return lambda document: isinstance(document, dict) and any(key in document for key in keys)


def _is_definitions(document: Document) -> bool:
    if isinstance(document, list):
        return bool(document) and all(isinstance(item, dict) and "queryString" in item for item in document)
    return _has("queryDefinitions")(document)


_FORMS: tuple[tuple[Callable[[Document], bool], Callable[[str, Document], Iterator[NamedQuery]]], ...] = (
    (_is_definitions, queries_of_definitions),
    (lambda document: template_of(document) is not None, queries_of_template),
    (_has("widgets", "DashboardBody"), queries_of_dashboard),
    (_has("values", "planned_values", "resources", "terraform_version"), queries_of_state),
)
