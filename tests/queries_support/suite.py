"""Cases of `logmig query`: a sentence, a query, arguments, and the table that was worked out by hand.

A row's cells are JSON between `` | ``; ``0..5002`` are rows of one number each, ``5 x "a"`` is a row five times.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migrate.lab.loki import Tenant


@dataclass(frozen=True)
class Case:
    """A query, how it is called, and what it prints."""

    name: str
    query: str
    arguments: tuple[str, ...]
    columns: list[str]
    rows: list[list[object]]


def cases_of(path: Path) -> list[Case]:
    return [_case(number, one) for number, one in enumerate(path.read_text("utf-8").split("\n=====\n"), 1)]


def _case(number: int, text: str) -> Case:
    sentence, *parts = re.split(r"^-- (\w+) --\n", text, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    head, *lines = sections["rows"].rstrip("\n").split("\n")
    rows = [row for line in lines for row in _rows(line)]
    arguments = tuple(shlex.split(sections.get("arguments", "")))
    return Case(f"{number:03}-{sentence.strip()[:60]}", sections["query"].strip(), arguments, head.split(" | "), rows)


def _rows(line: str) -> list[list[object]]:
    span = re.fullmatch(r"([0-9]+)\.\.([0-9]+)", line)
    if span is not None:
        first, last = map(int, span.groups())
        return [[number] for number in (range(first, last + 1) if first < last else range(first, last - 1, -1))]
    times = re.match(r"([0-9]+) x ", line)
    return [list(_cells(line, times.end() if times else 0))] * (int(times[1]) if times else 1)


def _cells(line: str, at: int) -> Iterator[object]:
    """The JSON values from there on."""
    while at < len(line):
        value, end = json.JSONDecoder().raw_decode(line, at)
        yield value
        assert line[end : end + 3] in ("", " | "), line
        at = end + 3


@dataclass(frozen=True)
class Place:
    """Where cases run: a tenant, a folder with the catalog and the tables, and the window of those without one."""

    tenant: Tenant
    folder: Path
    start: int
    end: int

    def arguments(self, case: Case) -> list[str]:
        """The command line. A word in capitals behind ``NAME=`` is a table of the folder."""
        given = [re.sub(r"=([A-Z]+)$", lambda found: f"={self.folder / found[1]}", one) for one in case.arguments]
        window = [] if "--start" in given else ["--start", str(self.start), "--end", str(self.end)]
        catalog = ["--catalog", str(self.folder / "catalog.json")]
        place = ["--loki", self.tenant.url, "--tenant", self.tenant.name, *catalog]
        return ["query", *place, *window, *given, "--format", "json", "--", case.query]


def compared(case: Case, printed: str) -> None:
    answer = json.loads(printed)
    assert answer["columns"] == case.columns
    assert [[_number(cell) for cell in row] for row in answer["rows"]] == case.rows


def _number(cell: object) -> object:
    return round(cell, 9) if isinstance(cell, float) else cell
