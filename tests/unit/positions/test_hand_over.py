"""What becomes of each row, on the tree that real Fluent Bit read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from migrate.adapters.node_files import choose_root, look, resolve
from migrate.adapters.positions_database import read_state
from tests.unit.positions.node import JOB, MESSAGES, ROTATED, WEB, copy_state, cri, make_tree
from translators.positions import (
    Fate,
    FileReader,
    JournalReader,
    Partials,
    TailRow,
    Verdict,
    hand_over,
    positions,
    print_positions,
)

READERS = (
    FileReader("application", ("/var/log/containers/*.log",)),
    FileReader("host", (MESSAGES,), joins_partials=False),
    JournalReader("dataplane", ("/var/fluent-bit/state/systemd.db",)),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tree = tmp_path / "host"
    make_tree(tree)
    return tree


def convert(root: Path, state: Path, partials: Partials = Partials.REPEAT) -> dict[str, Verdict]:
    rows = read_state([state]).rows
    verdicts = hand_over([(row, look(root, row)) for row in rows], READERS, partials)
    return {verdict.row.path if isinstance(verdict.row, TailRow) else "journal": verdict for verdict in verdicts}


def values(verdicts: Mapping[str, Verdict]) -> Mapping[str, str]:
    return positions(verdicts.values())


def test_a_stopped_fluent_bit_hands_over_every_file_and_the_journal(root: Path, tmp_path: Path) -> None:
    verdicts = convert(root, copy_state(root, tmp_path / "state"))
    half = len(cri(0, "한글 한 줄").encode())
    cursor = verdicts["journal"].value
    assert values(verdicts) == {WEB: "141", JOB: str(half), MESSAGES: "65", "cursor-dataplane": cursor}
    assert cursor.startswith("s=2cff14f1")
    assert verdicts[JOB].fate is Fate.STEPPED_BACK


def test_skip_stays_behind_the_piece_that_was_sent_cut_off(root: Path, tmp_path: Path) -> None:
    verdicts = convert(root, copy_state(root, tmp_path / "state"), Partials.SKIP)
    assert verdicts[JOB].value == "102"
    assert "without the beginning" in verdicts[JOB].why


def test_a_rotated_row_that_was_read_to_its_end_is_left_out(root: Path, tmp_path: Path) -> None:
    verdicts = convert(root, copy_state(root, tmp_path / "state", "running"))
    assert verdicts[ROTATED].fate is Fate.LEFT_OUT
    assert verdicts[ROTATED].keys == ()
    assert verdicts[WEB].value == "141"


def test_a_rotated_row_with_unread_bytes_is_lost_and_counted(root: Path) -> None:
    file = root / ROTATED.lstrip("/")
    row = TailRow("d.db", ROTATED, 100, file.stat().st_ino, rotated=True)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    assert (verdict.fate, verdict.unread) == (Fate.LOST, file.stat().st_size - 100)


def test_a_file_that_was_replaced_starts_anew_and_names_where_the_old_one_went(root: Path) -> None:
    old = root / ROTATED.lstrip("/")
    row = TailRow("d.db", WEB, 200, old.stat().st_ino)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    assert (verdict.fate, verdict.value) == (Fate.FROM_START, "0")
    assert verdict.unread == old.stat().st_size - 200
    assert ROTATED in verdict.why


def test_a_truncated_file_starts_anew(root: Path) -> None:
    row = TailRow("d.db", MESSAGES, 10_000, (root / "var/log/messages").stat().st_ino)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    assert (verdict.fate, verdict.value) == (Fate.FROM_START, "0")


def test_a_file_that_is_gone_and_one_that_no_job_reads_are_left_out(root: Path) -> None:
    gone, foreign = TailRow("d.db", WEB + ".log", 1, 2), TailRow("d.db", "/var/log/secure", 1, 2)
    verdicts = hand_over([(row, look(root, row)) for row in (gone, foreign)], READERS)
    assert [verdict.fate for verdict in verdicts] == [Fate.LEFT_OUT, Fate.LEFT_OUT]
    assert "gone" in verdicts[0].why
    assert "no job" in verdicts[1].why


def test_inside_a_line_goes_back_to_its_start(root: Path) -> None:
    row = TailRow("d.db", MESSAGES, 35, (root / "var/log/messages").stat().st_ino)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    assert (verdict.fate, verdict.value) == (Fate.STEPPED_BACK, str(len("Mar  2 01:00:00 ip kernel: a\n")))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("stdout", "P"), ("stdout", "P")], 0),
        ([("stdout", "F"), ("stderr", "P"), ("stdout", "F")], 1),
        ([("stderr", "P"), ("stdout", "P"), ("stderr", "F")], 1),
        ([("stdout", "P"), ("stdout", "F"), ("stderr", "F")], None),
        ([("stdout", "P"), ("stdout", "F"), ("stdout", "P"), ("stdout", "P")], 2),
    ],
)
def test_pieces_wait_in_each_stream_by_itself(root: Path, lines: list[tuple[str, str]], expected: int | None) -> None:
    texts = [cri(second, "x" * 50, flag, stream) for second, (stream, flag) in enumerate(lines)]
    path = root / "var/log/pods/shop_job-9_bbbb/job/0.log"
    path.write_text("".join(texts))
    row = TailRow("d.db", JOB, path.stat().st_size, path.stat().st_ino)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    stop = len("".join(texts[:expected])) if expected is not None else path.stat().st_size
    assert verdict.value == str(stop)


def test_a_run_of_pieces_longer_than_one_look_is_followed_to_its_start(root: Path) -> None:
    path = root / "var/log/pods/shop_job-9_bbbb/job/0.log"
    first = cri(0, "whole")
    path.write_text(first + "".join(cri(second % 60, "x" * 16384, "P") for second in range(200)))
    row = TailRow("d.db", JOB, path.stat().st_size, path.stat().st_ino)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    assert verdict.value == str(len(first))


def test_the_earlier_of_two_offsets_wins_whatever_their_order(root: Path) -> None:
    inode = (root / "var/log/messages").stat().st_ino
    early, late = TailRow("a.db", MESSAGES, 29, inode), TailRow("b.db", MESSAGES, 65, inode)
    for rows in ((early, late), (late, early)):
        verdicts = hand_over([(row, look(root, row)) for row in rows], READERS)
        assert positions(verdicts) == {MESSAGES: "29"}
        assert [verdict.fate for verdict in verdicts if verdict.row == late] == [Fate.LEFT_OUT]


def test_each_job_on_a_file_has_its_position_under_its_own_path() -> None:
    row = TailRow("d.db", MESSAGES, 12, 5)
    readers = (FileReader("one"), FileReader("two", root="/proc/self/root"), FileReader("three", ("/srv/*",)))
    verdicts = hand_over([(row, look(None, row))], readers)
    assert positions(verdicts) == {MESSAGES: "12", f"/proc/self/root{MESSAGES}": "12"}


def test_without_a_root_rows_are_carried_as_they_stand() -> None:
    row = TailRow("d.db", "/no/such/place.log", 12, 5)
    assert choose_root([row], None) is None
    (verdict,) = hand_over([(row, look(None, row))], (FileReader("all"),))
    assert (verdict.fate, verdict.value) == (Fate.CARRIED, "12")


def test_links_that_leave_the_root_or_turn_in_circles_are_contained(root: Path) -> None:
    (root / "var/log/circle").symlink_to("/var/log/circle")
    (root / "var/log/up").symlink_to("../../../../../../etc/passwd")
    assert resolve(root, "/var/log/circle") is None
    assert resolve(root, "/var/log/up") is None
    assert resolve(root, WEB) == "/var/log/pods/shop_web-1_aaaa/web/0.log"


def test_two_journal_jobs_are_told_apart_by_their_databases() -> None:
    from translators.positions import CursorRow, Unchecked

    readers = (JournalReader("a", ("/state/a.db",)), JournalReader("b", ("/state/b.db",)))
    rows = [(CursorRow("b.db", "s=b"), Unchecked()), (CursorRow("c.db", "s=c"), Unchecked())]
    verdicts = hand_over(rows, readers)
    assert positions(verdicts) == {"cursor-b": "s=b"}
    assert verdicts[1].fate is Fate.LEFT_OUT


@pytest.mark.parametrize("name", ["/var/log/a b.log", '/var/log/"q": #.log', "/var/log/주문.log", "/var/log/\\x.log"])
def test_any_file_name_survives_the_positions_file(name: str) -> None:
    text = print_positions({name: "5", "cursor-j": "s=1;i=2"})
    assert yaml.safe_load(text) == {"positions": {name: "5", "cursor-j": "s=1;i=2"}}


def test_no_position_at_all_is_still_a_valid_file() -> None:
    assert yaml.safe_load(print_positions({})) == {"positions": {}}


def test_inodes_that_were_reused_are_seen_by_name(root: Path) -> None:
    """A new file may get the old one's inode: then its size is what tells."""
    path = root / "var/log/messages"
    inode = path.stat().st_ino
    os.truncate(path, 10)
    row = TailRow("d.db", MESSAGES, 65, inode)
    (verdict,) = hand_over([(row, look(root, row))], READERS)
    assert verdict.value == "0"
