"""A Fluent Bit configuration after loading: sections and properties in order, whatever syntax they were written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from translators.source import Span


class Kind(StrEnum):
    """What a section configures."""

    SERVICE = "service"
    PARSER = "parser"
    MULTILINE_PARSER = "multiline_parser"
    INPUT = "input"
    FILTER = "filter"
    OUTPUT = "output"
    PROCESSOR = "processor"
    STREAM_TASK = "stream_task"
    OTHER = "other"
    """A section that Fluent Bit stores and never looks at."""


@dataclass(frozen=True, slots=True)
class Property:
    """One key and value. ``key`` is lower case, ``name`` as written; variables are expanded in ``value``, not in ``raw``."""

    key: str
    value: str
    span: Span
    name: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section. ``name`` is the plugin's or the parser's name in lower case for plugins, as written for parsers.

    ``groups`` are nested sections: processors of an input or output, or the ``rules`` of a YAML multiline parser.
    """

    kind: Kind
    name: str
    properties: tuple[Property, ...]
    span: Span
    groups: tuple[Section, ...] = ()

    def last(self, key: str) -> Property | None:
        """The last property of that lower-case key, as Fluent Bit's global keys are read."""
        return next((item for item in reversed(self.properties) if item.key == key), None)

    def value(self, key: str, default: str = "") -> str:
        found = self.last(key)
        return default if found is None else found.value

    def every(self, key: str) -> Iterator[Property]:
        """All properties of that lower-case key, in order."""
        return (item for item in self.properties if item.key == key)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What Fluent Bit loaded. Filters and inputs stand in the order that it runs them."""

    service: Section | None = None
    parsers: tuple[Section, ...] = ()
    multiline_parsers: tuple[Section, ...] = ()
    inputs: tuple[Section, ...] = ()
    filters: tuple[Section, ...] = ()
    outputs: tuple[Section, ...] = ()
    stream_tasks: tuple[Section, ...] = ()
    ignored: tuple[Section, ...] = ()
