"""Annotations that a pod's owner writes for Fluent Bit: fluentbit.io/exclude and fluentbit.io/parser."""

from __future__ import annotations

from dataclasses import replace

from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import approximate, exact
from translators.fluentbit.plugins.parsers import is_on
from translators.pipeline.model import Discovery, Relabel, RelabelAction
from translators.pipeline.selectors import having, select
from translators.pipeline.stages import When

PLUGIN = "kubernetes"
_ANNOTATION = "__meta_kubernetes_pod_annotation_fluentbit_io_"
_TRUE = "(?i:true|on|yes)"
_EXCLUDED = "lm_exclude_"


def annotate(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow as the pods' annotations want it."""
    item = section.last("k8s-logging.exclude")
    if item is not None:
        flow = _exclude(section, flow, desk)
    parser = section.last("k8s-logging.parser")
    if parser is not None:
        _judge_parser(section, desk)
    return flow


def _exclude(section: Section, flow: Flow, desk: Desk) -> Flow:
    item = section.last("k8s-logging.exclude")
    if item is None or not is_on(section, "k8s-logging.exclude"):
        if item is not None:
            desk.ledger.key(PLUGIN, item, exact("off: annotations exclude nothing"))
        return flow
    if flow.discovery is not Discovery.KUBERNETES:
        desk.ledger.key(
            PLUGIN, item, approximate("without the API nobody sees annotations: such pods are read as well")
        )
        return flow
    message = "pods and streams that exclude themselves are not read; an annotation for one container is not seen"
    desk.ledger.key(PLUGIN, item, approximate(message))
    whole = Relabel((f"{_ANNOTATION}exclude",), regex=_TRUE, action=RelabelAction.DROP)
    streams = tuple(
        Relabel((f"{_ANNOTATION}exclude_{stream}",), f"{_EXCLUDED}{stream}", f"({_TRUE})", "true")
        for stream in ("stdout", "stderr")
    )
    drops = tuple(
        When(select([having(f"{_EXCLUDED}{stream}", "true"), having("stream", stream)]), drop=True)
        for stream in ("stdout", "stderr")
    )
    marks = tuple(f"{_EXCLUDED}{stream}" for stream in ("stdout", "stderr"))
    flow = replace(flow, relabels=(*flow.relabels, whole, *streams), scratch=(*flow.scratch, *marks))
    return flow.then(*drops)


def _judge_parser(section: Section, desk: Desk) -> None:
    item = section.last("k8s-logging.parser")
    if item is None:
        return
    if not is_on(section, "k8s-logging.parser"):
        desk.ledger.key(PLUGIN, item, exact("off: annotations name no parser"))
    else:
        message = "lines of pods that name a parser stay whole, with the runtime's time instead of the parser's"
        desk.ledger.key(
            PLUGIN, item, approximate(message, "parse them in queries, or name the pods in the labels file")
        )
