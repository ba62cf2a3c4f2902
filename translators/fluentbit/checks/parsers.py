"""Which parsers there are, and the definitions of parsers that Fluent Bit refuses."""

from __future__ import annotations

from dataclasses import dataclass

from translators.fluentbit.configuration import Configuration

BUILT_IN_MULTILINE = ("docker", "cri", "java", "go", "ruby", "python")


@dataclass(frozen=True, slots=True)
class Known:
    """The parsers that can be named. ``complete`` is false when a file of parsers was not given."""

    parsers: frozenset[str]
    multiline: frozenset[str]
    complete: bool


def check(configuration: Configuration, parsers_missing: bool) -> Known:
    return Known(
        frozenset(section.name for section in configuration.parsers),
        frozenset((*BUILT_IN_MULTILINE, *(section.name for section in configuration.multiline_parsers))),
        not parsers_missing,
    )
