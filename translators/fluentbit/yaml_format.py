"""Fluent Bit's YAML format, read event by event as its own loader does: a list repeats its key."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.classic import Document, Meta, refuse
from translators.fluentbit.configuration import Kind, Property, Section
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.yaml_syntax import (
    NotYaml,
    compose,
    entries,
    get,
    is_mapping,
    is_plain,
    is_scalar,
    items,
    kind_of,
    text_of,
)
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node

_PIPELINE = {"inputs": Kind.INPUT, "filters": Kind.FILTER, "outputs": Kind.OUTPUT}
_LISTS = {"parsers": Kind.PARSER, "multiline_parsers": Kind.MULTILINE_PARSER, "stream_processor": Kind.STREAM_TASK}
_SIGNALS = ("logs", "metrics", "traces")
_REMEDY = "Correct the file as the message says; https://docs.fluentbit.io describes the format."


def load(main: ConfigFile, tree: FileTree) -> Document:
    """Read a main file and everything that it includes."""
    reader = _Reader(tree)
    reader.read(main)
    return reader.document


def snake_case(key: str) -> str:
    """The key as Fluent Bit looks it up: a key that begins with a lower-case letter may be camelCase."""
    if not key[:1].islower():
        return key.lower()
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


class _Reader:
    def __init__(self, tree: FileTree) -> None:
        self.tree = tree
        self.document = Document()
        self._seen: set[str] = set()
        self._service = False

    def read(self, file: ConfigFile) -> None:
        self._seen.add(file.path)
        for node in self._documents(file):
            if not is_mapping(node):
                raise self._fail(file, node, f"unexpected event '{kind_of(node)}' in state 'document'")
            for name, key, value in entries(node):
                self._section(file, name.lower(), key, value)

    def _documents(self, file: ConfigFile) -> list[Node]:
        try:
            return compose(file.text, file.source)
        except NotYaml as problem:
            raise refuse(
                "fluentbit/yaml-syntax",
                f"[config] invalid YAML format in file {file.path}",
                file.span(problem.line, problem.column - 1, problem.column),
                f"{problem.problem}. {_REMEDY}",
            ) from None

    def _section(self, file: ConfigFile, name: str, key: Node, value: Node) -> None:
        match name:
            case "env":
                self._env(file, value)
            case "includes":
                self._includes(file, value)
            case "service":
                if self._service:
                    raise self._fail(file, key, f"duplicated definition of '{name}'")
                self._service = True
                self._add(Kind.SERVICE, "service", file, key, value)
            case "pipeline":
                self._pipeline(file, value)
            case "parsers" | "multiline_parsers" | "stream_processor":
                for item in items(value):
                    self._add(_LISTS[name], name, file, item, item)
            case _:
                self._other(file, name, key, value)

    def _other(self, file: ConfigFile, name: str, key: Node, value: Node) -> None:
        parts: list[Node] = [item for item in items(value) if is_mapping(item)]
        for part in parts or [value]:
            self._add(Kind.OTHER, name, file, key, part)

    def _add(self, kind: Kind, title: str, file: ConfigFile, place: Node, value: Node) -> None:
        self.document.sections.append(self._content(kind, title, file, place, value))

    def _env(self, file: ConfigFile, value: Node) -> None:
        listed = [(text_of(get(item, "name")), item, get(item, "value")) for item in items(value)]
        for name, place, item in listed or list(entries(value)):
            if not is_scalar(item):
                self.document.findings.append(_not_read(name, _span(file, place), "Give its value with --env."))
                continue
            self.document.metas.append(Meta("SET", f"{name.strip()}={text_of(item).strip()}", _span(file, place)))

    def _includes(self, file: ConfigFile, value: Node) -> None:
        for item in items(value):
            name = text_of(item)
            folder = posixpath.dirname(file.path)
            if "*" in name:
                found = self.tree.matching(name, folder)
            else:
                one = self.tree.find(name, folder)
                found = [] if one is None else [one]
            if not found:
                raise self._include(file, item, name, "", f"{name} was not given; give it too or take the line out.")
            for each in found:
                if each.path in self._seen:
                    text = f"[config] file '{name}' is already included\n"
                    raise self._include(file, item, name, text, "Include each file once.")
                self.read(each)

    def _include(self, file: ConfigFile, item: Node, name: str, before: str, remedy: str) -> Refused:
        span = _span(file, item)
        line = item.start_mark.line + 1
        text = f"{before}[config] including file '{name}' at {file.path}:{line}\nyaml error"
        return refuse("fluentbit/include-missing" if not before else "fluentbit/include-twice", text, span, remedy)

    def _pipeline(self, file: ConfigFile, value: Node) -> None:
        for name, key, content in entries(value):
            kind = _PIPELINE.get(name.lower())
            if kind is None:
                raise self._fail(
                    file,
                    key,
                    f"the pipeline component '{name}' is not valid. Try one of these values: "
                    "customs, inputs, filters or outputs.",
                )
            for item in items(content):
                self._add(kind, name, file, item, item)

    def _content(self, kind: Kind, title: str, file: ConfigFile, place: Node, value: Node) -> Section:
        properties: list[Property] = []
        groups: list[Section] = []
        for name, key, content in entries(value):
            if is_scalar(content):
                properties.append(_property(file, name, key, content))
            elif name == "processors":
                groups.extend(self._processors(file, content))
            elif any(is_scalar(item) for item in items(content)):
                properties.extend(_property(file, name, item, item) for item in items(content))
            else:
                groups.extend(self._nested(file, snake_case(name), key, content))
        return Section(kind, title, tuple(properties), _span(file, place), tuple(groups))

    def _nested(self, file: ConfigFile, name: str, key: Node, content: Node) -> Iterator[Section]:
        for part in items(content) or [content]:
            yield self._content(Kind.OTHER, name, file, key, part)

    def _processors(self, file: ConfigFile, value: Node) -> Iterator[Section]:
        for signal, key, content in entries(value):
            if signal.lower() not in _SIGNALS:
                raise self._fail(file, key, f"[config] unknown processor '{signal}'")
            for item in items(content):
                if signal.lower() == "logs":
                    yield self._content(Kind.PROCESSOR, text_of(get(item, "name")), file, item, item)
                else:
                    self.document.findings.append(_other_signal(signal, _span(file, item)))

    def _fail(self, file: ConfigFile, place: Node, why: str) -> Refused:
        mark = place.start_mark
        text = (
            f'[config] YAML error found in file "{posixpath.basename(file.path)}", line {mark.line + 1}, '
            f"column {mark.column}: {why}\nyaml error"
        )
        return refuse("fluentbit/yaml-syntax", text, _span(file, place), _REMEDY)


def _property(file: ConfigFile, name: str, place: Node, content: Node) -> Property:
    value = str(content.value).strip(" \t\n\v\f\r")
    start, end = place.start_mark, content.end_mark
    last = end.column if end.line == start.line else start.column + len(name)
    span = file.span(start.line + 1, start.column, last)
    return Property(snake_case(name), value, span, name, value, is_plain(content))


def _span(file: ConfigFile, node: Node) -> Span:
    start, end = node.start_mark, node.end_mark
    last = end.column if end.line == start.line else start.column + 1
    return file.span(start.line + 1, start.column, last)


def _other_signal(signal: str, span: Span) -> Finding:
    return Finding(
        "fluentbit/processor-of-another-signal",
        span,
        f"processors: {signal}",
        PerAgent.same(Fidelity.HARMLESS),
        "This processor sees metrics or traces only, never a log record.",
    )


def _not_read(name: str, span: Span, remedy: str) -> Finding:
    return Finding(
        "fluentbit/env-from-elsewhere",
        span,
        name,
        PerAgent.same(Fidelity.MANUAL),
        "Fluent Bit fetches this variable from somewhere else when it starts; its value is not known here.",
        remedy,
    )
