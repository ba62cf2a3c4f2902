"""From a node to lines: what the agents discover, relabel, match and read, job by job."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from translators.diagnostics import Agent, Refused
from translators.pipeline.entries import Entry
from translators.pipeline.globs import matches
from translators.pipeline.go_regexp import BadExpression, compiled, expand
from translators.pipeline.go_values import Unsupported, nanoseconds
from translators.pipeline.match_selector import BadSelector
from translators.pipeline.model import Relabel, RelabelAction
from translators.pipeline.other_ways import split_way
from translators.pipeline.run_line import Line, Setting
from translators.pipeline.run_stages import Stages
from translators.pipeline.stages import Stage
from translators.pipeline.world import Extent, JournalEntry, LogFile, Pod, World

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_BOM = b"\xef\xbb\xbf"
_PRIORITIES = ("emerg", "alert", "crit", "error", "warning", "notice", "info", "debug")


@dataclass(frozen=True, slots=True)
class PodTargets:
    """One target for each container of each pod that has an address."""


@dataclass(frozen=True, slots=True)
class FixedTargets:
    """Targets as they are written."""

    labels: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class JournalTarget:
    """The journal, with labels for all of its entries."""

    labels: Mapping[str, str]
    matches: tuple[str, ...] = ()
    as_json: bool = False
    max_age: str = ""


@dataclass(frozen=True, slots=True)
class RunJob:
    """A job as its configuration says it, ready to run."""

    name: str
    targets: PodTargets | FixedTargets | JournalTarget
    relabels: tuple[Relabel, ...] = ()
    stages: tuple[Stage, ...] = ()
    from_end: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """All jobs of an agent, and the labels that its client adds to each entry."""

    agent: Agent
    jobs: tuple[RunJob, ...]
    external_labels: Mapping[str, str] = field(default_factory=dict)


def run_jobs(run: Run, world: World, hostname: str = "") -> Iterator[Entry]:
    """What reaches Loki, job by job and file by file; entries without any label are refused there."""
    setting = Setting(run.agent, world.now_ns, {"HOSTNAME": hostname} if hostname else {})
    for job in run.jobs:
        stages = _ready(job, setting)
        for line in stages.run(_lines(job, world, setting)):
            labels = {**run.external_labels, **line.labels}
            labels = {name: value for name, value in labels.items() if value}
            if labels:
                yield _entry(line, labels, job.name)


def node_of(world: World) -> str:
    """The node that all pods are on; nothing when they are on several or on none."""
    nodes = {pod.node for pod in world.pods if pod.node}
    return nodes.pop() if len(nodes) == 1 else ""


def _ready(job: RunJob, setting: Setting) -> Stages:
    try:
        return Stages(job.stages, setting)
    except (Unsupported, BadExpression, BadSelector) as wrong:
        raise Refused(f"{setting.agent}/not-evaluated", f"job {job.name}: {wrong}") from None


def _entry(line: Line, labels: dict[str, str], job: str) -> Entry:
    metadata = {name: value for name, value in line.metadata.items() if value}
    return Entry(labels, metadata, line.time_ns, line.text.encode("utf-8", "surrogateescape"), line.origin, job)


def _lines(job: RunJob, world: World, setting: Setting) -> Iterator[Line]:
    match job.targets:
        case JournalTarget():
            yield from _journal_lines(job, job.targets, world)
        case PodTargets():
            yield from _file_lines(job, _pod_targets(world.pods), world, setting)
        case FixedTargets(labels):
            yield from _file_lines(job, labels, world, setting)


def _file_lines(job: RunJob, targets: Iterable[Mapping[str, str]], world: World, setting: Setting) -> Iterator[Line]:
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    for target in targets:
        labels = relabelled(target, job.relabels)
        if labels is None or "__path__" not in labels:
            continue
        kept = {name: value for name, value in labels.items() if not name.startswith("__")}
        for file in sorted(_matching(labels, world), key=lambda file: file.path):
            key = (file.path, tuple(sorted(kept.items())))
            if key not in seen:
                seen.add(key)
                named = {**kept, "filename": split_way(labels["__path__"])[0] + file.path}
                yield from _read(file, named, job.from_end and not world.arriving, setting)


def _matching(labels: Mapping[str, str], world: World) -> Iterator[LogFile]:
    include, exclude = labels["__path__"], labels.get("__path_exclude__", "")
    way, _ = split_way(include)
    for file in world.files:
        if matches(include, way + file.path) and not (exclude and matches(exclude, way + file.path)):
            yield file


def _read(file: LogFile, labels: dict[str, str], from_end: bool, setting: Setting) -> Iterator[Line]:
    """Complete lines; Alloy takes a byte order mark and the carriage returns off."""
    if from_end:
        return
    offset = 0
    with file.open() as stream:
        for raw in stream:
            if not raw.endswith(b"\n"):
                return
            start, offset = offset, offset + len(raw)
            text = raw[:-1]
            if setting.is_alloy:
                text = text.removesuffix(b"\r")
                text = text.removeprefix(_BOM) if start == 0 else text
            yield Line(dict(labels), text.decode("utf-8", "surrogateescape"), (Extent(file.path, start, offset),))


def relabelled(labels: Mapping[str, str], rules: Iterable[Relabel]) -> dict[str, str] | None:
    """The labels behind Prometheus' relabel rules; None when a rule drops them."""
    found = dict(labels)
    for rule in rules:
        value = rule.separator.join(found.get(name, "") for name in rule.source_labels)
        regex = compiled(f"^(?s:{rule.regex})$")
        match rule.action:
            case RelabelAction.KEEP | RelabelAction.DROP:
                if regex.matches(value) != (rule.action is RelabelAction.KEEP):
                    return None
            case RelabelAction.LABELMAP:
                for name in [name for name in found if regex.matches(name)]:
                    found[regex.replace_all(name, rule.replacement)] = found[name]
            case RelabelAction.LABELDROP:
                found = {name: kept for name, kept in found.items() if not regex.matches(name)}
            case RelabelAction.REPLACE:
                _replace(found, rule, value)
    return found


def _replace(labels: dict[str, str], rule: Relabel, value: str) -> None:
    regex = compiled(f"^(?s:{rule.regex})$")
    spans = regex.search(value)
    if spans is None:
        return
    target = expand(rule.target_label, regex.names, value, spans)
    if not _LABEL.match(target):
        return
    text = expand(rule.replacement, regex.names, value, spans)
    if text:
        labels[target] = text
    else:
        labels.pop(target, None)


def _pod_targets(pods: Iterable[Pod]) -> Iterator[dict[str, str]]:
    for pod in pods:
        if not pod.ip:
            continue
        shared = _pod_labels(pod)
        for container in pod.containers:
            prefix = "__meta_kubernetes_pod_container_"
            yield {
                **shared,
                f"{prefix}name": container.name,
                f"{prefix}image": container.image,
                f"{prefix}id": f"containerd://{container.identifier}" if container.identifier else "",
                f"{prefix}init": "true" if container.init else "false",
            }


def _pod_labels(pod: Pod) -> dict[str, str]:
    prefix = "__meta_kubernetes_pod_"
    labels = {
        "__address__": pod.ip,
        "__meta_kubernetes_namespace": pod.namespace,
        f"{prefix}name": pod.name,
        f"{prefix}ip": pod.ip,
        f"{prefix}uid": pod.uid,
        f"{prefix}node_name": pod.node,
        f"{prefix}phase": pod.phase,
        f"{prefix}controller_kind": pod.controller_kind,
        f"{prefix}controller_name": pod.controller_name,
    }
    for kind, values in (("label", pod.labels), ("annotation", pod.annotations)):
        for name, value in values.items():
            clean = re.sub(r"[^A-Za-z0-9_]", "_", name)
            labels[f"{prefix}{kind}_{clean}"] = value
            labels[f"{prefix}{kind}present_{clean}"] = "true"
    return {name: value for name, value in labels.items() if value}


def _journal_lines(job: RunJob, target: JournalTarget, world: World) -> Iterator[Line]:
    oldest = _oldest(target, world)
    for entry in world.journal:
        fields = {name: value.decode("utf-8", "surrogateescape") for name, value in entry.fields}
        if entry.realtime_ns < oldest or not _wanted(fields, target.matches):
            continue
        labels = relabelled({**_journal_labels(fields), **target.labels}, job.relabels)
        kept = {name: value for name, value in (labels or {}).items() if not name.startswith("__")}
        text = _journal_json(fields) if target.as_json else fields.get("MESSAGE")
        if kept and text is not None:
            yield _journal_line(entry, kept, text)


def _journal_line(entry: JournalEntry, labels: dict[str, str], text: str) -> Line:
    return Line(labels, text, (Extent(entry.cursor, 0, 0),), entry.realtime_ns // 1000 * 1000)


def _oldest(target: JournalTarget, world: World) -> int:
    """A first start reads back as far as max_age."""
    if world.arriving or not world.now_ns:
        return 0
    return world.now_ns - nanoseconds(target.max_age or "7h")


def _wanted(fields: Mapping[str, str], terms: Iterable[str]) -> bool:
    """Terms of one field are alternatives, those of different fields must all hold."""
    wanted: dict[str, set[str]] = {}
    for term in terms:
        name, _, value = term.partition("=")
        wanted.setdefault(name, set()).add(value)
    return all(fields.get(name) in values for name, values in wanted.items())


def _journal_labels(fields: Mapping[str, str]) -> dict[str, str]:
    labels = {f"__journal_{name.lower()}": value for name, value in fields.items()}
    if (priority := fields.get("PRIORITY")) is not None:
        known = priority.isdigit() and len(priority) == 1 and int(priority) < len(_PRIORITIES)
        labels["__journal_priority_keyword"] = _PRIORITIES[int(priority)] if known else priority
    return labels


def _journal_json(fields: Mapping[str, str]) -> str:
    """Keys sorted, ``<``, ``>`` and ``&`` escaped, bytes that are no UTF-8 replaced."""
    clean = {name: re.sub("[\udc80-\udcff]", "\ufffd", value) for name, value in fields.items()}
    text = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)
