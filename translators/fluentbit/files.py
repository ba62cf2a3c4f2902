"""Configuration files as Fluent Bit would see them, whether they are files, keys of a ConfigMap or chart values."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from translators.diagnostics import Refused
from translators.source import Span

MAXIMUM_BYTES = 16 * 1024 * 1024
"""Well above any real configuration (a ConfigMap holds 1 MiB), well below what would stall us."""


@dataclass(frozen=True, slots=True)
class Row:
    """Where a line of a rendered file comes from: a line of the source, with its first column from 0.

    ``whole`` is set where the line was made from a value: every place in it is that value, up to this column.
    ``source`` is empty where the line comes from the file's own source.
    """

    line: int
    column: int
    whole: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file. ``path`` is its name for Fluent Bit; ``source`` and the offsets say where its text stands for the user.

    ``rows`` replaces the offsets for a file that was rendered. ``added`` holds, for each line, the blanks that we put
    before it because its indentation was lost.
    """

    path: str
    text: str
    source: str
    line_offset: int = 0
    column_offset: int = 0
    added: tuple[int, ...] = ()
    rows: tuple[Row, ...] = ()

    def span(self, line: int, start: int, end: int) -> Span:
        """The span of columns ``start`` to ``end`` (from 0) of a line (from 1) of this file."""
        if self.rows and line <= len(self.rows):
            return self._rendered(self.rows[line - 1], start, end)
        row, shift = line + self.line_offset, self.column_offset + 1
        if self.added and line <= len(self.added):
            shift -= self.added[line - 1]
        return Span(self.source, row, max(start + shift, 1), row, max(end + shift, 1))

    def _rendered(self, row: Row, start: int, end: int) -> Span:
        source = row.source or self.source
        if row.whole:
            return Span(source, row.line, row.column + 1, row.line, row.whole + 1)
        first, last = max(start + row.column + 1, 1), max(end + row.column + 1, 1)
        return Span(source, row.line, first, row.line, last)


@dataclass(slots=True)
class FileTree:
    """The files at hand, by path. ``mounts`` maps a file's path to another path at which the pod sees it."""

    files: dict[str, ConfigFile] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def add(self, file: ConfigFile, *aliases: str) -> None:
        self.files[file.path] = file
        self.aliases[posixpath.normpath(file.path)] = file.path
        self.aliases.update((posixpath.normpath(alias), file.path) for alias in aliases)

    def find(self, name: str, folder: str) -> ConfigFile | None:
        """The file that ``name`` means beside a main file in ``folder``; an absolute path may lose its leading folders.

        The folders of a mount are not known when only a ConfigMap or a folder of files is at hand, so
        ``/fluent-bit/etc/parsers.conf`` finds ``parsers.conf`` beside the main file.
        """
        for candidate in _candidates(name, folder):
            path = self.aliases.get(candidate, candidate)
            if path in self.files:
                return self.files[path]
        return None

    def matching(self, pattern: str, folder: str) -> list[ConfigFile]:
        """The files that a glob of an ``@INCLUDE`` names, in order of name; ``*`` does not cross a ``/``."""
        named = {**{path: path for path in self.files}, **self.aliases}
        for candidate in _candidates(pattern, folder):
            wanted = re.compile(_glob_expression(candidate))
            found = {path: self.files[path] for name, path in sorted(named.items()) if wanted.fullmatch(name)}
            if found:
                return list(found.values())
        return []


def _candidates(name: str, folder: str) -> Iterable[str]:
    if not name.startswith("/"):
        yield posixpath.normpath(posixpath.join(folder, name))
        return
    yield posixpath.normpath(name)
    parts = posixpath.normpath(name).strip("/").split("/")
    for start in range(len(parts)):
        yield posixpath.normpath(posixpath.join(folder, *parts[start:]))


def _glob_expression(pattern: str) -> str:
    """A glob(3) pattern without braces as a regular expression."""
    out, position = [], 0
    for match in re.finditer(r"\*|\?|\[[!^]?\]?[^\]]*\]", pattern):
        out.append(re.escape(pattern[position : match.start()]))
        out.append({"*": "[^/]*", "?": "[^/]"}.get(match[0]) or "[" + match[0][1:].replace("!", "^", 1))
        position = match.end()
    return "".join(out) + re.escape(pattern[position:])


def decode(name: str, data: bytes) -> str:
    """The text of an input, or a refusal that says why it is none."""
    if len(data) > MAXIMUM_BYTES:
        raise Refused(
            "fluentbit/too-large",
            f"{len(data) / 1e6:.0f} MB is no Fluent Bit configuration; the limit is {MAXIMUM_BYTES // 2**20} MiB",
            Span(name, 1, 1),
            "Give the configuration itself, not the logs: the ConfigMap, the manifest or the .conf file.",
        )
    if b"\0" in data:
        offset = data.index(b"\0")
        raise Refused(
            "fluentbit/binary",
            f"this is a binary file: byte {offset + 1} is zero",
            _place(name, data[:offset]),
            "Give the text of the configuration; convert UTF-16 to UTF-8 (iconv -f utf-16 -t utf-8).",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Refused(
            "fluentbit/not-utf-8",
            f"byte 0x{data[problem.start]:02x} is not UTF-8",
            _place(name, data[: problem.start]),
            "Save the file as UTF-8 (for example: iconv -f euc-kr -t utf-8).",
        ) from None


def _place(name: str, before: bytes) -> Span:
    """The place behind these bytes, in letters: columns are what an editor counts."""
    row = before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    return Span(name, before.count(b"\n") + 1, len(row) + 1)
