"""A kustomization's generators, patches and bases, read as kustomize builds them, each part at its own place."""

from __future__ import annotations

import pytest

from translators.diagnostics import Fidelity, Refused
from translators.fluentbit.inputs.kustomize import references
from translators.fluentbit.read import Reading, ReadOptions, read

MAIN = (
    "[SERVICE]\n    Parsers_File parsers.conf\n[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Parser mine\n"
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region ${AWS_REGION}\n    log_group_name ${GROUP}\n"
    "    log_stream_prefix a-\n"
)
DAEMON_SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: fluent-bit
spec:
  template:
    spec:
      containers:
      - name: fluent-bit
        image: fluent/fluent-bit:3.0.4
        envFrom:
        - configMapRef: {name: fluent-bit-env}
        env:
        - {name: MODE, value: base}
        volumeMounts:
        - {name: config, mountPath: /fluent-bit/etc/}
      volumes:
      - name: config
        configMap: {name: fluent-bit-config}
"""
BASE = """\
resources:
- daemonset.yaml
configMapGenerator:
- name: fluent-bit-config
  files:
  - fluent-bit.conf=main.txt
  - parsers.conf
- name: fluent-bit-env
  envs: [settings.env]
"""
ESTATE = {
    "base/kustomization.yaml": BASE,
    "base/daemonset.yaml": DAEMON_SET,
    "base/main.txt": MAIN,
    "base/parsers.conf": "[PARSER]\n    Name mine\n    Format json\n",
    "base/settings.env": "# settings\nAWS_REGION=eu-west-1\n\nGROUP=/base\n",
}
OVERLAY = """\
namespace: logging
resources: [../base]
configMapGenerator:
- name: fluent-bit-env
  behavior: merge
  literals: [GROUP=/prod]
patches:
- path: tolerations.yaml
- target: {kind: DaemonSet, name: fluent-.*}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/image
      value: fluent/fluent-bit:3.2.1
    - op: add
      path: /spec/template/spec/containers/0/env/-
      value: {name: LATE, value: "yes"}
"""
STRATEGIC = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: fluent-bit
spec:
  template:
    spec:
      tolerations:
      - operator: Exists
      containers:
      - name: fluent-bit
        env:
        - {name: MODE, value: patched}
        - {name: AWS_REGION, value: eu-central-1}
"""
PROD = {**ESTATE, "prod/kustomization.yaml": OVERLAY, "prod/tolerations.yaml": STRATEGIC}


def read_all(files: dict[str, str]) -> Reading:
    return read({name: text.encode() for name, text in files.items()}, ReadOptions())


def test_files_and_variables_of_a_generator_are_the_configmaps() -> None:
    reading = read_all(ESTATE)
    (output,) = reading.configuration.outputs
    assert (output.value("region"), output.value("log_group_name")) == ("eu-west-1", "/base")
    assert (output.span.source, output.span.line) == ("base/main.txt", 7)
    assert reading.missing_files == ()


def test_an_overlay_merges_generators_and_applies_its_patches() -> None:
    reading = read_all(PROD)
    workload = reading.workload
    assert workload is not None
    assert reading.configuration.outputs[0].value("log_group_name") == "/prod"
    assert (workload.image, workload.namespace) == ("fluent/fluent-bit:3.2.1", "logging")
    assert {variable.name: variable.value for variable in workload.env} == {
        "AWS_REGION": "eu-central-1",
        "MODE": "patched",
        "LATE": "yes",
    }


def test_what_a_patch_brings_has_its_place_in_the_patch() -> None:
    workload = read_all(PROD).workload
    assert workload is not None
    assert workload.tolerations is not None
    assert workload.image_span is not None
    assert str(workload.tolerations.span) == "prod/tolerations.yaml:9:7"
    assert str(workload.image_span) == "prod/kustomization.yaml:13:14"
    assert workload.span.source == "base/daemonset.yaml"


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        ("{name: MODE, $patch: delete}", {}),
        ("{name: MODE, value: null}", {"MODE": ""}),
    ],
    ids=["delete", "null"],
)
def test_a_patch_takes_away(item: str, kept: dict[str, str]) -> None:
    patch = STRATEGIC[: STRATEGIC.index("        - {name: MODE")] + f"        - {item}\n"
    workload = read_all({**PROD, "prod/tolerations.yaml": patch}).workload
    assert workload is not None
    assert {each.name: each.value for each in workload.env if each.name != "LATE"} == kept


def test_what_was_not_given_is_a_persons_matter_and_an_idle_patch_is_said() -> None:
    overlay = OVERLAY.replace("[../base]", "[../base, 'https://example.org/team//fluent-bit?ref=v1']")
    reading = read_all(
        {**PROD, "prod/kustomization.yaml": overlay + "- path: gone.yaml\n", "prod/other.yaml": "a: b\n"}
    )
    said = [found for found in reading.findings if found.rule == "fluentbit/kustomize-elsewhere"]
    assert [(found.span.line, found.fidelity.alloy) for found in said] == [
        (2, Fidelity.MANUAL),
        (17, Fidelity.MANUAL),
    ]
    idle = read_all({**PROD, "prod/tolerations.yaml": STRATEGIC.replace("name: fluent-bit\nspec", "name: other\nspec")})
    assert [found.span.line for found in idle.findings if found.rule == "fluentbit/kustomize-patch-unused"] == [8]


def test_an_operation_without_its_place_is_refused_as_kustomize_refuses_it() -> None:
    overlay = OVERLAY.replace("containers/0/image", "containers/3/image")
    with pytest.raises(Refused, match="nothing is at") as refused:
        read_all({**PROD, "prod/kustomization.yaml": overlay})
    assert str(refused.value.span) == "prod/kustomization.yaml:11:7"


def test_two_overlays_are_two_configurations() -> None:
    with pytest.raises(Refused, match="dev, prod"):
        read_all({**PROD, "dev/kustomization.yaml": "resources: [../base]\n"})


def test_kustomizations_of_other_things_are_left_alone() -> None:
    other = {"web/kustomization.yaml": "resources: [web.yaml]\n", "web/web.yaml": "kind: Service\napiVersion: v1\n"}
    assert read_all({**PROD, **other}).configuration.outputs[0].value("log_group_name") == "/prod"


def test_a_kustomization_names_what_it_needs() -> None:
    assert references(BASE, "base/kustomization.yaml") == [
        "base/daemonset.yaml",
        "base/main.txt",
        "base/parsers.conf",
        "base/settings.env",
    ]
    assert references(OVERLAY, "prod/kustomization.yaml") == ["base", "prod/tolerations.yaml"]
