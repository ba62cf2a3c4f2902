"""A pass: bind what service discovery knows of a pod to labels, and its files to a path, before any line is read."""

from __future__ import annotations

from collections.abc import Iterable

from translators.labels import Kind, LabelRule, Scheme
from translators.pipeline.filesets import CONTAINERS, FileSet, container_name_regex
from translators.pipeline.model import Relabel, RelabelAction
from translators.pipeline.stages import ParseRegex, SetLabels, Stage

_META = "__meta_kubernetes_"
_NAME = "__tmp_file_name"
_CONTROLLER = "__tmp_controller_name"
_POD = (f"{_META}pod_name", f"{_META}namespace", f"{_META}pod_container_name")
FILE_NAME = (
    r"/(?P<lm_file_pod>(?P<lm_file_app>[^_/]+?)(?:-[0-9a-f]{8,10}-[a-z0-9]{5}|-[a-z0-9]{5}|-[0-9]+)?)"
    r"_(?P<lm_file_namespace>[^_]+)_(?P<lm_file_container>.+)-(?P<lm_file_container_id>[a-z0-9]{64})\.log$"
)
FROM_NAME = ("pod", "app", "namespace", "container", "container_id")
"""What the name of a container's file tells without the API."""


def target_relabels(files: FileSet, scheme: Scheme) -> tuple[Relabel, ...]:
    """The rules that choose the containers of ``files``, give them their labels and name their files as a node does."""
    return (*_chosen(files), *_labels(scheme.discovered()), _path())


def _chosen(files: FileSet) -> tuple[Relabel, ...]:
    keep = tuple(regex for regex in map(container_name_regex, files.include) if regex is not None)
    rules: list[Relabel] = []
    if keep and ".*" not in keep:
        rules.append(_by_name("|".join(keep), RelabelAction.KEEP))
    rules += (_by_name(regex, RelabelAction.KEEP) for regex in map(container_name_regex, files.only) if regex)
    drop = tuple(regex for regex in map(container_name_regex, files.exclude) if regex is not None)
    if drop:
        rules.append(_by_name("|".join(drop), RelabelAction.DROP))
    if not rules:
        return ()
    named = Relabel(_POD, _NAME, "(.+)", "$1-", separator="_")
    return (named, *rules)


def _by_name(regex: str, action: RelabelAction) -> Relabel:
    return Relabel((_NAME,), regex=regex, action=action)


def _labels(rules: Iterable[LabelRule]) -> Iterable[Relabel]:
    for rule in rules:
        if rule.name == "app":
            yield from _app()
        elif rule.name == "container_id":
            yield Relabel((rule.source,), rule.name, "[^:]+://(.+)")
        else:
            yield Relabel((rule.source,), rule.name)


def _app() -> Iterable[Relabel]:
    """The name a team gave, else the controller's without the hash of a ReplicaSet or a Job, else the pod's."""
    yield Relabel((f"{_META}pod_controller_name",), _CONTROLLER, "([0-9a-z-.]+?)(-[0-9a-f]{8,10})?")
    sources = (f"{_META}pod_label_app_kubernetes_io_name", f"{_META}pod_label_app", _CONTROLLER, f"{_META}pod_name")
    yield Relabel(sources, "app", "^;*([^;]+)(;.*)?$")


def _path() -> Relabel:
    return Relabel(_POD, "__path__", "(.+);(.+);(.+)", f"{CONTAINERS}${{1}}_${{2}}_${{3}}-*.log")


def name_stages(scheme: Scheme) -> tuple[Stage, ...]:
    """The same labels from the file's name, for when nobody asks the API."""
    wanted = tuple(name for name in ("namespace", "app", "container", "pod") if scheme.kind(name) is Kind.LABEL)
    labels = tuple((name, f"lm_file_{name}") for name in wanted)
    return (ParseRegex(FILE_NAME, "filename"), *((SetLabels(labels),) if labels else ()))


def metadata_from_name(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """The structured metadata that the file's name tells: (name, extracted value)."""
    return tuple((name, f"lm_file_{name}") for name in FROM_NAME if scheme.kind(name) is Kind.METADATA)


def metadata_from_discovery(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """The structured metadata that service discovery tells: a label of the same name that moves."""
    return tuple((rule.name, rule.name) for rule in scheme.discovered() if rule.kind is Kind.METADATA)


def origins(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """The names whose value is known before any line is read, with the label that has it."""
    simple = (rule for rule in scheme.discovered() if rule.name not in ("app", "container_id"))
    return tuple((rule.name, rule.source) for rule in simple)
