"""The Kubernetes objects that run an agent, file by file, as ``kubectl apply -k`` takes them."""

from __future__ import annotations

from collections.abc import Mapping

from translators.workload.model import CONFIG_FILES, Setup
from translators.workload.pod import Object, labels, pod_spec
from translators.workload.printer import Plain, print_objects

DEFAULT_UPDATE: Object = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}


def manifests(setup: Setup) -> Mapping[str, str]:
    """File name → YAML: everything but the configuration itself, which lies next to them and becomes a ConfigMap."""
    return {
        "namespace.yaml": print_objects([_namespace(setup)]),
        "rbac.yaml": print_objects(_rbac(setup)),
        "daemonset.yaml": print_objects([_daemonset(setup)]),
        "kustomization.yaml": print_objects([_kustomization(setup)], f"kubectl apply -k {setup.name}"),
    }


def _kustomization(setup: Setup) -> Object:
    """The ConfigMap's name carries a hash of the configuration, so that a change rolls the pods."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": setup.namespace,
        "resources": ["namespace.yaml", "rbac.yaml", "daemonset.yaml"],
        "configMapGenerator": [{"name": setup.name, "files": [CONFIG_FILES[setup.agent]]}],
    }


def _namespace(setup: Setup) -> Object:
    """Pods that read the node's files are refused by the ``baseline`` and ``restricted`` standards alike."""
    mode = {f"pod-security.kubernetes.io/{verb}": "privileged" for verb in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": setup.namespace, "labels": mode}}


def _rbac(setup: Setup) -> list[Object]:
    metadata: Object = {"name": setup.name, "namespace": setup.namespace, "labels": labels(setup)}
    account: Object = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata,
        "automountServiceAccountToken": False,
    }
    if not setup.discovers:
        return [account]
    cluster_wide: Object = {"name": f"logmig-{setup.name}", "labels": labels(setup)}
    resources: list[Plain] = ["pods", "nodes"] if setup.reads_nodes else ["pods"]
    role: Object = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": cluster_wide,
        "rules": [{"apiGroups": [""], "resources": resources, "verbs": ["get", "list", "watch"]}],
    }
    binding: Object = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": cluster_wide,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": f"logmig-{setup.name}"},
        "subjects": [{"kind": "ServiceAccount", "name": setup.name, "namespace": setup.namespace}],
    }
    return [account, role, binding]


def _daemonset(setup: Setup) -> Object:
    metadata: dict[str, Plain] = {"labels": {**labels(setup), **dict(sorted(setup.labels.items()))}}
    if setup.annotations:
        metadata["annotations"] = dict(sorted(setup.annotations.items()))
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": setup.name, "namespace": setup.namespace, "labels": labels(setup)},
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": setup.name}},
            "updateStrategy": setup.placement.update_strategy or DEFAULT_UPDATE,
            "template": {"metadata": metadata, "spec": pod_spec(setup)},
        },
    }
