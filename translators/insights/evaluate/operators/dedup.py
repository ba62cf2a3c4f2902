"""The first row of each combination of keys; the combinations are kept, the rows are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from translators.insights.evaluate.event import Row
from translators.insights.evaluate.fields import Read
from translators.insights.evaluate.settings import TooMuch
from translators.insights.evaluate.values import identity


def deduplicated(rows: Iterable[Row], keys: list[Read], cap: int) -> Iterator[Row]:
    """Rows that lack a key are no duplicates of anything."""
    seen: set[tuple[str | None, ...]] = set()
    for row in rows:
        key = tuple([identity(read(row)) for read in keys])
        if None in key:
            yield row
        elif key not in seen:
            seen.add(key)
            if len(seen) > cap:
                raise TooMuch("dedup_keys", cap)
            yield row
