"""The parsers that sections can name."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.fluentbit.configuration import Configuration

DEFINE_MULTILINE = (
    "Define it in a [MULTILINE_PARSER] of a Parsers_File; docker, cri, java, go, ruby and python are built in."
)
BUILT_IN_MULTILINE = ("docker", "cri", "java", "go", "ruby", "python")


@dataclass(slots=True)
class Known:
    """The parsers that can be named, and the errors that Fluent Bit has logged so far.

    ``complete`` is false when a file of parsers was not given, so an undefined name proves nothing.
    """

    parsers: frozenset[str]
    multiline: frozenset[str]
    complete: bool
    errors: list[str] = field(default_factory=list)


def known_parsers(configuration: Configuration, complete: bool, errors: list[str]) -> Known:
    """The parsers of a configuration with the built-in multiline parsers."""
    return Known(
        frozenset(section.name for section in configuration.parsers),
        frozenset((*BUILT_IN_MULTILINE, *(section.name for section in configuration.multiline_parsers))),
        complete,
        list(errors),
    )
