"""The pod of an agent: one container that may read logs and keep its positions, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from translators.diagnostics import Agent
from translators.workload.model import (
    CONFIG_FILES,
    IMAGES,
    INIT_IMAGE,
    STATE_ROOT,
    HostPath,
    Setup,
    Variable,
)
from translators.workload.printer import Plain

Object = Mapping[str, Plain]
FARGATE: Object = {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate"]}
"""DaemonSets do not run on Fargate; without this a pod for each Fargate node stays Pending."""
USER, GROUP = 10001, 0
"""kubelet's log files are 0640 root:root, their folders 0750: group 0 reads them without any capability."""
GRACE_SECONDS = 30
TEMPORARY = "/tmp"  # noqa: S108 - the container's own
DEFAULT_RESOURCES: Mapping[Agent, Object] = {
    Agent.PROMTAIL: {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
    Agent.ALLOY: {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
}


def labels(setup: Setup) -> Object:
    return {"app.kubernetes.io/name": setup.name, "app.kubernetes.io/part-of": "logmig"}


def pod_spec(setup: Setup) -> Object:
    """The spec of the DaemonSet's pods."""
    placement = setup.placement
    return _without_empty(
        {
            "serviceAccountName": setup.name,
            "automountServiceAccountToken": setup.discovers,
            "priorityClassName": placement.priority_class,
            "nodeSelector": placement.node_selector,
            "affinity": without_fargate(placement.affinity),
            "tolerations": placement.tolerations,
            "hostAliases": setup.host_aliases,
            "imagePullSecrets": setup.image_pull_secrets,
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "securityContext": pod_security(setup),
            "initContainers": [] if setup.as_root else [init_container(setup)],
            "containers": [_container(setup)],
            "volumes": [*volumes(setup), {"name": "config", "configMap": {"name": setup.name}}],
        }
    )


def pod_security(setup: Setup) -> Object:
    profile: Object = {"type": "RuntimeDefault"}
    policy: Object = {"seLinuxOptions": setup.se_linux} if setup.se_linux else {}
    if setup.as_root:
        return {"runAsUser": 0, "runAsGroup": 0, "seccompProfile": profile, **policy}
    return {"runAsNonRoot": True, "runAsUser": USER, "runAsGroup": GROUP, "seccompProfile": profile, **policy}


def container_security() -> Object:
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def init_container(setup: Setup) -> Object:
    """Kubernetes makes the folder of a hostPath for root alone: this lets group 0 write positions into it."""
    return {
        "name": "state",
        "image": INIT_IMAGE,
        "command": ["chmod", "0770", setup.state_place],
        "securityContext": {**container_security(), "runAsNonRoot": False, "runAsUser": 0},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "volumeMounts": [{"name": "state", "mountPath": setup.state_place}],
    }


def _container(setup: Setup) -> Object:
    return _without_empty(
        {
            "name": setup.name,
            "image": IMAGES[setup.agent],
            "args": arguments(setup),
            "env": [_variable(variable) for variable in variables(setup)],
            "ports": [{"name": "http-metrics", "containerPort": setup.listens}],
            "readinessProbe": {
                "httpGet": {"path": "/-/ready" if setup.agent is Agent.ALLOY else "/ready", "port": "http-metrics"},
                "initialDelaySeconds": 10,
                "periodSeconds": 10,
                "timeoutSeconds": 2,
                "failureThreshold": 5,
            },
            "resources": setup.placement.resources or DEFAULT_RESOURCES[setup.agent],
            "securityContext": container_security(),
            "volumeMounts": [*mounts(setup), {"name": "config", "mountPath": _config_folder(setup)}],
        }
    )


def arguments(setup: Setup) -> list[Plain]:
    file = f"{_config_folder(setup)}/{CONFIG_FILES[setup.agent]}"
    if setup.agent is Agent.PROMTAIL:
        return [f"-config.file={file}"]
    return [
        "run",
        "--disable-reporting",
        f"--storage.path={setup.state_place}",
        f"--server.http.listen-addr=0.0.0.0:{setup.listens}",
        file,
    ]


def _config_folder(setup: Setup) -> str:
    return f"/etc/{setup.name}"


def variables(setup: Setup) -> tuple[Variable, ...]:
    """HOSTNAME is the node's name: both agents ask the API for the pods of that node only."""
    own = (Variable("HOSTNAME", field="spec.nodeName"), Variable("NODE_NAME", field="spec.nodeName"))
    return own + tuple(item for item in setup.variables if item.name not in {"HOSTNAME", "NODE_NAME"})


def _variable(variable: Variable) -> Object:
    if variable.field:
        return {"name": variable.name, "valueFrom": {"fieldRef": {"fieldPath": variable.field}}}
    if variable.resource:
        return {"name": variable.name, "valueFrom": {"resourceFieldRef": {"resource": variable.resource}}}
    return {"name": variable.name, "value": variable.value}


def environment(setup: Setup) -> list[Plain]:
    """The variables that a chart does not set by itself."""
    return [_variable(variable) for variable in variables(setup) if variable.name != "HOSTNAME"]


def state(setup: Setup) -> HostPath:
    """Where the agent keeps its positions, on the node and in the container."""
    return HostPath("state", f"{STATE_ROOT}/{setup.name}", setup.state_place, read_only=False, kind="DirectoryOrCreate")


def volumes(setup: Setup) -> list[Plain]:
    found: list[Plain] = [
        {"name": item.name, "hostPath": _without_empty({"path": item.path, "type": item.kind})}
        for item in (state(setup), *setup.mounts)
    ]
    if _own_tmp(setup):
        found.append({"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}})
    if setup.auth_secret:
        found.append({"name": "loki-auth", "secret": {"secretName": setup.auth_secret, "defaultMode": 0o440}})
    return found


def _own_tmp(setup: Setup) -> bool:
    """Whether no part of the node is mounted there: two mounts in one place are refused."""
    return all(item.place != TEMPORARY for item in setup.mounts)


def mounts(setup: Setup) -> list[Plain]:
    found: list[Plain] = [
        _without_empty(
            {
                "name": item.name,
                "mountPath": item.place,
                "readOnly": item.read_only,
                "mountPropagation": item.propagation,
            }
        )
        for item in (state(setup), *setup.mounts)
    ]
    if setup.hand_over_mount and setup.hand_over_mount != setup.state_place:
        found.append({"name": "state", "mountPath": setup.hand_over_mount, "readOnly": True})
    if _own_tmp(setup):
        found.append({"name": "tmp", "mountPath": TEMPORARY})
    if setup.auth_secret:
        found.append({"name": "loki-auth", "mountPath": setup.secret_place, "readOnly": True})
    return found


def without_fargate(affinity: Plain) -> Object:
    """The affinity, with Fargate excluded from every term: terms are alternatives."""
    whole = dict(affinity) if isinstance(affinity, Mapping) else {}
    node = dict(_mapping(whole.get("nodeAffinity")))
    required = dict(_mapping(node.get("requiredDuringSchedulingIgnoredDuringExecution")))
    terms = required.get("nodeSelectorTerms")
    required["nodeSelectorTerms"] = [
        _excluding(_mapping(term)) for term in (terms if isinstance(terms, list | tuple) and terms else [{}])
    ]
    node["requiredDuringSchedulingIgnoredDuringExecution"] = required
    whole["nodeAffinity"] = node
    return whole


def _excluding(term: Object) -> Object:
    found = term.get("matchExpressions")
    expressions = [item for item in (found if isinstance(found, list | tuple) else []) if item != FARGATE]
    return {**term, "matchExpressions": [*expressions, FARGATE]}


def _mapping(value: Plain) -> Object:
    return value if isinstance(value, Mapping) else {}


def _without_empty(value: Object) -> Object:
    """The object without members that say nothing; False and 0 say something."""
    return {key: item for key, item in value.items() if item not in (None, "", [], {}, ())}
