"""Reads the case files: a sentence, events, and either a query with its rows or a table of expressions.

A file holds cases separated by lines of ``=``. An event is a line: the n-th comes n seconds after 2026-01-01 00:00:00,
unless it begins with ``@HH:MM:SS.mmm``; ``@… stream=s group=g`` says where it is from. A line that ends in ``↵`` goes
on in the next one. Cells are JSON between `` | ``; an expression table says ``expression => JSON``, a condition table
``condition => true``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from translators.insights.evaluate.evaluate import Result, evaluate
from translators.insights.evaluate.event import Event
from translators.insights.evaluate.settings import Moment, Settings, Sources, Table
from translators.insights.normalise.normalise import normalise
from translators.insights.parser import parse
from translators.query.plan import Groups, Scan, Shift
from translators.query.policies import read_policies
from translators.source import Source

FOLDER = Path(__file__).parent / "cases"
START = 1_767_225_600_000
"""2026-01-01 00:00:00 UTC."""
HOUR = 3_600_000
_SECTION = re.compile(r"-- ([a-z ]+?)(?: (\S+))? --")
_PLACE = re.compile(r"@(-?[0-9]+d )?([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})((?: \w+=\S+)*) ?")


@dataclass(frozen=True)
class Case:
    """One case; ``sections`` by their heading, ``tables`` by their names."""

    name: str
    sentence: str
    sections: Mapping[str, str]
    tables: Mapping[str, Table]

    def events(self) -> list[Event]:
        text = self.sections.get("events", self.sections.get("event", ""))
        return [_event(line, number) for number, line in enumerate(_lines(text), 1)]

    def settings(self) -> Settings:
        pairs = (line.split("=", 1) for line in self.sections.get("policies", "").split())
        return Settings(read_policies(dict(pairs)), Moment(START, START + HOUR, START + HOUR))

    def run(self, query: str) -> Result:
        """The rows of the query over the case's events."""
        settings = self.settings()
        plan = normalise(parse(Source(self.name, query)), settings.policies)
        return evaluate(plan, Sources(self._of_scan, tables=self.tables), settings)

    def _of_scan(self, scan: Scan) -> list[Event]:
        wanted = {name for source in scan.sources if isinstance(source, Groups) for name in source.names}
        back = {Shift.NONE: 0, Shift.PRECEDING: HOUR + 1, Shift.DAY: 24 * HOUR}[scan.shift]
        return [
            event
            for event in self.events()
            if START - back <= event.timestamp <= START - back + HOUR
            and event.log_group in (wanted or {"", "/main", "/aws/lambda/f"})
        ]


def _lines(text: str) -> list[str]:
    """The lines, those behind a ``↵`` put together again."""
    marked = text.replace("↵\n", "\x00")
    return [line.replace("\x00", "\n") for line in marked.split("\n")] if text else []


def _event(line: str, number: int) -> Event:
    found = _PLACE.match(line)
    if found is None:
        return Event(START + number * 1000, line, "stream", "")
    days, hours, minutes, seconds, millis, rest = found.groups()
    time = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(millis)
    time += int(days[:-2]) * 24 * HOUR if days else 0
    options = dict(option.split("=", 1) for option in rest.split())
    return Event(
        START + time,
        line[found.end() :],
        options.get("stream", "stream"),
        options.get("group", ""),
        options.get("account", ""),
    )


def cases() -> Iterator[Case]:
    """Every case of every file."""
    for path in sorted(FOLDER.glob("*.case")):
        for number, text in enumerate(re.split(r"\n=+\n", path.read_text("utf-8")), 1):
            yield _case(f"{path.stem}-{number}", text)


def _case(name: str, text: str) -> Case:
    sentence, *parts = re.split(r"^(-- .+ --)$", text.strip("\n"), flags=re.MULTILINE)
    sections: dict[str, str] = {}
    tables: dict[str, Table] = {}
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        found = _SECTION.fullmatch(heading)
        assert found, heading
        if found[1] == "table":
            rows = [tuple(line.split(",")) for line in body.strip("\n").split("\n")]
            tables[found[2]] = Table(rows[0], rows[1:])
        else:
            sections[heading.strip("- ")] = body.strip("\n")
    return Case(name, sentence.strip(), sections, tables)


def table(text: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """The columns and the rows of a case."""
    head, *lines = text.split("\n")
    return tuple(head.split(" | ")), [tuple(json.loads(cell) for cell in line.split(" | ")) for line in lines]
