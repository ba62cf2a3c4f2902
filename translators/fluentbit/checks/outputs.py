"""What the outputs refuse when they start."""

from __future__ import annotations

from translators.fluentbit.checks import properties
from translators.fluentbit.checks.instances import Instance


def check(instance: Instance) -> None:
    properties.check(instance)
    section = instance.section
    if section.name == "cloudwatch_logs":
        both = [item for item in section.properties if item.key in ("log_stream_name", "log_stream_prefix")]
        if len(both) != 1:
            raise instance.fails(
                "fluentbit/log-stream-options",
                "Either 'log_stream_name' or 'log_stream_prefix' is required\nInitialization failed",
                both[-1].span if both else section.span,
                "Give exactly one of the two.",
            )
