"""Reads the SQLite databases in which Fluent Bit keeps its positions, without touching them."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from translators.diagnostics import Refused
from translators.positions import CursorRow, Row, TailRow

HEADER = b"SQLite format 3\x00"
WAL_SUFFIX = "-wal"
COPY_ATTEMPTS = 5
TAIL_TABLE, CURSOR_TABLE = "in_tail_files", "in_systemd_cursor"


@dataclass(frozen=True, slots=True)
class State:
    """What Fluent Bit left on the node. ``busy``: databases with a write-ahead log, so it still runs or was killed.

    ``chunks`` counts files of its filesystem buffer: read from the logs, and not yet sent.
    """

    rows: tuple[Row, ...]
    databases: tuple[str, ...]
    busy: tuple[str, ...]
    chunks: int


def read_state(paths: Sequence[Path]) -> State:
    """All rows of the databases that are given, or lie in the folders that are given; in a stable order."""
    databases = [database for path in paths for database in _databases(path)]
    rows: list[Row] = []
    for database in dict.fromkeys(databases):
        rows += _rows(database)
    busy = tuple(path.name for path in databases if _size(_wal(path)) > 0)
    chunks = sum(1 for path in paths if path.is_dir() for _ in path.rglob("*.flb"))
    return State(tuple(rows), tuple(path.name for path in databases), busy, chunks)


def _databases(path: Path) -> Iterator[Path]:
    if not path.exists():
        remedy = "give Fluent Bit's state folder, or the files that its DB options name"
        raise Refused("positions/no-such-path", f"{path}: no such file or folder", remedy=remedy)
    if path.is_file():
        if not _is_database(path):
            raise Refused(
                "positions/no-database",
                f"{path}: not an SQLite database",
                remedy="give Fluent Bit's state folder, or the files that its DB options name",
            )
        yield path
        return
    found = [entry for entry in sorted(path.rglob("*")) if entry.is_file() and _is_database(entry)]
    if not found:
        raise Refused(
            "positions/no-database",
            f"{path}: no position database lies in this folder",
            remedy="give the folder that the DB options of the inputs name, for example /var/fluent-bit/state",
        )
    yield from found


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def _wal(path: Path) -> Path:
    return path.with_name(path.name + WAL_SUFFIX)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _rows(database: Path) -> list[Row]:
    try:
        with _copied(database) as copy, closing(sqlite3.connect(f"file:{copy}?mode=rw", uri=True)) as connection:
            return [*_tail_rows(connection, database.name), *_cursor_rows(connection, database.name)]
    except sqlite3.DatabaseError as error:
        raise Refused(
            "positions/unreadable-database",
            f"{database}: {error}",
            remedy="copy the database together with its -wal file while Fluent Bit is stopped",
        ) from error


@contextmanager
def _copied(database: Path) -> Iterator[Path]:
    """A private copy with the write-ahead log: the rows of a running Fluent Bit stand there, and reading replays it."""
    with tempfile.TemporaryDirectory(prefix="logmig-positions-") as folder:
        copy = Path(folder) / "state.db"
        for _ in range(COPY_ATTEMPTS):
            before = _signature(database)
            shutil.copyfile(database, copy)
            if _wal(database).exists():
                shutil.copyfile(_wal(database), _wal(copy))
            if _signature(database) == before:
                yield copy
                return
        raise Refused(
            "positions/changing-database",
            f"{database}: it changed during each of {COPY_ATTEMPTS} copies",
            remedy="stop Fluent Bit on this node first: a position handed over while it reads is stale at once",
        )


def _signature(database: Path) -> tuple[tuple[int, int], ...]:
    paths = (path for path in (database, _wal(database)) if path.exists())
    return tuple((status.st_size, status.st_mtime_ns) for status in (path.stat() for path in paths))


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}


def _tail_rows(connection: sqlite3.Connection, database: str) -> Iterator[TailRow]:
    """Rows of the tail table: 5.x has two marker columns more, the oldest have no ``rotated``."""
    columns = _columns(connection, TAIL_TABLE)
    if not columns:
        return
    rotated = "rotated" if "rotated" in columns else "0"
    # The names are constants of this module; SQLite cannot bind them.
    query = f"SELECT name, offset, inode, {rotated} FROM {TAIL_TABLE} ORDER BY id"  # noqa: S608
    for name, offset, inode, moved in connection.execute(query):
        yield TailRow(database, str(name), int(offset or 0), int(inode or 0), bool(moved))


def _cursor_rows(connection: sqlite3.Connection, database: str) -> Iterator[CursorRow]:
    if not _columns(connection, CURSOR_TABLE):
        return
    for (cursor,) in connection.execute(f"SELECT cursor FROM {CURSOR_TABLE} ORDER BY rowid"):  # noqa: S608
        yield CursorRow(database, str(cursor or ""))
