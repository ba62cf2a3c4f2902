"""Adds computed columns; no memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read


def extended(rows: Iterable[Row], columns: list[tuple[str, Read]]) -> Iterator[Row]:
    """Each row with its new columns, from left to right."""
    for row in rows:
        for name, read in columns:
            row.columns[name] = read(row)
        yield row
