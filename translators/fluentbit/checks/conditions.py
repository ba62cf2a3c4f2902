"""Conditions of processors that Fluent Bit does not start with."""

from __future__ import annotations

from translators.fluentbit.configuration import Configuration
from translators.fluentbit.evaluate.processors.conditions import check_condition


def check(configuration: Configuration) -> None:
    """Refuse what no rule can be made of; whether a filter that is a processor looks at its condition or not."""
    for owner in (*configuration.inputs, *configuration.outputs):
        for processor in owner.groups:
            for group in processor.groups:
                if group.name == "condition":
                    check_condition(group)
