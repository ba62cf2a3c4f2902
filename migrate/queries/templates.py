"""Queries that stand in templates and call each other: variables filled, defaults said, callers served."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from translators.diagnostics import Diagnostic, Fidelity
from translators.insights.parser import SavedQuery
from translators.query.named import NamedQuery

_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
_REMEDY = "translate what was deployed, or give --parameter NAME=VALUE"


def callable_queries(queries: Iterable[NamedQuery]) -> dict[str, SavedQuery]:
    """Those that a query can call as ``$name(…)``."""
    return {query.name: SavedQuery(query.text, defaults_of(query)) for query in queries if query.name}


def defaults_of(query: NamedQuery) -> dict[str, str]:
    """The parameters that have a value of their own."""
    return {parameter.name: parameter.default for parameter in query.parameters if parameter.default is not None}


def filled_template(query: NamedQuery, values: Mapping[str, str]) -> NamedQuery:
    """The query with these values for what its template leaves open."""
    if not values or not (query.unresolved or any("${" in group for group in query.log_groups)):
        return query

    def fill(text: str) -> str:
        return _VARIABLE.sub(lambda hit: values.get(hit[1], hit[0]), text)

    left = tuple(each for each in query.unresolved if fill(each) == each)
    return replace(query, text=fill(query.text), log_groups=tuple(map(fill, query.log_groups)), unresolved=left)


def open_text(query: NamedQuery) -> Diagnostic | None:
    """Why the text is no query yet; None when it is one."""
    if not query.unresolved:
        return None
    message = f"the text is a template: {', '.join(query.unresolved)} is not known"
    return Diagnostic("query/template", Fidelity.MANUAL, message, query.span, _REMEDY)


def open_group(groups: Iterable[str], query: NamedQuery) -> Diagnostic | None:
    """Which log group has no name yet; None when all have one."""
    unknown = next((group for group in groups if "${" in group), None)
    if unknown is None:
        return None
    message = f"the name of the log group is a template: {unknown}"
    return Diagnostic("query/template", Fidelity.MANUAL, message, query.span, f"{_REMEDY}, or --log-group NAME")


def said_of_defaults(query: NamedQuery) -> list[Diagnostic]:
    """Defaults of the template's parameters that the query took: a deployment may have others."""
    return [
        Diagnostic(
            "query/template-default",
            Fidelity.EQUIVALENT,
            f"{name} is taken to be {default!r}, the default where the query is kept",
            query.span,
            "translate what was deployed, if that has another value",
        )
        for name, default in query.assumed
    ]
