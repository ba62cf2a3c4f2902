"""How the agent takes Fluent Bit's place in the cluster: what its DaemonSet inherits, with a finding for each field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from translators.diagnostics import Agent, Fidelity, Finding, PerAgent
from translators.fluentbit.workload import EnvSource, EnvVariable, Mount, Part, Workload
from translators.pipeline.model import Pipeline, ReadFiles, ReadJournal
from translators.source import Span
from translators.workload.model import HostPath, Placement, Setup, Variable
from translators.workload.printer import Plain

CONTAINER_LOGS = ("/var/log/containers", "/var/log/pods")
DOCKER_LOGS = "/var/lib/docker/containers"
PERSISTENT_JOURNAL, VOLATILE_JOURNAL, MACHINE_ID = "/var/log/journal", "/run/log/journal", "/etc/machine-id"
SET_BY_US = frozenset({"HOSTNAME", "NODE_NAME"})
AWS_PREFIXES = ("AWS_", "CI_VERSION", "FLB_")
UNCARRIED_ANNOTATIONS = ("kubectl.kubernetes.io/", "checksum/", "prometheus.io/", "deprecated.")
SECRET_NAME = re.compile(r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PWD|CREDENTIALS?|API_?KEY|KEY|LICENSE)(?:_|$)", re.I)
SECRET_VALUE = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
ALLOY_MEMORY = 512 << 20
"""Alloy's runtime alone takes more than the 200Mi that Fluent Bit's manifests allow."""
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
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
            tolerations=_value(workload.tolerations),
            node_selector=_value(workload.node_selector),
            affinity=_value(workload.affinity),
            priority_class=workload.priority_class,
            resources=_resources(setup.agent, workload),
            update_strategy=_value(workload.update_strategy),
        ),
        annotations=_annotations(workload),
        host_aliases=_value(workload.host_aliases),
        image_pull_secrets=_value(workload.image_pull_secrets),
    )
    told = [*findings, *_placement_findings(workload), *_variable_findings(workload), *_other_findings(workload)]
    return Deployment(inherited, tuple(sorted(told, key=lambda finding: (finding.span, finding.rule, finding.subject))))


def _sources(pipeline: Pipeline) -> Iterator[str]:
    for job in pipeline.jobs:
        for relabel in job.relabels:
            yield from relabel.source_labels


def _value(part: Part | None) -> Plain:
    return None if part is None else part.value


def _finding(slug: str, span: Span, subject: str, fidelity: Fidelity, words: tuple[str, str]) -> Finding:
    message, remedy = words
    return Finding(f"workload/{slug}", span, subject, PerAgent.same(fidelity), message, remedy)


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
        finding, carried = _judge_mount(mount, needed, chosen)
        findings.append(finding)
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
        return _finding("mount", mount.span, subject, Fidelity.HARMLESS, (words, "")), None

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
    path = HostPath(name, mount.host_path, mount.mount_path, read_only=True, kind=mount.host_path_type)
    words = "Mounted in the agent's pod at the same place, read-only."
    return _finding("mount", mount.span, subject, Fidelity.EXACT, (words, "")), path


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
        yield _finding("environment", variable.span, f"env {variable.name}", fidelity, (words, ""))
    for source in workload.env_from:
        kind = "Secret" if source.source is EnvSource.SECRET else "ConfigMap"
        words = (
            f"The variables of {kind} {source.name} were used to read the configuration; the agent does not get them."
        )
        yield _finding("environment", source.span, f"envFrom {source.name}", Fidelity.HARMLESS, (words, ""))


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


# --- placement and the rest -------------------------------------------------------------------------------------------


def _annotations(workload: Workload) -> Mapping[str, str]:
    return {key: value for key, value in workload.pod_annotations.items() if not key.startswith(UNCARRIED_ANNOTATIONS)}


def _placement_findings(workload: Workload) -> Iterator[Finding]:
    kept = "The agent's pods have it too."
    fields = (
        ("tolerations", workload.tolerations, "So that the agent runs on the same tainted nodes."),
        ("node-selector", workload.node_selector, kept),
        ("affinity", workload.affinity, "Kept, and Fargate nodes are excluded from each of its terms."),
        ("update-strategy", workload.update_strategy, kept),
        ("host-aliases", workload.host_aliases, kept),
        ("image-pull-secrets", workload.image_pull_secrets, kept),
    )
    for slug, part, words in fields:
        if part is not None:
            yield _finding(slug, part.span, _camel(slug), Fidelity.EXACT, (words, ""))
    if workload.priority_class:
        span = workload.priority_class_span or workload.span
        subject = f"priorityClassName {workload.priority_class}"
        yield _finding("priority-class", span, subject, Fidelity.EXACT, (kept, ""))
    if workload.resources is not None:
        words = "Kept, but for Alloy the memory limit is at least 512Mi, since it needs more than Fluent Bit."
        remedy = "Watch the agent's memory in the first days."
        fidelity = PerAgent(Fidelity.EXACT, Fidelity.EQUIVALENT)
        yield Finding("workload/resources", workload.resources.span, "resources", fidelity, words, remedy)


def _resources(agent: Agent, workload: Workload) -> Plain:
    found = _value(workload.resources)
    if agent is not Agent.ALLOY or not isinstance(found, Mapping):
        return found
    limits = found.get("limits")
    if not isinstance(limits, Mapping) or "memory" not in limits or memory(str(limits["memory"])) >= ALLOY_MEMORY:
        return found
    return {**found, "limits": {**limits, "memory": "512Mi"}}


def memory(quantity: str) -> int:
    """A quantity of memory in bytes; what cannot be read counts as enough."""
    matched = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(k|M|G|Ki|Mi|Gi|)", quantity)
    return int(float(matched[1]) * UNITS[matched[2]]) if matched else ALLOY_MEMORY


def _camel(slug: str) -> str:
    first, *others = slug.split("-")
    return first + "".join(word.capitalize() for word in others)


def _other_findings(workload: Workload) -> Iterator[Finding]:
    """The fields that the agent's pod has no use for, or gets from us."""
    span = workload.span
    if workload.kind != "DaemonSet":
        words = f"Fluent Bit runs as a {workload.kind}; the agent runs as a DaemonSet, once on each node."
        yield _finding(
            "kind", span, f"kind {workload.kind}", Fidelity.APPROXIMATE, (words, "Check the nodes it will run on.")
        )
    if workload.image:
        words = "The agent has its own image."
        yield _finding("image", workload.image_span or span, f"image {workload.image}", Fidelity.HARMLESS, (words, ""))
    if workload.host_network:
        words = (
            "The agent reaches the API and Loki over the pod network; the node's network was for IMDS and the kubelet."
        )
        yield _finding("host-network", span, "hostNetwork true", Fidelity.HARMLESS, (words, ""))
    if workload.dns_policy:
        words = "Goes with the node's network, which the agent does not use."
        yield _finding("dns-policy", span, f"dnsPolicy {workload.dns_policy}", Fidelity.HARMLESS, (words, ""))
    if workload.service_account:
        words = "The agent has an account of its own, which may list pods and nothing else."
        subject = f"serviceAccountName {workload.service_account}"
        yield _finding("service-account", span, subject, Fidelity.HARMLESS, (words, ""))
    if workload.termination_grace_seconds is not None:
        words = "The agent gets 30 seconds: with Loki away both agents wait for the whole period."
        subject = f"terminationGracePeriodSeconds {workload.termination_grace_seconds}"
        yield _finding("grace-period", span, subject, Fidelity.HARMLESS, (words, ""))
    yield from _part_findings(workload)


def _part_findings(workload: Workload) -> Iterator[Finding]:
    replaced = (
        ("dns-config", workload.dns_config, "Not carried over: the cluster's DNS finds Loki."),
        ("pod-security-context", workload.pod_security_context, "The agent's own is stricter where it can be."),
        ("security-context", workload.security_context, "The agent's own is stricter where it can be."),
        ("liveness-probe", workload.liveness_probe, "Fluent Bit's; the agent has a readiness probe of its own."),
        ("readiness-probe", workload.readiness_probe, "Fluent Bit's; the agent has one of its own."),
        ("ports", workload.ports, "Fluent Bit's; the agent shows its metrics on a port of its own."),
    )
    for slug, part, words in replaced:
        if part is not None:
            yield _finding(slug, part.span, _camel(slug), Fidelity.HARMLESS, (words, ""))
    looked_at = "Look whether the agent needs what it does."
    added = (("init-containers", workload.init_containers), ("side-containers", workload.side_containers))
    for slug, part in added:
        if part is not None:
            words = "Not carried over: what it does for Fluent Bit is not known."
            yield _finding(slug, part.span, _camel(slug), Fidelity.APPROXIMATE, (words, looked_at))
    for path, part in workload.others:
        words = "Not carried over: no entry depends on it."
        yield _finding("other-field", part.span, path, Fidelity.HARMLESS, (words, ""))
