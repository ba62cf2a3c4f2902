"""How the agent takes Fluent Bit's place in the cluster: what its DaemonSet inherits, with a finding for each field."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from translators.deployment_pod import (
    affinity,
    carried_annotations,
    carried_labels,
    finding,
    pod_findings,
    resources,
    se_linux,
    update_strategy,
    value,
)
from translators.diagnostics import Agent, Fidelity, Finding
from translators.fluentbit.workload import EnvSource, EnvVariable, Mount, Workload
from translators.pipeline.model import Pipeline, ReadFiles, ReadJournal
from translators.workload.model import HostPath, Placement, Setup, Variable

CONTAINER_LOGS = ("/var/log/containers", "/var/log/pods")
DOCKER_LOGS = "/var/lib/docker/containers"
PERSISTENT_JOURNAL, VOLATILE_JOURNAL, MACHINE_ID = "/var/log/journal", "/run/log/journal", "/etc/machine-id"
SET_BY_US = frozenset({"HOSTNAME", "NODE_NAME"})
AWS_PREFIXES = ("AWS_", "CI_VERSION", "FLB_")
SECRET_NAME = re.compile(r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PWD|CREDENTIALS?|API_?KEY|KEY|LICENSE)(?:_|$)", re.I)
SECRET_VALUE = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
RESERVED_NAMES = frozenset({"state", "config", "tmp", "loki-auth"})


@dataclass(frozen=True, slots=True)
class Deployment:
    """The agent's set-up and what became of each field of Fluent Bit's workload."""

    setup: Setup
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the emitted configuration says of its container: its state, its port, and where it looks for

    converted positions and for Loki's credentials.
    """

    state_mount: str = ""
    port: int = 0
    hand_over_mount: str = ""
    secret_mount: str = ""


def deploy(workload: Workload | None, pipeline: Pipeline, agent: Agent, place: Place) -> Deployment:
    """The set-up of the agent for this pipeline, as close to Fluent Bit's workload as it can be."""
    mounts, findings = _mounts(workload, pipeline)
    setup = Setup(
        agent=agent,
        mounts=mounts,
        as_root=_needs_root(pipeline),
        discovers=any(
            isinstance(job.source, ReadFiles) and job.source.discovery == "kubernetes" for job in pipeline.jobs
        ),
        reads_nodes=any("__meta_kubernetes_node" in name for name in _sources(pipeline)),
        auth_secret=pipeline.client.auth_secret,
        state_mount=place.state_mount,
        hand_over_mount=place.hand_over_mount,
        secret_mount=place.secret_mount,
        port=place.port,
    )
    if workload is None:
        return Deployment(setup, ())
    return _inherit(setup, workload, findings)


def _inherit(setup: Setup, workload: Workload, findings: list[Finding]) -> Deployment:
    inherited = replace(
        setup,
        variables=tuple(_variables(workload)),
        placement=Placement(
            tolerations=value(workload.tolerations),
            node_selector=value(workload.node_selector),
            affinity=affinity(workload),
            priority_class=workload.priority_class,
            resources=resources(setup.agent, workload),
            update_strategy=update_strategy(workload),
        ),
        labels=carried_labels(workload),
        annotations=carried_annotations(workload),
        se_linux=se_linux(workload),
        host_aliases=value(workload.host_aliases),
        image_pull_secrets=value(workload.image_pull_secrets),
    )
    told = [*findings, *_variable_findings(workload), *pod_findings(workload)]
    return Deployment(inherited, tuple(sorted(told, key=lambda finding: (finding.span, finding.rule, finding.subject))))


def _sources(pipeline: Pipeline) -> Iterator[str]:
    for job in pipeline.jobs:
        for relabel in job.relabels:
            yield from relabel.source_labels


# --- files -----------------------------------------------------------------------------------------------------------


def _needed(pipeline: Pipeline) -> tuple[str, ...]:
    """The folders and files of the node that the jobs read, links followed."""
    found: list[str] = []
    for job in pipeline.jobs:
        if isinstance(job.source, ReadJournal):
            found += [job.source.path or PERSISTENT_JOURNAL, MACHINE_ID]
        elif not job.source.include:
            found += CONTAINER_LOGS
        else:
            for glob in job.source.include:
                found += CONTAINER_LOGS if glob.startswith(CONTAINER_LOGS) else (_fixed_part(glob),)
    return tuple(dict.fromkeys(found))


def _fixed_part(glob: str) -> str:
    """The folder above the first component with a pattern, or the folder of a plain file (files rotate)."""
    parts = glob.split("/")
    pattern = next((index for index, part in enumerate(parts) if any(mark in part for mark in "*?[{")), len(parts) - 1)
    return "/".join(parts[:pattern]) or "/"


def _needs_root(pipeline: Pipeline) -> bool:
    """Container logs are readable for group 0; the journal and /var/log/messages often for root alone."""
    return any(not path.startswith(CONTAINER_LOGS) for path in _needed(pipeline))


def _mounts(workload: Workload | None, pipeline: Pipeline) -> tuple[tuple[HostPath, ...], list[Finding]]:
    needed = _needed(pipeline)
    chosen: list[HostPath] = []
    findings: list[Finding] = []
    offered = sorted(workload.mounts if workload else (), key=lambda mount: (mount.mount_path.count("/"), mount.span))
    for mount in offered:
        said, carried = _judge_mount(mount, needed, chosen)
        findings.append(said)
        if carried is not None:
            chosen.append(carried)
    places = {item.path for item in chosen if item.place == item.path}
    for path in sorted(needed, key=lambda path: path.count("/")):
        if not any(folder in places for folder in _upwards(path)):
            places.add(path)
            chosen.append(HostPath(_volume_name(path, len(chosen)), path))
    return tuple(_with_journals(chosen, pipeline)), findings


def _with_journals(chosen: list[HostPath], pipeline: Pipeline) -> list[HostPath]:
    """Promtail ends where a journal's folder is missing (Alloy reads nothing), as with a journal in memory alone."""
    paths = {job.source.path or PERSISTENT_JOURNAL for job in pipeline.jobs if isinstance(job.source, ReadJournal)}
    found = [
        replace(item, kind="DirectoryOrCreate") if item.path in paths and item.place == item.path else item
        for item in chosen
    ]
    mounted = {item.place for item in found}
    for path in sorted(paths - mounted):
        found.append(HostPath(_volume_name(path, len(found)), path, kind="DirectoryOrCreate"))
    return found


def _volume_name(path: str, number: int) -> str:
    """A name that Kubernetes takes: at most 63 small letters, digits and hyphens; the number keeps it apart."""
    words = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    return f"{words[:50].strip('-')}-{number}" if words else f"root-{number}"


def _judge_mount(mount: Mount, needed: tuple[str, ...], chosen: list[HostPath]) -> tuple[Finding, HostPath | None]:
    subject = f"{mount.name} at {mount.mount_path}"

    def no(words: str) -> tuple[Finding, None]:
        return finding("mount", mount.span, subject, Fidelity.HARMLESS, (words, "")), None

    if mount.kind == "configMap":
        return no("Fluent Bit's own configuration; the agent has its own ConfigMap.")
    if mount.kind != "hostPath":
        return no(f"A volume of kind {mount.kind or 'unknown'} that no job of the agent reads.")
    if _covered(mount.host_path, chosen):
        return no("Lies inside a folder that is mounted already.")
    if not any(
        _within(path, mount.mount_path) or _within(mount.mount_path, path) for path in (*needed, *_linked(needed))
    ):
        return no("No job of the agent reads it; positions are kept in a folder of the agent's own.")
    name = f"host-{mount.name}" if mount.name in RESERVED_NAMES else mount.name
    on_node = posixpath.join(mount.host_path, mount.sub_path) if mount.sub_path else mount.host_path
    kind = "" if mount.sub_path else mount.host_path_type
    path = HostPath(name, on_node, mount.mount_path, read_only=True, kind=kind, propagation=mount.propagation)
    words = "Mounted in the agent's pod at the same place, read-only."
    return finding("mount", mount.span, subject, Fidelity.EXACT, (words, "")), path


def _linked(needed: tuple[str, ...]) -> tuple[str, ...]:
    """Where else it may lie: dockerd keeps container logs below its own folder, journald may keep all in memory."""
    docker = (DOCKER_LOGS,) if set(CONTAINER_LOGS) & set(needed) else ()
    return docker + ((VOLATILE_JOURNAL,) if MACHINE_ID in needed else ())


def _covered(path: str, chosen: list[HostPath]) -> bool:
    return any(_within(path, item.path) and item.place == item.path for item in chosen)


def _upwards(path: str) -> Iterator[str]:
    """The path and the folders above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield "/"


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


# --- environment -----------------------------------------------------------------------------------------------------


def _variables(workload: Workload) -> Iterator[Variable]:
    for variable in workload.env:
        if _carries(variable):
            yield _carried(variable)


def _carries(variable: EnvVariable) -> bool:
    """Secrets stay where they are, AWS settings have no reader, an unknown value would stop the pod."""
    if variable.name in SET_BY_US or variable.name.startswith(AWS_PREFIXES) or _is_secret(variable):
        return False
    return variable.source in (EnvSource.FIELD, EnvSource.RESOURCE) or variable.value is not None


def _is_secret(variable: EnvVariable) -> bool:
    """A Secret, or a text that its name or a password in a URL gives away."""
    named = SECRET_NAME.search(variable.name) or SECRET_VALUE.search(variable.value or "")
    return variable.source is EnvSource.SECRET or bool(named)


def _carried(variable: EnvVariable) -> Variable:
    match variable.source:
        case EnvSource.FIELD:
            return Variable(variable.name, field=variable.reference)
        case EnvSource.RESOURCE:
            return Variable(variable.name, resource=variable.reference)
        case _:
            return Variable(variable.name, value=variable.value or "")


def _variable_findings(workload: Workload) -> Iterator[Finding]:
    for variable in workload.env:
        fidelity, words = _about_variable(variable)
        yield finding("environment", variable.span, f"env {variable.name}", fidelity, (words, ""))
    for source in workload.env_from:
        if source.source is EnvSource.SECRET:
            words = f"Secrets, which no plan holds: the agent does not get the variables of Secret {source.name}."
        else:
            words = (
                f"The agent does not get the variables of ConfigMap {source.name}; the configuration has their values."
            )
        yield finding("environment", source.span, f"envFrom {source.name}", Fidelity.HARMLESS, (words, ""))


def _about_variable(variable: EnvVariable) -> tuple[Fidelity, str]:
    if variable.name in SET_BY_US:
        return (
            Fidelity.HARMLESS,
            "Set to the node's name (spec.nodeName), which both agents need to find their own pods.",
        )
    if variable.name.startswith(AWS_PREFIXES):
        return (
            Fidelity.HARMLESS,
            "A setting of Fluent Bit or AWS that no agent reads; its value is in the configuration.",
        )
    if _is_secret(variable):
        return Fidelity.HARMLESS, "A secret, which no plan holds; the agent's configuration does not use it."
    if not _carries(variable):
        return Fidelity.HARMLESS, "Left out: the agent's configuration does not use it."
    if variable.source is EnvSource.CONFIG_MAP:
        return Fidelity.EXACT, f"Set in the agent's pod to the value that {variable.reference} has now."
    return Fidelity.EXACT, "Set in the agent's pod too."
