"""The first rows, or the last; the last are kept until the input ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.settings import TooMuch


def limited(rows: Iterable[Row], count: int) -> Iterator[Row]:
    """The first ``count`` rows; reads no further."""
    return islice(rows, count)


def last(rows: Iterable[Row], count: int, cap: int) -> Iterator[Row]:
    """The last ``count`` rows, in their order."""
    if count > cap:
        raise TooMuch("sorted_rows", cap)
    yield from deque(rows, count)
