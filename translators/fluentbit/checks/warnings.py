"""What Fluent Bit does not refuse, and what its user may not have noticed."""

from __future__ import annotations

from collections.abc import Iterator

from translators.diagnostics import Finding
from translators.fluentbit.checks.parsers import Known
from translators.fluentbit.configuration import Configuration


def find(configuration: Configuration, known: Known) -> Iterator[Finding]:
    yield from ()
