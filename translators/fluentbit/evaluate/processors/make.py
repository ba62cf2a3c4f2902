"""Which class is which processor."""

from __future__ import annotations

from dataclasses import replace

from translators.diagnostics import Refused
from translators.fluentbit.configuration import Section
from translators.fluentbit.evaluate.filters import make as filters
from translators.fluentbit.evaluate.filters.base import Filter, Setting
from translators.fluentbit.evaluate.processors.chain import Chain, Unit
from translators.fluentbit.evaluate.processors.conditions import read_condition
from translators.fluentbit.evaluate.processors.content_modifier import ContentModifier

_NOT_FOR_LOGS = ("cumulative_to_delta", "labels", "metrics_selector", "sampling", "tda")
_UNKNOWN = ("sql", "opentelemetry_envelope", "template")


def make_all(owner: Section, setting: Setting) -> list[Filter]:
    """The processors of an input or output, in order."""
    for group in owner.groups:
        if group.name == "routes":
            raise Refused(
                "fluentbit/conditional-routes", "routes of an input are not simulated", group.span,
                "route by tag and Match in the configuration that is simulated",
            )  # fmt: skip
    made: list[Filter] = []
    row: list[Unit] = []
    for group in owner.groups:
        unit = _native(replace(setting, section=group))
        if unit is not None:
            row.append(unit)
            continue
        made.extend([Chain(row)] if row else [])
        row = []
        made.append(filters.make(replace(setting, section=group)))
    return [*made, Chain(row)] if row else made


def _native(setting: Setting) -> Unit | None:
    """A processor that is no filter; None for a filter, which runs whatever its condition says."""
    section = setting.section
    if section.name in _UNKNOWN:
        raise Refused(
            "fluentbit/processor-not-simulated",
            f"what processor {section.name} does cannot be known here",
            section.span, "leave the processor out of the configuration that is simulated",
        )  # fmt: skip
    group = next((group for group in section.groups if group.name == "condition"), None)
    condition = read_condition(group) if group else None
    if section.name == "content_modifier":
        return Unit(ContentModifier(setting), condition)
    return Unit(None) if section.name in _NOT_FOR_LOGS else None
