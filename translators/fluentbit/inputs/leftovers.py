"""Values that became neither configuration nor workload: each is said, none is passed over."""

from __future__ import annotations

from collections.abc import Iterator

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.fluentbit.inputs.values import Values
from translators.fluentbit.yaml_syntax import entries

_KNOWN = frozenset(
    (
        "global", "enabled", "nameOverride", "fullnameOverride", "namespaceOverride", "imagePullSecrets",
        "replicaCount", "testFramework", "rbac", "podSecurityPolicy", "openShift", "service", "serviceAccount",
        "serviceMonitor", "prometheusRule", "dashboards", "lifecycle", "ingress", "autoscaling", "podDisruptionBudget",
        "minReadySeconds", "terminationGracePeriodSeconds", "extraPorts", "networkPolicy", "hotReload",
        "verticalPodAutoscaler", "logLevel", "flush", "metricsPort", "topologySpreadConstraints",
        "revisionHistoryLimit", "existingConfigMap",
    )
)  # fmt: skip
"""Keys of the charts that make objects besides the configuration, or pods that run no other way for it."""


def findings(values: Values) -> Iterator[Finding]:
    """One finding for each key at the top of the user's values that nothing asked for."""
    for key, place, _ in entries(values.document):
        if key in values.asked:
            continue
        if key not in _KNOWN:
            yield unknown(key, values)
            continue
        yield Finding(
            "fluentbit/values-unused",
            values.holder().span(place),
            key,
            PerAgent.same(Fidelity.HARMLESS),
            "It decides nothing about what Fluent Bit collects or sends; the agent's manifests do not have it.",
        )


def unknown(path: str, values: Values) -> Finding:
    """A value that no template of the public chart is known to read."""
    return Finding(
        "fluentbit/values-unknown",
        values.span(path),
        path,
        PerAgent.same(Fidelity.EQUIVALENT),
        "The public chart is not known to have this value: Helm ignores it then, and so does the plan.",
        "If your chart reads it, render the chart (helm template RELEASE CHART -f FILE) and give the result.",
    )
