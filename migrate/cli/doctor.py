"""The verb ``doctor``: what this machine has, what it lacks, and what to install."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from migrate.adapters.machine import Check, Status, examine
from migrate.cli.terminal import Format, console, print_json, table

MARKS = {
    Status.OK: Text("ok", style="green"),
    Status.ABSENT: Text("absent", style="dim"),
    Status.WARNING: Text("warning", style="yellow"),
    Status.BROKEN: Text("broken", style="bold red"),
}


def command(
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.TEXT,
) -> None:
    """Say what this machine has (Python packages, rivals, engines, cluster, AWS credentials) and what to install.

    Nothing is built or changed, and no secret is shown. Exit code 1 when logmig itself cannot work.

    Example: logmig doctor --format json
    """
    checks = list(examine(os.environ, Path.home()))
    if format is Format.JSON:
        print_json({"checks": [asdict(check) for check in checks], "works": _works(checks)})
    else:
        _show(checks)
    if not _works(checks):
        raise typer.Exit(1)


def _works(checks: Sequence[Check]) -> bool:
    return all(check.status is not Status.BROKEN for check in checks)


def _show(checks: Sequence[Check]) -> None:
    screen = console()
    screen.print(table(("what", "", "found"), [(check.name, MARKS[check.status], check.detail) for check in checks]))
    todo = [check for check in checks if check.remedy]
    if todo:
        screen.print("\nWhat to do, if you need it:")
    for check in todo:
        screen.print(Text(f"  {check.name}: {check.remedy}"))
    screen.print(Text("\nlogmig works on this machine." if _works(checks) else "\nlogmig cannot work yet: see above."))
