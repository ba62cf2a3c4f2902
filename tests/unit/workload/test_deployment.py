"""What an agent's DaemonSet inherits from Fluent Bit's, and what is said about each field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from translators.deployment import Place, deploy
from translators.deployment_pod import memory
from translators.diagnostics import Agent, Fidelity
from translators.fluentbit.workload import EnvFrom, EnvSource, EnvVariable, Mount, Part, Workload
from translators.pipeline.model import Client, Discovery, Job, Pipeline, ReadFiles, ReadJournal, Relabel
from translators.source import Span
from translators.workload.helm import untemplated, values
from translators.workload.objects import manifests

HERE = Span("fluent-bit.yaml", 7, 3)
CONTAINERS = Job("application", ReadFiles(Discovery.KUBERNETES, ("/var/log/containers/*.log",)))
MESSAGES = Job("host", ReadFiles(Discovery.FILES, ("/var/log/messages",)))
JOURNAL = Job("dataplane", ReadJournal())
FLUENT_BIT = Workload(
    kind="DaemonSet",
    name="fluent-bit",
    namespace="amazon-cloudwatch",
    span=HERE,
    image="public.ecr.aws/aws-observability/aws-for-fluent-bit:2.31.12",
    pod_annotations={"sidecar.istio.io/inject": "false", "prometheus.io/port": "2020", "checksum/config": "1"},
    env=(
        EnvVariable("HOST_NAME", EnvSource.FIELD, HERE, reference="spec.nodeName"),
        EnvVariable("HOSTNAME", EnvSource.FIELD, HERE, reference="metadata.name"),
        EnvVariable("TZ", EnvSource.VALUE, HERE, value="Asia/Seoul"),
        EnvVariable("CLUSTER_NAME", EnvSource.CONFIG_MAP, HERE, value="prod", reference="cluster-info/cluster.name"),
        EnvVariable("UNKNOWN", EnvSource.CONFIG_MAP, HERE, reference="other/key"),
        EnvVariable("AWS_REGION", EnvSource.VALUE, HERE, value="ap-northeast-2"),
        EnvVariable("PASS", EnvSource.SECRET, HERE, reference="db/password"),
        EnvVariable("DATADOG_API_KEY", EnvSource.VALUE, HERE, value="hunter2"),
        EnvVariable("HTTPS_PROXY", EnvSource.VALUE, HERE, value="http://me:hunter2@proxy:3128"),
        EnvVariable("NO_PROXY", EnvSource.VALUE, HERE, value=".svc"),
    ),
    env_from=(EnvFrom(EnvSource.SECRET, "more", HERE),),
    mounts=(
        Mount("state", "/var/fluent-bit/state", HERE, "hostPath", "/var/fluent-bit/state"),
        Mount("varlog", "/var/log", HERE, "hostPath", "/var/log"),
        Mount("dmesg", "/var/log/dmesg", HERE, "hostPath", "/var/log/dmesg"),
        Mount("docker", "/var/lib/docker/containers", HERE, "hostPath", "/var/lib/docker/containers"),
        Mount("runlog", "/run/log/journal", HERE, "hostPath", "/run/log/journal"),
        Mount("etc", "/fluent-bit/etc/", HERE, "configMap", object_name="fluent-bit-config"),
    ),
    tolerations=Part([{"operator": "Exists"}], HERE),
    node_selector=Part({"kubernetes.io/os": "linux"}, HERE),
    priority_class="system-node-critical",
    resources=Part({"limits": {"memory": "200Mi"}, "requests": {"cpu": "500m"}}, HERE),
    host_network=True,
    service_account="fluent-bit",
    init_containers=Part([{"name": "init"}], HERE),
    others=(("spec.template.spec.shareProcessNamespace", Part(True, HERE)),),
)  # fmt: skip


def daemonset(agent: Agent = Agent.PROMTAIL, workload: Workload | None = FLUENT_BIT, *jobs: Job) -> dict[str, Any]:
    deployment = deploy(workload, Pipeline(jobs or (CONTAINERS,)), agent, Place())
    found: dict[str, Any] = yaml.safe_load(manifests(deployment.setup)["daemonset.yaml"])
    return found


def pod(agent: Agent = Agent.PROMTAIL, workload: Workload | None = FLUENT_BIT, *jobs: Job) -> dict[str, Any]:
    found: dict[str, Any] = daemonset(agent, workload, *jobs)["spec"]["template"]["spec"]
    return found


def host_paths(spec: dict[str, Any]) -> set[str]:
    return {volume["hostPath"]["path"] for volume in spec["volumes"] if "hostPath" in volume}


def test_placement_is_carried_over_as_it_is() -> None:
    spec = pod()
    assert spec["tolerations"] == [{"operator": "Exists"}]
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert spec["priorityClassName"] == "system-node-critical"


@pytest.mark.parametrize(
    "terms", [None, [], [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {"matchFields": []}]]
)
def test_fargate_is_excluded_from_every_term(terms: list[dict[str, Any]] | None) -> None:
    affinity = {
        "podAntiAffinity": {},
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}},
    }
    spec = pod(Agent.PROMTAIL, replace(FLUENT_BIT, affinity=Part(affinity if terms is not None else None, HERE)))
    found = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert len(found) == max(1, len(terms or []))
    for term in found:
        assert {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate"]} in term[
            "matchExpressions"
        ]


def test_no_secret_and_no_broken_reference_reaches_the_pod() -> None:
    deployment = deploy(FLUENT_BIT, Pipeline((CONTAINERS,)), Agent.ALLOY, Place())
    texts = "".join(manifests(deployment.setup).values()) + values(deployment.setup, "")
    assert "hunter2" not in texts + "".join(finding.message + finding.subject for finding in deployment.findings)
    names = [variable["name"] for variable in pod()["containers"][0]["env"]]
    assert names == ["HOSTNAME", "NODE_NAME", "HOST_NAME", "TZ", "CLUSTER_NAME", "NO_PROXY"]
    assert "valueFrom" not in pod()["containers"][0]["env"][4]


def test_hostname_is_the_node_whatever_fluent_bit_called_itself() -> None:
    assert pod()["containers"][0]["env"][0] == {
        "name": "HOSTNAME",
        "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}},
    }


def test_only_what_the_jobs_read_is_mounted_and_read_only() -> None:
    spec = pod()
    assert host_paths(spec) == {"/var/lib/logmig/promtail", "/var/log", "/var/lib/docker/containers"}
    writable = [mount["name"] for mount in spec["containers"][0]["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["state", "tmp", "config"]


def test_the_journal_brings_its_folders() -> None:
    assert host_paths(pod(Agent.PROMTAIL, FLUENT_BIT, JOURNAL)) >= {"/var/log", "/run/log/journal", "/etc/machine-id"}
    assert host_paths(pod(Agent.PROMTAIL, None, JOURNAL)) == {
        "/var/lib/logmig/promtail", "/var/log/journal", "/etc/machine-id",
    }  # fmt: skip


@pytest.mark.parametrize("agent", list(Agent))
@pytest.mark.parametrize("workload", [None, FLUENT_BIT])
def test_the_journals_folder_is_made_where_a_node_has_none(agent: Agent, workload: Workload | None) -> None:
    spec = pod(agent, workload, JOURNAL)
    made = [volume for volume in spec["volumes"] if volume.get("hostPath", {}).get("path") == "/var/log/journal"]
    assert [volume["hostPath"]["type"] for volume in made] == ["DirectoryOrCreate"]
    mounts = {mount["name"]: mount for mount in spec["containers"][0]["volumeMounts"]}
    assert (mounts[made[0]["name"]]["mountPath"], mounts[made[0]["name"]]["readOnly"]) == ("/var/log/journal", True)


def test_container_logs_need_no_root_and_host_logs_do() -> None:
    spec = pod()
    assert (spec["securityContext"]["runAsUser"], spec["securityContext"]["runAsGroup"]) == (10001, 0)
    assert [item["name"] for item in spec["initContainers"]] == ["state"]
    spec = pod(Agent.PROMTAIL, FLUENT_BIT, CONTAINERS, MESSAGES)
    assert spec["securityContext"]["runAsUser"] == 0
    assert "initContainers" not in spec


@pytest.mark.parametrize("jobs", [(CONTAINERS,), (CONTAINERS, MESSAGES, JOURNAL)])
@pytest.mark.parametrize("agent", Agent)
def test_every_container_gives_up_what_it_can(agent: Agent, jobs: tuple[Job, ...]) -> None:
    spec = pod(agent, FLUENT_BIT, *jobs)
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        context = container["securityContext"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert ":" in container["image"]
        assert not container["image"].endswith(":latest")


def test_the_api_is_asked_for_pods_only_when_jobs_need_it() -> None:
    files = deploy(None, Pipeline((MESSAGES,)), Agent.PROMTAIL, Place())
    documents = list(yaml.safe_load_all(manifests(files.setup)["rbac.yaml"]))
    assert [document["kind"] for document in documents] == ["ServiceAccount"]
    zone = Relabel(("__meta_kubernetes_node_label_topology_kubernetes_io_zone",), "az")
    nodes = deploy(None, Pipeline((replace(CONTAINERS, relabels=(zone,)),)), Agent.PROMTAIL, Place())
    role = list(yaml.safe_load_all(manifests(nodes.setup)["rbac.yaml"]))[1]
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": ["get", "list", "watch"]}]


def test_credentials_of_loki_are_a_mounted_secret() -> None:
    pipeline = Pipeline((CONTAINERS,), Client(auth_secret="loki-push"))
    spec = yaml.safe_load(manifests(deploy(None, pipeline, Agent.PROMTAIL, Place()).setup)["daemonset.yaml"])
    volumes = spec["spec"]["template"]["spec"]["volumes"]
    assert {"name": "loki-auth", "secret": {"secretName": "loki-push", "defaultMode": 0o440}} in volumes


def test_alloy_gets_enough_memory_and_promtail_what_fluent_bit_had() -> None:
    assert pod(Agent.ALLOY)["containers"][0]["resources"]["limits"] == {"memory": "512Mi"}
    assert pod(Agent.PROMTAIL)["containers"][0]["resources"]["limits"] == {"memory": "200Mi"}


@pytest.mark.parametrize(("text", "size"), [("200Mi", 200 << 20), ("1G", 10**9), ("1.5Gi", 3 << 29), ("64", 64)])
def test_quantities_of_memory(text: str, size: int) -> None:
    assert memory(text) == size


def test_every_field_has_a_finding() -> None:
    findings = deploy(FLUENT_BIT, Pipeline((CONTAINERS,)), Agent.PROMTAIL, Place()).findings
    subjects = {finding.subject for finding in findings}
    assert {f"env {variable.name}" for variable in FLUENT_BIT.env} <= subjects
    assert {f"{mount.name} at {mount.mount_path}" for mount in FLUENT_BIT.mounts} <= subjects
    assert {"tolerations", "nodeSelector", "resources", "initContainers", "hostNetwork true"} <= subjects
    assert "spec.template.spec.shareProcessNamespace" in subjects
    assert all(finding.span == HERE and finding.message for finding in findings)


def test_a_deployment_becomes_a_daemonset_and_that_is_said() -> None:
    findings = deploy(replace(FLUENT_BIT, kind="Deployment"), Pipeline((CONTAINERS,)), Agent.PROMTAIL, Place()).findings
    assert [item.fidelity.promtail for item in findings if item.rule == "workload/kind"] == [Fidelity.APPROXIMATE]


def test_annotations_that_belong_to_fluent_bit_alone_stay_behind() -> None:
    assert daemonset()["spec"]["template"]["metadata"]["annotations"] == {"sidecar.istio.io/inject": "false"}


def test_the_emitted_configuration_decides_where_positions_are() -> None:
    setup = deploy(None, Pipeline((CONTAINERS,)), Agent.PROMTAIL, Place("/run/promtail", 9080)).setup
    container = yaml.safe_load(manifests(setup)["daemonset.yaml"])["spec"]["template"]["spec"]["containers"][0]
    assert container["volumeMounts"][0]["mountPath"] == "/run/promtail"
    assert container["ports"][0]["containerPort"] == 9080


@pytest.mark.parametrize("agent", Agent)
def test_the_charts_get_the_same_pod(agent: Agent) -> None:
    setup = deploy(FLUENT_BIT, Pipeline((CONTAINERS, MESSAGES)), agent, Place()).setup
    spec = yaml.safe_load(manifests(setup)["daemonset.yaml"])["spec"]["template"]["spec"]
    chart = yaml.safe_load(values(setup, "configuration: 1\n"))
    pod_level = chart if agent is Agent.PROMTAIL else chart["controller"]
    assert pod_level["tolerations"] == spec["tolerations"]
    assert pod_level["affinity"] == spec["affinity"]
    assert pod_level["priorityClassName"] == spec["priorityClassName"]
    mounts = chart["defaultVolumeMounts"] if agent is Agent.PROMTAIL else chart["alloy"]["mounts"]["extra"]
    assert [mount for mount in spec["containers"][0]["volumeMounts"] if mount["name"] != "config"] == mounts
    text = chart["config"]["file"] if agent is Agent.PROMTAIL else chart["alloy"]["configMap"]["content"]
    assert text == "configuration: 1\n"


def test_go_templates_survive_helm() -> None:
    assert untemplated('template: "{{ .Entry }}"') == 'template: "{{ "{{" }} .Entry }}"'
