"""The verb ``query``: run a Logs Insights query on Loki and print the table that Insights would print."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from migrate.ports import Loki
    from migrate.queries.preparing import Options
    from translators.catalog import Catalog


class Output(StrEnum):
    """What the rows are printed as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def command(
    query: Annotated[str, typer.Argument(metavar="[QUERY|-]", help="The query; `-` reads it from stdin.")] = "",
    loki: LokiUrl = "",
    catalog: CatalogPath = None,
    cluster: AssumedCluster = "",
    log_group: LogGroups = None,
    start: Annotated[
        str, typer.Option(metavar="TIME", help="First millisecond: epoch seconds, milliseconds or ISO 8601.")
    ] = "",
    end: End = "",
    since: Annotated[str, typer.Option(metavar="LENGTH", help="A window that ends now: 90m, 3h, 1d12h.")] = "",
    format: Annotated[Output, typer.Option("--format", help="What to print.")] = Output.TABLE,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what is asked of Loki and what is done here.")
    ] = False,
    limit_bytes: Annotated[
        int | None, typer.Option(metavar="BYTES", help="Refuse before Loki would read more than this.")
    ] = None,
    lookup: Lookup = None,
    parameter: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A {{name}} of the query.")] = None,
    policy: Policy = None,
    policies: Annotated[bool, typer.Option("--policies", help="List the policies and stop.")] = False,
    tenant: Tenant = "",
    username: Username = "",
    password_file: PasswordFile = None,
    bearer_token_file: BearerTokenFile = None,
    ca_file: CaFile = None,
    cert_file: CertFile = None,
    key_file: KeyFile = None,
    insecure: Insecure = False,
    timeout: Timeout = 75.0,
    threads: Annotated[int, typer.Option(metavar="COUNT", min=1, max=64, help="Requests under way at once.")] = 4,
) -> None:
    """Run a Logs Insights query on Loki and print the table that Insights would print.

    Example: logmig query --loki http://localhost:3100 --catalog plan --log-group NAME 'filter log like /ERROR/'
    """
    from migrate.cli import query_inputs as inputs
    from migrate.cli.query_output import (
        Failure,
        guarded,
        print_explanation,
        print_policies,
        print_result,
        with_progress,
    )
    from migrate.queries.preparing import Options, ask_for_groups, read_query

    if policies:
        print_policies(format is Output.JSON)
        return
    asks = not query and sys.stdin.isatty() and sys.stdout.isatty() and not explain
    with guarded(Failure(format is Output.JSON)):
        text = "" if asks else inputs.text_of_stdin() if query in ("-", "") else query
        now = inputs.now_milliseconds()
        options = Options(
            tuple(log_group or ()),
            inputs.chosen_policies(policy or ()),
            inputs.lookup_tables(lookup or ()),
            limit_bytes,
            threads,
            now=now,
            parameters=inputs.parameters(parameter or ()),
        )
        known, notes = inputs.read_catalog(catalog, cluster, options.log_groups, text)
        if not asks:
            ask_for_groups(read_query(text, options), options)
        written = None if asks or start or end or since else inputs.written_window(text, options)
        window = written or inputs.read_window(start, end, since, now)
        if explain:
            print_explanation(read_query(text, options), known, options, window)
            return
        from migrate.adapters.loki import HttpLoki

        files: dict[str, Path | None] = {
            "password": password_file,
            "bearer": bearer_token_file,
            "ca": ca_file,
            "cert": cert_file,
            "key": key_file,
        }
        place = inputs.endpoint(inputs.Reach(loki, tenant, username, insecure, timeout), files)
        client = HttpLoki(place, connections=threads)
        if asks:
            _prompt(known, client, options, (start, end, since))
            return
        from migrate.queries.run import run_query

        with with_progress(options) as watched:
            result = run_query(text, known, client, window, watched)
        print_result(result, notes, format.value)


def _prompt(catalog: Catalog, loki: Loki, options: Options, window: tuple[str, str, str]) -> None:
    """No query on a terminal: the interactive prompt. ``window`` is as the user wrote it."""
    from migrate.cli.prompt.session import Prompt, Span
    from migrate.cli.prompt.terminal import converse
    from migrate.queries.looking import Place, Question

    span = Span(*window)
    converse(Prompt(Place(catalog, loki), Question("", span.window(options.now), options), span))
