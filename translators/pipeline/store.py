"""What Loki keeps of what it is sent, with the limits that it comes with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from translators.pipeline.entries import Entry

MAX_LINE_SIZE = 256 * 1024


def stored(entries: Iterable[Entry], max_line_size: int = MAX_LINE_SIZE) -> Iterator[Entry]:
    """Without lines that are too long (0: none is), and each entry of a stream once: same time, line and metadata.

    Entries with the wall clock have times of their own and are never the same.
    """
    seen: set[tuple[object, ...]] = set()
    for entry in entries:
        if max_line_size and len(entry.line) > max_line_size:
            continue
        if entry.time_ns is not None:
            stream = tuple(sorted(entry.labels.items()))
            key = (stream, entry.time_ns, entry.line, tuple(sorted(entry.structured_metadata.items())))
            if key in seen:
                continue
            seen.add(key)
        yield entry
