"""The verb ``prove``: run queries on both sides of the migration and compare the rows, one by one."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.query_options import (
    AssumedCluster,
    BearerTokenFile,
    CaFile,
    CatalogPath,
    CertFile,
    End,
    Insecure,
    KeyFile,
    LogGroups,
    LokiUrl,
    Lookup,
    PasswordFile,
    Policy,
    Tenant,
    Timeout,
    Username,
)


class Output(StrEnum):
    """How the verdicts are printed."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


def command(
    queries: Annotated[list[str], typer.Argument(metavar="QUERIES|-", help="Where the queries are.")],
    events: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Exported CloudWatch events; repeatable.")
    ] = None,
    aws: Annotated[bool, typer.Option("--aws", help="Ask CloudWatch itself. It charges by bytes scanned.")] = False,
    loki: LokiUrl = "",
    catalog: CatalogPath = None,
    cluster: AssumedCluster = "",
    log_group: LogGroups = None,
    start: Annotated[
        str, typer.Option(metavar="TIME", help="First millisecond; without it, that of the first event.")
    ] = "",
    end: End = "",
    since: Annotated[str, typer.Option(metavar="LENGTH", help="With --aws: a window that ends now: 90m, 3h.")] = "",
    region: Annotated[str, typer.Option(metavar="NAME", help="With --aws: the region.")] = "",
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="With --aws: the profile of the AWS configuration.")
    ] = "",
    format: Annotated[Output, typer.Option("--format", help="What to print.")] = Output.TABLE,
    evidence: Annotated[
        Path, typer.Option(metavar="DIR", help="Each run saves into a folder of its own in here.")
    ] = Path("prove-evidence"),
    limit: Annotated[int, typer.Option(metavar="COUNT", min=1, help="Differing rows that are printed a query.")] = 10,
    allow_refused: Annotated[
        bool, typer.Option("--allow-refused", help="Exit 0 also when a query is refused.")
    ] = False,
    policy: Policy = None,
    parameter: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A {{name}} of a query.")] = None,
    lookup: Lookup = None,
    limit_bytes: Annotated[
        int | None, typer.Option(metavar="BYTES", help="Refuse a query for which Loki would read more.")
    ] = None,
    tenant: Tenant = "",
    username: Username = "",
    password_file: PasswordFile = None,
    bearer_token_file: BearerTokenFile = None,
    ca_file: CaFile = None,
    cert_file: CertFile = None,
    key_file: KeyFile = None,
    insecure: Insecure = False,
    timeout: Timeout = 75.0,
) -> None:
    """Run queries on both sides over the same closed window and compare the rows. Exit code 1 when they differ.

    Example: logmig prove saved-queries.json --events events.jsonl --loki http://localhost:3100 --catalog plan
    """
    from migrate.cli import prove_inputs, prove_output
    from migrate.cli import query_inputs as inputs
    from migrate.queries.preparing import Options
    from migrate.queries.templates import callable_queries

    prove_inputs.check_sides(events or [], aws)
    now = inputs.now_milliseconds()
    options = Options(
        tuple(log_group or ()),
        inputs.chosen_policies(policy or ()),
        inputs.lookup_tables(lookup or ()),
        limit_bytes,
        now=now,
        parameters=inputs.parameters(parameter or ()),
    )
    files = prove_inputs.Files()
    named = prove_inputs.read_named(queries, files)
    options = replace(options, saved=callable_queries(named))
    window = prove_inputs.Wanted(start, end, since, now)
    if aws:
        believed, closed, notes = prove_inputs.of_aws(window, region, profile)
    else:
        believed, closed, notes, options = prove_inputs.of_events(events or [], window, options, files)
    known, assumed = prove_inputs.catalog_of(catalog, cluster, options, named, files)
    secrets = {"password": password_file, "bearer": bearer_token_file, "ca": ca_file}
    secrets |= {"cert": cert_file, "key": key_file}
    place = inputs.endpoint(inputs.Reach(loki, tenant, username, insecure, timeout), secrets)
    from migrate.adapters.loki import HttpLoki
    from migrate.queries.prove.proving import Sides

    client = HttpLoki(place, connections=options.threads)
    sides = Sides(believed, client, known, closed, options)
    seen = prove_output.circumstances(sides, (place.url, client.version()), (*notes, *assumed), files.digests)
    proofs = prove_output.proved(named, sides, prove_output.Folder(evidence, seen))
    prove_output.print_proofs(proofs, seen, format.value, limit)
    if prove_output.is_no(proofs, allow_refused):
        raise typer.Exit(1)
