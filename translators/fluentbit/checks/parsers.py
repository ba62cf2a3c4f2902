"""The parsers that sections can name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from translators.fluentbit.configuration import Configuration
from translators.fluentbit.evaluate.multiline_parsers import FLUSH_MS, flush_ms_of

DEFINE_MULTILINE = (
    "Define it in a [MULTILINE_PARSER] of a Parsers_File; docker, cri, java, go, ruby and python are built in."
)
SHORTEST_FLUSH = 500
"""Milliseconds below which Fluent Bit starts no flush timer."""
BUILT_IN_MULTILINE = ("docker", "cri", "java", "go", "ruby", "python")


@dataclass(slots=True)
class Known:
    """The parsers that can be named, and the errors that Fluent Bit has logged so far.

    ``complete`` is false when a file of parsers was not given, so an undefined name proves nothing. ``waits`` says for
    each multiline parser how many milliseconds it waits; case does not count in their names. ``formats`` are those of
    the parsers.
    """

    parsers: frozenset[str]
    waits: Mapping[str, int]
    complete: bool
    errors: list[str] = field(default_factory=list)
    formats: Mapping[str, str] = field(default_factory=dict)

    def lacks(self, multiline: str) -> bool:
        return self.complete and multiline.lower() not in self.waits


def known_parsers(configuration: Configuration, complete: bool, errors: list[str]) -> Known:
    """The parsers of a configuration with the built-in multiline parsers."""
    return Known(
        frozenset(section.name for section in configuration.parsers),
        {section.name.lower(): flush_ms_of(section) for section in reversed(configuration.multiline_parsers)}
        | dict.fromkeys(BUILT_IN_MULTILINE, FLUSH_MS),
        complete,
        list(errors),
        {section.name: section.value("format").lower() for section in reversed(configuration.parsers)},
    )
