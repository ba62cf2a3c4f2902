"""A Fluent Bit configuration after loading: sections and properties in order, whatever syntax they were written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from translators.source import Span

FIELD_OPEN, FIELD_CLOSE = "\ue000", "\ue001"
"""A value that only a running pod knows stands in the expanded text as ``FIELD_OPEN`` + name + ``FIELD_CLOSE``."""

_FIELD = re.compile(f"{FIELD_OPEN}([^{FIELD_CLOSE}]*){FIELD_CLOSE}")


def field_reference(name: str) -> str:
    """The marker for what the pod's downward API calls ``name`` (``spec.nodeName``, ``metadata.name`` …).

    Names that are no field path: ``hostname``, ``secret:NAME/KEY``, ``resource:NAME``.
    """
    return f"{FIELD_OPEN}{name}{FIELD_CLOSE}"


NODE_NAME = field_reference("spec.nodeName")
POD_NAME = field_reference("metadata.name")
HOSTNAME = field_reference("hostname")
"""What ``hostname`` says where Fluent Bit runs: the pod's name, or the node's in the host's network."""


def field_references(text: str) -> tuple[str, ...]:
    """The names of the markers in a value, in order."""
    return tuple(_FIELD.findall(text))


def substitute_fields(text: str, values: Mapping[str, str]) -> str:
    """The text with each marker replaced by its value; markers that ``values`` does not name stay."""
    if FIELD_OPEN not in text:
        return text
    return _FIELD.sub(lambda match: values.get(match[1], match[0]), text)


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
    """One key and value. ``key`` is lower case, ``name`` as written; ``raw`` is the value before its variables.

    ``plain``: YAML's plain style, in which a number is a number and no text.
    """

    key: str
    value: str
    span: Span
    name: str = ""
    raw: str = ""
    plain: bool = False


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
