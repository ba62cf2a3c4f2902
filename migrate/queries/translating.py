"""Translates saved queries: for each one what becomes of it, also when it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from migrate.queries.preparing import Manual, Options, prepare_query, read_query
from migrate.queries.templates import defaults_of, filled_template, open_group, open_text, said_of_defaults
from translators.catalog import Catalog
from translators.diagnostics import Diagnostic, Fidelity, Refused, worst
from translators.grafana.panel import panel
from translators.queries import Prepared, QueryShape, Translated, translated
from translators.query.named import NamedQuery, QueryLanguage, Window
from translators.query.policies import PolicyUse
from translators.query.split.scans import reads_of

HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """A saved query and its translation. ``error`` is set when the text is no query."""

    query: NamedQuery
    translation: Translated
    policies: tuple[PolicyUse, ...] = ()
    error: Refused | None = None

    @property
    def is_manual(self) -> bool:
        return self.translation.shape is QueryShape.MANUAL


def translate_saved(query: NamedQuery, catalog: Catalog, options: Options) -> Outcome:
    """What becomes of a saved query. Never raises for what is wrong with the query."""
    query = filled_template(query, options.parameters)
    variables, options = _with_parameters(query, options)
    try:
        prepared = _prepared(query, catalog, options)
    except Manual as manual:
        return Outcome(query, _manual(manual.finding))
    except Refused as wrong:
        finding = Diagnostic(wrong.rule, Fidelity.MANUAL, wrong.message, wrong.span, wrong.remedy)
        return Outcome(query, _manual(finding), error=wrong)
    found = translated(prepared, options.policies, _length(query.window))
    if said := (*_said_of_variables(query, variables), *said_of_defaults(query)):
        fidelity = worst((found.fidelity, *(finding.fidelity for finding in said)))
        found = replace(found, findings=(*found.findings, *said), fidelity=fidelity)
    return Outcome(query, found, prepared.plan.policies)


def _with_parameters(query: NamedQuery, options: Options) -> tuple[dict[str, str], Options]:
    """The parameters that nothing gives a value, read as variables; the options with all that have one."""
    if not query.parameters and "{{" not in query.text:
        return {}, options
    known = defaults_of(query) | dict(options.parameters)
    variables = {name: text for name, text in _variables(query.text).items() if name not in known}
    return variables, replace(options, parameters={**variables, **known})


def _said_of_variables(query: NamedQuery, variables: Mapping[str, str]) -> list[Diagnostic]:
    if not variables:
        return []
    message = f"{', '.join(sorted(variables))} has no default: it is read from the dashboard variable of that name"
    return [Diagnostic("query/parameter", Fidelity.EQUIVALENT, message, query.span, "add the variables")]


def _variables(text: str) -> dict[str, str]:
    """Grafana's variables for the ``{{parameters}}`` of a query; one that stands in no quotes gets them."""
    return {
        hit[2]: f"${hit[2]}" if hit[1] else f'"${hit[2]}"'
        for hit in re.finditer(r"([\"'/%\w]?)\{\{\s*(\w+)\s*\}\}", text)
    }


def _prepared(query: NamedQuery, catalog: Catalog, options: Options) -> Prepared:
    if query.language is not QueryLanguage.INSIGHTS:
        rule, word = f"insights/{query.language.lower()}", query.language
        message = f"this is OpenSearch {word}; only Logs Insights QL is translated"
        raise Manual(Diagnostic(rule, Fidelity.MANUAL, message, query.span))
    if unfinished := open_text(query):
        raise Manual(unfinished)
    plan = read_query(query.text, options, query.source or query.name)
    reads = reads_of(plan.root)
    groups = () if reads.names_sources else (options.log_groups or query.log_groups)
    if nameless := open_group(groups, query):
        raise Manual(nameless)
    chosen = options if groups == options.log_groups else replace(options, log_groups=groups)
    return prepare_query(plan, catalog, chosen, reads)


def _manual(finding: Diagnostic) -> Translated:
    return Translated(QueryShape.MANUAL, Fidelity.MANUAL, (), None, "", (finding,), ())


def _length(window: Window | None) -> int:
    """How long the window is that a link or a dashboard pins; an hour where nothing does."""
    if window is None:
        return HOUR
    return (window.start - window.end) * 1000 if window.relative else window.end - window.start


def panel_of(outcome: Outcome) -> object:
    """The Grafana panel's JSON; None where only `logmig query` gives the table."""
    table = outcome.translation.table
    if table is None:
        return None
    reasons = "\n".join(f"- {found.fidelity}: {found.message} [{found.rule}]" for found in outcome.translation.findings)
    description = f"{outcome.query.text}\n\nfidelity: {outcome.translation.fidelity}\n{reasons}".rstrip()
    return panel(table, outcome.query.name or outcome.query.id, description)
