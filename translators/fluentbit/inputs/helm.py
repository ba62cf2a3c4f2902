"""Which of the three charts a values file is for: its own keys say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from translators.fluentbit.inputs import chart_aws, chart_fluent, chart_observability, leftovers
from translators.fluentbit.inputs.chart_aws_outputs import OUTPUTS
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.overlays import merged
from translators.fluentbit.inputs.releases import Written
from translators.fluentbit.inputs.values import Values
from translators.fluentbit.variables import Variables
from translators.fluentbit.yaml_syntax import get, is_mapping, is_scalar

if TYPE_CHECKING:
    from yaml import Node

_CHARTS = ("fluent-bit", "aws-for-fluent-bit", "amazon-cloudwatch-observability", "aws-fluent-bit", "fluentbit")
_TEXTS = ("service", "inputs", "filters", "outputs", "customParsers")


def is_values(document: Node) -> bool:
    """Whether a document is values of one of the charts, or of a chart that has one as a dependency."""
    return chart_of(document) != ""


def chart_of(document: Node) -> str:
    """The chart that values are for; empty when nothing in them says it."""
    return _chart(_own(document))


def find(given: Sequence[Written], variables: Variables, cluster: str) -> Found:
    """The configuration that the chart would render from the values, later ones over earlier ones."""
    whole = merged([replace(each, node=_own(each.node)) for each in given])
    values = Values(whole.node, whole.first.name, whole.first.lines, origins=whole.origins)
    match _chart(whole.node):
        case "observability":
            return chart_observability.find(values, variables, cluster)
        case "aws":
            found = chart_aws.find(values, variables)
        case _:
            found = chart_fluent.find(values, variables)
    found.findings.extend(leftovers.findings(values))
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
