"""Which of the three charts a values file is for: its own keys say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from translators.fluentbit.inputs import chart_aws, chart_fluent, chart_observability
from translators.fluentbit.inputs.chart_aws_outputs import OUTPUTS
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.values import Values
from translators.fluentbit.variables import Variables
from translators.fluentbit.yaml_syntax import get, is_mapping, is_scalar

if TYPE_CHECKING:
    from yaml import Node

_CHARTS = ("fluent-bit", "aws-for-fluent-bit", "amazon-cloudwatch-observability", "aws-fluent-bit", "fluentbit")
_TEXTS = ("service", "inputs", "filters", "outputs", "customParsers")


def is_values(document: Node) -> bool:
    """Whether a document is values of one of the charts, or of a chart that has one as a dependency."""
    return _chart(_own(document)) != ""


def find(name: str, text: str, document: Node, variables: Variables, cluster: str) -> Found:
    """The configuration that the chart would render."""
    own = _own(document)
    values = Values(own, name, text.removeprefix("\ufeff").split("\n"))
    match _chart(own):
        case "observability":
            return chart_observability.find(values, variables, cluster)
        case "aws":
            found = chart_aws.find(values, variables)
        case _:
            found = chart_fluent.find(values, variables)
    if cluster:
        variables.pod.setdefault("CLUSTER_NAME", cluster)
    return found


def _own(document: Node) -> Node:
    """The values of the chart itself: below its name when it is a dependency."""
    if _chart(document):
        return document
    for chart in _CHARTS:
        below = get(document, chart)
        if below is not None and _chart(below):
            return below
    return document


def _chart(document: Node) -> str:
    if is_mapping(get(document, "containerLogs")):
        return "observability"
    config = get(document, "config")
    if is_mapping(config) and any(is_scalar(get(config, key)) for key in _TEXTS):
        return "fluent"
    sections = ("input", "filter", "service", *OUTPUTS)
    if get(document, "pipeline") is None and any(
        is_mapping(get(document, key)) and get(document, key, probe) is not None
        for key in sections
        for probe in ("enabled", "match", "parsersFiles", "extraService", "extraParsers", "region", "tag")
    ):
        return "aws"
    return ""
