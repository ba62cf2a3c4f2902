"""Input tail: which files are read, under which tag, and what each line becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.encodings import GENERIC, UNICODE, Encoding
from translators.fluentbit.evaluate.globs import fnmatch_pattern, in_glob
from translators.fluentbit.evaluate.inputs.tail_docker_mode import DockerMode
from translators.fluentbit.evaluate.inputs.tail_lines import JoinedLines, ParsedLines, RawLines, Shape
from translators.fluentbit.evaluate.inputs.tail_multiline import FirstLines
from translators.fluentbit.evaluate.multiline import Joiner
from translators.fluentbit.evaluate.multiline_parsers import MultilineParser
from translators.fluentbit.evaluate.onigmo import compiled
from translators.fluentbit.evaluate.options import flag, listed, seconds, size
from translators.fluentbit.evaluate.parsers import NANOSECONDS, Parser
from translators.fluentbit.evaluate.records import Event
from translators.fluentbit.evaluate.routing import expand_tag, fill_tag
from translators.fluentbit.evaluate.tail_reader import Buffer, Line, open_stream, read_chunks
from translators.pipeline.world import LogFile, World

_PATTERN_MARKS = frozenset("*?[")


class Lines(Protocol):
    """What a way of reading makes of the lines of one file."""

    def take(self, line: Line) -> list[Event]: ...

    def finish(self) -> list[Event]:
        """What the flush timers let go after the last line."""
        ...


@dataclass(frozen=True, slots=True)
class Tail:
    """One tail input, ready to read a node's files."""

    section: Section
    tag: str
    parsers: Mapping[str, Parser]
    joins: tuple[MultilineParser, ...]
    buffer_limit: int

    def read(self, world: World) -> Iterator[tuple[bytes, list[Event]]]:
        """Records with their tag, as many at once as Fluent Bit hands on; file by file, as Path and the names order."""
        if not (world.arriving or flag(self.section, "read_from_head")):
            return
        buffer = read_buffer(self.section)
        for file in files_of(self.section, world):
            tag = self.tag_of(file.path)
            if tag is None:
                continue
            lines = self._lines(file.path)
            encoded = tag.encode("utf-8", "surrogateescape")
            with file.open() as stream:
                for chunk in read_chunks(open_stream(stream, file.path), buffer):
                    yield encoded, [event for line in chunk for event in lines.take(line)]
            yield encoded, lines.finish()

    def tag_of(self, path: str) -> str | None:
        """The tag of a file; None when Tag_Regex does not take its name."""
        regex = self.section.value("tag_regex")
        if regex:
            return fill_tag(self.tag, compiled(regex.encode("utf-8", "surrogateescape")), path)
        return expand_tag(self.tag, path) if "*" in self.tag else self.tag

    def _lines(self, path: str) -> Lines:
        section = self.section
        shape = Shape(
            path,
            section.value("key", "log").encode("utf-8", "surrogateescape"),
            section.value("path_key").encode("utf-8", "surrogateescape"),
            section.value("offset_key").encode("utf-8", "surrogateescape"),
        )
        if self.joins:
            joiner = Joiner(self.joins)
            joiner.limit = self.buffer_limit
            return JoinedLines(shape, joiner)
        parser = self.parsers.get(section.value("parser"))
        if flag(section, "docker_mode"):
            return DockerMode(shape, parser, self.parsers.get(section.value("docker_mode_parser")))
        if parser is None and flag(section, "multiline"):
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
    oldest = _oldest(section, world)
    seen: set[str] = set()
    for pattern in listed(section.value("path")):
        for file in sorted(_matching(pattern, world), key=lambda file: file.path):
            if file.identity in seen or any(exclude.fullmatch(file.path) for exclude in excluded):
                continue
            if file.modified_ns is not None and file.modified_ns < oldest:
                continue
            seen.add(file.identity)
            yield file


def _matching(pattern: str, world: World) -> Iterator[LogFile]:
    exact = not _PATTERN_MARKS & set(pattern)
    for file in world.files:
        if file.path == pattern if exact else in_glob(pattern, file.path):
            yield file


def _oldest(section: Section, world: World) -> int:
    """Files last written before that moment are left out by Ignore_Older."""
    age = seconds(section.value("ignore_older", "0"))
    return world.now_ns - age * NANOSECONDS if age > 0 and world.now_ns else 0
