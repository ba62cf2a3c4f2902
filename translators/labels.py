"""The label scheme: what becomes a stream label, what structured metadata, why, and how many streams that makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from translators.diagnostics import Refused
from translators.pipeline.world import Pod
from translators.source import Span

CONTROLLER_HASH = re.compile(r"-[0-9a-f]{8,10}\Z")
_RULE = "labels/invalid"
_REMEDY = "write `labels: {NAME: {kind: label|metadata|off, from: pod-label/KEY|pod-annotation/KEY}}`"
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_META = "__meta_kubernetes_"
_TELLS_GROUPS = frozenset(("cluster", "log_type", "log_group", "unit", "source"))
"""Without these as labels the streams of two log groups could not be told apart."""


class Kind(StrEnum):
    """Where a value goes."""

    LABEL = "label"
    METADATA = "metadata"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LabelRule:
    """One name of the scheme. ``source`` is the label that service discovery gives, empty when stages make it."""

    name: str
    kind: Kind
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """All names in the order in which they are written."""

    rules: tuple[LabelRule, ...]

    def kind(self, name: str) -> Kind:
        """Where the value of that name goes; off for a name that the scheme does not have."""
        found = self.find(name)
        return Kind.OFF if found is None else found.kind

    def find(self, name: str) -> LabelRule | None:
        return next((rule for rule in self.rules if rule.name == name), None)

    def why(self, name: str) -> str:
        """One sentence that says why a label is there, or why it is not."""
        found = self.find(name)
        return f"{name} is not part of the label scheme" if found is None else found.why

    def discovered(self) -> tuple[LabelRule, ...]:
        """The rules whose value service discovery gives and that are not switched off."""
        return tuple(rule for rule in self.rules if rule.source and rule.kind is not Kind.OFF)


_METADATA_WHY = "a new value with every pod: as a label it would make a new stream each time"
_OFF_WHY = "not copied to each entry: every value costs Promtail some percent; the labels file can switch it on"
DEFAULT = Scheme(
    (
        LabelRule("cluster", Kind.LABEL, "", "one value; tells the clusters of one Loki apart"),
        LabelRule("log_type", Kind.LABEL, "", "one value for each log group; stands for the end of its name"),
        LabelRule("log_group", Kind.LABEL, "", "one value for each log group that has a name of its own"),
        LabelRule("namespace", Kind.LABEL, f"{_META}namespace", "few values, in nearly every query"),
        LabelRule("app", Kind.LABEL, "app", "app.kubernetes.io/name, else app, else the controller, else the pod"),
        LabelRule("container", Kind.LABEL, f"{_META}pod_container_name", "few values for each app"),
        LabelRule("stream", Kind.LABEL, "", "stdout or stderr, from the container runtime"),
        LabelRule("unit", Kind.LABEL, "", "few values: the systemd unit of a journal entry"),
        LabelRule("source", Kind.LABEL, "", "few values: which file or input of the host a line came from"),
        LabelRule("pod", Kind.METADATA, f"{_META}pod_name", _METADATA_WHY),
        LabelRule("node_name", Kind.METADATA, f"{_META}pod_node_name", "many values over time, seldom in a selector"),
        LabelRule("pod_uid", Kind.OFF, f"{_META}pod_uid", _OFF_WHY),
        LabelRule("pod_ip", Kind.OFF, f"{_META}pod_ip", _OFF_WHY),
        LabelRule("container_id", Kind.OFF, f"{_META}pod_container_id", _OFF_WHY),
        LabelRule("filename", Kind.METADATA, "", _METADATA_WHY),
    )
)


@dataclass(frozen=True, slots=True)
class Override:
    """What the user changes: the kind of a name, or a new name with its source."""

    name: str
    kind: Kind
    source: str = ""


def with_overrides(scheme: Scheme, overrides: Iterable[Override]) -> Scheme:
    """The scheme as the user wants it. New names stand at the end."""
    rules = {rule.name: rule for rule in scheme.rules}
    for override in overrides:
        known = rules.get(override.name)
        why = f"the labels file says so ({override.kind})"
        if known is None:
            rules[override.name] = LabelRule(override.name, override.kind, override.source, why)
        else:
            rules[override.name] = replace(known, kind=override.kind, source=override.source or known.source, why=why)
    return Scheme(tuple(rules.values()))


POD_LABEL = Override("pod", Kind.LABEL)
"""What ``--pod-label`` means: the pod's name as a stream label, for small clusters."""


def read_overrides(values: Mapping[str, object], name: str) -> tuple[Override, ...]:
    """The labels file, parsed already: a mapping ``labels`` of names to ``kind`` and ``from``."""
    labels = values.get("labels", {})
    if not isinstance(labels, Mapping) or set(values) - {"labels"}:
        raise Refused(_RULE, "expected one mapping named labels", Span(name, 1, 1), _REMEDY)
    return tuple(_read_override(str(key), value, name) for key, value in labels.items())


def _read_override(key: str, value: object, name: str) -> Override:
    if not isinstance(value, Mapping) or set(value) - {"kind", "from"} or not _NAME.match(key):
        what = f"labels.{key}: expected a name in small letters with kind and from"
        raise Refused(_RULE, what, Span(name, 1, 1), _REMEDY)
    if key in _TELLS_GROUPS:
        what = f"labels.{key}: log groups are told apart by it, so it stays the label that it is"
        raise Refused(_RULE, what, Span(name, 1, 1), "take it out of the labels file")
    kind, origin = value.get("kind", "label"), str(value.get("from", ""))
    kind = "off" if kind is False else str(kind)  # YAML 1.1 takes a bare off for false
    if kind not in tuple(Kind):
        raise Refused(_RULE, f"labels.{key}.kind: {kind!r} is none of label, metadata, off", Span(name, 1, 1), _REMEDY)
    source = _source(origin)
    if source is None or (not source and DEFAULT.find(key) is None):
        raise Refused(_RULE, f"labels.{key}.from: {origin!r} is not known", Span(name, 1, 1), _REMEDY)
    return Override(key, Kind(kind), source)


def _source(origin: str) -> str | None:
    if not origin:
        return ""
    what, _, key = origin.partition("/")
    prefixes = {"pod-label": "pod_label", "pod-annotation": "pod_annotation"}
    return f"{_META}{prefixes[what]}_{sanitized(key)}" if what in prefixes and key else None


def sanitized(key: str) -> str:
    """A Kubernetes key as service discovery spells it in a label's name."""
    return re.sub(r"[^a-zA-Z0-9_]", "_", key)


@dataclass(frozen=True, slots=True)
class Prediction:
    """How many streams the pods of a list make. ``per_container`` of them come of each container: stdout and stderr."""

    streams: int
    containers: int
    largest: tuple[tuple[str, int], ...]


def predict(scheme: Scheme, pods: Iterable[Pod]) -> Prediction:
    """The streams of container logs that these pods make; ``largest`` are the namespaces with the most, at most ten."""
    streams: dict[tuple[str, ...], str] = {}
    containers = 0
    for pod in pods:
        for container in pod.containers:
            containers += 1
            for stream in ("stdout", "stderr"):
                streams[_labels(scheme, pod, container.name, stream)] = pod.namespace
    counts: dict[str, int] = {}
    for namespace in streams.values():
        counts[namespace] = counts.get(namespace, 0) + 1
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]
    return Prediction(len(streams), containers, tuple(largest))


def app_of(pod: Pod) -> str:
    """The app label as the emitted relabel rules compute it."""
    controller = CONTROLLER_HASH.sub("", pod.controller_name)
    candidates = (pod.labels.get("app.kubernetes.io/name", ""), pod.labels.get("app", ""), controller, pod.name)
    return next((name for name in candidates if name), "")


def _labels(scheme: Scheme, pod: Pod, container: str, stream: str) -> tuple[str, ...]:
    values = {
        "namespace": pod.namespace,
        "app": app_of(pod),
        "container": container,
        "stream": stream,
        "pod": pod.name,
        "node_name": pod.node,
        "pod_uid": pod.uid,
        "pod_ip": pod.ip,
    }
    for rule in scheme.rules:
        prefix = f"{_META}pod_label_"
        if rule.source.startswith(prefix):
            wanted = rule.source.removeprefix(prefix)
            values[rule.name] = next((text for key, text in pod.labels.items() if sanitized(key) == wanted), "")
    return tuple(value for name, value in sorted(values.items()) if scheme.kind(name) is Kind.LABEL)
