"""Annotations that a pod's owner writes for Fluent Bit: fluentbit.io/exclude and fluentbit.io/parser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Desk, Flow
from translators.fluentbit.ledger import Ledger, approximate, exact
from translators.fluentbit.plugins.parsers import apply_parser, is_on, with_fields
from translators.fluentbit.routing import takes
from translators.fluentbit.standard_parsers import IMAGE_SOURCE
from translators.fluentbit.whereabouts import Whereabouts
from translators.pipeline.model import Discovery, Relabel, RelabelAction
from translators.pipeline.selectors import having, select
from translators.pipeline.stages import When

PLUGIN = "kubernetes"
_ANNOTATION = "__meta_kubernetes_pod_annotation_fluentbit_io_"
_TRUE = "(?i:true|on|yes)"
_EXCLUDED = "lm_exclude_"
_PARSER = "lm_parser"
_WRAPPER = '"log":"'
_EMPTY = Flow("", ("",), (), Whereabouts())


def divided(flow: Flow, filters: Iterable[Section], desk: Desk) -> tuple[Flow, ...]:
    """The flow, and before it the pods that name a parser, as a job of their own: others pay nothing for them."""
    asked = any(
        section.name.lower() == PLUGIN
        and is_on(section, "k8s-logging.parser")
        and is_on(section, "merge_log")
        and takes(section, flow).taken
        for section in filters
    )
    if not asked or desk.discovery is not Discovery.KUBERNETES or flow.files is None or not flow.files.of_containers:
        return (flow,)
    if not _own_parsers(desk):
        return (flow,)
    return (replace(flow, annotated=False), replace(flow, annotated=True, name=f"{flow.name}-annotated"))


def _own_parsers(desk: Desk) -> tuple[Section, ...]:
    """The parsers that are there for annotations: the user's, named by no section, and the agents can run them.

    What looks for dockerd's wrapper was made for Docker_Mode_Parser: no text of a pod has that.
    """
    trial = replace(desk, ledger=Ledger())
    own = (parser for name, parser in desk.parsers.items() if name not in desk.named_parsers)
    users = (parser for parser in own if parser.span.source != IMAGE_SOURCE and _WRAPPER not in parser.value("regex"))
    return tuple(parser for parser in users if apply_parser(_EMPTY, parser, "", trial) is not None)


def annotate(section: Section, flow: Flow, desk: Desk) -> Flow:
    """The flow as the pods' annotations want it."""
    item = section.last("k8s-logging.exclude")
    if item is not None:
        flow = _exclude(section, flow, desk)
    parser = section.last("k8s-logging.parser")
    if parser is not None:
        _judge_parser(section, desk)
    if flow.annotated is None or not is_on(section, "k8s-logging.parser") or flow.discovery is not Discovery.KUBERNETES:
        return flow
    return _parsed(section, flow, desk) if flow.annotated else _others(flow, desk)


def _names(desk: Desk) -> str:
    return "|".join(re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", parser.name) for parser in _own_parsers(desk))


def _annotations() -> tuple[str, ...]:
    return tuple(f"{_ANNOTATION}parser{suffix}" for suffix in ("", "_stdout", "_stderr"))


def _others(flow: Flow, desk: Desk) -> Flow:
    rules = tuple(Relabel((label,), regex=_names(desk), action=RelabelAction.DROP) for label in _annotations())
    return replace(flow, relabels=(*flow.relabels, *rules))


def _parsed(section: Section, flow: Flow, desk: Desk) -> Flow:
    """Only the pods that name a parser of ours; each line is parsed by the one that its stream names."""
    names = _names(desk)
    keep = Relabel(_annotations(), regex=f".*;?(?:{names});?.*", action=RelabelAction.KEEP)
    marks = tuple(
        Relabel((label,), label.removeprefix(_ANNOTATION).replace("parser", _PARSER), f"({names})")
        for label in _annotations()
    )
    flow = replace(flow, relabels=(*flow.relabels, keep, *marks))
    flow = replace(flow, scratch=(*flow.scratch, *(mark.target_label for mark in marks)))
    key = section.value("merge_log_key").strip()
    for parser in _own_parsers(desk):
        flow = _by(parser, flow, (key,) if key else (), desk)
    return flow


def _by(parser: Section, flow: Flow, under: tuple[str, ...], desk: Desk) -> Flow:
    parsed = apply_parser(replace(flow, stages=()), parser, "", desk)
    if parsed is None:
        return flow
    wanted = tuple(
        When(select([*matchers]), parsed.flow.stages)
        for matchers in (
            (having(_PARSER, parser.name), having(f"{_PARSER}_stdout", ""), having(f"{_PARSER}_stderr", "")),
            (having(f"{_PARSER}_stdout", parser.name), having("stream", "stdout")),
            (having(f"{_PARSER}_stderr", parser.name), having("stream", "stderr")),
        )
    )
    made = replace(parsed.flow, stages=(*flow.stages, *wanted))
    return with_fields(made, tuple(replace(field, path=(*under, *field.path)) for field in parsed.fields))


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
        names = ", ".join(parser.name for parser in _own_parsers(desk))
        seen = f"pods that name {names} are parsed by it" if names else "no parser is left for pods to name"
        rest = "lines of pods that name another one, or one for a single container, stay whole with the runtime's time"
        desk.ledger.key(PLUGIN, item, approximate(f"{seen}; {rest}"))
