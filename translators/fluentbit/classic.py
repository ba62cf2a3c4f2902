"""Fluent Bit's classic syntax with its own rules of indentation, and its own words when it refuses."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.comments import comment_in
from translators.fluentbit.configuration import Kind, Property, Section
from translators.fluentbit.files import ConfigFile, FileTree
from translators.source import Span

ABORTING = "configuration file contains errors, aborting."
FILE_LIMIT = 1000
LINE_LIMIT = 32 * 1024 * 1024

_BLANK = " \t"
_LEFT_OUT = ("..", "...", "....", "…", "<snip>")
_SPACE = " \t\n\v\f\r"
_TITLES = (
    ("service", Kind.SERVICE),
    ("parser", Kind.PARSER),
    ("multiline_parser", Kind.MULTILINE_PARSER),
    ("stream_processor", Kind.STREAM_TASK),
    ("plugins", Kind.OTHER),
    ("upstream_servers", Kind.OTHER),
    ("custom", Kind.OTHER),
    ("customs", Kind.OTHER),
    ("input", Kind.INPUT),
    ("inputs", Kind.INPUT),
    ("filter", Kind.FILTER),
    ("filters", Kind.FILTER),
    ("output", Kind.OUTPUT),
    ("outputs", Kind.OUTPUT),
)


@dataclass(slots=True)
class Opened:
    """A section that is being filled."""

    kind: Kind
    title: str
    span: Span
    properties: list[Property] = field(default_factory=list)
    groups: list[Opened] = field(default_factory=list)

    def close(self) -> Section:
        groups = tuple(group.close() for group in self.groups)
        return Section(self.kind, self.title, tuple(self.properties), self.span, groups)


@dataclass(frozen=True, slots=True)
class Meta:
    """An ``@COMMAND parameters`` line."""

    command: str
    parameters: str
    span: Span


@dataclass(slots=True)
class Document:
    """What the files of one format said, before variables are expanded. A section's name is its title as written."""

    sections: list[Section] = field(default_factory=list)
    metas: list[Meta] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def kind_of(title: str) -> Kind:
    """Any prefix of a section's name in any case is that section; anything else is kept and never looked at."""
    lower = title.lower()
    return next((kind for name, kind in _TITLES if name.startswith(lower)), Kind.OTHER)


def refuse(rule: str, errors: str, span: Span, remedy: str) -> Refused:
    """Fluent Bit's refusal of a file, in its own words."""
    text = f"{errors}\n{ABORTING}" if errors else ABORTING
    return Refused(rule, text, span, remedy)


def load(main: ConfigFile, tree: FileTree) -> Document:
    """Read a main file and everything that it includes."""
    reader = _Reader(tree, posixpath.dirname(main.path))
    reader.read(main, main.path)
    document = reader.document
    document.sections = [section.close() for section in reader.opened]
    return document


class _Reader:
    """Reads files one after another; a section never continues in another file."""

    def __init__(self, tree: FileTree, folder: str) -> None:
        self.tree = tree
        self.folder = folder
        self.document = Document()
        self.opened: list[Opened] = []
        self._service: Opened | None = None
        self._seen: set[str] = set()

    def read(self, file: ConfigFile, shown: str) -> None:
        self._seen.add(file.path)
        lines = _Lines(self, file, shown)
        rows = file.text.split("\n")
        if rows[-1] == "":
            rows.pop()
        for number, row in enumerate(rows, 1):
            lines.take(number, row.removesuffix("\r"))

    def open(self, title: str, span: Span) -> Opened:
        kind = kind_of(title)
        if kind is Kind.SERVICE and self._service is not None:
            return self._service
        section = Opened(kind, title, span)
        self.opened.append(section)
        if kind is Kind.SERVICE:
            self._service = section
        return section

    def include(self, name: str, span: Span) -> None:
        if "*" in name:
            self._include_all(name, span)
            return
        found = self.tree.find(name, self.folder)
        if found is None:
            raise refuse(
                "fluentbit/include-missing",
                "",
                span,
                f"@INCLUDE {name}: no such file was given. Give it too (its folder, or the ConfigMap that holds it), "
                "or take the line out; Fluent Bit would not start without it.",
            )
        self._include_once(found, name, span)

    def _include_all(self, pattern: str, span: Span) -> None:
        found = self.tree.matching(pattern, self.folder)
        if not found:
            raise refuse(
                "fluentbit/include-missing",
                "",
                span,
                f"@INCLUDE {pattern} matches none of the files that were given; Fluent Bit would not start.",
            )
        if len(found) > 1:
            self.document.findings.append(_unordered(pattern, span))
        for file in found:
            self._include_once(file, file.path, span)

    def _include_once(self, file: ConfigFile, name: str, span: Span) -> None:
        if file.path in self._seen:
            raise refuse(
                "fluentbit/include-twice",
                "",
                span,
                f"{file.path} is read twice (an include loop or a repeated @INCLUDE); Fluent Bit stops there. "
                "Include each file once.",
            )
        if len(self._seen) >= FILE_LIMIT:
            raise refuse(
                "fluentbit/too-many-files", f"Too many config files. Limit = {FILE_LIMIT}", span, "Merge files."
            )
        absolute = name.startswith("/") or file.path == name
        self.read(file, name if absolute else f"{self.folder or '.'}//{name}")


class _Lines:
    """The lines of one file: its indentation is that of its first key."""

    def __init__(self, reader: _Reader, file: ConfigFile, shown: str) -> None:
        self.reader = reader
        self.file = file
        self.shown = shown
        self.indent = ""
        self.section: Opened | None = None
        self.group: Opened | None = None

    def take(self, number: int, row: str) -> None:
        if not row or row[0] == "#":
            return
        if len(row) > LINE_LIMIT:
            raise self._refuse(
                number, row, f"reading line is exceeded to the limit size of {LINE_LIMIT}.", "Shorten it."
            )
        if len(row) > 9 and row[:9].lower() == "@include ":
            self.reader.include(row[9:], self.file.span(number, 0, len(row)))
        elif row[0] == "@" and len(row) > 3:
            self._meta(number, row)
        elif row[0] == "[":
            self._header(number, row)
        else:
            self._indented(number, row)

    def _meta(self, number: int, row: str) -> None:
        command, blank, parameters = row[1:].partition(" ")
        span = self.file.span(number, 0, len(row))
        if not blank:
            raise refuse("fluentbit/meta", "", span, f"`{row}` needs a blank and a value, as in `@SET name=value`.")
        self.reader.document.metas.append(Meta(command.strip(_SPACE), parameters.strip(_SPACE), span))

    def _header(self, number: int, row: str) -> None:
        end = row.find("]")
        if end < 0:
            raise self._fail(number, row, "bad header definition", "Close the bracket: `[INPUT]`.")
        title = row[1:end] or row[1:]
        self.section = self.reader.open(title, self.file.span(number, 0, end + 1))
        self.group = None

    def _indented(self, number: int, row: str) -> None:
        if not self.indent:
            width = 1
            while width < len(row) and row[width] in _BLANK:
                width += 1
            self.indent = row[:width]
            if width == len(row):
                return
        level = self._level(number, row)
        if level < len(row) and row[level] != "#":
            self._entry(number, row, level)

    def _level(self, number: int, row: str) -> int:
        """The columns before the key, by Fluent Bit's own comparison with the first key's indent."""
        level = len(self.indent)
        if not row.startswith(self.indent):
            same = 0
            while same < len(row) and row[same] == self.indent[same]:
                same += 1
            blank = same < len(row) and row[same] in _BLANK
            raise self._bad_indent(
                number, row, "inconsistent use of tab and space" if blank else "indentation level is too low"
            )
        key = level
        while key < len(row) and row[key] in _BLANK:
            key += 1
        if key == level:
            self.group = None
            return level
        if key - level != level:
            raise self._bad_indent(number, row, "extra indentation level found")
        return key

    def _entry(self, number: int, row: str, level: int) -> None:
        blank = row.find(" ", level)
        if blank < 0:
            raise self._fail(
                number,
                row,
                "undefined value - check config is in valid classic format",
                _without_value(row[level:]),
            )
        if row[level] == "[":
            self._open_group(number, row, level)
            return
        raw = row[blank + 1 :]
        if not raw:
            raise self._fail(number, row, "key has an empty value", "Give the key a value or remove the line.")
        target = self.group or self.section
        if target is None:
            raise self._fail(
                number, row, "could not allocate key value pair", "A key must stand below a section such as [INPUT]."
            )
        name, value = row[level:blank].strip(_SPACE), raw.strip(_SPACE)
        span = self.file.span(number, level, len(row.rstrip(_SPACE)))
        item = Property(name.lower(), value, span, name, value)
        target.properties.append(item)
        comment = comment_in(item)
        if comment is not None:
            self.reader.document.findings.append(comment)

    def _open_group(self, number: int, row: str, level: int) -> None:
        end = row.find("]", level)
        if end < 0:
            raise self._fail(number, row, "expected a valid group name: [..]", "Close the bracket.")
        if self.section is None or (self.group is not None and not self.group.properties):
            raise self._refuse(number, row, "", "A group stands below a section and holds at least one key.")
        group = Opened(Kind.PROCESSOR, row[level + 1 : end], self.file.span(number, level, end + 1))
        self.section.groups.append(group)
        self.group = group

    def _bad_indent(self, number: int, row: str, why: str) -> Refused:
        return self._refuse(
            number,
            row,
            f"[config] {why}\n[config] error in {self.shown}:{number}: invalid indentation level",
            "Indent every key of the file like its first key. A file whose indentation was lost when it was pasted "
            "can be read with --lenient.",
        )

    def _fail(self, number: int, row: str, why: str, remedy: str) -> Refused:
        return self._refuse(number, row, f"[config] error in {self.shown}:{number}: {why}", remedy)

    def _refuse(self, number: int, row: str, errors: str, remedy: str) -> Refused:
        if row.startswith("\ufeff"):
            remedy = "The file begins with a byte order mark, which Fluent Bit takes for a key: save it without."
        if row.strip(_SPACE) in _LEFT_OUT:
            remedy = (
                "Text was left out here: give all of it, as `kubectl get configmap NAME -n NAMESPACE -o yaml` has it."
            )
        return refuse("fluentbit/classic-syntax", errors, self.file.span(number, 0, len(row)), remedy)


def _without_value(row: str) -> str:
    """The way out for a key without a value, which is often a ConfigMap's key that was copied with its text."""
    if row.strip(_SPACE).endswith((".conf:", ".conf: |")):
        return "This is a key of a ConfigMap, not a line of its file: give the whole ConfigMap, or the file alone."
    return "Put a blank (not a tab) between the key and its value; every key needs a value."


def _unordered(pattern: str, span: Span) -> Finding:
    return Finding(
        "fluentbit/include-order",
        span,
        f"@INCLUDE {pattern}",
        PerAgent.same(Fidelity.EQUIVALENT),
        "The files are read in order of their names; Fluent Bit reads them in the order of the folder, "
        "so this holds while their filters do not depend on one another.",
        "Name the files one by one to fix their order.",
    )
