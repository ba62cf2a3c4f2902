"""Where Fluent Bit stopped reading becomes where an agent starts, row by row, with the reason for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from translators.pipeline.globs import matches

CURSOR_KEY = "cursor-"
"""Promtail's prefix of a journal position; Alloy's ``legacy_position`` looks for the same key."""


class Partials(StrEnum):
    """What to do where Fluent Bit stood behind CRI ``P`` pieces whose ``F`` had not come."""

    REPEAT = "repeat"
    """Step back to the first piece: nothing is lost, what was sent cut off comes again whole."""
    SKIP = "skip"
    """Stay: nothing is repeated, the rest of the line comes without its beginning."""


@dataclass(frozen=True, slots=True)
class TailRow:
    """A row of ``in_tail_files``: ``path`` as globbed, ``offset`` as committed when the line was read."""

    database: str
    path: str
    offset: int
    inode: int
    rotated: bool = False


@dataclass(frozen=True, slots=True)
class CursorRow:
    """A row of ``in_systemd_cursor``."""

    database: str
    cursor: str


Row = TailRow | CursorRow


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Nobody looked at the file: the positions are converted on another machine than the node."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """No file stands at the path any more."""


@dataclass(frozen=True, slots=True)
class Present:
    """The file that stands at the path now.

    ``line_start`` is where the line begins that ``offset`` falls into (the offset itself when it is at a line's start);
    ``unfinished`` is where the earliest CRI piece before the offset begins that still waits for its end, or None.
    """

    inode: int
    size: int
    real_path: str = ""
    line_start: int = 0
    unfinished: int | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another file stands at the path; ``moved_to`` is where the row's own file went, with what was not read of it."""

    size: int
    moved_to: str = ""
    unread: int | None = None


Sight = Unchecked | Vanished | Present | Replaced


@dataclass(frozen=True, slots=True)
class FileReader:
    """A job of the new agent that tails files. ``joins_partials``: it reads CRI and waits for the end of a line.

    ``root`` stands before the paths in the agent's positions.
    """

    name: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    joins_partials: bool = True
    root: str = ""


@dataclass(frozen=True, slots=True)
class JournalReader:
    """A job of the new agent that reads the journal, and the databases of the inputs it stands for."""

    name: str
    databases: tuple[str, ...] = ()


Reader = FileReader | JournalReader


class Fate(StrEnum):
    """What becomes of a row."""

    CARRIED = "carried over"
    STEPPED_BACK = "stepped back"
    FROM_START = "from the start"
    LEFT_OUT = "left out"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The fate of a row: the keys of the positions file that it sets (none when left out), their value, and why.

    ``unread`` bytes were neither read by Fluent Bit nor will be by the agent.
    """

    row: Row
    fate: Fate
    keys: tuple[str, ...]
    value: str
    why: str
    unread: int = 0


def hand_over(
    rows: Sequence[tuple[Row, Sight]], readers: Sequence[Reader], partials: Partials = Partials.REPEAT
) -> tuple[Verdict, ...]:
    """What becomes of every row, in order. Where two rows set one path, the earlier offset wins: nothing is lost."""
    return _earliest(tuple(_judge(row, sight, readers, partials) for row, sight in rows))


def positions(verdicts: Iterable[Verdict]) -> Mapping[str, str]:
    """The agent's positions: path or cursor key to offset or cursor."""
    return {key: verdict.value for verdict in verdicts for key in verdict.keys}


def print_positions(values: Mapping[str, str]) -> str:
    """A positions file as Promtail reads it, and Alloy through ``legacy_positions_file``; sorted, values are text."""
    lines = [f"  {_quoted(key)}: {_quoted(values[key])}" for key in sorted(values)]
    return "\n".join(["positions:" if lines else "positions: {}", *lines]) + "\n"


def alloy_component(job: str) -> str:
    """The name of Alloy's component for a journal job; its folder below the storage path has the same."""
    return "loki.source.journal." + re.sub(r"\W", "_", job, flags=re.ASCII)


def print_alloy_journal(job: str, cursor: str) -> str:
    """Alloy's own positions of a journal: Alloy 1.18 never finds what its ``legacy_position`` converts."""
    key = {"path": CURSOR_KEY + alloy_component(job), "labels": ""}
    fields = [f"{name}: {_quoted(value)}" for name, value in key.items()]
    return f"positions:\n  ? {fields[0]}\n    {fields[1]}\n  : {_quoted(cursor)}\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _judge(row: Row, sight: Sight, readers: Sequence[Reader], partials: Partials) -> Verdict:
    match row:
        case CursorRow():
            return _judge_cursor(row, [reader for reader in readers if isinstance(reader, JournalReader)])
        case TailRow():
            reading = [reader for reader in readers if isinstance(reader, FileReader) and reads(reader, row.path)]
            return _for_all(reading, _judge_file(row, sight, reading, partials))
        case _:
            assert_never(row)


def _judge_cursor(row: CursorRow, readers: Sequence[JournalReader]) -> Verdict:
    own = [reader for reader in readers if _file_name(row.database) in map(_file_name, reader.databases)]
    chosen = own or ([readers[0]] if len(readers) == 1 else [])
    if not row.cursor:
        return Verdict(row, Fate.LEFT_OUT, (), "", "the row is empty: Fluent Bit had read nothing of the journal yet")
    if not chosen:
        reason = (
            "no job of the plan reads the journal" if not readers else "no systemd input of the plan uses this database"
        )
        return Verdict(row, Fate.LEFT_OUT, (), "", reason)
    keys = tuple(CURSOR_KEY + reader.name for reader in chosen)
    return Verdict(
        row,
        Fate.CARRIED,
        keys,
        row.cursor,
        "goes on from the last entry that Fluent Bit took; the agents read that one again",
    )


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]


def _for_all(reading: Sequence[FileReader], verdict: Verdict) -> Verdict:
    """The verdict under the path of each job that reads the file."""
    keys = (reader.root + key for key in verdict.keys for reader in reading)
    return replace(verdict, keys=tuple(dict.fromkeys(keys)))


def _judge_file(row: TailRow, sight: Sight, reading: Sequence[FileReader], partials: Partials) -> Verdict:
    if row.rotated:
        return _judge_rotated(row, sight, bool(reading))
    if not reading:
        return Verdict(row, Fate.LEFT_OUT, (), "", "no job of the plan reads this path")
    match sight:
        case Unchecked():
            return _carry(row, row.offset, "as it stands in the database: the file was not looked at (no --root)")
        case Vanished():
            return Verdict(row, Fate.LEFT_OUT, (), "", "the file is gone")
        case Replaced():
            return replace(_from_start(row, _about_replaced(sight)), unread=sight.unread or 0)
        case Present():
            return _judge_present(row, sight, partials, any(reader.joins_partials for reader in reading))
        case _:
            assert_never(sight)


def reads(reader: FileReader, path: str) -> bool:
    """Whether the job's globs take the path; a job without globs takes whatever discovery gives it."""
    included = not reader.include or any(matches(glob, path) for glob in reader.include)
    return included and not any(matches(glob, path) for glob in reader.exclude)


def _judge_rotated(row: TailRow, sight: Sight, read: bool) -> Verdict:
    if read:
        return _carry(row, row.offset, "rotated away, but a job of the plan reads its new name too")
    if isinstance(sight, Present) and sight.size > row.offset:
        unread = sight.size - row.offset
        why = f"rotated away with {unread} bytes unread; the agents do not open rotated names, so send them by hand"
        return Verdict(row, Fate.LOST, (), "", why, unread)
    if isinstance(sight, Present):
        return Verdict(row, Fate.LEFT_OUT, (), "", "rotated away and read to its end")
    return Verdict(row, Fate.LEFT_OUT, (), "", "rotated away; the agents do not open rotated names")


def _about_replaced(sight: Replaced) -> str:
    if sight.unread is None:
        return "another file stands here now (its inode differs), the old one is gone: read from its start"
    if sight.unread == 0:
        return f"rotated to {sight.moved_to}, which Fluent Bit read to its end: the new file is read from its start"
    return (
        f"rotated to {sight.moved_to} with {sight.unread} bytes unread, which the agents will not open "
        "(send them by hand); the new file is read from its start"
    )


def _judge_present(row: TailRow, file: Present, partials: Partials, joins: bool) -> Verdict:
    if row.offset > file.size:
        return _from_start(row, f"the file was truncated: it has {file.size} bytes, Fluent Bit stood at {row.offset}")
    if joins and file.unfinished is not None:
        return _at_unfinished(row, file.unfinished, partials)
    if file.line_start < row.offset:
        return _step_back(row, file.line_start, "Fluent Bit stood inside a line: back to the line's start")
    unread = file.size - row.offset
    why = f"{unread} bytes wait behind it" if unread else "read to its end"
    return _carry(row, row.offset, why)


def _at_unfinished(row: TailRow, start: int, partials: Partials) -> Verdict:
    match partials:
        case Partials.REPEAT:
            why = "a CRI piece (P) waits for its end: back to its start, what was sent cut off comes again whole"
            return _step_back(row, start, why)
        case Partials.SKIP:
            why = (
                f"a CRI piece (P) at {start} waits for its end: its rest comes without the beginning (--partials skip)"
            )
            return _carry(row, row.offset, why)
        case _:
            assert_never(partials)


def _carry(row: TailRow, offset: int, why: str) -> Verdict:
    return Verdict(row, Fate.CARRIED, (row.path,), str(offset), why)


def _step_back(row: TailRow, offset: int, why: str) -> Verdict:
    return Verdict(row, Fate.STEPPED_BACK, (row.path,), str(offset), why)


def _from_start(row: TailRow, why: str) -> Verdict:
    return Verdict(row, Fate.FROM_START, (row.path,), "0", why)


def _earliest(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Drop the keys of all but the earliest verdict of a path: the agents keep one position a path."""
    winner: dict[str, int] = {}
    for index, verdict in enumerate(verdicts):
        for key in verdict.keys:
            if key not in winner or _before(verdict, verdicts[winner[key]]):
                winner[key] = index
    return tuple(_unless_beaten(index, verdict, winner) for index, verdict in enumerate(verdicts))


def _before(verdict: Verdict, other: Verdict) -> bool:
    return isinstance(verdict.row, TailRow) and int(verdict.value) < int(other.value)


def _unless_beaten(index: int, verdict: Verdict, winner: Mapping[str, int]) -> Verdict:
    keys = tuple(key for key in verdict.keys if winner[key] == index)
    if keys == verdict.keys:
        return verdict
    why = "another row holds this position: the agents keep one a path, and the earlier wins so that nothing is lost"
    return replace(verdict, keys=keys, fate=verdict.fate if keys else Fate.LEFT_OUT, why=why)
