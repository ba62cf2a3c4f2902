"""The DaemonSet (or whatever runs Fluent Bit) as a typed workload, each part with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from translators.fluentbit.inputs.objects import KubeObject
from translators.fluentbit.workload import EnvFrom, EnvSource, EnvVariable, Mount, Part, Rule, Workload
from translators.fluentbit.yaml_syntax import entries, get, is_mapping, items, plain, text_of
from translators.source import Span

if TYPE_CHECKING:
    from yaml import Node

_POD_KEYS = frozenset(
    (
        "containers", "initContainers", "volumes", "tolerations", "nodeSelector", "affinity", "priorityClassName",
        "serviceAccountName", "serviceAccount", "hostNetwork", "dnsPolicy", "dnsConfig", "securityContext",
        "imagePullSecrets", "hostAliases", "terminationGracePeriodSeconds",
    )
)  # fmt: skip
_CONTAINER_KEYS = frozenset(
    (
        "name", "image", "imagePullPolicy", "command", "args", "env", "envFrom", "volumeMounts", "resources",
        "securityContext", "livenessProbe", "readinessProbe", "ports",
    )
)  # fmt: skip
_SPEC_KEYS = frozenset(("template", "selector", "updateStrategy", "strategy", "replicas", "revisionHistoryLimit"))
_PROPAGATIONS = ("HostToContainer", "Bidirectional")
_VOLUME_NAMES = {"configMap": "name", "secret": "secretName", "persistentVolumeClaim": "claimName", "hostPath": "path"}


def pod_spec(holder: KubeObject) -> Node | None:
    """The pod's specification inside a workload, or the Pod's own."""
    if holder.kind == "Pod":
        return holder.get("spec")
    if holder.kind == "CronJob":
        return holder.get("spec", "jobTemplate", "spec", "template", "spec")
    return holder.get("spec", "template", "spec")


def container_of(holder: KubeObject) -> Node | None:
    """The container that runs Fluent Bit: by its image, by its name, or because it is the only one."""
    containers = items(get(pod_spec(holder), "containers"))
    for word in ("fluent-bit", "fluentbit"):
        for key in ("image", "name"):
            for container in containers:
                if word in text_of(get(container, key)).lower():
                    return container
    return containers[0] if len(containers) == 1 else None


def workload_of(holder: KubeObject, others: Iterable[KubeObject]) -> Workload:
    """The workload with the rules and the annotations of its service account, as far as they were given."""
    spec, container = pod_spec(holder), container_of(holder)
    template = holder.get("spec", "template", "metadata")
    account = text_of(get(spec, "serviceAccountName")) or text_of(get(spec, "serviceAccount"))
    given = list(others)
    workload = Workload(
        kind=holder.kind,
        name=holder.name,
        namespace=holder.namespace,
        span=holder.span(holder.get("kind")),
        image=text_of(get(container, "image")),
        image_span=_place(holder, get(container, "image")),
        image_pull_policy=text_of(get(container, "imagePullPolicy")),
        labels=texts_of(holder.get("metadata", "labels")),
        annotations=texts_of(holder.get("metadata", "annotations")),
        pod_labels=texts_of(get(template, "labels")),
        pod_annotations=texts_of(get(template, "annotations")),
        pod_labels_span=_place(holder, get(template, "labels")),
        pod_annotations_span=_place(holder, get(template, "annotations")),
        account_span=_account_span(account, given),
        selector=texts_of(holder.get("spec", "selector", "matchLabels")),
        command=tuple(text_of(item) for key in ("command", "args") for item in items(get(container, key))),
        env=tuple(env_of(holder, get(container, "env"))),
        env_from=tuple(env_from_of(holder, get(container, "envFrom"))),
        mounts=tuple(mounts_of(holder, get(spec, "volumes"), get(container, "volumeMounts"))),
        service_account=account,
        service_account_annotations=_account_annotations(account, given),
        rules=tuple(_rules(account, given)),
        others=tuple(_others(holder, spec, container)),
    )
    return _as_container(_as_pod(workload, holder, spec), holder, spec, container)


def _as_pod(workload: Workload, holder: KubeObject, spec: Node | None) -> Workload:
    """The workload with what the pod's specification says."""
    return replace(
        workload,
        tolerations=part_of(holder, get(spec, "tolerations")),
        node_selector=part_of(holder, get(spec, "nodeSelector")),
        affinity=part_of(holder, get(spec, "affinity")),
        priority_class=text_of(get(spec, "priorityClassName")),
        priority_class_span=_place(holder, get(spec, "priorityClassName")),
        host_network=text_of(get(spec, "hostNetwork")).lower() in ("true", "yes", "on"),
        dns_policy=text_of(get(spec, "dnsPolicy")),
        dns_config=part_of(holder, get(spec, "dnsConfig")),
        pod_security_context=part_of(holder, get(spec, "securityContext")),
        update_strategy=part_of(holder, holder.get("spec", "updateStrategy") or holder.get("spec", "strategy")),
        image_pull_secrets=part_of(holder, get(spec, "imagePullSecrets")),
        init_containers=part_of(holder, get(spec, "initContainers")),
        host_aliases=part_of(holder, get(spec, "hostAliases")),
        termination_grace_seconds=_seconds(get(spec, "terminationGracePeriodSeconds")),
    )


def _as_container(workload: Workload, holder: KubeObject, spec: Node | None, container: Node | None) -> Workload:
    """The workload with what Fluent Bit's container says."""
    return replace(
        workload,
        resources=part_of(holder, get(container, "resources")),
        security_context=part_of(holder, get(container, "securityContext")),
        liveness_probe=part_of(holder, get(container, "livenessProbe")),
        readiness_probe=part_of(holder, get(container, "readinessProbe")),
        ports=part_of(holder, get(container, "ports")),
        side_containers=_side_containers(holder, spec, container),
    )


def env_of(holder: KubeObject, node: Node | None) -> Iterator[EnvVariable]:
    """The variables of an ``env`` list."""
    for item in items(node):
        name, span, given = text_of(get(item, "name")), holder.span(item), get(item, "valueFrom")
        if given is None:
            value = get(item, "value")
            yield EnvVariable(name, EnvSource.VALUE, span, text_of(value))
            continue
        for source, _, reference in entries(given):
            if source in tuple(EnvSource):
                yield EnvVariable(
                    name,
                    EnvSource(source),
                    span,
                    None,
                    _reference(reference),
                    text_of(get(reference, "optional")).lower() == "true",
                )


def _reference(node: Node) -> str:
    path = text_of(get(node, "fieldPath")) or text_of(get(node, "resource"))
    return path or f"{text_of(get(node, 'name'))}/{text_of(get(node, 'key'))}"


def env_from_of(holder: KubeObject, node: Node | None) -> Iterator[EnvFrom]:
    for item in items(node):
        prefix = text_of(get(item, "prefix"))
        for key, source in (("configMapRef", EnvSource.CONFIG_MAP), ("secretRef", EnvSource.SECRET)):
            if get(item, key) is not None:
                yield EnvFrom(source, text_of(get(item, key, "name")), holder.span(item), prefix)


def mounts_of(holder: KubeObject, volume_list: Node | None, mount_list: Node | None) -> Iterator[Mount]:
    """The mounts of a container, each with its volume."""
    volumes = {text_of(get(volume, "name")): volume for volume in items(volume_list)}
    for mount in items(mount_list):
        name = text_of(get(mount, "name"))
        volume = volumes.get(name)
        kind = next((key for key, _, value in entries(volume) if key != "name" and is_mapping(value)), "")
        yield Mount(
            name,
            text_of(get(mount, "mountPath")),
            holder.span(mount),
            kind,
            text_of(get(volume, "hostPath", "path")),
            text_of(get(volume, "hostPath", "type")),
            text_of(get(volume, kind, _VOLUME_NAMES.get(kind, "name"))) if kind != "hostPath" else "",
            text_of(get(mount, "readOnly")).lower() == "true",
            text_of(get(mount, "subPath")),
            "HostToContainer" if text_of(get(mount, "mountPropagation")) in _PROPAGATIONS else "",
        )


def _rules(account: str, given: list[KubeObject]) -> Iterator[Rule]:
    """The rules that bindings give to the account; all roles when no binding names it."""
    bound = {
        text_of(holder.get("roleRef", "name"))
        for holder in given
        if holder.kind.endswith("RoleBinding")
        and any(text_of(get(subject, "name")) == account for subject in items(holder.get("subjects")))
    }
    for holder in given:
        if holder.kind in ("Role", "ClusterRole") and (holder.name in bound or not bound):
            for rule in items(holder.get("rules")):
                targets = (*_strings(get(rule, "resources")), *_strings(get(rule, "nonResourceURLs")))
                yield Rule(targets, _strings(get(rule, "verbs")), holder.span(rule))


def _account_annotations(account: str, given: list[KubeObject]) -> dict[str, str]:
    for holder in given:
        if holder.kind == "ServiceAccount" and holder.name == account:
            return texts_of(holder.get("metadata", "annotations"))
    return {}


def _account_span(account: str, given: list[KubeObject]) -> Span | None:
    for holder in given:
        if holder.kind == "ServiceAccount" and holder.name == account:
            return holder.span(holder.get("metadata", "annotations"))
    return None


def _side_containers(holder: KubeObject, spec: Node | None, own: Node | None) -> Part | None:
    others = [item for item in items(get(spec, "containers")) if item is not own]
    return Part([plain(item) for item in others], holder.span(others[0])) if others else None


def _others(holder: KubeObject, spec: Node | None, container: Node | None) -> Iterator[tuple[str, Part]]:
    top = holder.get("spec") if holder.kind != "Pod" else None
    for path, node, known in (
        ("spec", top, _SPEC_KEYS),
        ("spec.template.spec", spec, _POD_KEYS),
        ("spec.template.spec.containers[]", container, _CONTAINER_KEYS),
    ):
        for key, place, value in entries(node):
            if key not in known:
                yield f"{path}.{key}", Part(plain(value), holder.span(place))


def part_of(holder: KubeObject, node: Node | None) -> Part | None:
    """The node as plain values with its place; None for what is absent or empty."""
    value = plain(node)
    return Part(value, holder.span(node)) if node is not None and value not in (None, {}, []) else None


def _place(holder: KubeObject, node: Node | None) -> Span | None:
    return holder.span(node) if node is not None else None


def _seconds(node: Node | None) -> int | None:
    text = text_of(node)
    return int(text) if text.isdigit() else None


def texts_of(node: Node | None) -> dict[str, str]:
    """A map of texts, such as labels."""
    return {key: text_of(value) for key, _, value in entries(node)}


def _strings(node: Node | None) -> tuple[str, ...]:
    return tuple(text_of(item) for item in items(node))
