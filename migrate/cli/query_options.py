"""The options that several query verbs have: which events, which Loki, and how to reach it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LokiUrl = Annotated[str, typer.Option(metavar="URL", help="URL of Loki (or LOGMIG_LOKI, LOKI_ADDR).")]
CatalogPath = Annotated[
    Path | None, typer.Option(metavar="PATH", help="catalog.json of the migration, or the folder of its plan.")
]
AssumedCluster = Annotated[
    str, typer.Option(metavar="NAME", help="Without a catalog: the cluster whose AWS layout is assumed.")
]
LogGroups = Annotated[list[str] | None, typer.Option(metavar="NAME", help="A log group to read; repeatable.")]
End = Annotated[str, typer.Option(metavar="TIME", help="Last millisecond; it belongs to the window.")]
Lookup = Annotated[list[str] | None, typer.Option(metavar="NAME=FILE.csv", help="A table of `lookup`.")]
Policy = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Decide what AWS leaves open.")]
Tenant = Annotated[str, typer.Option(metavar="ID", help="X-Scope-OrgID (or LOKI_ORG_ID).")]
Username = Annotated[
    str, typer.Option(metavar="NAME", help="Basic auth; the password from LOKI_PASSWORD or --password-file.")
]
PasswordFile = Annotated[Path | None, typer.Option(metavar="FILE", help="A file that holds the password.")]
BearerTokenFile = Annotated[Path | None, typer.Option(metavar="FILE", help="A file that holds the bearer token.")]
CaFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Certificates to trust.")]
CertFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Our certificate, for mutual TLS.")]
KeyFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Its key.")]
Insecure = Annotated[bool, typer.Option("--insecure-skip-verify", help="Do not check Loki's certificate.")]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", help="Seconds to wait for one answer.")]
