"""Looks at a node's log files below a mount of its root, following symlinks as the node itself would."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from translators.positions import CursorRow, Present, Replaced, Row, Sight, TailRow, Unchecked, Vanished

MAX_LINKS = 40
"""As many symlinks as Linux follows before it says ELOOP."""
FIRST_LOOK, LONGEST_LOOK = 1 << 20, 1 << 26
CRI_LINE = re.compile(rb"^\S+ (stdout|stderr) ([PF])(?: |$)")


def resolve(root: Path, path: str) -> str | None:
    """Where ``path`` ends on the node whose root is mounted at ``root``; links stay below it. None: nowhere."""
    waiting = list(reversed(PurePosixPath(path).parts[1:]))
    walked: list[str] = []
    links = 0
    while waiting:
        name = waiting.pop()
        if name == "..":
            walked = walked[:-1]
            continue
        here = root.joinpath(*walked, name)
        if not here.is_symlink():
            walked.append(name)
            continue
        links += 1
        if links > MAX_LINKS:
            return None
        target = PurePosixPath(os.readlink(here))
        if target.is_absolute():
            walked = []
        waiting += reversed([part for part in target.parts if part != "/"])
    found = "/" + "/".join(walked)
    return found if root.joinpath(*walked).exists() else None


def below(root: Path, path: str) -> Path:
    """The path on this machine of a path on the node."""
    return root.joinpath(*PurePosixPath(path).parts[1:])


def choose_root(rows: Sequence[Row], root: Path | None) -> Path | None:
    """The root that was asked for; else this machine's, if it is the node (a row's file is here); else None."""
    if root is not None:
        return root
    here = Path("/")
    return here if any(isinstance(row, TailRow) and resolve(here, row.path) for row in rows) else None


def look(root: Path | None, row: Row) -> Sight:
    """What stands at the row's path on the node; ``root`` None: not to be looked at."""
    if root is None or isinstance(row, CursorRow):
        return Unchecked()
    real = resolve(root, row.path)
    if real is None:
        return Vanished()
    status = below(root, real).stat()
    if status.st_ino != row.inode:
        return _look_for_moved(root, real, row, status.st_size)
    start, unfinished = _read_back(below(root, real), row.offset, status.st_size)
    return Present(status.st_ino, status.st_size, real, start, unfinished)


def _look_for_moved(root: Path, real: str, row: TailRow, size: int) -> Replaced:
    """Rotation renames within the folder: the row's inode tells which file was the row's."""
    folder = PurePosixPath(real).parent
    with os.scandir(below(root, str(folder))) as entries:
        for entry in entries:
            if entry.inode() == row.inode and entry.is_file(follow_symlinks=False):
                unread = max(0, entry.stat(follow_symlinks=False).st_size - row.offset)
                return Replaced(size, str(folder / entry.name), unread)
    return Replaced(size)


def _read_back(path: Path, offset: int, size: int) -> tuple[int, int | None]:
    """The start of the line that ``offset`` falls into, and of the earliest CRI piece before it without its end."""
    if not 0 < offset <= size:
        return offset, None
    look_back = FIRST_LOOK
    with path.open("rb") as file:
        while True:
            begin = max(0, offset - look_back)
            lines = _lines(file, begin, offset)
            unfinished, open_ended = _earliest_unfinished(lines)
            if begin == 0 or look_back >= LONGEST_LOOK or (lines and not open_ended):
                break
            look_back *= 4
    last = lines[-1] if lines else (offset, b"\n")
    inside = not last[1].endswith(b"\n")
    return (last[0] if inside else offset), unfinished


def _lines(file: BinaryIO, begin: int, end: int) -> list[tuple[int, bytes]]:
    """The lines between two offsets, each with its start; the first is left out when it began before ``begin``."""
    file.seek(begin)
    at, lines = begin, []
    for line in _split(file.read(end - begin)):
        lines.append((at, line))
        at += len(line)
    return lines if begin == 0 else lines[1:]


def _split(data: bytes) -> list[bytes]:
    """Split behind each newline only; a carriage return is no line's end in a log file."""
    parts = data.split(b"\n")
    whole = [part + b"\n" for part in parts[:-1]]
    return [*whole, parts[-1]] if parts[-1] else whole


def _earliest_unfinished(lines: Sequence[tuple[int, bytes]]) -> tuple[int | None, bool]:
    """Where the earliest run of pieces without its ``F`` begins, and whether a run fills all that was read."""
    settled: set[bytes] = set()
    runs: dict[bytes, int] = {}
    for start, line in reversed(lines):
        header = CRI_LINE.match(line)
        if header is None or header[1] in settled:
            continue
        if header[2] == b"P":
            runs[header[1]] = start
        else:
            settled.add(header[1])
        if len(settled) == 2:
            break
    return min(runs.values(), default=None), bool(set(runs) - settled)
