"""Which class is which processor."""

from __future__ import annotations

from dataclasses import replace

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.filters import make as filters
from translators.fluentbit.evaluate.filters.base import Filter, Setting, Untouched
from translators.fluentbit.evaluate.processors.content_modifier import ContentModifier

_METRICS_ONLY = ("cumulative_to_delta", "labels", "metrics_selector", "tda")
_UNKNOWN = ("sql", "sampling", "opentelemetry_envelope", "template")


def make_all(owner: Section, setting: Setting) -> list[Filter]:
    """The processors of an input or output, in order."""
    return [make(replace(setting, section=group)) for group in owner.groups if _is_for_logs(group)]


def make(setting: Setting) -> Filter:
    section = setting.section
    if any(group for group in section.groups):
        raise Refused(
            "fluentbit/processor-condition", "a processor with a condition is not simulated", section.span,
            "leave the condition out of the configuration that is simulated",
        )  # fmt: skip
    if section.name == "content_modifier":
        return ContentModifier(setting)
    if section.name in _METRICS_ONLY:
        return Untouched()
    if section.name in _UNKNOWN:
        raise Refused(
            "fluentbit/processor-not-simulated", f"what processor {section.name} does to a record cannot be known here",
            section.span, "leave the processor out of the configuration that is simulated",
        )  # fmt: skip
    return filters.make(setting)


def _is_for_logs(group: Section) -> bool:
    return group.value("_signal", "logs") == "logs"
