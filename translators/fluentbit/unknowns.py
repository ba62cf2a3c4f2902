"""Variables without a value: unset ones are empty as in Fluent Bit, unknown ones must be given."""

from __future__ import annotations

from translators.diagnostics import Finding
from translators.fluentbit.configuration import Configuration
from translators.fluentbit.variables import Variables


def check(variables: Variables, configuration: Configuration, has_workload: bool) -> list[Finding]:
    return []
