"""Conditions of processors that Fluent Bit does not start with."""

from __future__ import annotations

from translators.diagnostics import Refused
from translators.fluentbit.classic import refuse
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.processors.conditions import check_condition

NOT_LOADED = "failed to load 'logs' processors"


def check(processor: Section) -> None:
    """Refuse what no rule can be made of; whether a filter that is a processor looks at its condition or not."""
    for group in processor.groups:
        if group.name == "condition":
            try:
                check_condition(group)
            except Refused as refused:
                name = processor.value("name")
                errors = f"{refused.message}\n[processor] failed to set condition for processor '{name}'\n{NOT_LOADED}"
                raise refuse(refused.rule, errors, refused.span or group.span, refused.remedy) from None
