"""Writes the tables of options into docs/cli: ``python -m tests.docs.write_options``; the prose is by people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from migrate.cli.main import LazyVerbs
from tests.docs.said import ROOT

CLI = ROOT / "docs" / "cli"
_MARKED = re.compile(r"<!-- options (\S+) -->\n.*?<!-- /options -->", re.DOTALL)


def command_of(verb: str) -> Any:
    """The command, or the group of commands, as typer makes it."""
    return LazyVerbs(name="logmig").get_command(None, verb)


def parameters(command: Any) -> Iterator[Any]:
    """The command's own, and those of its subcommands; each name once."""
    seen: set[str] = set()
    for one in getattr(command, "commands", {"": command}).values():
        for parameter in one.params:
            if parameter.name not in seen and parameter.name != "help":
                seen.add(parameter.name)
                yield parameter


def table(verb: str) -> str:
    lines = ["| option | what it does |", "| --- | --- |"]
    return "\n".join([*lines, *map(_row, parameters(command_of(verb)))])


def _row(parameter: Any) -> str:
    text = getattr(parameter, "help", None) or ""
    choices = getattr(getattr(parameter, "type", None), "choices", ())
    if choices:
        text += f" One of {', '.join(str(getattr(choice, 'value', choice)) for choice in choices)}."
    default = getattr(parameter.default, "value", parameter.default)
    if isinstance(default, str | int | float) and not isinstance(default, bool) and str(default):
        text += f" Default `{default}`."
    argument = parameter.param_type_name == "argument"
    name = (parameter.metavar or parameter.name.upper()) if argument else parameter.opts[0]
    value = (
        "" if argument or getattr(parameter, "is_flag", False) else f" {parameter.metavar or parameter.name.upper()}"
    )
    return f"| `{_escaped(name + value)}` | {_escaped(text.strip())} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def filled(text: str) -> str:
    """The page with its table as the code has it."""
    return _MARKED.sub(lambda hit: f"<!-- options {hit[1]} -->\n{table(hit[1])}\n<!-- /options -->", text)


def main() -> None:
    for path in sorted(Path(CLI).glob("*.md")):
        path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
