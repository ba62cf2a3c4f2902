"""Kubernetes manifests: ConfigMaps whose keys are the files, and the workload that mounts them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from translators.diagnostics import Fidelity, Finding, PerAgent, Refused
from translators.fluentbit.files import ConfigFile, FileTree
from translators.fluentbit.inputs import classic_files, environment, fargate
from translators.fluentbit.inputs.found import Found
from translators.fluentbit.inputs.objects import WORKLOADS, KubeObject, as_files, keys_of, literals
from translators.fluentbit.inputs.workloads import container_of, pod_spec, workload_of
from translators.fluentbit.variables import Variables
from translators.fluentbit.workload import Workload
from translators.fluentbit.yaml_syntax import get, items, text_of

if TYPE_CHECKING:
    from yaml import Node

OPERATORS = {
    "fluentbit.fluent.io": "Take what it wrote: kubectl get secret,daemonset -n NAMESPACE -o yaml; the Secret has the "
    "name of the FluentBitConfig.",
    "logging.banzaicloud.io": "Take what it wrote: kubectl get secret,daemonset -n NAMESPACE -o yaml; the Secret is "
    "named NAME-fluentbit.",
    "telemetry.kyma-project.io": "Take what it wrote: kubectl get configmap,daemonset -n kyma-system -o yaml.",
}
"""Groups of objects from which an operator writes the configuration, and where it is then."""
_DEFAULT_MAIN = (
    "/fluent-bit/etc/fluent-bit.conf",
    "/fluent-bit/etc/fluent-bit.yaml",
    "/fluent-bit/etc/conf/fluent-bit.conf",
    "/fluent-bit/etc/conf/fluent-bit.yaml",
)


@dataclass(slots=True)
class Manifest:
    """What the documents hold. ``extra`` are files beside them, ``hints`` values that the text only shows."""

    objects: list[KubeObject]
    cluster: str = ""
    extra: list[ConfigFile] = field(default_factory=list)
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)


def find(manifest: Manifest, variables: Variables) -> Found:
    """The configuration of the workload that runs Fluent Bit, or of the ConfigMaps alone."""
    config_maps = [each for each in manifest.objects if each.kind == "ConfigMap"]
    values = {**literals(config_maps), **manifest.values}
    secrets = (as_files(each) for each in manifest.objects if each.kind == "Secret")
    config_maps += [each for each in secrets if each is not None]
    holder = _fluent_bit(manifest.objects)
    if holder is None:
        router = next((each for each in config_maps if fargate.is_log_router(each)), None)
        if router is not None:
            return fargate.find(router, variables)
        return _alone(manifest, config_maps, variables)
    workload = workload_of(holder, manifest.objects)
    environment.fill(variables, workload, environment.Told(values, manifest.cluster, manifest.hints))
    tree = _mounted(holder, config_maps)
    for file in manifest.extra:
        tree.add(file)
    return Found("manifest", _main(holder, workload, tree), tree, variables, workload, [*_on_windows(holder)])


def _on_windows(holder: KubeObject) -> Iterator[Finding]:
    """The agents' manifests are made for Linux nodes."""
    place = get(pod_spec(holder), "nodeSelector", "kubernetes.io/os")
    if text_of(place).lower() == "windows":
        yield Finding(
            "fluentbit/windows-nodes",
            holder.span(place),
            "kubernetes.io/os: windows",
            PerAgent.same(Fidelity.MANUAL),
            "These pods run on Windows nodes: the image, the user and the paths of the agent's manifests do not exist "
            "there, so they cannot be applied.",
            "Keep Fluent Bit on Windows nodes, or run Alloy there as a Windows service with the emitted configuration.",
        )


def _fluent_bit(objects: list[KubeObject]) -> KubeObject | None:
    """The object that runs Fluent Bit; of a Linux and a Windows one the Linux one."""
    found = [each for each in objects if each.kind in WORKLOADS and _runs_fluent_bit(each)]
    if len(found) > 1:
        found = [each for each in found if "windows" not in _system(each)] or found
    if len(found) > 1:
        daemons = [each for each in found if each.kind == "DaemonSet"]
        found = daemons or found
    if len(found) > 1:
        names = ", ".join(f"{each.kind} {each.name}" for each in found)
        raise Refused(
            "fluentbit/several-workloads",
            f"several objects run Fluent Bit: {names}",
            found[1].span(),
            "Give the manifest of one of them at a time.",
        )
    return found[0] if found else None


def _runs_fluent_bit(holder: KubeObject) -> bool:
    container = container_of(holder)
    words = text_of(get(container, "image")) + " " + text_of(get(container, "name")) + " " + holder.name
    return container is not None and any(word in words.lower() for word in ("fluent-bit", "fluentbit"))


def _system(holder: KubeObject) -> str:
    return f"{holder.name} {text_of(get(pod_spec(holder), 'nodeSelector', 'kubernetes.io/os'))}".lower()


def _mounted(holder: KubeObject, config_maps: list[KubeObject]) -> FileTree:
    """The keys of the mounted ConfigMaps at their paths in the container."""
    tree = FileTree()
    volumes = {text_of(get(volume, "name")): volume for volume in items(get(pod_spec(holder), "volumes"))}
    by_name = {(each.kind, each.name): each for each in config_maps}
    for mount in items(get(container_of(holder), "volumeMounts")):
        volume = volumes.get(text_of(get(mount, "name")))
        for kind, source in _sources(volume):
            config_map = by_name.get((kind, text_of(get(source, "name")) or text_of(get(source, "secretName"))))
            if config_map is None:
                continue
            renamed = {text_of(get(item, "key")): text_of(get(item, "path")) for item in items(get(source, "items"))}
            _mount(tree, config_map, renamed, text_of(get(mount, "mountPath")), text_of(get(mount, "subPath")))
    if not tree.files:
        for config_map in config_maps:
            _mount(tree, config_map, {}, "/fluent-bit/etc", "")
    return tree


def _sources(volume: Node | None) -> Iterator[tuple[str, Node]]:
    """The ConfigMaps and Secrets that a volume shows."""
    for holder in (volume, *items(get(volume, "projected", "sources"))):
        for kind, key in (("ConfigMap", "configMap"), ("Secret", "secret")):
            source = get(holder, key)
            if source is not None:
                yield kind, source


def _mount(tree: FileTree, config_map: KubeObject, renamed: dict[str, str], folder: str, sub_path: str) -> None:
    for key, file in keys_of(config_map).items():
        if renamed and key not in renamed:
            continue
        name = renamed.get(key, key)
        if sub_path and name != sub_path:
            continue
        path = posixpath.normpath(folder if sub_path else posixpath.join(folder, name))
        if path not in tree.files:
            tree.add(replace(file, path=path))


def _main(holder: KubeObject, workload: Workload, tree: FileTree) -> ConfigFile:
    asked = _asked(workload.command)
    if asked:
        found = tree.find(asked, "/fluent-bit/etc")
        if found is not None:
            return found
    if not tree.files:
        raise Refused(
            "fluentbit/configmap-not-given",
            f"the {workload.kind} {workload.name} is here, but not the ConfigMap with its configuration",
            holder.span(),
            "Give it too: kubectl get configmap NAME -n NAMESPACE -o yaml.",
        )
    for path in _DEFAULT_MAIN:
        if path in tree.files:
            return tree.files[path]
    return classic_files.main_file(tree)


def _asked(command: tuple[str, ...]) -> str:
    """The file that ``-c FILE`` or ``--config=FILE`` names."""
    words = [word for part in command for word in part.split()]
    for index, word in enumerate(words):
        if word in ("-c", "--config") and index + 1 < len(words):
            return words[index + 1]
        if word.startswith("--config="):
            return word.partition("=")[2]
    return ""


def _nothing(objects: list[KubeObject]) -> Refused:
    """There is no configuration; where an operator writes it, where to find it."""
    kinds = ", ".join(sorted({each.kind for each in objects}))
    groups = {text_of(each.get("apiVersion")).partition("/")[0] for each in objects}
    operator = next((group for group in OPERATORS if group in groups), "")
    return Refused(
        "fluentbit/no-configuration",
        f"there is no Fluent Bit configuration in these objects ({kinds})"
        + (f": the operator of {operator} writes it from them" if operator else ""),
        objects[0].span(),
        OPERATORS.get(operator, "Give the ConfigMap with fluent-bit.conf and the DaemonSet that mounts it."),
    )


def _alone(manifest: Manifest, config_maps: list[KubeObject], variables: Variables) -> Found:
    tree = FileTree()
    for config_map in config_maps:
        for file in keys_of(config_map).values():
            if file.path not in tree.files:
                tree.add(file)
    for file in manifest.extra:
        tree.add(file)
    if not tree.files:
        raise _nothing(manifest.objects)
    environment.fill_without_workload(variables, manifest.cluster)
    main = classic_files.main_file(tree)
    return Found("configmap", main, tree, variables, findings=environment.assumed(tree, main))
