"""Values of a Helm chart over its defaults, and the text that a template makes of them, each line with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from translators.diagnostics import Refused
from translators.fluentbit.files import ConfigFile, Row
from translators.fluentbit.inputs.objects import KubeObject
from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.yaml_syntax import Plain, entries, get, is_scalar, items, plain
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node

_EXPRESSION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_PATH = re.compile(r"\.Values((?:\.\w+)+)$")
_INDEX = re.compile(r"index \.Values((?:\.\w+)+) \.Values((?:\.\w+)+)$")
_HAS_KEY = re.compile(r"hasKey \.Values((?:\.\w+)+) \.Values((?:\.\w+)+)$")
_RENDER = "Render first: `helm template RELEASE CHART -f values.yaml > rendered.yaml` and give that file."


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text as a template prints it, and its node when the user wrote it."""

    text: str
    node: Node | None
    plain: Plain

    @property
    def true(self) -> bool:
        """Whether a template's ``if`` takes it."""
        return self.plain not in (None, False, 0, "", [], {})


@dataclass(slots=True)
class Values:
    """The user's values over a chart's defaults. ``below`` is set for a map whose keys are file names.

    ``origins`` has the text of a node that another than the first text brought; ``asked`` are the keys at the top that
    a template read.
    """

    document: Node
    source: str
    lines: list[str]
    defaults: Mapping[str, Plain] = field(default_factory=dict)
    below: str = ""
    origins: Mapping[int, Written] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def holder(self) -> KubeObject:
        """The values as the holder of nodes, for what they have in common with a manifest."""
        return KubeObject("Values", "", "", self.document, self.source, self.lines, origins=self.origins)

    def lines_of(self, node: Node | None) -> list[str]:
        """The lines of the text that a node stands in."""
        other = self.origins.get(id(node))
        return self.lines if other is None else other.lines

    def node(self, path: str) -> Node | None:
        if self.below:
            return get(self.document, *self.below.split("."), path)
        self.asked.add(path.split(".", 1)[0])
        return get(self.document, *path.split("."))

    def value(self, path: str) -> Value:
        """The value at a dotted path; an explicit null of the user removes the default."""
        node = self.node(path)
        found = plain(node) if node is not None else None if self.below else self._default(path)
        return Value(_printed(found), node, found)

    def span(self, path: str) -> Span:
        """Where the user wrote the value, or the nearest thing above it."""
        parts = [*self.below.split("."), path] if self.below else path.split(".")
        while parts:
            node = get(self.document, *parts)
            if node is not None:
                return self.holder().span(node)
            parts.pop()
        return Span(self.source, 1, 1, 1, 2)

    def defaults_of(self, section: str) -> Mapping[str, Plain]:
        """The chart's own values below a key at the top."""
        found = self.defaults.get(section)
        return found if isinstance(found, dict) else {}

    def _default(self, path: str) -> Plain:
        found: Plain = dict(self.defaults)
        for step in path.split("."):
            if not isinstance(found, dict) or step not in found:
                return None
            found = found[step]
        return found


def _printed(value: Plain) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict() | list():
            import json

            return json.dumps(value, separators=(",", ":"))
        case _:
            return str(value)


class Rendered:
    """A file that a template makes, line by line."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self._lines: list[str] = []
        self._rows: list[Row] = []

    def line(self, text: str, path: str) -> None:
        """One line that is made from the value at ``path``."""
        span = self.values.span(path)
        self._lines.append(text)
        self._rows.append(Row(span.line, span.column - 1, max(span.end_column - 1, span.column), span.source))

    def block(self, path: str, indent: int = 0) -> None:
        """The lines of a text value, indented, with what a template in them says."""
        value = self.values.value(path)
        if not value.text:
            return
        for text, row in _templated(self.values, _rows(self.values, path, value)):
            self._lines.append(" " * indent + text if text or indent else text)
            self._rows.append(row if row.whole else replace(row, column=row.column - indent))

    def empty(self) -> bool:
        return not self._lines

    def file(self, path: str) -> ConfigFile:
        """The file so far. Blank lines that a template leaves are empty lines."""
        lines = [line if line.strip() else "" for line in self._lines]
        return ConfigFile(path, "\n".join(lines) + "\n", self.values.source, rows=tuple(self._rows))


def _rows(values: Values, path: str, value: Value) -> Iterator[tuple[str, Row]]:
    """The lines of a text with their places: those of the file when it is a literal block."""
    texts = value.text.rstrip("\n").split("\n")
    span = values.span(path)
    first = span.line
    literal = is_scalar(value.node) and value.node.style == "|"
    lines = values.lines_of(value.node) if literal else []
    for index, text in enumerate(texts):
        written = lines[first + index].removesuffix("\r") if first + index < len(lines) else ""
        if literal and written.endswith(text):
            yield text, Row(first + index + 1, len(written) - len(text), source=span.source)
        else:
            yield text, Row(span.line, span.column - 1, max(span.end_column - 1, span.column), span.source)


def _templated(values: Values, rows: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, Row]]:
    """Lines with ``{{ .Values.x }}`` filled in and simple conditions decided; anything else is refused."""
    open_conditions: list[bool] = []
    for text, row in rows:
        if "{{" not in text:
            if all(open_conditions):
                yield text, row
            continue
        alone = _EXPRESSION.fullmatch(text.strip())
        word = alone[1].split(" ")[0] if alone else ""
        if alone and word == "if":
            open_conditions.append(_condition(values, alone[1][3:].strip(), row))
        elif alone and word == "else" and alone[1] == "else" and open_conditions:
            open_conditions[-1] = not open_conditions[-1]
        elif alone and word == "end" and open_conditions:
            open_conditions.pop()
        elif all(open_conditions):
            yield _EXPRESSION.sub(lambda match, row=row: _expression(values, match[1], row), text), row  # type: ignore[misc]


def _condition(values: Values, words: str, row: Row) -> bool:
    if match := _HAS_KEY.match(words):
        holder = _whole(values).value(match[1][1:]).plain
        return isinstance(holder, dict) and _whole(values).value(match[2][1:]).text in holder
    if match := _PATH.match(words):
        return _whole(values).value(match[1][1:]).true
    raise _unrendered(values, row, words)


def _expression(values: Values, words: str, row: Row) -> str:
    if match := _PATH.match(words):
        return _whole(values).value(match[1][1:]).text
    if match := _INDEX.match(words):
        holder = _whole(values).value(match[1][1:]).plain
        key = _whole(values).value(match[2][1:]).text
        return _printed(holder.get(key)) if isinstance(holder, dict) else ""
    raise _unrendered(values, row, words)


def _whole(values: Values) -> Values:
    """A template speaks of all values, wherever it stands."""
    return replace(values, below="")


def _unrendered(values: Values, row: Row, words: str) -> Refused:
    return Refused(
        "fluentbit/template",
        f"this template is more than a value: {{{{ {words} }}}}",
        Span(row.source or values.source, row.line, row.column + 1),
        _RENDER,
    )


def listed(values: Values, path: str) -> list[tuple[str, Node | None]]:
    """The members of a list of texts, the user's or the default."""
    node = values.node(path)
    if node is not None:
        return [(_printed(plain(item)), item) for item in items(node)]
    found = values.value(path).plain
    return [(_printed(item), None) for item in found] if isinstance(found, list) else []


def keys(values: Values, path: str) -> list[str]:
    """The keys of a map, in the order that a template's ``range`` takes them: by name."""
    node = values.node(path)
    return sorted(key for key, _, _ in entries(node))


def keyed(values: Values, path: str) -> Values:
    """The map at a path, whose keys hold dots: each is one file."""
    return replace(values, below=path)
