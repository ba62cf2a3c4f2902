"""Which form an input has: its content decides, its name only where Fluent Bit itself goes by the name."""

from __future__ import annotations

from collections.abc import Mapping

from translators.diagnostics import Refused
from translators.fluentbit.inputs import classic_files
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.variables import Variables
from translators.source import Span


def find(texts: Mapping[str, str], lenient: bool, variables: Variables, cluster: str) -> Found:
    """The one configuration in the inputs."""
    if not any(text.strip() for text in texts.values()):
        raise Refused("fluentbit/empty", "the input is empty", Span(next(iter(texts), "-"), 1, 1), "Give a file.")
    return classic_files.find(texts, variables)
