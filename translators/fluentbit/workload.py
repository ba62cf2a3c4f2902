"""How Fluent Bit runs in the cluster, so that the agent that follows it can run the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from translators.fluentbit.yaml_syntax import Plain
from translators.source import Span


class EnvSource(StrEnum):
    """Where an environment variable's value comes from."""

    VALUE = "value"
    CONFIG_MAP = "configMapKeyRef"
    SECRET = "secretKeyRef"  # noqa: S105 - a field of Kubernetes
    FIELD = "fieldRef"
    RESOURCE = "resourceFieldRef"


@dataclass(frozen=True, slots=True)
class EnvVariable:
    """One variable. ``value`` is its text when that is known; ``reference`` is ``NAME/KEY`` or a field's path."""

    name: str
    source: EnvSource
    span: Span
    value: str | None = None
    reference: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EnvFrom:
    """All keys of a ConfigMap or a Secret as variables."""

    source: EnvSource
    name: str
    span: Span
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume at its place in the container. ``host_path`` is empty unless the volume is a hostPath.

    ``kind`` is the volume's Kubernetes type (``hostPath``, ``configMap``, ``emptyDir`` …), ``object_name`` the
    ConfigMap's, Secret's or claim's name.
    """

    name: str
    mount_path: str
    span: Span
    kind: str = ""
    host_path: str = ""
    host_path_type: str = ""
    object_name: str = ""
    read_only: bool = False
    sub_path: str = ""
    propagation: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the manifest as plain values, with its place: what Kubernetes defines better than we could."""

    value: Plain
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a Role or ClusterRole: ``targets`` are resources and URLs that are none."""

    targets: tuple[str, ...]
    verbs: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Workload:
    """The object that runs Fluent Bit. A ``Part`` is None when the manifest does not say it.

    ``others`` are the fields of the pod and of the container that have no member here, by their path
    (``spec.template.spec.shareProcessNamespace``), so that nothing is dropped without a word.
    """

    kind: str
    name: str
    namespace: str
    span: Span
    image: str = ""
    image_span: Span | None = None
    image_pull_policy: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    pod_labels_span: Span | None = None
    pod_annotations_span: Span | None = None
    account_span: Span | None = None
    selector: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    env: tuple[EnvVariable, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    mounts: tuple[Mount, ...] = ()
    tolerations: Part | None = None
    node_selector: Part | None = None
    affinity: Part | None = None
    priority_class: str = ""
    priority_class_span: Span | None = None
    resources: Part | None = None
    service_account: str = ""
    service_account_annotations: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    host_network: bool = False
    dns_policy: str = ""
    dns_config: Part | None = None
    pod_security_context: Part | None = None
    security_context: Part | None = None
    update_strategy: Part | None = None
    image_pull_secrets: Part | None = None
    liveness_probe: Part | None = None
    readiness_probe: Part | None = None
    ports: Part | None = None
    init_containers: Part | None = None
    side_containers: Part | None = None
    host_aliases: Part | None = None
    termination_grace_seconds: int | None = None
    others: tuple[tuple[str, Part], ...] = ()
