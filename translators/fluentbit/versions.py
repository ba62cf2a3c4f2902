"""Which Fluent Bit is deployed, and where it is known to differ from v5.1.1, whose semantics we translate."""

from __future__ import annotations

from translators.diagnostics import Finding
from translators.fluentbit.configuration import Configuration
from translators.fluentbit.workload import Workload


def of_workload(workload: Workload | None) -> str:
    return ""


def check(version: str, workload: Workload | None, configuration: Configuration) -> list[Finding]:
    return []
