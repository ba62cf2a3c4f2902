"""The stages of a log pipeline, as both agents know them. Regular expressions are RE2; templates are Go's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ReadCri:
    """Take the CRI header off: text, time and stream; join P parts until F, for each set of labels."""

    max_partial_lines: int = 100
    max_partial_line_size: int = 0


@dataclass(frozen=True, slots=True)
class ReadDocker:
    """Take docker's JSON wrapper off; a line that is none passes untouched."""


@dataclass(frozen=True, slots=True)
class JoinLines:
    """Glue every line to the last one that matched ``firstline``, for each set of labels."""

    firstline: str
    max_wait_seconds: int = 3
    max_lines: int = 128


@dataclass(frozen=True, slots=True)
class ParseRegex:
    """Extract the named groups of an unanchored search; no match extracts nothing. ``source`` empty: the line."""

    expression: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class ParseJson:
    """Extract JMESPath expressions: (name, expression) pairs. ``source`` empty: the line."""

    expressions: tuple[tuple[str, str], ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class ParseLogfmt:
    """Extract logfmt keys: (name, key) pairs."""

    mapping: tuple[tuple[str, str], ...]
    source: str = ""


class TimeFailure(StrEnum):
    """What a timestamp stage does with a text it cannot read."""

    SKIP = "skip"
    FUDGE = "fudge"


@dataclass(frozen=True, slots=True)
class SetTime:
    """Take the entry's time from an extracted value, by Go layouts (or Unix, UnixMs, RFC3339Nano …)."""

    source: str
    layout: str
    fallbacks: tuple[str, ...] = ()
    location: str = ""
    on_failure: TimeFailure = TimeFailure.SKIP
    fudge_duplicates: bool = True
    """Alloy alone: a time equal to the last one of the stream becomes one nanosecond later."""


@dataclass(frozen=True, slots=True)
class SetText:
    """Make an extracted value the line."""

    source: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace each match (or each capture group of it) by a Go template. ``source`` empty: the line."""

    expression: str
    replacement: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class SetTemplate:
    """Compute an extracted value with a Go template over the extracted map (``.Entry`` is the line)."""

    source: str
    template: str


@dataclass(frozen=True, slots=True)
class SetLabels:
    """Make stream labels of extracted values: (label, extracted name) pairs."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SetConstants:
    """Stream labels with fixed values (static_labels)."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DropLabels:
    """Remove stream labels."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetMetadata:
    """Structured metadata: (name, extracted name or label) pairs; a label of the source's name and value goes away."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DropLines:
    """Drop the entry when everything given holds. ``source`` empty: the line; give ``value`` or ``expression``."""

    source: str = ""
    value: str = ""
    expression: str = ""
    older_than: str = ""
    longer_than: str = ""
    reason: str = "logmig"


@dataclass(frozen=True, slots=True)
class When:
    """Run stages, or drop, only for entries that a LogQL selector with line filters takes."""

    selector: str
    stages: tuple[Stage, ...] = ()
    drop: bool = False
    reason: str = "logmig"


@dataclass(frozen=True, slots=True)
class LimitRate:
    """A token bucket of lines a second; what is over it is dropped."""

    rate: float
    burst: int
    by_label: str = ""


@dataclass(frozen=True, slots=True)
class KeepSample:
    """Keep a share of the lines, 0 to 1."""

    rate: float


Stage = (
    ReadCri
    | ReadDocker
    | JoinLines
    | ParseRegex
    | ParseJson
    | ParseLogfmt
    | SetTime
    | SetText
    | Replace
    | SetTemplate
    | SetLabels
    | SetConstants
    | DropLabels
    | SetMetadata
    | DropLines
    | When
    | LimitRate
    | KeepSample
)
