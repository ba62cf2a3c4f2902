"""Which entry of a real Loki stands for which record of a real Fluent Bit: by file and content, each one once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.ports import Stream
from translators.catalog import Catalog
from translators.pipeline.comparison import Difference, Json, Reason, Record, Verdict, compare
from translators.pipeline.entries import Entry
from translators.pipeline.world import Extent, Origin

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NOWHERE = Origin((Extent("", 0, 0),))
Raw = Callable[[Origin], bytes | None]


@dataclass(frozen=True)
class Judge:
    """What is needed to tell whether an entry is what a record became."""

    catalog: Catalog
    raw: Raw
    copies: tuple[Record, ...] = ()
    """The records of every output: which other log groups got the same lines."""

    def verdict(self, record: Record, entry: Entry) -> Verdict:
        """The verdict on the two as if they came from the same lines."""
        others = [copy for copy in self.copies if copy.origin == record.origin and copy.group != record.group]
        return compare([record, *others], [replace(entry, origin=record.origin)], self.catalog, self._shown)[0]

    def _shown(self, origin: Origin) -> bytes | None:
        source = self.raw(origin)
        return None if source is None else source.decode("utf-8", "replace").encode()


def entries_of(streams: Iterable[Stream]) -> list[Entry]:
    """What Loki returned, oldest first in each stream; where the lines came from it does not tell."""
    return [
        Entry(stream.labels, entry.metadata, entry.nanoseconds, entry.line.encode(), NOWHERE)
        for stream in streams
        for entry in stream.entries
    ]


def pair(outputs: Iterable[Sequence[Record]], entries: Sequence[Entry], judge: Judge) -> tuple[Verdict, ...]:
    """A verdict for each record of each output, then one for each entry that stands for none.

    Copies of a record for several outputs are one entry in Loki; within an output each entry counts once.
    """
    shown = [[_as_loki_shows(record) for record in records] for records in outputs]
    judge = replace(judge, copies=tuple(record for records in shown for record in records))
    verdicts: list[Verdict] = []
    used: set[int] = set()
    for records in shown:
        paired = _pair_output(records, entries, judge)
        used.update(place for place, _ in paired if place is not None)
        verdicts += [verdict for _, verdict in paired]
    left = (entry for place, entry in enumerate(entries) if place not in used)
    return (*verdicts, *(Verdict(None, entry, (Difference(Reason.EXTRA),)) for entry in left))


def _pair_output(records: Sequence[Record], entries: Sequence[Entry], judge: Judge) -> list[tuple[int | None, Verdict]]:
    """The place of its entry and the verdict for each record.

    A record takes the first entry of its file that says the same; what finds none is paired with what differs least,
    so that a verdict shows a difference and not two strangers.
    """
    free = dict(enumerate(entries))
    found: dict[int, tuple[int, Verdict]] = {}
    for only_equal in (True, False):
        for number, record in enumerate(records):
            nearest = None if number in found else _nearest(record, free, judge)
            if nearest is not None and (nearest[1].equal or not only_equal):
                found[number] = nearest
                del free[nearest[0]]
    return [
        found.get(number, (None, Verdict(record, None, (Difference(Reason.MISSING),))))
        for number, record in enumerate(records)
    ]


def _nearest(record: Record, entries: Mapping[int, Entry], judge: Judge) -> tuple[int, Verdict] | None:
    """The first entry of the record's file that differs least, with its place."""
    best: tuple[int, Verdict] | None = None
    for number, entry in entries.items():
        if not _same_file(record, entry):
            continue
        verdict = judge.verdict(record, entry)
        if verdict.equal:
            return number, verdict
        if best is None or len(verdict.differences) < len(best[1].differences):
            best = number, verdict
    return best


def _same_file(record: Record, entry: Entry) -> bool:
    """Entries without a file name may be of any file."""
    name = entry.structured_metadata.get("filename") or entry.labels.get("filename", "")
    return not name or not record.origin.extents or name == record.origin.extents[0].path


def _as_loki_shows(record: Record) -> Record:
    """Loki's answers have a replacement character for each byte that is not UTF-8."""
    return replace(record, fields={key: _shown(value) for key, value in record.fields.items()})


def _shown(value: Json) -> Json:
    match value:
        case str():
            return "".join(REPLACEMENT if "\udc80" <= letter <= "\udcff" else letter for letter in value)
        case list():
            return [_shown(item) for item in value]
        case dict():
            return {key: _shown(item) for key, item in value.items()}
        case _:
            return value


def disagreements(predicted: Iterable[Entry], found: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What an evaluator says and the engine does not, and the reverse; a wall clock in the prediction fits any time."""
    left = list(found)
    only_predicted = []
    for entry in predicted:
        match = next((number for number, other in enumerate(left) if _agree(entry, other)), None)
        if match is None:
            only_predicted.append(entry)
        else:
            del left[match]
    return only_predicted, left


def _agree(predicted: Entry, found: Entry) -> bool:
    return (
        predicted.line.decode("utf-8", "replace").encode() == found.line
        and dict(predicted.labels) == dict(found.labels)
        and _filled(predicted) == _filled(found)
        and predicted.time_ns in (None, found.time_ns)
    )


def _filled(entry: Entry) -> dict[str, str]:
    """Loki drops metadata without a value."""
    return {name: value for name, value in entry.structured_metadata.items() if value}
