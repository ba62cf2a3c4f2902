"""Inputs that are no files and no journal: Fluent Bit keeps them, and its own loki output is the way out."""

from __future__ import annotations

from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk
from translators.fluentbit.ledger import Judgement, harmless, manual
from translators.fluentbit.plugins.other_filters import judge_every

_NO_LOGS = frozenset(
    [
        "cpu",
        "mem",
        "disk",
        "docker",
        "netif",
        "proc",
        "thermal",
        "health",
        "kmsg",
        "node_exporter_metrics",
        "process_exporter_metrics",
        "fluentbit_metrics",
        "prometheus_scrape",
        "prometheus_textfile",
        "prometheus_remote_write",
        "podman_metrics",
        "nginx_metrics",
        "gpu_metrics",
        "collectd",
        "statsd",
        "windows_exporter_metrics",
        "winstat",
        "storage_backlog",
        "emitter",
        "random",
        "dummy",
        "head",
        "fluentbit_logs",
        "stream_processor",
    ]
)


def snippet(section: Section, desk: Desk) -> str:
    """The output section that lets Fluent Bit itself send what only it can read."""
    tag = section.value("tag", "*").strip() or "*"
    labels = f"cluster={desk.cluster or 'CLUSTER'}, log_type={section.name}"
    return f"[OUTPUT] Name loki / Match {tag} / Host LOKI / Labels {labels} / Drop_single_key raw"


def judge(section: Section, desk: Desk) -> None:
    """The outcome of an input that the agents do not have."""
    judge_every(section, section.name.lower(), _judgement(section, desk), desk)


def _judgement(section: Section, desk: Desk) -> Judgement:
    if section.name.lower() in _NO_LOGS:
        return harmless("no log of a file or the journal: this Fluent Bit goes on with it, Loki is not its place")
    message = f"the agents do not read what {section.name} gets: this Fluent Bit goes on with it"
    return manual(message, f"add to Fluent Bit: {snippet(section, desk)}")
