"""Writes the tables of options into docs/cli: ``python -m tests.docs.write_options``; the prose around them is people's."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import typer

from migrate.cli.main import LazyVerbs, app
from tests.docs.said import ROOT

CLI = ROOT / "docs" / "cli"
_MARKED = re.compile(r"<!-- options (\S+) -->\n.*?<!-- /options -->", re.DOTALL)


def command_of(verb: str) -> click.Command:
    group = typer.main.get_command(app)
    assert isinstance(group, LazyVerbs)
    command = group.get_command(click.Context(group), verb)
    assert isinstance(command, click.Command)
    return command


def parameters(command: click.Command) -> Iterator[click.Parameter]:
    """The command's own, and those of its subcommands; each name once."""
    commands = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    seen: set[str] = set()
    for one in commands:
        for parameter in one.params:
            if parameter.name not in seen and parameter.name != "help":
                seen.add(parameter.name or "")
                yield parameter


def table(verb: str) -> str:
    lines = ["| option | what it does |", "| --- | --- |"]
    return "\n".join([*lines, *map(_row, parameters(command_of(verb)))])


def _row(parameter: click.Parameter) -> str:
    text = getattr(parameter, "help", None) or ""
    if isinstance(parameter.type, click.Choice):
        text += f" One of {', '.join(str(getattr(choice, 'value', choice)) for choice in parameter.type.choices)}."
    default = parameter.default
    if isinstance(default, str | int | float) and not isinstance(default, bool) and str(default):
        text += f" Default `{getattr(default, 'value', default)}`."
    name = parameter.opts[0] if parameter.param_type_name == "option" else (parameter.metavar or parameter.name or "")
    flag = getattr(parameter, "is_flag", False)
    shown = name if flag or parameter.param_type_name == "argument" else f"{name} {_value(parameter)}"
    return f"| `{shown}` | {text.strip()} |".replace("FILE|DIR", "FILE\\|DIR").replace("...|-", "...\\|-")


def _value(parameter: click.Parameter) -> str:
    return parameter.metavar or (parameter.name or "").upper()


def filled(text: str) -> str:
    """The page with its table as the code has it."""
    return _MARKED.sub(lambda hit: f"<!-- options {hit[1]} -->\n{table(hit[1])}\n<!-- /options -->", text)


def main() -> None:
    for path in sorted(Path(CLI).glob("*.md")):
        path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
