"""One row for each element of a list; no memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.values import Value


def unnested(rows: Iterable[Row], subject: Read, name: str, convert: Callable[[Any], Value]) -> Iterator[Row]:
    """An empty list leaves no row; what is no list is a list of one. ``convert`` reads JSON's booleans and nulls."""
    for row in rows:
        value = subject(row)
        if not isinstance(value, list):
            row.columns[name] = value
            yield row
            continue
        for element in value:
            copy = row.copy()
            copy.columns[name] = convert(element)
            yield copy
