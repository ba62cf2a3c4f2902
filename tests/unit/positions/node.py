"""A node's tree as it stood when real Fluent Bit wrote the recorded databases, with this machine's inodes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

WRITTEN = Path(__file__).parent / "written-by-fluent-bit"
LINK_FORM = "/var/log/containers/{pod}_{namespace}_{container}-{identifier}.log"
WEB = "/var/log/containers/web-1_shop_web-aaaa.log"
JOB = "/var/log/containers/job-9_shop_job-bbbb.log"
MESSAGES = "/var/log/messages"
ROTATED = "/var/log/pods/shop_web-1_aaaa/web/0.log.20260302-010100"


def cri(second: int, text: str, flag: str = "F", stream: str = "stdout") -> str:
    return f"2026-03-02T01:00:{second:02}.000000000Z {stream} {flag} {text}\n"


def make_tree(root: Path) -> None:
    """The files of files.txt: same lines, same sizes, absolute symlinks as the kubelet makes them."""
    web, job = root / "var/log/pods/shop_web-1_aaaa/web", root / "var/log/pods/shop_job-9_bbbb/job"
    containers = root / "var/log/containers"
    for folder in (web, job, containers):
        folder.mkdir(parents=True)
    (web / "0.log.20260302-010100").write_text("".join(cri(second, f"line {second}") for second in range(5)))
    (web / "0.log").write_text("".join(cri(second, f"new {second}") for second in (10, 11, 12)))
    (job / "0.log").write_text(cri(0, "한글 한 줄") + cri(1, "half a", "P"))
    messages = "Mar  2 01:00:00 ip kernel: a\nMar  2 01:00:01 ip kernel: 한글 b\n" + "Mar  2 01:00:02 no end"
    (root / "var/log/messages").write_text(messages)
    (containers / Path(WEB).name).symlink_to("/var/log/pods/shop_web-1_aaaa/web/0.log")
    (containers / Path(JOB).name).symlink_to("/var/log/pods/shop_job-9_bbbb/job/0.log")


def copy_state(root: Path, state: Path, generation: str = "stopped") -> Path:
    """A copy of a recorded state folder whose rows have the inodes of the tree's files (copies have their own)."""
    shutil.copytree(WRITTEN / generation, state)
    for entry in state.iterdir():
        entry.chmod(0o644)
    for database in sorted(state.glob("*.db")):
        with closing(sqlite3.connect(database)) as connection, connection:
            if not connection.execute("PRAGMA table_info(in_tail_files)").fetchall():
                continue
            for identifier, name in connection.execute("SELECT id, name FROM in_tail_files").fetchall():
                inode = os.stat(_on_disk(root, name)).st_ino
                connection.execute("UPDATE in_tail_files SET inode = ? WHERE id = ?", (inode, identifier))
    return state


def _on_disk(root: Path, name: str) -> Path:
    path = root / name.lstrip("/")
    return root / os.readlink(path).lstrip("/") if path.is_symlink() else path
