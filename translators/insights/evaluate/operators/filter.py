"""Keeps rows; no memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from translators.insights.evaluate.comparing import Test
from translators.insights.evaluate.event import Row


def filtered(rows: Iterable[Row], test: Test, quick: Callable[[str], bool] | None) -> Iterator[Row]:
    """The rows that pass; ``quick`` refuses most of the others by their message alone."""
    if quick is None:
        return (row for row in rows if test(row))
    return (row for row in rows if quick(row.event.message) and test(row))
