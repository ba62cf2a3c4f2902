"""The verb ``query``: run a Logs Insights query on Loki and print the table that Insights would print."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    loki: Annotated[str, typer.Option(metavar="URL", help="URL of Loki (or LOGMIG_LOKI, LOKI_ADDR).")] = "",
    catalog: Annotated[
        Path | None, typer.Option(metavar="PATH", help="catalog.json of the migration, or the folder of its plan.")
    ] = None,
    cluster: Annotated[
        str, typer.Option(metavar="NAME", help="Without a catalog: the cluster whose AWS layout is assumed.")
    ] = "",
    log_group: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A log group to read; repeatable.")
    ] = None,
    start: Annotated[
        str, typer.Option(metavar="TIME", help="First millisecond: epoch seconds, milliseconds or ISO 8601.")
    ] = "",
    end: Annotated[str, typer.Option(metavar="TIME", help="Last millisecond; it belongs to the window.")] = "",
    since: Annotated[str, typer.Option(metavar="LENGTH", help="A window that ends now: 90m, 3h, 1d12h.")] = "",
    format: Annotated[Output, typer.Option("--format", help="What to print.")] = Output.TABLE,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what is asked of Loki and what is done here.")
    ] = False,
    limit_bytes: Annotated[
        int | None, typer.Option(metavar="BYTES", help="Refuse before Loki would read more than this.")
    ] = None,
    lookup: Annotated[list[str] | None, typer.Option(metavar="NAME=FILE.csv", help="A table of `lookup`.")] = None,
    parameter: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A {{name}} of the query.")] = None,
    policy: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Decide what AWS leaves open.")] = None,
    policies: Annotated[bool, typer.Option("--policies", help="List the policies and stop.")] = False,
    tenant: Annotated[str, typer.Option(metavar="ID", help="X-Scope-OrgID (or LOKI_ORG_ID).")] = "",
    username: Annotated[
        str, typer.Option(metavar="NAME", help="Basic auth; the password from LOKI_PASSWORD or --password-file.")
    ] = "",
    password_file: Annotated[Path | None, typer.Option(metavar="FILE", help="A file that holds the password.")] = None,
    bearer_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file that holds the bearer token.")
    ] = None,
    ca_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificates to trust.")] = None,
    cert_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Our certificate, for mutual TLS.")] = None,
    key_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key.")] = None,
    insecure: Annotated[bool, typer.Option("--insecure-skip-verify", help="Do not check Loki's certificate.")] = False,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="Seconds to wait for one answer.")] = 75.0,
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
