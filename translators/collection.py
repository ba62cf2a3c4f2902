"""The composition behind plan and translate-pipeline: what Fluent Bit did, for both agents, and a catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from translators import labels
from translators.alloy.writer import write as write_alloy
from translators.catalog import Catalog
from translators.diagnostics import Agent, Finding
from translators.fluentbit.configuration import Configuration
from translators.fluentbit.read import Reading
from translators.fluentbit.translate import Wishes, translate_configuration
from translators.fluentbit.workload import EnvSource, Workload
from translators.labels import Override, Prediction, Scheme
from translators.pipeline.model import Client, Discovery, Pipeline
from translators.pipeline.world import Pod
from translators.promtail.writer import write as write_promtail
from translators.retention import retention

_INSIGHTS_GROUP = re.compile(r"/aws/containerinsights/([A-Za-z0-9][A-Za-z0-9_-]*)/")
_NODE_NAMES = frozenset({"HOST_NAME", "NODE_NAME", "K8S_NODE_NAME", "KUBE_NODE_NAME"})


@dataclass(frozen=True, slots=True)
class TranslateOptions:
    """What the user decides. ``pod_label``: the pod's name is a stream label. ``pods`` are for the prediction.

    ``first_part_time``: a container's line of several parts has the time of its first, not of its last.
    """

    cluster: str = ""
    discovery: Discovery = Discovery.KUBERNETES
    client: Client = field(default_factory=Client)
    pod_label: bool = False
    overrides: tuple[Override, ...] = ()
    pods: tuple[Pod, ...] = ()
    first_part_time: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """The translation. ``pipelines`` differ between the agents only where the agents do.

    ``findings`` are those of the translation, by place; the reader's own are in the Reading. ``retention`` is YAML for
    Loki's configuration, empty when no log group expires.
    """

    pipelines: Mapping[Agent, Pipeline]
    promtail: str
    alloy: str
    catalog: Catalog
    findings: tuple[Finding, ...]
    retention: str
    scheme: Scheme
    prediction: Prediction | None = None

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that leaves nothing out: Alloy's."""
        return self.pipelines[Agent.ALLOY]


def translate(reading: Reading, options: TranslateOptions) -> Collection:
    """Translate what was read: every construct has exactly one finding afterwards."""
    options = replace(options, cluster=options.cluster or cluster_of(reading.configuration))
    changed = ((labels.POD_LABEL,) if options.pod_label else ()) + options.overrides
    scheme = labels.with_overrides(labels.DEFAULT, changed)
    wishes = Wishes(
        options.cluster,
        scheme,
        options.discovery,
        _node_variables(reading.workload),
        bool(reading.missing_files),
        options.first_part_time,
    )
    translated = translate_configuration(reading.configuration, wishes)
    client = _client(options)
    pipelines = {agent: Pipeline(jobs, client) for agent, jobs in translated.jobs}
    catalog = Catalog(translated.groups, options.cluster)
    return Collection(
        pipelines,
        write_promtail(pipelines[Agent.PROMTAIL]),
        write_alloy(pipelines[Agent.ALLOY]),
        catalog,
        translated.findings,
        retention(catalog),
        scheme,
        labels.predict(scheme, options.pods) if options.pods else None,
    )


def cluster_of(configuration: Configuration) -> str:
    """The cluster whose name all Container Insights log groups of the outputs hold; empty where they do not agree."""
    groups = (output.value("log_group_name") for output in configuration.outputs)
    names = {found[1] for group in groups if (found := _INSIGHTS_GROUP.match(group))}
    return names.pop() if len(names) == 1 else ""


def _client(options: TranslateOptions) -> Client:
    if not options.cluster or "cluster" in dict(options.client.external_labels):
        return options.client
    external = (("cluster", options.cluster), *options.client.external_labels)
    return replace(options.client, external_labels=external)


def _node_variables(workload: Workload | None) -> frozenset[str]:
    """The variables of Fluent Bit's environment that hold the node's name."""
    if workload is None:
        return _NODE_NAMES
    from_field = (v.name for v in workload.env if v.source is EnvSource.FIELD and v.reference == "spec.nodeName")
    return frozenset(from_field)
