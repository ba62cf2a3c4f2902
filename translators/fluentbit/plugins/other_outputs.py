"""Outputs that are not CloudWatch: they keep Fluent Bit running, since the agents write to Loki only."""

from __future__ import annotations

from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk
from translators.fluentbit.ledger import approximate, equivalent, harmless
from translators.fluentbit.plugins.other_filters import judge_every

_DEBUG = frozenset({"stdout", "null", "counter", "exit", "flowcounter", "retry", "lib", "plot", "event_test", "file"})
_METRICS = frozenset({"prometheus_exporter", "prometheus_remote_write", "vivo_exporter"})


def judge(section: Section, desk: Desk) -> None:
    """The outcome of an output that is none of CloudWatch's."""
    plugin = section.name.lower()
    if plugin == "loki":
        message = "it writes to Loki already and goes on; the labels file can take over its labels"
        judge_every(section, plugin, equivalent(message), desk)
    elif plugin in _DEBUG:
        judge_every(section, plugin, harmless("for debugging: nothing of it is kept"), desk)
    elif plugin in _METRICS:
        judge_every(section, plugin, harmless("metrics, no logs: Fluent Bit goes on with it"), desk)
    else:
        message = "the agents write to Loki only: leave Fluent Bit running for this output, take only CloudWatch's out"
        judge_every(section, plugin, approximate(message, "keep its DaemonSet after the cutover"), desk)
