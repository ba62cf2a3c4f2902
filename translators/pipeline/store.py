"""What Loki returns of what it was sent, with the limits that it comes with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from translators.pipeline.entries import Entry

MAX_LINE_SIZE = 256 * 1024
_Stream = tuple[tuple[str, str], ...]


def stored(entries: Iterable[Entry], max_line_size: int = MAX_LINE_SIZE) -> Iterator[Entry]:
    """Without lines that are too long (0: none is), and each entry of a stream once: same time, line and metadata.

    Entries with the wall clock have times of their own and are never the same. Empty lines come to light with the first
    text or metadata of their stream. Metadata with the name of a label is returned under another name.
    """
    seen: set[tuple[object, ...]] = set()
    hidden: dict[_Stream, list[Entry]] = {}
    shown: set[_Stream] = set()
    for entry in entries:
        if max_line_size and len(entry.line) > max_line_size:
            continue
        stream = tuple(sorted(entry.labels.items()))
        key = (stream, entry.time_ns, entry.line, tuple(sorted(entry.structured_metadata.items())))
        if entry.time_ns is not None and key in seen:
            continue
        seen.add(key)
        if stream not in shown and not entry.line and not entry.structured_metadata:
            hidden.setdefault(stream, []).append(entry)
            continue
        shown.add(stream)
        yield from hidden.pop(stream, ())
        yield _renamed(entry)


def _renamed(entry: Entry) -> Entry:
    if entry.structured_metadata.keys().isdisjoint(entry.labels):
        return entry
    metadata = {
        f"{name}_extracted" if name in entry.labels else name: value
        for name, value in entry.structured_metadata.items()
    }
    return replace(entry, structured_metadata=metadata)
