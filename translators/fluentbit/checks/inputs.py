"""What the inputs refuse when they start."""

from __future__ import annotations

from translators.fluentbit.checks import properties
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.checks.parsers import Known


def check(instance: Instance, known: Known) -> None:
    properties.check(instance)
