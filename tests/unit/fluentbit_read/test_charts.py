"""Helm values: the configuration that the three charts would render, with the places of the values."""

from __future__ import annotations

import json

import pytest

from translators.diagnostics import Agent, Fidelity, Refused
from translators.fluentbit.configuration import NODE_NAME
from translators.fluentbit.read import Reading, ReadOptions, read


def read_values(text: str, cluster: str = "", **environment: str) -> Reading:
    return read({"values.yaml": text.encode()}, ReadOptions(environment=environment, cluster=cluster))


AWS = """\
image: {tag: 3.2.1}
input:
  tag: "app.*"
  skipLongLines: On
filter:
  match: "app.*"
  extraFilters: |
    Labels Off
additionalFilters: |
  [FILTER]
      Name grep
      Match *
      Exclude log debug
cloudWatchLogs:
  region: eu-west-1
  logGroupTemplate: /g/$kubernetes['namespace_name']
  logRetentionDays: 7
s3: {enabled: true, bucket: logs}
env:
- name: STAGE
  value: prod
"""


def test_eks_charts_writes_one_input_one_filter_and_the_enabled_outputs() -> None:
    reading = read_values(AWS)
    configuration = reading.configuration

    assert reading.kind == "helm aws-for-fluent-bit"
    assert configuration.inputs[0].value("tag") == "app.*"
    assert configuration.inputs[0].value("skip_long_lines") == "true"
    assert configuration.inputs[0].value("mem_buf_limit") == "5MB"
    assert [section.name for section in configuration.filters] == ["kubernetes", "grep"]
    assert configuration.filters[0].value("labels") == "Off"
    assert [section.name for section in configuration.outputs] == ["cloudwatch_logs", "s3"]
    assert configuration.outputs[0].value("log_retention_days") == "7"
    assert configuration.outputs[0].value("log_stream_prefix") == "fluentbit-"
    assert reading.version == "4.x"


def test_a_place_is_where_the_user_wrote_the_value() -> None:
    configuration = read_values(AWS).configuration

    assert str(next(configuration.inputs[0].every("tag")).span) == "values.yaml:3:8"
    assert str(next(configuration.filters[0].every("labels")).span) == "values.yaml:8:5"
    assert str(next(configuration.filters[1].every("exclude")).span) == "values.yaml:13:7"


FLUENT = """\
flush: 3
config:
  service: |
    [SERVICE]
        Flush {{ .Values.flush }}
        Parsers_File /fluent-bit/etc/conf/custom_parsers.conf
  outputs: |
    [OUTPUT]
        Name cloudwatch_logs
        Match *
        region eu-west-1
        log_group_name /x
        log_stream_prefix a-
  customParsers: |
    [PARSER]
        Name mine
        Format json
  extraFiles:
    more.conf: |
      [FILTER]
          Name stdout
          Match *
env:
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
tolerations:
- operator: Exists
"""


def test_the_fluent_bit_chart_joins_its_texts_over_its_defaults() -> None:
    reading = read_values(FLUENT)
    configuration = reading.configuration

    assert reading.kind == "helm fluent-bit"
    assert configuration.service is not None
    assert configuration.service.value("flush") == "3"
    assert [section.name for section in configuration.inputs] == ["tail", "systemd"]
    assert [section.name for section in configuration.filters] == ["kubernetes"]
    assert [section.name for section in configuration.parsers] == ["mine"]
    assert str(next(configuration.outputs[0].every("region")).span) == "values.yaml:11:9"
    assert reading.workload is not None
    assert reading.workload.tolerations is not None


def test_a_template_that_is_more_than_a_value_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read_values(FLUENT.replace("{{ .Values.flush }}", '{{ include "x" . }}'))

    assert refusal.value.rule == "fluentbit/template"
    assert "helm template" in refusal.value.remedy


def test_values_below_the_charts_name_are_those_of_a_dependency() -> None:
    nested = "fluent-bit:\n" + "".join(f"  {line}\n" for line in FLUENT.splitlines())

    assert read_values(nested).configuration.service is not None


OBSERVABILITY = """\
clusterName: prod
region: us-iso-east-1
adcEndpointOverrides: {us-iso-east-1: c2s.ic.gov}
containerLogs:
  fluentBit:
    image: {repository: aws-for-fluent-bit, tag: 3.4.8}
    config:
      service: |
        [SERVICE]
          Flush 5
          Parsers_File parsers.conf
      customParsers: |
        [PARSER]
          Name syslog
          Format json
      adcIsoExtraFiles:
        application-log.conf: |
          [INPUT]
            Name tail
            Path /var/log/containers/*.log
            Tag application.*
            Read_from_Head ${READ_FROM_HEAD}
          [OUTPUT]
            Name cloudwatch_logs
            Match application.*
            region ${AWS_REGION}
            {{- if hasKey .Values.adcEndpointOverrides .Values.region }}
            endpoint logs.${AWS_REGION}.{{ index .Values.adcEndpointOverrides .Values.region }}
            {{- end }}
            log_group_name /aws/containerinsights/${CLUSTER_NAME}/application
            log_stream_prefix ${HOST_NAME}-
      extraFiles:
        application-log.conf: "other"
"""


def test_the_observability_chart_decides_its_conditions() -> None:
    output = read_values(OBSERVABILITY).configuration.outputs[0]

    assert output.value("endpoint") == "logs.us-iso-east-1.c2s.ic.gov"
    assert output.value("log_group_name") == "/aws/containerinsights/prod/application"
    assert output.value("log_stream_prefix") == f"{NODE_NAME}-"


def test_without_its_required_values_the_flags_are_named() -> None:
    with pytest.raises(Refused) as refusal:
        read_values(OBSERVABILITY.replace("clusterName: prod\n", ""))

    assert "--cluster NAME" in refusal.value.remedy


def test_values_that_leave_the_files_to_the_chart_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read_values("clusterName: a\nregion: b\ncontainerLogs:\n  enabled: true\n")

    assert refusal.value.rule == "fluentbit/values-incomplete"
    assert "--all" in refusal.value.remedy


BASE = """\
config:
  inputs: |
    [INPUT]
        Name tail
        Path /var/log/containers/*.log
        Tag kube.*
  outputs: |
    [OUTPUT]
        Name cloudwatch_logs
        Match *
        region eu-west-1
        log_group_name /base
        log_stream_prefix a-
tolerations:
- operator: Exists
"""
OVER = """\
# what this environment changes

config:
  outputs: |
    [OUTPUT]
        Name cloudwatch_logs
        Match *
        region eu-west-1
        log_group_name /mine
        log_stream_prefix a-
tolerations: null
"""


def test_later_values_stand_over_earlier_ones_and_keep_their_places() -> None:
    reading = read({"base.yaml": BASE.encode(), "mine.yaml": OVER.encode()}, ReadOptions())

    output = reading.configuration.outputs[0]
    assert output.value("log_group_name") == "/mine"
    assert str(next(output.every("log_group_name")).span) == "mine.yaml:9:9"
    assert str(next(reading.configuration.inputs[0].every("tag")).span) == "base.yaml:6:9"
    assert reading.workload is not None
    assert reading.workload.tolerations is None


def test_values_that_alone_say_no_chart_are_taken_with_those_that_do() -> None:
    reading = read({"base.yaml": BASE.encode(), "mine.yaml": b"env:\n- {name: A, value: b}\n"}, ReadOptions())

    assert reading.workload is not None
    assert [(each.name, each.span.source) for each in reading.workload.env] == [("A", "mine.yaml")]


def test_a_folder_does_not_say_which_values_stand_over_which() -> None:
    with pytest.raises(Refused) as refusal:
        read({"base.yaml": BASE.encode(), "mine.yaml": OVER.encode()}, ReadOptions(in_order=False))

    assert refusal.value.rule == "fluentbit/several-values"
    assert "one by one" in refusal.value.remedy


def _below(text: str, blanks: int) -> str:
    return "".join(f"{' ' * blanks}{line}\n" for line in text.splitlines())


FLUX = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n"
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (FLUX + "  values:\n" + _below(BASE, 4), "a.yaml:16:13"),
        (ARGO + "  source:\n    helm:\n      valuesObject:\n" + _below(BASE, 8), "a.yaml:18:17"),
        (ARGO + "  sources:\n  - helm:\n      values: |\n" + _below(BASE, 8), "a.yaml:18:17"),
        (
            "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nspec:\n  valuesContent: |-\n" + _below(BASE, 4),
            "a.yaml:16:13",
        ),
    ],
)
def test_values_inside_an_object_are_read_where_they_stand(text: str, place: str) -> None:
    reading = read({"a.yaml": text.encode()}, ReadOptions())

    assert reading.kind == "helm fluent-bit"
    assert reading.workload is not None
    assert reading.workload.tolerations is not None
    assert str(next(reading.configuration.outputs[0].every("log_group_name")).span) == place


def test_the_settings_of_an_eks_add_on_have_places_of_their_own() -> None:
    text = json.dumps({"addon": {"addonName": "x", "configurationValues": OBSERVABILITY}})
    reading = read({"addon.json": text.encode()}, ReadOptions())

    place = next(reading.configuration.outputs[0].every("match")).span
    assert place.source == "addon.json#values"
    assert "Match application.*" in reading.sources[place.source].split("\n")[place.line - 1]


def test_values_that_come_from_elsewhere_are_said() -> None:
    text = FLUX + "  valuesFrom:\n  - {kind: ConfigMap, name: more}\n  values:\n" + _below(BASE, 4)
    found = [each for each in read({"a.yaml": text.encode()}, ReadOptions()).findings if "elsewhere" in each.rule]

    assert [str(each.span) for each in found] == ["a.yaml:5:3"]


def test_each_value_that_nothing_reads_is_said() -> None:
    text = BASE + "ingress: {enabled: false}\nfluentd: {enabled: true}\n"
    said = {each.subject: each.rule for each in read_values(text).findings if "/values-" in each.rule}

    assert said == {"ingress": "fluentbit/values-unused", "fluentd": "fluentbit/values-unknown"}


def test_a_value_that_a_section_of_the_aws_chart_does_not_have_is_said() -> None:
    said = {
        each.subject for each in read_values(AWS + "firehose: {retention: 3}\n").findings if "/values-" in each.rule
    }

    assert said == {"firehose.retention"}


def test_a_configuration_that_the_values_only_name_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read_values(BASE + "existingConfigMap: my-logging\n")

    assert "configmap/my-logging" in refusal.value.remedy


def test_texts_that_stay_the_charts_own_are_findings() -> None:
    said = {
        each.subject: each.fidelity.of(Agent.ALLOY)
        for each in read_values(OBSERVABILITY).findings
        if each.rule == "fluentbit/chart-default"
    }

    assert said == {
        "config.extraFiles.dataplane-log.conf": Fidelity.MANUAL,
        "config.extraFiles.host-log.conf": Fidelity.MANUAL,
    }


def test_a_service_alone_is_no_configuration() -> None:
    flush = "containerLogs:\n  fluentBit:\n    config:\n      service: |\n        [SERVICE]\n          Flush 45\n"
    with pytest.raises(Refused) as refusal:
        read_values(flush, cluster="demo", AWS_REGION="x")

    assert refusal.value.rule == "fluentbit/values-incomplete"
