"""[OUTPUT] loki: an output that writes to Loki already lends its labels to the same records."""

from __future__ import annotations

import re
from dataclasses import replace

from translators.catalog import InLabel, InMetadata
from translators.fluentbit.configuration import Section
from translators.fluentbit.flow import Flow
from translators.fluentbit.plugins.paths import path_of
from translators.fluentbit.plugins.tail import words
from translators.pipeline.model import Relabel

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def lend(section: Section, flow: Flow) -> tuple[Flow, tuple[tuple[str, str], ...]]:
    """The flow with relabel rules for labels that a pod gives, and the fixed labels."""
    fixed: list[tuple[str, str]] = []
    for word in (*words(section.last("labels")), *words(section.last("label_keys"))):
        name, _, value = word.partition("=")
        name, value = name.strip(), value.strip()
        if not value:
            name, value = re.sub(r"\W", "_", "_".join(path_of(name))), name
        if value.startswith("$"):
            flow = _from_pod(flow, name, value)
        elif _NAME.match(name) and name not in flow.labels:
            fixed.append((name, value))
    return flow, tuple(fixed)


def _from_pod(flow: Flow, name: str, accessor: str) -> Flow:
    place = flow.find(path_of(accessor))
    if not isinstance(place, InLabel | InMetadata) or not _NAME.match(name) or name == place.name:
        return flow
    origin = dict(flow.origins).get(place.name)
    if origin is None:
        return flow
    return replace(flow, relabels=(*flow.relabels, Relabel((origin,), name)), labels=(*flow.labels, name))
