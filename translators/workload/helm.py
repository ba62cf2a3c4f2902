"""The same content as values of the agents' own charts: grafana/promtail 6.x and grafana/alloy 1.x."""

from __future__ import annotations

from collections.abc import Mapping

from translators.diagnostics import Agent
from translators.workload.model import CONFIG_FILES, IMAGES, Setup
from translators.workload.objects import DEFAULT_UPDATE
from translators.workload.pod import (
    DEFAULT_RESOURCES,
    Object,
    container_security,
    environment,
    init_container,
    mounts,
    pod_security,
    volumes,
    without_fargate,
)
from translators.workload.printer import Plain, print_objects


def values(setup: Setup, configuration: str) -> str:
    """The values file for the agent's chart."""
    chart = "grafana/promtail" if setup.agent is Agent.PROMTAIL else "grafana/alloy"
    command = f"helm upgrade --install {setup.name} {chart} --namespace {setup.namespace} --values {setup.name}.yaml"
    made = _promtail(setup, configuration) if setup.agent is Agent.PROMTAIL else _alloy(setup, configuration)
    return print_objects([made], command)


def untemplated(configuration: str) -> str:
    """Both charts run the configuration through Helm's templates: a literal ``{{`` must be printed by one."""
    return configuration.replace("{{", '{{ "{{" }}')


def _image(setup: Setup) -> Object:
    repository, _, tag = IMAGES[setup.agent].partition(":")
    return {"registry": "docker.io", "repository": repository, "tag": tag}


def _promtail(setup: Setup, configuration: str) -> Object:
    placement = setup.placement
    return _said(
        {
            "fullnameOverride": setup.name,
            "image": _image(setup),
            "daemonset": {"enabled": True},
            "configmap": {"enabled": False},
            "updateStrategy": placement.update_strategy or DEFAULT_UPDATE,
            "priorityClassName": placement.priority_class,
            "nodeSelector": placement.node_selector,
            "affinity": without_fargate(placement.affinity),
            "tolerations": placement.tolerations or [],
            "resources": placement.resources or DEFAULT_RESOURCES[setup.agent],
            "podLabels": dict(sorted(setup.labels.items())),
            "podAnnotations": dict(sorted(setup.annotations.items())),
            "hostAliases": setup.host_aliases,
            "imagePullSecrets": setup.image_pull_secrets,
            "podSecurityContext": pod_security(setup),
            "containerSecurityContext": container_security(),
            "initContainer": [] if setup.as_root else [init_container(setup)],
            "rbac": {"create": setup.discovers},
            "serviceAccount": {"create": True, "name": setup.name},
            "extraArgs": [],
            "extraEnv": environment(setup),
            "defaultVolumes": volumes(setup),
            "defaultVolumeMounts": mounts(setup),
            "config": {"enabled": True, "serverPort": setup.listens, "file": untemplated(configuration)},
        }
    )


def _alloy(setup: Setup, configuration: str) -> Object:
    return _said(
        {
            "fullnameOverride": setup.name,
            "image": {**_image(setup), **_said({"pullSecrets": setup.image_pull_secrets})},
            "crds": {"create": False},
            "rbac": {"create": setup.discovers},
            "serviceAccount": {"create": True, "name": setup.name},
            "configReloader": {"enabled": False},
            "alloy": _alloy_container(setup, configuration),
            "controller": _alloy_controller(setup),
        }
    )


def _alloy_container(setup: Setup, configuration: str) -> Object:
    content = untemplated(configuration)
    return _said(
        {
            "configMap": {"create": True, "key": CONFIG_FILES[setup.agent], "content": content},
            "storagePath": setup.state_place,
            "listenPort": setup.listens,
            "enableReporting": False,
            "extraEnv": environment(setup),
            "mounts": {"varlog": False, "dockercontainers": False, "extra": mounts(setup)},
            "securityContext": {**pod_security(setup), **container_security()},
            "resources": setup.placement.resources or DEFAULT_RESOURCES[setup.agent],
            "hostAliases": setup.host_aliases,
        }
    )


def _alloy_controller(setup: Setup) -> Object:
    placement = setup.placement
    return _said(
        {
            "type": "daemonset",
            "updateStrategy": placement.update_strategy or DEFAULT_UPDATE,
            "priorityClassName": placement.priority_class,
            "nodeSelector": placement.node_selector,
            "affinity": without_fargate(placement.affinity),
            "tolerations": placement.tolerations or [],
            "podLabels": dict(sorted(setup.labels.items())),
            "podAnnotations": dict(sorted(setup.annotations.items())),
            "initContainers": [] if setup.as_root else [init_container(setup)],
            "volumes": {"extra": volumes(setup)},
        }
    )


def _said(value: Mapping[str, Plain]) -> Object:
    """Without members that are None or an empty mapping or text: the chart's own defaults hold there."""
    return {key: item for key, item in value.items() if item not in (None, "", {})}
