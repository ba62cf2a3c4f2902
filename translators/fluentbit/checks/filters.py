"""What the filters refuse when they start."""

from __future__ import annotations

from translators.fluentbit.checks import properties
from translators.fluentbit.checks.instances import Instance
from translators.fluentbit.checks.parsers import Known


def check(instance: Instance, known: Known) -> None:
    section = instance.section
    if not section.value("match") and not section.value("match_regex"):
        raise instance.stops(
            "fluentbit/filter-without-match", "", section.span, "Add a Match line: `Match *` takes every record."
        )
    properties.check(instance)
    if section.name == "parser":
        for item in section.every("parser"):
            if known.complete and item.value not in known.parsers:
                raise instance.fails(
                    "fluentbit/undefined-parser",
                    f"requested parser '{item.value}' not found\nInvalid 'parser'",
                    item.span,
                    "Define the parser in a file that [SERVICE] names with Parsers_File, or correct its name.",
                )
