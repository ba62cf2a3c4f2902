"""Input tail: which files are read, under which tag, and what each line becomes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Protocol

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.encodings import GENERIC, UNICODE, Encoding
from translators.fluentbit.evaluate.globs import fnmatch_pattern, in_glob
from translators.fluentbit.evaluate.inputs.tail_docker_mode import DockerMode
from translators.fluentbit.evaluate.inputs.tail_lines import JoinedLines, ParsedLines, RawLines, Shape
from translators.fluentbit.evaluate.inputs.tail_multiline import FirstLines
from translators.fluentbit.evaluate.multiline import Joiner, Recent
from translators.fluentbit.evaluate.multiline_parsers import MultilineParser
from translators.fluentbit.evaluate.onigmo import BadRegex, compiled
from translators.fluentbit.evaluate.options import flag, listed, seconds, size
from translators.fluentbit.evaluate.parsers import NANOSECONDS, Parser
from translators.fluentbit.evaluate.records import Event
from translators.fluentbit.evaluate.routing import expand_tag, fill_tag
from translators.fluentbit.evaluate.tail_reader import Buffer, Chunk, Line, open_stream, read_chunks
from translators.pipeline.world import LogFile, World

_PATTERN_MARKS = frozenset("*?[")
_KEYS = (("key", "log"), ("path_key", ""), ("offset_key", ""))
_OPEN_FILES = 100
"""How many files of one tag are read in turn; Fluent Bit has all of them open."""


class Lines(Protocol):
    """What a way of reading makes of the lines of one file."""

    def take(self, lines: list[Line]) -> list[Event]:
        """The records of what was read at once."""
        ...

    def finish(self, end: int) -> list[list[Event]]:
        """What the flush timers let go afterwards, by multiline parser; ``end`` is how far the file was read."""
        ...


class _File:
    """One file while it is read. ``chunks`` opens it when the first is asked for, and closes it behind the last."""

    __slots__ = ("chunks", "end", "lines", "tag")

    def __init__(self, tag: bytes, lines: Lines, chunks: Iterator[Chunk]) -> None:
        self.tag, self.lines, self.chunks, self.end = tag, lines, chunks, 0


@dataclass(slots=True)
class Tail:
    """One tail input, ready to read a node's files."""

    section: Section
    tag: str
    parsers: Mapping[str, Parser]
    joins: tuple[MultilineParser, ...]
    buffer_limit: int
    _begun: list[_File] = field(default_factory=list, repr=False)
    _recent: Recent = field(default_factory=Recent, repr=False)

    @property
    def wait_ms(self) -> int:
        """How long what is not complete waits for its rest."""
        if self.joins:
            return max(parser.flush_ms for parser in self.joins)
        option = "docker_mode_flush" if flag(self.section, "docker_mode") else "multiline_flush"
        return max(seconds(self.section.value(option, "4")), 1) * 1000

    def read(self, world: World) -> Iterator[tuple[bytes, list[Event]]]:
        """Records with their tag, as many at once as Fluent Bit hands on.

        File by file, as Path and the names order; files of one tag in turn, a chunk of each.
        """
        if not (world.arriving or flag(self.section, "read_from_head")):
            return
        for _, same in groupby(self._files(world), key=lambda file: file.tag):
            yield from _in_turn(same)

    def rest(self) -> Iterator[tuple[bytes, list[Event]]]:
        """What waited for more lines, when its time is over: of all files what one parser keeps, then the next one."""
        rests = [(file.tag, file.lines.finish(file.end)) for file in self._begun]
        for number in range(max(len(self.joins), 1)):
            yield from ((tag, parts[number]) for tag, parts in rests if parts)

    def _files(self, world: World) -> Iterator[_File]:
        buffer = read_buffer(self.section)
        for file in files_of(self.section, world):
            tag = self.tag_of(file.path)
            if tag is None:
                continue
            lines = self._lines(file.path, oldest(self.section, world) // NANOSECONDS)
            begun = _File(tag.encode("utf-8", "surrogateescape"), lines, _chunks(file, buffer))
            self._begun.append(begun)
            yield begun

    def tag_of(self, path: str) -> str | None:
        """The tag of a file; None when Tag_Regex does not take its name. One that is no regex does not count."""
        regex = self.section.value("tag_regex")
        if regex:
            with suppress(BadRegex):
                return fill_tag(self.tag, compiled(regex.encode("utf-8", "surrogateescape")), path)
        return expand_tag(self.tag, path) if "*" in self.tag else self.tag

    def _lines(self, path: str, oldest_second: int) -> Lines:
        section = self.section
        keys = [section.value(name, default) for name, default in _KEYS]
        key, path_key, offset_key = (name.encode("utf-8", "surrogateescape") for name in keys)
        shape = Shape(path, key, path_key, offset_key, oldest_second)
        if self.joins:
            joiner = Joiner(self.joins, recent=self._recent)
            joiner.limit = self.buffer_limit
            return JoinedLines(shape, joiner)
        parser = self.parsers.get(section.value("parser"))
        if flag(section, "docker_mode"):
            return DockerMode(shape, parser, self.parsers.get(section.value("docker_mode_parser")))
        if flag(section, "multiline"):
            return FirstLines(shape, self.parsers[section.value("parser_firstline")], self._more_parsers())
        return ParsedLines(shape, parser) if parser else RawLines(shape)

    def _more_parsers(self) -> tuple[Parser, ...]:
        """Parser_1, Parser_2 …: how continuation lines are parsed in the legacy multiline mode."""
        names = [
            item.value
            for item in self.section.properties
            if item.key.startswith("parser_") and item.key != "parser_firstline"
        ]
        return tuple(self.parsers[name] for name in names if name in self.parsers)


def _in_turn(files: Iterator[_File]) -> Iterator[tuple[bytes, list[Event]]]:
    """A chunk of each file, again and again, until all are read."""
    waiting = deque(islice(files, _OPEN_FILES))
    while waiting:
        file = waiting.popleft()
        chunk = next(file.chunks, None)
        if chunk is None:
            waiting.extend(islice(files, 1))
            continue
        waiting.append(file)
        file.end = chunk.end
        yield file.tag, file.lines.take(chunk.lines)


def _chunks(file: LogFile, buffer: Buffer) -> Iterator[Chunk]:
    with file.open() as stream:
        yield from read_chunks(open_stream(stream, file.path), buffer)


def read_buffer(section: Section) -> Buffer:
    chunk = size(section.value("buffer_chunk_size", "32768"))
    largest = size(section.value("buffer_max_size", "32768"))
    encoding = _encoding(section)
    if encoding and encoding.wide:
        chunk, largest = chunk | 1, largest | 1
    return Buffer(
        chunk,
        max(chunk, largest),
        flag(section, "skip_long_lines"),
        flag(section, "truncate_long_lines"),
        flag(section, "skip_empty_lines"),
        encoding,
    )


def _encoding(section: Section) -> Encoding | None:
    wide = UNICODE.get(section.value("unicode.encoding").lower())
    if wide is not None:
        return Encoding(wide, True)
    narrow = GENERIC.get(section.value("generic.encoding").lower())
    return None if narrow is None else Encoding(narrow, False)


def files_of(section: Section, world: World) -> Iterator[LogFile]:
    """The files of Path without those of Exclude_Path; a file with two names is read once, under the first."""
    excluded = [fnmatch_pattern(pattern) for pattern in listed(section.value("exclude_path"))]
    limit = oldest(section, world)
    seen: set[str] = set()
    for pattern in listed(section.value("path")):
        for file in sorted(_matching(pattern, world), key=lambda file: file.path):
            if file.identity in seen or any(exclude.fullmatch(file.path) for exclude in excluded):
                continue
            if file.modified_ns is not None and file.modified_ns < limit:
                continue
            seen.add(file.identity)
            yield file


def _matching(pattern: str, world: World) -> Iterator[LogFile]:
    exact = not _PATTERN_MARKS & set(pattern)
    for file in world.files:
        if file.path == pattern if exact else in_glob(pattern, file.path):
            yield file


def oldest(section: Section, world: World) -> int:
    """Files last written before that moment are left out by Ignore_Older."""
    age = seconds(section.value("ignore_older", "0"))
    return world.now_ns - age * NANOSECONDS if age > 0 and world.now_ns else 0
