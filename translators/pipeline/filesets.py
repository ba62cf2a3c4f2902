"""Sets of files as a collector names them: globs that include, exclude and narrow, before any file exists."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from translators.pipeline.tags import HOLE, as_regex, covers, literal_start, overlaps

CONTAINERS = "/var/log/containers/"
_SUFFIX = ".log"


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files that one of ``include`` takes, none of ``exclude`` and, when ``only`` is given, each of ``only``.

    ``include`` are glob(3) patterns (``*`` stops at a slash), the others are fnmatch(3) patterns (it does not).
    """

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def of_containers(self) -> bool:
        """Whether every file is one of the kubelet's /var/log/containers."""
        return bool(self.include) and all(
            glob.startswith(CONTAINERS) and "/" not in glob.removeprefix(CONTAINERS) for glob in self.include
        )

    def narrowed(self, glob: str) -> FileSet:
        return replace(self, only=(*self.only, glob))

    def without(self, globs: Iterable[str]) -> FileSet:
        return replace(self, exclude=(*self.exclude, *globs))

    def decides(self, glob: str) -> bool | None:
        """Whether ``glob`` takes every file or none, as far as what narrows and leaves out tells; None: neither."""
        if any(covers(glob, _plain(one)) for one in self.only):
            return True
        apart = any(not overlaps(_plain(one), _plain(glob)) for one in self.only)
        return False if apart or _excluded(glob, self) else None


def overlap(first: FileSet, second: FileSet) -> bool:
    """Whether both may take one file. Says yes when it cannot tell."""
    if any(second.decides(glob) is False for glob in first.only) or any(
        first.decides(glob) is False for glob in second.only
    ):
        return False
    return any(
        overlaps(_plain(one), _plain(other)) and not _excluded(other, first) and not _excluded(one, second)
        for one in _narrow(first)
        for other in _narrow(second)
    )


def _wide(glob: str) -> str:
    """All files of /var/log/containers end in .log: to ask for that narrows nothing."""
    return f"{CONTAINERS}*" if glob == f"{CONTAINERS}*{_SUFFIX}" else _plain(glob)


class FilesRead:
    """The file sets that something reads already; asking whether a new one meets one of them does not walk them all."""

    def __init__(self) -> None:
        self._starts: list[str] = []
        self._by_start: dict[str, list[FileSet]] = {}

    def meets(self, files: FileSet) -> bool:
        """Whether a file may be in ``files`` and in a set that was added."""
        return any(overlap(files, other) for start in map(literal_start, files.include) for other in self._near(start))

    def add(self, files: FileSet) -> None:
        for start in dict.fromkeys(literal_start(_plain(glob)) for glob in files.include):
            if start not in self._by_start:
                insort(self._starts, start)
            self._by_start.setdefault(start, []).append(files)

    def _near(self, start: str) -> Iterator[FileSet]:
        """Globs have a text in common only if the fixed start of one begins with that of the other."""
        for length in range(len(start)):
            yield from self._by_start.get(start[:length], ())
        for known in self._starts[bisect_left(self._starts, start) :]:
            if not known.startswith(start):
                return
            yield from self._by_start[known]


def _narrow(files: FileSet) -> tuple[str, ...]:
    """The globs that say most: those that narrow, when every include covers them."""
    narrow = tuple(glob for glob in files.only if any(covers(_wide(one), _plain(glob)) for one in files.include))
    return narrow or files.include


def _excluded(glob: str, files: FileSet) -> bool:
    """An exclusion is taken as it is written: made wider, it would leave out files that are read."""
    return any(exclude == glob or covers(exclude, _plain(glob)) for exclude in files.exclude)


def union(first: FileSet, second: FileSet) -> FileSet | None:
    """One set for both, when globs can say it: what the first excluded and the second takes comes back."""
    if first.only or second.only:
        return None
    taken_back = tuple(glob for glob in first.exclude if glob in second.include)
    kept = tuple(glob for glob in first.exclude if glob not in taken_back)
    if any(overlaps(_plain(glob), _plain(one)) for glob in kept for one in second.include):
        return None
    if any(overlaps(_plain(glob), _plain(one)) for glob in second.exclude for one in first.include):
        return None
    known = frozenset(first.include)
    wide = tuple(_wide(glob) for glob in first.include if HOLE in _plain(glob))
    new = (one for one in second.include if one not in known)
    added = tuple(one for one in new if not any(covers(glob, _plain(one)) for glob in wide))
    return FileSet((*first.include, *added), kept + tuple(glob for glob in second.exclude if glob not in kept))


def _plain(glob: str) -> str:
    """Classes and single characters as holes: wider, so an overlap is never missed."""
    return re.sub(r"\*+", HOLE, re.sub(r"\[[^\]]*\]|\?", HOLE, glob))


def container_name_regex(glob: str) -> str | None:
    """The expression for ``<pod>_<namespace>_<container>-`` that stands for a glob over the file's name.

    None when the glob reaches into the container's identifier, which no pod label tells.
    """
    name = glob.removeprefix(CONTAINERS)
    if name != glob or "/" not in glob:
        return _name_regex(name)
    return _crossing_regex(glob)


def _name_regex(name: str) -> str | None:
    head, star, tail = name.rpartition(HOLE)
    if not star or tail not in ("", _SUFFIX, "g", "og", "log"):
        return None
    return as_regex(head) + ".*"


def _crossing_regex(glob: str) -> str | None:
    """An fnmatch glob whose star crosses the slash: ``/var/log/con*debug*``."""
    head = glob.split(HOLE, 1)[0]
    if not CONTAINERS.startswith(head):
        return None
    rest = glob[len(head) :]
    return _name_regex(rest) if rest.startswith(HOLE) and "/" not in rest else None


def touches_identifier(glob: str) -> bool:
    """Whether a floating part of the glob might be found inside the container's identifier as well."""
    parts = glob.removeprefix(CONTAINERS).split(HOLE)[1:-1]
    return any(part and re.fullmatch(r"[0-9a-f]+", part) for part in parts)
