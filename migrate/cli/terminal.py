"""How verbs speak: tables on a terminal, plain text elsewhere, JSON when asked; colours only where they are wanted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 200
"""Columns where nobody looks at a terminal: wide, since what reads it wants whole lines."""


class Format(StrEnum):
    """What a verb prints."""

    TEXT = "text"
    JSON = "json"


def console(stderr: bool = False) -> Console:
    """Plain when it is no terminal or NO_COLOR is set, as wide as COLUMNS says; rich honours both."""
    stream = sys.stderr if stderr else sys.stdout
    measured = stream.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(file=stream, width=None if measured else PIPE_WIDTH, highlight=False, soft_wrap=False)


def print_json(value: Any) -> None:
    """One JSON document with sorted keys."""
    print(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 query", "2,000 queries"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A light table that survives copying; cells are text, never markup."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made
