"""The environment of Fluent Bit's container: what its variables are, and which of them were not given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from translators.diagnostics import Fidelity, Finding, PerAgent
from translators.fluentbit.configuration import NODE_NAME, POD_NAME, field_reference
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.variables import Unknown, Variables
from translators.fluentbit.workload import EnvFrom, EnvSource, EnvVariable, Workload

CLUSTER_NAME_KEY = "cluster.name"
NODE_VARIABLES = ("HOST_NAME", "NODE_NAME", "K8S_NODE_NAME")
"""Variables that hold the node's name in every manifest that is known."""
_KUBERNETES_VARIABLE = re.compile(r"\$\$|\$\(([^)]+)\)")

Values = Mapping[tuple[str, str], str]
"""The values of the ConfigMaps that were given, by name and key."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the input tells besides the workload. ``hints`` are values that the text shows without settling them."""

    values: Values = field(default_factory=dict)
    cluster: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)


def fill(variables: Variables, workload: Workload, told: Told) -> None:
    """Set the variables of a workload's container."""
    names = {name for name, _ in told.values}
    for source in workload.env_from:
        _fill_from(variables, source, told.values, names)
    for variable in workload.env:
        _fill_one(variables, variable, told, workload.namespace)
    variables.pod.setdefault("HOSTNAME", NODE_NAME if workload.host_network else POD_NAME)


def fill_without_workload(variables: Variables, cluster: str) -> None:
    """A ConfigMap alone: its variables are those of a DaemonSet that was not given."""
    variables.elsewhere = "the DaemonSet, which was not given"
    variables.pod.setdefault("HOSTNAME", POD_NAME)
    for name in NODE_VARIABLES:
        variables.pod.setdefault(name, NODE_NAME)
    if cluster:
        variables.pod.setdefault("CLUSTER_NAME", cluster)


def assumed(tree: FileTree, main: ConfigFile) -> list[Finding]:
    """Say which variable is taken for the node's name although no DaemonSet says so."""
    used = [name for name in NODE_VARIABLES if any(f"${{{name}" in file.text for file in tree.files.values())]
    return [
        Finding(
            "fluentbit/assumed-node-name",
            main.span(1, 0, 1),
            f"${{{name}}}",
            PerAgent.same(Fidelity.EQUIVALENT),
            "The DaemonSet was not given; this variable is taken for the node's name, as in AWS's manifest.",
            f"Give the DaemonSet, or --env {name}=VALUE.",
        )
        for name in used
    ]


def _fill_from(variables: Variables, source: EnvFrom, values: Values, names: set[str]) -> None:
    if source.source is EnvSource.CONFIG_MAP and source.name in names:
        variables.pod.update((source.prefix + key, text) for (name, key), text in values.items() if name == source.name)
    else:
        what = "ConfigMap" if source.source is EnvSource.CONFIG_MAP else "Secret"
        variables.elsewhere = f"the {what} {source.name} (envFrom), which was not given"


def _fill_one(variables: Variables, variable: EnvVariable, told: Told, namespace: str) -> None:
    match variable.source:
        case EnvSource.VALUE:
            variables.pod[variable.name] = _expanded(variable.value or "", variables.pod)
        case EnvSource.FIELD:
            variables.pod[variable.name] = field_reference(variable.reference)
        case EnvSource.RESOURCE:
            variables.pod[variable.name] = field_reference(f"resource:{variable.reference}")
        case EnvSource.SECRET:
            variables.pod[variable.name] = field_reference(f"secret:{variable.reference}")
        case EnvSource.CONFIG_MAP:
            _fill_from_key(variables, variable, told, namespace)


def _fill_from_key(variables: Variables, variable: EnvVariable, told: Told, namespace: str) -> None:
    name, _, key = variable.reference.partition("/")
    if key == CLUSTER_NAME_KEY and told.cluster:
        variables.pod[variable.name] = told.cluster
    elif (name, key) in told.values:
        variables.pod[variable.name] = told.values[name, key]
    elif not variable.optional:
        hint = told.hints.get(key, "")
        flag = "--cluster NAME" if key == CLUSTER_NAME_KEY else f"--env {variable.name}={hint or 'VALUE'}"
        place = f" -n {namespace}" if namespace else ""
        command = f"kubectl get configmap {name}{place} -o yaml"
        variables.unknown[variable.name] = Unknown(
            variable.name, f"key {key} of the ConfigMap {name}", flag, hint, command
        )


def _expanded(text: str, known: Mapping[str, str]) -> str:
    """Kubernetes' own ``$(NAME)``; a name that is not set before stays as it is."""
    if "$" not in text:
        return text
    return _KUBERNETES_VARIABLE.sub(lambda match: "$" if not match[1] else known.get(match[1], match[0]), text)
