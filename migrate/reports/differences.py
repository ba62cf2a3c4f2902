"""What a person will see differently in Loki, told from the catalog alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from migrate.reports.model import Difference
from translators.catalog import (
    Catalog,
    Field,
    FieldPath,
    InJson,
    InLabel,
    InLogfmt,
    InMetadata,
    IsConstant,
    IsGone,
    IsLine,
    IsTime,
    Place,
    RecordKind,
    Shape,
)

LINES = {
    RecordKind.KUBERNETES: "a JSON record of several hundred bytes with the text inside it",
    RecordKind.SYSTEMD: "a JSON record of the journal's fields with the message inside it",
    RecordKind.RECORD: "a JSON record with the text or the parsed fields inside it",
    RecordKind.TEXT: "the text alone",
    RecordKind.JSON: "the application's own JSON",
}
MOST, MOST_JOBS = 80, 3
FIXED = (
    Difference("time", "milliseconds", "nanoseconds"),
    Difference("size of an event", "cut at 1,000,000 bytes", "refused over 256 KB unless `max_line_size` is raised"),
    Difference(
        "equal lines of one time", "each is kept", "Loki keeps one of those with the same time, labels and text"
    ),
)


def differences(catalog: Catalog) -> tuple[Difference, ...]:
    """Each thing once, however many log groups show it; nothing at all when nothing moves."""
    shapes = [shape for group in catalog.groups for shape in group.shapes]
    if not shapes:
        return ()
    told = [*_lines(shapes), *_streams(shapes), *_fields(shapes), *FIXED]
    once = tuple(dict.fromkeys(told))
    return once if len(once) <= MOST else (*once[:MOST], Difference("…", f"{len(once) - MOST} more", "in catalog.json"))


def _lines(shapes: Iterable[Shape]) -> Iterator[Difference]:
    for shape in shapes:
        whole = any(isinstance(item.place, IsLine) for item in shape.fields)
        tomorrow = (
            "the text alone, as the application wrote it" if whole else "the whole line, its fields read by the query"
        )
        yield Difference(f"a line ({shape.record})", LINES[shape.record], tomorrow)


def _streams(shapes: Iterable[Shape]) -> Iterator[Difference]:
    for shape in shapes:
        if not shape.stream:
            continue
        name = "".join(part.text or f"<{_name(part.place)}>" for part in shape.stream)
        places = ", ".join(dict.fromkeys(_told(part.place) for part in shape.stream if part.place is not None))
        yield Difference("log stream", f"`{name}`", f"no log streams: {places}" if places else "no log streams")


def _name(place: InLabel | InMetadata | None) -> str:
    return "" if place is None else place.name


def _fields(shapes: Iterable[Shape]) -> Iterator[Difference]:
    """A field that one job has elsewhere than another is told for each of them."""
    told: dict[tuple[str, str], list[str]] = {}
    for shape in shapes:
        for item in shape.fields:
            if (place := _told(item.place)) and not _same(item):
                told.setdefault((f"`{_path(item.path)}`", place), []).append(shape.name)
    paths = [path for path, _ in told]
    for (path, place), jobs in told.items():
        names = ", ".join(jobs[:MOST_JOBS]) + (f" and {len(jobs) - MOST_JOBS} more" if len(jobs) > MOST_JOBS else "")
        yield Difference(f"field ({names})" if paths.count(path) > 1 else "field", path, place)


def _same(item: Field) -> bool:
    """A part of the line's own JSON that keeps its path needs no word."""
    return isinstance(item.place, InJson) and item.place.path == item.path


def _path(path: FieldPath) -> str:
    return ".".join(path) or "(the record)"


def _told(place: Place) -> str:
    """Where a value lives now, in the words of a query."""
    match place:
        case InLabel(name):
            return f"label `{{{name}=…}}`"
        case InMetadata(name):
            return f"structured metadata `| {name}=…`"
        case InJson(path=path):
            return f"`| json` gives `{'_'.join(path)}`" if path else "`| json` gives its fields at the top"
        case InLogfmt(key):
            return f"`| logfmt` gives `{key}`" if key else "`| logfmt` gives its fields"
        case IsLine():
            return "the line"
        case IsTime():
            return "the entry's time"
        case IsConstant(value):
            return f"always `{value}`, so not stored"
        case IsGone(reason):
            return f"gone: {reason}"
        case _:
            assert_never(place)
