"""Every place in which people keep Logs Insights queries, read into one form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from translators.cloudwatch.cloudformation import queries_of_template, read_template
from translators.cloudwatch.documents import Document, mapping, sequence, text_of
from translators.cloudwatch.log_widgets import queries_of_dashboard
from translators.cloudwatch.markdown import queries_of_markdown
from translators.cloudwatch.terraform import queries_of_state
from translators.diagnostics import Refused
from translators.query.named import NamedQuery, Parameter, QueryLanguage
from translators.source import Source, Span

MARKDOWN = (".md", ".markdown")
TEMPLATES = (".yaml", ".yml", ".template")


def read_queries(name: str, text: str) -> Iterator[NamedQuery]:
    """The queries of one file, by its name and what it looks like. Raises Refused where nothing in it is a query."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in MARKDOWN:
        return queries_of_markdown(Source(name, text))
    if suffix == ".json" or text.lstrip()[:1] in ("{", "["):
        return _of_json(name, text)
    if suffix in TEMPLATES:
        return queries_of_template(name, read_template(name, text))
    return _of_plain_file(name, text)


def _of_plain_file(name: str, text: str) -> Iterator[NamedQuery]:
    if not text.strip():
        raise Refused("queries/empty-file", "the file holds no query", Span(name, 1, 1), "put one query into each file")
    stem = PurePosixPath(name).stem if name != "-" else "stdin"
    yield NamedQuery(id=stem, name=stem, text=text, source=name)


def _of_json(name: str, text: str) -> Iterator[NamedQuery]:
    try:
        document = json.loads(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = f"this is no JSON: {getattr(error, 'msg', error)}"
        raise Refused("queries/broken-json", message, Span(name, line, column), "export the file again") from None
    for recognised, read in _FORMS:
        if recognised(document):
            return read(name, document)
    raise Refused(
        "queries/unknown-document",
        "this JSON holds no queries that are known here",
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
    (_has("Resources"), queries_of_template),
    (_has("widgets", "DashboardBody"), queries_of_dashboard),
    (_has("values", "planned_values", "resources", "terraform_version"), queries_of_state),
)
