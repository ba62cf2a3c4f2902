"""What comes around a manifest: kubectl's description of it, a kustomization, the cluster's name, Windows nodes."""

from __future__ import annotations

import base64

import pytest

from tests.unit.fluentbit_read.test_manifests import CONFIG_MAP, DAEMON_SET, FARGATE
from translators.diagnostics import Fidelity, Refused
from translators.fluentbit.read import ReadOptions, read

DESCRIBED = """\
Name:         cluster-info
Namespace:    logging
Labels:       <none>
Annotations:  <none>

Data
====
cluster.name:
----
prod


BinaryData
====

Events:  <none>


Name:         fluent-bit
Namespace:    logging

Data
====
parsers.conf:
----
[PARSER]
    Name plain
    Format regex
    Regex ^(?<log>.*)$

fluent-bit.conf:
----
[SERVICE]
    Parsers_File parsers.conf

[INPUT]
    Name tail
    Path /var/log/*.log
    Parser plain
[OUTPUT]
    Name cloudwatch_logs
    Match *
    region x
    log_group_name /g
    log_stream_prefix a-


BinaryData
====

Events:  <none>
"""


@pytest.mark.parametrize("text", [DESCRIBED, DESCRIBED.replace("\n", "\r\n")], ids=["lf", "crlf"])
def test_what_kubectl_describe_prints_is_read_where_it_stands(text: str) -> None:
    reading = read({"-": text.encode()}, ReadOptions())

    assert [section.name for section in reading.configuration.parsers] == ["plain"]
    path = next(reading.configuration.inputs[0].every("path"))
    assert (path.value, str(path.span)) == ("/var/log/*.log", "-:38:5")


def test_a_kustomization_gives_the_literals_and_the_images() -> None:
    kustomization = (
        "configMapGenerator:\n- name: fluent-bit-cluster-info\n  literals: [cluster.name=prod, logs.region=eu-west-1]\n"
        "images:\n- {name: fluent/fluent-bit, newTag: 3.0.4}\n"
    )
    daemon_set = (
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: fluent-bit}\nspec:\n  template:\n    spec:\n"
        "      containers:\n      - name: fluent-bit\n        image: fluent/fluent-bit\n        env:\n"
        "        - name: AWS_REGION\n"
        "          valueFrom: {configMapKeyRef: {name: fluent-bit-cluster-info, key: logs.region}}\n"
    )
    main = (
        "[INPUT]\n    Name tail\n    Path /var/log/*.log\n[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n"
        "    region ${AWS_REGION}\n    log_group_name /g\n    log_stream_prefix a-\n"
    )
    files = {"k/kustomization.yaml": kustomization, "k/ds.yaml": daemon_set, "k/fluent-bit.conf": main}
    reading = read({name: text.encode() for name, text in files.items()}, ReadOptions())

    assert reading.configuration.outputs[0].value("region") == "eu-west-1"
    assert reading.version.startswith("3.0")


def test_a_daemonset_of_windows_nodes_is_a_persons_matter() -> None:
    text = f"{CONFIG_MAP}---\n{DAEMON_SET}".replace("kubernetes.io/os: linux", "kubernetes.io/os: windows")
    options = ReadOptions(environment={"AWS_REGION": "x", "HTTP_PORT": "1"}, cluster="prod")
    found = [each for each in read({"a.yaml": text.encode()}, options).findings if "windows" in each.rule]

    assert [each.fidelity.alloy for each in found] == [Fidelity.MANUAL]


@pytest.mark.parametrize(
    ("options", "cluster"),
    [
        (ReadOptions(environment={"AWS_REGION": "x", "CLUSTER_NAME": "of-env"}), "of-env"),
        (ReadOptions(environment={"AWS_REGION": "x", "CLUSTER_NAME": "of-env"}, cluster="of-flag"), "of-flag"),
    ],
)
def test_the_clusters_name_is_the_flags_or_the_variables(options: ReadOptions, cluster: str) -> None:
    text = f"{CONFIG_MAP}---\n{DAEMON_SET}"
    assert read({"a.yaml": text.encode()}, options).cluster == cluster


def test_a_configmap_tells_the_clusters_name() -> None:
    info = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: cluster-info}\n"
    text = f"{CONFIG_MAP}---\n{DAEMON_SET}---\n{info}data: {{cluster.name: of-map, logs.region: x, http.port: '1'}}\n"
    assert read({"a.yaml": text.encode()}, ReadOptions()).cluster == "of-map"


def test_a_configmap_that_only_looks_like_fargates_says_so() -> None:
    for name, said in (("aws-logging", False), ("fluent-bit-config", True)):
        text = FARGATE.replace("PLUGIN", "cloudwatch_logs").replace("name: aws-logging", f"name: {name}")
        found = next(each for each in read({"a.yaml": text.encode()}, ReadOptions()).findings if "fargate" in each.rule)
        assert ("By its keys" in found.message) is said
        assert ("DaemonSet mounts it" in found.remedy) is said


OPERATOR = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluent-bit, namespace: fluent}
spec:
  template:
    spec:
      containers:
      - name: fluent-bit
        image: kubesphere/fluent-bit:v3.1.4
        volumeMounts: [{name: config, mountPath: /fluent-bit/config}]
      volumes:
      - name: config
        secret: {secretName: fluent-bit-config}
---
apiVersion: v1
kind: Secret
metadata: {name: fluent-bit-config, namespace: fluent}
data:
  password: aHVudGVyMg==
  broken.conf: "%%%"
  fluent-bit.conf: BASE64
"""


def test_a_configuration_in_a_secret_is_read_and_nothing_else_of_it() -> None:
    text = "[Input]\n    Name    tail\n    Path    /a.log\n[Output]\n    Name    stdout\n    Match    *\n"
    encoded = base64.b64encode(text.encode()).decode()
    reading = read({"fb.yaml": OPERATOR.replace("BASE64", encoded).encode()}, ReadOptions())
    (tail,) = reading.configuration.inputs
    assert (tail.span.source, tail.span.line) == ("fb.yaml#fluent-bit.conf", 1)
    assert "hunter2" not in repr(reading)


@pytest.mark.parametrize(
    ("group", "kind", "way"),
    [
        ("fluentbit.fluent.io/v1alpha2", "ClusterInput", "kubectl get secret,daemonset"),
        ("telemetry.kyma-project.io/v1alpha1", "LogPipeline", "kyma-system"),
        ("v1", "Service", "Give the ConfigMap"),
    ],
)
def test_objects_of_an_operator_name_what_it_wrote(group: str, kind: str, way: str) -> None:
    text = f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {{}}\n"
    with pytest.raises(Refused) as refused:
        read({"crs.yaml": text.encode()}, ReadOptions())
    assert way in refused.value.remedy
