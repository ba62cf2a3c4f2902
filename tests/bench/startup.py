"""How long ``logmig --version`` takes against the least that a typer program can do."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Ratio, alternate, command

LIMIT = 1.3
RUNS = 15
MINIMAL = """\
import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def show(asked: bool) -> None:
    if asked:
        print("minimal 0.1.0")
        raise typer.Exit


@app.command()
def main(version: bool = typer.Option(False, "--version", callback=show, is_eager=True)) -> None:
    ...


app()
"""


def measure() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="logmig-bench-") as folder:
        minimal = Path(folder) / "minimal.py"
        minimal.write_text(MINIMAL)
        ours = command(Path(sys.executable).with_name("logmig"), "--version")
        theirs = command(sys.executable, minimal, "--version")
        yield Ratio("logmig --version : minimal typer program", *alternate(RUNS, ours, theirs), LIMIT)
