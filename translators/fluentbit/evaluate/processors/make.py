"""Which class is which processor."""

from __future__ import annotations

from dataclasses import replace

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.filters import make as filters
from translators.fluentbit.evaluate.filters.base import Filter, Setting, Untouched
from translators.fluentbit.evaluate.processors.conditions import Conditional, read_condition
from translators.fluentbit.evaluate.processors.content_modifier import ContentModifier

_METRICS_ONLY = ("cumulative_to_delta", "labels", "metrics_selector", "tda")
_UNKNOWN = ("sql", "sampling", "opentelemetry_envelope", "template")


def make_all(owner: Section, setting: Setting) -> list[Filter]:
    """The processors of an input or output, in order."""
    for group in owner.groups:
        if group.name == "routes":
            raise Refused(
                "fluentbit/conditional-routes", "routes of an input are not simulated", group.span,
                "route by tag and Match in the configuration that is simulated",
            )  # fmt: skip
    return [make(replace(setting, section=group)) for group in owner.groups]


def make(setting: Setting) -> Filter:
    section = setting.section
    condition = next((group for group in section.groups if group.name == "condition"), None)
    if section.name == "content_modifier":
        made = ContentModifier(setting)
        return Conditional(made, read_condition(condition)) if condition else made
    if section.name in _METRICS_ONLY:
        return Untouched()
    if condition or section.name in _UNKNOWN:
        raise Refused(
            "fluentbit/processor-not-simulated",
            f"what processor {section.name}{' with a condition' if condition else ''} does cannot be known here",
            section.span, "leave the processor out of the configuration that is simulated",
        )  # fmt: skip
    return filters.make(setting)
