"""Manifests: the keys of ConfigMaps as files, the workload that mounts them, and the variables of its container."""

from __future__ import annotations

import json
from typing import Any

import pytest

from translators.diagnostics import Fidelity, Refused
from translators.fluentbit.configuration import NODE_NAME, POD_NAME, field_references, substitute_fields
from translators.fluentbit.read import Reading, ReadOptions, read
from translators.fluentbit.workload import EnvSource

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: fluent-bit-config
  namespace: logging
data:
  fluent-bit.conf: |
    [SERVICE]
        Parsers_File /fluent-bit/etc/parsers.conf
        HTTP_Port ${HTTP_PORT}
    @INCLUDE /fluent-bit/etc/app.conf
  app.conf: |
    # 한국어 주석
    [INPUT]
        Name tail
        Path /var/log/containers/*.log
        Tag app.${HOST_NAME}
        Parser line
    [OUTPUT]
        Name cloudwatch_logs
        Match *
        region ${AWS_REGION}
        log_group_name /aws/${CLUSTER_NAME}
        log_stream_prefix ${HOSTNAME}-
  parsers.conf: "[PARSER]\\n    Name line\\n    Format json\\n"
"""
DAEMON_SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: fluent-bit
  namespace: logging
spec:
  updateStrategy:
    type: RollingUpdate
  template:
    metadata:
      labels:
        app: fluent-bit
    spec:
      serviceAccountName: fluent-bit
      priorityClassName: system-node-critical
      shareProcessNamespace: true
      tolerations:
      - operator: Exists
      nodeSelector:
        kubernetes.io/os: linux
      containers:
      - name: fluent-bit
        image: public.ecr.aws/aws-observability/aws-for-fluent-bit:2.31.12
        env:
        - name: AWS_REGION
          valueFrom:
            configMapKeyRef: {name: cluster-info, key: logs.region}
        - name: CLUSTER_NAME
          valueFrom:
            configMapKeyRef: {name: cluster-info, key: cluster.name}
        - name: HTTP_PORT
          valueFrom:
            configMapKeyRef: {name: cluster-info, key: http.port}
        - name: HOST_NAME
          valueFrom:
            fieldRef: {fieldPath: spec.nodeName}
        - name: TOKEN
          valueFrom:
            secretKeyRef: {name: keys, key: token}
        - name: GREETING
          value: hello $(AWS_REGION)
        resources:
          limits: {memory: 200Mi}
        volumeMounts:
        - name: config
          mountPath: /fluent-bit/etc/
        - name: varlog
          mountPath: /var/log
          readOnly: true
      volumes:
      - name: config
        configMap: {name: fluent-bit-config}
      - name: varlog
        hostPath: {path: /var/log}
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: fluent-bit, namespace: logging}
"""
ALL = "---\n".join((CONFIG_MAP, ROLE, DAEMON_SET))
VALUES = {"AWS_REGION": "eu-west-1", "HTTP_PORT": "2020"}


def read_text(text: str, name: str = "fluent-bit.yaml", **options: Any) -> Reading:
    return read({name: text.encode()}, ReadOptions(**options))


def test_a_manifest_is_one_configuration() -> None:
    reading = read_text(ALL, cluster="prod", environment=VALUES)
    output = reading.configuration.outputs[0]

    assert reading.kind == "manifest"
    assert reading.configuration.parsers[0].name == "line"
    assert output.value("log_group_name") == "/aws/prod"
    assert output.value("region") == "eu-west-1"


def test_what_only_the_pod_knows_stays_recognisable() -> None:
    reading = read_text(ALL, cluster="prod", environment=VALUES)
    tag = reading.configuration.inputs[0].value("tag")

    assert tag == f"app.{NODE_NAME}"
    assert field_references(tag) == ("spec.nodeName",)
    assert substitute_fields(tag, {"spec.nodeName": "ip-10-0-0-1"}) == "app.ip-10-0-0-1"
    assert reading.configuration.outputs[0].value("log_stream_prefix") == f"{POD_NAME}-"


def test_an_explicit_variable_wins_over_the_field() -> None:
    reading = read_text(ALL, cluster="prod", environment={**VALUES, "HOST_NAME": "node-7"})

    assert reading.configuration.inputs[0].value("tag") == "app.node-7"


def test_a_value_of_a_configmap_that_is_not_there_is_unknown_and_names_its_flags() -> None:
    with pytest.raises(Refused) as refusal:
        read_text(ALL)

    assert refusal.value.rule == "fluentbit/unknown-value"
    assert "--cluster NAME" in refusal.value.remedy
    assert "--env AWS_REGION=VALUE" in refusal.value.remedy
    assert "kubectl get configmap cluster-info -n logging -o yaml" in refusal.value.remedy
    assert str(refusal.value.span) == "fluent-bit.yaml:22:9"


def test_an_unknown_value_that_decides_nothing_is_only_reported() -> None:
    reading = read_text(ALL, cluster="prod", environment={"AWS_REGION": "eu-west-1"})

    assert [f.subject for f in reading.findings if f.rule == "fluentbit/unknown-service-value"] == ["${HTTP_PORT}"]


def test_a_variable_may_be_set_and_empty() -> None:
    with pytest.raises(Refused, match="'region' is a required field"):
        read_text(ALL, cluster="prod", environment={"AWS_REGION": "", "HTTP_PORT": ""})


def test_a_configmap_with_the_values_makes_them_known() -> None:
    info = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cluster-info}\ndata:\n"
    info += '  logs.region: eu-west-1\n  cluster.name: real\n  http.port: "2020"\n'

    reading = read_text("---\n".join((ALL, info)))

    assert reading.configuration.outputs[0].value("log_group_name") == "/aws/real"


def test_places_are_lines_of_the_manifest_where_that_is_possible() -> None:
    reading = read_text(ALL, cluster="prod", environment=VALUES)

    assert str(reading.configuration.inputs[0].properties[0].span) == "fluent-bit.yaml:15:9"
    parser = reading.configuration.parsers[0].span
    assert str(parser) == "fluent-bit.yaml#parsers.conf:1:1"
    assert reading.sources[parser.source].startswith("[PARSER]")


def test_the_workload_is_carried_over_with_places() -> None:
    workload = read_text(ALL, cluster="prod", environment=VALUES).workload

    assert workload is not None
    assert (workload.kind, workload.name, workload.namespace) == ("DaemonSet", "fluent-bit", "logging")
    assert workload.priority_class == "system-node-critical"
    assert workload.tolerations is not None
    assert workload.tolerations.value == [{"operator": "Exists"}]
    assert workload.node_selector is not None
    assert workload.resources is not None
    assert workload.resources.value == {"limits": {"memory": "200Mi"}}
    on_host = [mount for mount in workload.mounts if mount.kind == "hostPath"]
    assert [(mount.host_path, mount.read_only) for mount in on_host] == [("/var/log", True)]
    assert [rule.targets for rule in workload.rules] == [("pods",)]
    assert [variable.source for variable in workload.env[3:5]] == [EnvSource.FIELD, EnvSource.SECRET]
    assert [path for path, _ in workload.others] == ["spec.template.spec.shareProcessNamespace"]


def test_the_version_of_the_image_is_named() -> None:
    reading = read_text(ALL, cluster="prod", environment=VALUES)
    finding = next(f for f in reading.findings if f.rule == "fluentbit/image-version")

    assert reading.version == "1.9"
    assert "1.9" in finding.message
    assert finding.fidelity.promtail is Fidelity.EQUIVALENT


def test_kubectl_output_is_read_alone_and_needs_the_daemon_sets_variables() -> None:
    objects = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "c"},
                "data": {"fluent-bit.conf": "[INPUT]\n    Name tail\n    Path /x\n    Tag ${HOST_NAME}.${TEAM}\n"},
            }
        ],
    }

    with pytest.raises(Refused) as refusal:
        read_text(json.dumps(objects, indent=1), "-")
    reading = read_text(json.dumps(objects), "-", environment={"TEAM": "a"})

    assert "--env TEAM=VALUE" in refusal.value.remedy
    assert reading.kind == "configmap"
    assert reading.configuration.inputs[0].value("tag") == f"{NODE_NAME}.a"
    assert "fluentbit/assumed-node-name" in {finding.rule for finding in reading.findings}


def test_a_daemon_set_without_its_configmap_says_what_is_missing() -> None:
    with pytest.raises(Refused) as refusal:
        read_text(DAEMON_SET)

    assert refusal.value.rule == "fluentbit/configmap-not-given"


def test_the_files_may_come_in_several_inputs() -> None:
    inputs = {"a.yaml": CONFIG_MAP.encode(), "b.yaml": DAEMON_SET.encode()}

    reading = read(inputs, ReadOptions(environment=VALUES, cluster="prod"))

    assert reading.workload is not None
    assert reading.workload.span.source == "b.yaml"


def test_a_byte_order_mark_and_carriage_returns_do_no_harm() -> None:
    reading = read_text("\ufeff" + ALL.replace("\n", "\r\n"), cluster="prod", environment=VALUES)

    assert reading.configuration.outputs[0].value("log_group_name") == "/aws/prod"
    assert str(reading.configuration.inputs[0].properties[0].span) == "fluent-bit.yaml:15:9"


FARGATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: aws-logging, namespace: aws-observability}
data:
  flb_log_cw: "false"
  filters.conf: |
    [FILTER]
        Name parser
        Match *
        Key_name log
        Parser crio
  output.conf: |
    [OUTPUT]
        Name PLUGIN
        Match kube.*
        region eu-west-1
        log_group_name /fargate
        log_stream_prefix from-
  parsers.conf: |
    [PARSER]
        Name crio
        Format Regex
        Regex ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>P|F) (?<log>.*)$
"""


def test_fargates_log_router_has_an_input_of_its_own() -> None:
    reading = read_text(FARGATE.replace("PLUGIN", "cloudwatch_logs"))

    assert reading.kind == "fargate"
    assert [section.value("tag") for section in reading.configuration.inputs] == ["kube.*"]
    assert [section.name for section in reading.configuration.parsers] == ["crio"]


def test_fargates_webhook_refuses_other_outputs() -> None:
    with pytest.raises(Refused, match="loki is not a supported output plugin"):
        read_text(FARGATE.replace("PLUGIN", "loki"))
