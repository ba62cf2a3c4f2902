"""What the agent's pod has of Fluent Bit's, and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.unit.workload.test_deployment import CONTAINERS, FLUENT_BIT, HERE
from translators.deployment import Deployment, deploy
from translators.deployment import Place as Places
from translators.diagnostics import Agent, Fidelity, Finding
from translators.fluentbit.workload import EnvFrom, EnvSource, Mount, Part, Rule, Workload
from translators.pipeline.model import Discovery, Job, Pipeline, ReadFiles
from translators.source import Span
from translators.workload.objects import manifests

OWN: dict[str, Any] = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "fb"}}}
OTHER: dict[str, Any] = {
    "topologyKey": "kubernetes.io/hostname",
    "labelSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["db"]}]},
}


def deployed(workload: Workload, *jobs: Job) -> Deployment:
    return deploy(workload, Pipeline(jobs or (CONTAINERS,)), Agent.PROMTAIL, Places())


def pod_of(workload: Workload, *jobs: Job) -> dict[str, Any]:
    text = manifests(deployed(workload, *jobs).setup)["daemonset.yaml"]
    daemon_set: dict[str, Any] = yaml.safe_load(text)
    return daemon_set


def said(workload: Workload, slug: str) -> list[Finding]:
    return [found for found in deployed(workload).findings if found.rule == f"workload/{slug}"]


def test_the_agent_runs_beside_fluent_bit_whatever_keeps_its_pods_apart() -> None:
    anti: dict[str, Any] = {
        "requiredDuringSchedulingIgnoredDuringExecution": [OWN, OTHER],
        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": OWN}],
    }
    workload = replace(FLUENT_BIT, pod_labels={"app": "fb"}, affinity=Part({"podAntiAffinity": anti}, HERE))
    affinity = pod_of(workload)["spec"]["template"]["spec"]["affinity"]
    assert affinity["podAntiAffinity"] == {"requiredDuringSchedulingIgnoredDuringExecution": [OTHER]}
    assert "beside them" in said(workload, "affinity")[0].message


@pytest.mark.parametrize(
    ("expression", "left_out"),
    [
        ({"key": "app", "operator": "In", "values": ["fb"]}, True),
        ({"key": "app", "operator": "NotIn", "values": ["fb"]}, False),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "app", "operator": "DoesNotExist"}, False),
    ],
)
def test_a_term_takes_fluent_bits_pods_as_kubernetes_reads_it(expression: dict[str, Any], left_out: bool) -> None:
    term = {"topologyKey": "x", "labelSelector": {"matchExpressions": [expression]}}
    anti: dict[str, Any] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    workload = replace(FLUENT_BIT, pod_labels={"app": "fb"}, affinity=Part(anti, HERE))
    found = pod_of(workload)["spec"]["template"]["spec"]["affinity"]
    assert ("podAntiAffinity" not in found) is left_out


def test_only_a_daemonset_lends_its_update_strategy() -> None:
    recreate = replace(FLUENT_BIT, kind="Deployment", update_strategy=Part({"type": "Recreate"}, HERE))
    on_delete = replace(FLUENT_BIT, update_strategy=Part({"type": "OnDelete"}, HERE))
    assert pod_of(recreate)["spec"]["updateStrategy"]["type"] == "RollingUpdate"
    assert pod_of(on_delete)["spec"]["updateStrategy"] == {"type": "OnDelete"}
    assert said(recreate, "update-strategy")[0].fidelity.promtail is Fidelity.HARMLESS


def test_labels_and_annotations_are_kept_where_they_are_about_any_pod() -> None:
    workload = replace(
        FLUENT_BIT,
        pod_labels={"app": "fb", "sidecar.istio.io/inject": "false"},
        pod_annotations={
            "container.apparmor.security.beta.kubernetes.io/fluent-bit": "unconfined",
            "vault.hashicorp.com/agent-inject": "true",
            "cluster-autoscaler.kubernetes.io/safe-to-evict": "true",
        },
        pod_labels_span=Span("fluent-bit.yaml", 20, 9),
    )
    metadata = pod_of(workload)["spec"]["template"]["metadata"]
    assert metadata["annotations"] == {"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"}
    assert metadata["labels"].keys() == {
        "app.kubernetes.io/name",
        "app.kubernetes.io/part-of",
        "sidecar.istio.io/inject",
    }
    assert {(found.subject, found.span.line) for found in said(workload, "pod-label")} == {
        ("label app", 20),
        ("label sidecar.istio.io/inject", 20),
    }
    assert len(said(workload, "pod-annotation")) == 3


def test_the_role_of_the_account_is_named() -> None:
    workload = replace(FLUENT_BIT, service_account_annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x"})
    (found,) = said(workload, "account-annotation")
    assert "needs no role" in found.message


def test_each_rule_of_the_account_is_said_to_stay_behind() -> None:
    rules = (Rule(("namespaces", "nodes/proxy"), ("get",), HERE), Rule(("/metrics",), ("get",), HERE))
    found = said(replace(FLUENT_BIT, rules=rules), "rbac-rule")
    assert {each.subject for each in found} == {"rule on namespaces, nodes/proxy (get)", "rule on /metrics (get)"}


def test_what_lets_fluent_bit_read_on_an_selinux_node_lets_the_agent() -> None:
    options: dict[str, Any] = {"type": "spc_t"}
    bound = replace(FLUENT_BIT, security_context=Part({"privileged": True, "seLinuxOptions": options}, HERE))
    assert pod_of(bound)["spec"]["template"]["spec"]["securityContext"]["seLinuxOptions"] == options
    assert said(bound, "security-context")[0].fidelity.alloy is Fidelity.HARMLESS
    privileged = replace(FLUENT_BIT, security_context=Part({"privileged": True}, HERE))
    assert said(privileged, "security-context")[0].fidelity.alloy is Fidelity.EQUIVALENT


def test_secrets_of_env_from_are_not_said_to_be_read() -> None:
    both = (EnvFrom(EnvSource.SECRET, "s", HERE), EnvFrom(EnvSource.CONFIG_MAP, "c", HERE))
    found = {each.subject: each.message for each in said(replace(FLUENT_BIT, env_from=both), "environment")}
    assert "no plan holds" in found["envFrom s"]
    assert "the configuration has their values" in found["envFrom c"]


def test_a_part_of_a_volume_is_that_part_of_the_node() -> None:
    mount = Mount("v", "/var/log", HERE, "hostPath", "/var", "Directory", sub_path="log", propagation="HostToContainer")
    spec = pod_of(replace(FLUENT_BIT, mounts=(mount,)))["spec"]["template"]["spec"]
    volume = next(each for each in spec["volumes"] if each["name"] == "v")
    assert volume["hostPath"] == {"path": "/var/log"}
    (found,) = [each for each in spec["containers"][0]["volumeMounts"] if each["name"] == "v"]
    assert found["mountPropagation"] == "HostToContainer"


def test_two_mounts_never_share_a_place() -> None:
    job = Job("app", ReadFiles(Discovery.FILES, ("/tmp/app/*.log",)))
    mount = Mount("t", "/tmp", HERE, "hostPath", "/tmp")
    container = pod_of(replace(FLUENT_BIT, mounts=(mount,)), job)["spec"]["template"]["spec"]["containers"][0]
    places = [each["mountPath"] for each in container["volumeMounts"]]
    assert len(places) == len(set(places))
    assert "/tmp" in places
