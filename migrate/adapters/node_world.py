"""A folder that holds what a node holds becomes the world of a simulation: log files, links, the journal, pods."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from migrate.adapters.node_files import below, resolve
from migrate.adapters.pod_files import read_objects
from migrate.errors import WorldFailed
from translators.diagnostics import Refused
from translators.pipeline.world import JournalEntry, LogFile, Namespace, Pod, World

JOURNAL = "var/log/journal"
JOURNAL_META = ("__CURSOR", "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "__SEQNUM", "__SEQNUM_ID")
WAYS = "give --logs a folder that holds var/log/… as a node does"


def read_world(root: Path, pods: Path | None, now_ns: int, arriving: bool) -> World:
    """The node below ``root``. Raises ``Refused`` when it is no folder or the pods are none."""
    if not root.is_dir():
        raise Refused("simulate/no-logs", f"{root}: not a folder", remedy=WAYS)
    files, links = [], {}
    for path in _walk(root, root):
        name = "/" + path.relative_to(root).as_posix()
        real = resolve(root, name)
        if path.is_symlink():
            links[name] = os.readlink(path)
        if real is not None and below(root, real).is_file() and not _is_journal(path):
            files.append(_log_file(root, name, real))
    if not files and not (root / "var").exists():
        raise Refused("simulate/no-logs", f"{root}: holds no log files of a node", remedy=WAYS)
    known = tuple(read_objects(pods)) if pods else ()
    return World(
        files=tuple(files),
        pods=tuple(one for one in known if isinstance(one, Pod)),
        namespaces=tuple(one for one in known if isinstance(one, Namespace)),
        journal=tuple(_journal(root / JOURNAL)),
        now_ns=now_ns,
        arriving=arriving,
        symlinks=links,
    )


def _walk(root: Path, folder: Path) -> Iterator[Path]:
    """Every file and link below the folder, sorted; links to folders are not entered."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(root, entry)
        else:
            yield entry


def _is_journal(path: Path) -> bool:
    return path.suffix == ".journal" or path.name.endswith(".journal~")


def _log_file(root: Path, name: str, real: str) -> LogFile:
    path = below(root, real)
    status = path.stat()
    return LogFile(
        path=name,
        identity=f"{status.st_dev}:{status.st_ino}",
        open=partial(_open, path),
        real_path=real,
        modified_ns=status.st_mtime_ns,
    )


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _journal(folder: Path) -> Iterator[JournalEntry]:
    """The entries of journal files, read by systemd's own tool; without it a journal cannot be simulated."""
    if not folder.is_dir() or not any(_is_journal(path) for path in folder.rglob("*")):
        return
    if shutil.which("journalctl") is None:
        raise WorldFailed(
            f"{folder}: no journalctl reads it here", "install systemd, or leave the journal out of --logs"
        )
    command = ["journalctl", f"--directory={folder}", "--output=export", "--no-pager", "--all"]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        raise WorldFailed(f"{folder}: {answer.stderr.decode(errors='replace').strip()}")
    yield from parse_export(answer.stdout)


def parse_export(data: bytes) -> Iterator[JournalEntry]:
    """The journal export format: lines of FIELD=value; a field without ``=`` has its length and bytes behind it."""
    fields: list[tuple[str, bytes]] = []
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        name, equals, value = data[at:end].partition(b"=")
        at = end + 1
        if not name:
            yield from _entry(fields)
            fields = []
        elif equals:
            fields.append((name.decode("ascii", "replace"), value))
        else:
            size = int.from_bytes(data[at : at + 8], "little")
            fields.append((name.decode("ascii", "replace"), data[at + 8 : at + 8 + size]))
            at += 8 + size + 1
    yield from _entry(fields)


def _entry(fields: list[tuple[str, bytes]]) -> Iterator[JournalEntry]:
    if not fields:
        return
    meta = {name: value for name, value in fields if name in JOURNAL_META}
    yield JournalEntry(
        fields=tuple((name, value) for name, value in fields if name not in JOURNAL_META),
        realtime_ns=int(meta.get("__REALTIME_TIMESTAMP", b"0")) * 1000,
        cursor=meta.get("__CURSOR", b"").decode("ascii", "replace"),
    )
