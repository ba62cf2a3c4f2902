"""The verb ``catalog``: check a catalog.json that a person edited, and show what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.terminal import Format, console, counted, print_json, table
from translators.catalog import Catalog
from translators.catalog_check import problems
from translators.catalog_json import from_json
from translators.diagnostics import Refused
from translators.logql.printer import print_selector

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Check or show a catalog.json that you edited.")
File = Annotated[Path, typer.Argument(metavar="CATALOG", help="catalog.json, or the plan folder that holds it.")]
Output = Annotated[Format, typer.Option("--format", help="What to print.")]


@app.command()
def check(path: File, format: Output = Format.TEXT) -> None:
    """Say whether queries can be translated with this catalog. Exit code 1 when something is wrong with it.

    Example: logmig catalog check plan/catalog.json
    """
    catalog = _read(path)
    found = list(problems(catalog))
    if format is Format.JSON:
        print_json({"groups": len(catalog.groups), "problems": found})
    else:
        for problem in found:
            print(problem)
        shapes = sum(len(group.shapes) for group in catalog.groups)
        verdict = counted(len(found), "problem") if found else "good"
        print(f"{path}: {counted(len(catalog.groups), 'log group')}, {counted(shapes, 'shape')}: {verdict}")
    if found:
        raise typer.Exit(1)


@app.command()
def show(path: File, format: Output = Format.TEXT) -> None:
    """Show which Loki streams each log group's lines went to.

    Example: logmig catalog show plan
    """
    catalog = _read(path)
    rows = [
        (group.name, shape.name, str(shape.record), print_selector(shape.selector))
        for group in catalog.groups
        for shape in group.shapes
    ]
    if format is Format.JSON:
        names = ("log_group", "shape", "record", "selector")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        console().print(table(("log group", "shape", "record", "streams in Loki"), rows))


def _read(path: Path) -> Catalog:
    file = path / "catalog.json" if path.is_dir() else path
    if not file.is_file():
        raise Refused(
            "catalog/no-such-file", f"{path}: no catalog is there", remedy="write one with `logmig plan --out`"
        )
    return from_json(file.read_bytes().decode("utf-8", "replace"), str(path))
