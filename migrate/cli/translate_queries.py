"""The verb ``translate-queries``: saved Logs Insights queries as LogQL and Grafana panels, with what is lost."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.cli.query_options import AssumedCluster, CatalogPath, Policy

if TYPE_CHECKING:
    from migrate.queries.translating import Outcome
    from translators.query.named import NamedQuery
    from translators.source import Span


class Output(StrEnum):
    """What is printed of each query."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"


def command(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILES|-]", help="Where the queries are: files, folders, stdin.")
    ] = None,
    catalog: CatalogPath = None,
    cluster: AssumedCluster = "",
    log_group: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="For queries that name no log group; repeatable.")
    ] = None,
    from_aws: Annotated[bool, typer.Option("--from-aws", help="Read the account's saved queries.")] = False,
    region: Annotated[str, typer.Option(metavar="NAME", help="With --from-aws: the region.")] = "",
    format: Annotated[Output, typer.Option("--format", help="What to print.")] = Output.TABLE,
    policy: Policy = None,
    parameter: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A {{name}} of a query, a ${Name} of a template.")
    ] = None,
    grafana: Annotated[str, typer.Option(metavar="URL", help="URL of Grafana, for the Explore links.")] = "",
    datasource: Annotated[
        str, typer.Option(metavar="UID", help="uid of the Loki data source, for the Explore links.")
    ] = "loki",
    allow_manual: Annotated[bool, typer.Option("--allow-manual", help="Exit 0 also when a person must act.")] = False,
) -> None:
    """Translate Logs Insights queries into LogQL. Exit code 1 when something is left for a person.

    Reads plain files, describe-query-definitions, CloudFormation, Terraform state, dashboards, Markdown.

    Example: logmig translate-queries --catalog plan saved-queries.json runbooks/*.md --format markdown
    """
    from migrate.cli import query_inputs as inputs
    from migrate.queries.preparing import Options
    from migrate.queries.templates import callable_queries, filled_template
    from migrate.queries.translating import translate_saved

    queries = list(_queries(files or ([] if from_aws else ["-"]), from_aws, region))
    options = Options(
        tuple(log_group or ()),
        inputs.chosen_policies(policy or ()),
        now=inputs.now_milliseconds(),
        parameters=inputs.parameters(parameter or ()),
        saved=callable_queries(queries),
    )
    outcomes = [
        translate_saved(
            query, inputs.any_catalog(catalog, cluster, (*options.log_groups, *query.log_groups, query.text)), options
        )
        for query in (filled_template(query, options.parameters) for query in queries)
    ]
    _print(outcomes, format, Links(grafana, datasource))
    if any(outcome.is_manual for outcome in outcomes) and not allow_manual:
        raise typer.Exit(1)


def _queries(files: list[str], from_aws: bool, region: str) -> Iterator[NamedQuery]:
    from migrate.cli.query_files import read_files

    if from_aws:
        from migrate.adapters.cloudwatch import Account, AwsCloudWatch
        from translators.cloudwatch.saved_queries import read_queries

        yield from read_queries("aws.json", AwsCloudWatch(Account(region)).saved_queries())
    yield from read_files(files, lambda note: print(f"logmig: {note}", file=sys.stderr))


class Links:
    """Writes links into Grafana's Explore."""

    def __init__(self, grafana: str, datasource: str) -> None:
        self._grafana = grafana
        self._datasource = datasource

    def of(self, outcome: Outcome) -> str:
        from translators.grafana.explore import explore_link

        expressions = tuple(request.panel for request in outcome.translation.requests)
        return explore_link(self._grafana, self._datasource, expressions, outcome.query.window) if expressions else ""


def document(outcome: Outcome, links: Links) -> dict[str, Any]:
    """One object a query."""
    from migrate.cli.query_output import diagnostic_document, policy_document, request_documents
    from migrate.queries.translating import panel_of

    query, found = outcome.query, outcome.translation
    made: dict[str, Any] = {
        "id": query.id,
        "name": query.name,
        "source": query.source,
        "query": query.text,
        "fidelity": str(found.fidelity),
        "shape": str(found.shape),
        "requests": request_documents(found),
        "residual": found.residual or None,
        "panel": panel_of(outcome),
        "findings": [diagnostic_document(one) for one in found.findings],
        "policies": [policy_document(use) for use in outcome.policies],
        "limits": dict(found.limits),
    }
    if query.window is not None:
        made["explore"] = links.of(outcome)
    return made


def _print(outcomes: list[Outcome], form: Output, links: Links) -> None:
    match form:
        case Output.JSONL:
            for outcome in outcomes:
                print(json.dumps(document(outcome, links), ensure_ascii=False))
        case Output.JSON:
            print(json.dumps([document(outcome, links) for outcome in outcomes], ensure_ascii=False, indent=2))
        case Output.MARKDOWN:
            print("\n\n".join("\n".join(_markdown(outcome, links)) for outcome in outcomes))
        case Output.TABLE:
            _table(outcomes)


def _table(outcomes: list[Outcome]) -> None:
    from migrate.cli.terminal import console, table

    names = Counter(outcome.query.name for outcome in outcomes)
    rows = [
        (
            outcome.query.name if names[outcome.query.name] == 1 else f"{outcome.query.name}\n{outcome.query.source}",
            str(outcome.translation.fidelity),
            str(outcome.translation.shape),
            "\n".join(request.logql for request in outcome.translation.requests) or _why_not(outcome),
        )
        for outcome in outcomes
    ]
    console().print(table(("query", "fidelity", "shape", "LogQL, or why not"), rows))
    manual = sum(outcome.is_manual for outcome in outcomes)
    print(f"{len(outcomes)} {'query' if len(outcomes) == 1 else 'queries'}, {manual} for a person", file=sys.stderr)


def _why_not(outcome: Outcome) -> str:
    """Why there is no LogQL: where, by which rule, and the way out."""
    return "\n".join(
        f"{_place(outcome.query, found.span)}{found.message} [{found.rule}]"
        + f"\n  {found.remedy}" * bool(found.remedy)
        for found in outcome.translation.findings
    )


def _place(query: NamedQuery, span: Span | None) -> str:
    """The place in the file where the query is the file, else in the query."""
    if span is None:
        return ""
    if query.span is None and "#" not in query.source:
        return f"{query.source}:{span.line}:{span.column}: "
    return f"{query.source}, line {span.line}, column {span.column} of the query: "


def _markdown(outcome: Outcome, links: Links) -> Iterable[str]:
    query, found = outcome.query, outcome.translation
    yield f"## {query.name or query.id}"
    yield ""
    yield f"From {query.source}. Fidelity **{found.fidelity}**, shape **{found.shape}**."
    yield from ("", "```insights", query.text.rstrip(), "```", "")
    for request in found.requests:
        yield from ("```logql", request.logql, "```")
    if found.residual:
        yield from ("", f"The rest is done by `logmig query`: {found.residual}.")
    for one in found.findings:
        yield f"- {one.fidelity}: {one.message} [{one.rule}]"
    for use in outcome.policies:
        yield f"- policy {use.policy}={use.value}: {use.reason}"
    if query.window is not None and found.requests:
        yield from ("", f"[Open in Explore]({links.of(outcome)})")
