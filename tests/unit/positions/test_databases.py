"""Reading the databases that real Fluent Bit wrote, and those of older versions."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from migrate.adapters.positions_database import read_state
from tests.unit.positions.node import JOB, MESSAGES, ROTATED, WEB, WRITTEN
from translators.diagnostics import Refused
from translators.positions import CursorRow, TailRow

CURSOR = "s=2cff14f14267407795811fe495ed3b41;i=5;b=3d1f0c5a9a7b4c2e8f60123456789abc;m=4c4b40;"
CURSOR += "t=64c001b6b6d00;x=90f73166391ae04f"


def test_a_stopped_fluent_bit_leaves_one_row_for_each_file() -> None:
    state = read_state([WRITTEN / "stopped"])
    assert [(row.path, row.offset) for row in state.rows if isinstance(row, TailRow)] == [
        (JOB, 102),
        (WEB, 141),
        (MESSAGES, 65),
    ]
    assert [row.cursor for row in state.rows if isinstance(row, CursorRow)] == [CURSOR]
    assert state.busy == ()


def test_rows_of_a_running_fluent_bit_are_in_the_write_ahead_log() -> None:
    state = read_state([WRITTEN / "running"])
    rotated = [row for row in state.rows if isinstance(row, TailRow) and row.rotated]
    assert [(row.path, row.offset) for row in rotated] == [(ROTATED, 235)]
    assert len(state.rows) == 5
    assert state.busy == ("flb_container.db", "flb_messages.db")


def test_the_databases_are_not_touched(tmp_path: Path) -> None:
    copy = tmp_path / "state"
    shutil.copytree(WRITTEN / "running", copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    read_state([copy])
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.parametrize(
    "columns",
    [
        "id INTEGER PRIMARY KEY, name TEXT, offset INTEGER, inode INTEGER, created INTEGER, rotated INTEGER DEFAULT 0",
        "id INTEGER PRIMARY KEY, name TEXT, offset INTEGER, inode INTEGER, created INTEGER",
    ],
)
def test_databases_of_older_versions_are_read(tmp_path: Path, columns: str) -> None:
    database = tmp_path / "old.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"CREATE TABLE in_tail_files ({columns})")
        connection.execute("INSERT INTO in_tail_files (name, offset, inode, created) VALUES ('/var/log/a', 7, 3, 0)")
    assert read_state([database]).rows == (TailRow("old.db", "/var/log/a", 7, 3),)


def test_a_database_for_tail_and_journal_gives_both(tmp_path: Path) -> None:
    database = tmp_path / "both.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE in_tail_files (id INTEGER PRIMARY KEY, name TEXT, offset INTEGER, inode INTEGER)"
        )
        connection.execute("INSERT INTO in_tail_files (name, offset, inode) VALUES ('/a', 1, 2)")
        connection.execute("CREATE TABLE in_systemd_cursor (cursor TEXT NOT NULL, updated INTEGER)")
        connection.execute("INSERT INTO in_systemd_cursor VALUES ('s=1;i=2', 0)")
    assert read_state([database]).rows == (TailRow("both.db", "/a", 1, 2), CursorRow("both.db", "s=1;i=2"))


def test_waiting_chunks_are_counted(tmp_path: Path) -> None:
    state = tmp_path / "state"
    shutil.copytree(WRITTEN / "stopped", state)
    chunk = state / "flb-storage" / "tail.0"
    chunk.mkdir(parents=True)
    (chunk / "1-1.flb").write_bytes(b"\xc1\x00")
    assert read_state([state]).chunks == 1


@pytest.mark.parametrize("content", [b"", b"not a database at all"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flb.db"
    path.write_bytes(content)
    with pytest.raises(Refused, match="not an SQLite database"):
        read_state([path])


def test_a_broken_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flb.db"
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(Refused, match=r"flb\.db"):
        read_state([path])


def test_a_folder_without_databases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no position database"):
        read_state([tmp_path])


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no such file"):
        read_state([tmp_path / "missing"])
