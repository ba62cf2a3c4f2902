"""What the agent's pod has of Fluent Bit's: where it runs, what is written on it, what it may do; a finding each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from translators.diagnostics import Agent, Fidelity, Finding, PerAgent
from translators.fluentbit.workload import Part, Workload
from translators.source import Span
from translators.workload.printer import Plain

UNCARRIED_ANNOTATIONS = (
    "kubectl.kubernetes.io/", "checksum/", "prometheus.io/", "deprecated.", "container.apparmor.security.beta.",
    "seccomp.security.alpha.", "container.seccomp.security.alpha.", "vault.hashicorp.com/", "iam.amazonaws.com/",
    "ad.datadoghq.com/", "reloader.stakater.com/",
)  # fmt: skip
"""They speak of Fluent Bit's own container, its metrics, its configuration or its credentials."""
ALLOY_MEMORY = 512 << 20
"""Alloy's runtime alone takes more than the 200Mi that Fluent Bit's manifests allow."""
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
_ANTI = "podAntiAffinity"
_KEPT = "The agent's pods have it too."


def value(part: Part | None) -> Plain:
    return None if part is None else part.value


def finding(slug: str, span: Span, subject: str, fidelity: Fidelity, words: tuple[str, str]) -> Finding:
    message, remedy = words
    return Finding(f"workload/{slug}", span, subject, PerAgent.same(fidelity), message, remedy)


def pod_findings(workload: Workload) -> Iterator[Finding]:
    """One finding for each field, but for mounts and variables."""
    yield from _placement_findings(workload)
    yield from _written_findings(workload)
    yield from _security_findings(workload)
    yield from _other_findings(workload)
    yield from _part_findings(workload)


# --- where it runs ---------------------------------------------------------------------------------------------------


def affinity(workload: Workload) -> Plain:
    """The affinity without what keeps pods away from Fluent Bit's own: the agent runs beside them."""
    found = value(workload.affinity)
    if not isinstance(found, Mapping) or not isinstance(found.get(_ANTI), Mapping):
        return found
    anti = {key: _others(terms, workload) for key, terms in _mapping(found[_ANTI]).items()}
    left = {key: terms for key, terms in anti.items() if terms}
    return {key: each for key, each in {**found, _ANTI: left}.items() if each}


def _others(terms: Plain, workload: Workload) -> list[Plain]:
    listed = terms if isinstance(terms, Sequence) and not isinstance(terms, str) else []
    return [term for term in listed if not _takes(_mapping(_mapping(term).get("podAffinityTerm", term)), workload)]


def _takes(term: Mapping[str, Plain], workload: Workload) -> bool:
    """Whether a term takes Fluent Bit's pods; labels that are not known count as those it names."""
    labels_of_pod, selector = workload.pod_labels, _mapping(term.get("labelSelector"))
    if not labels_of_pod:
        return True
    equal = all(labels_of_pod.get(key) == text for key, text in _mapping(selector.get("matchLabels")).items())
    expressions = selector.get("matchExpressions")
    listed = expressions if isinstance(expressions, Sequence) and not isinstance(expressions, str) else []
    return equal and all(_holds(_mapping(each), labels_of_pod) for each in listed)


def _holds(expression: Mapping[str, Plain], labels_of_pod: Mapping[str, str]) -> bool:
    here = labels_of_pod.get(str(expression.get("key")))
    values = expression.get("values")
    among = isinstance(values, Sequence) and here in values
    match expression.get("operator"):
        case "In":
            return among
        case "NotIn":
            return not among
        case "Exists":
            return here is not None
        case _:
            return here is None


def update_strategy(workload: Workload) -> Plain:
    """A DaemonSet takes only a DaemonSet's."""
    return value(workload.update_strategy) if workload.kind == "DaemonSet" else None


def resources(agent: Agent, workload: Workload) -> Plain:
    found = value(workload.resources)
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


def _placement_findings(workload: Workload) -> Iterator[Finding]:
    fields = (
        ("tolerations", workload.tolerations, "So that the agent runs on the same tainted nodes."),
        ("node-selector", workload.node_selector, _KEPT),
        ("host-aliases", workload.host_aliases, _KEPT),
        ("image-pull-secrets", workload.image_pull_secrets, _KEPT),
    )
    for slug, part, words in fields:
        if part is not None:
            yield finding(slug, part.span, _camel(slug), Fidelity.EXACT, (words, ""))
    if workload.affinity is not None:
        beside = "; what keeps pods away from Fluent Bit's own is left out: the agent runs beside them"
        changed = affinity(workload) != value(workload.affinity)
        words = f"Kept, and Fargate nodes are excluded from each of its terms{beside if changed else ''}."
        yield finding("affinity", workload.affinity.span, "affinity", Fidelity.EXACT, (words, ""))
    if workload.update_strategy is not None:
        kept = workload.kind == "DaemonSet"
        words = _KEPT if kept else f"A {workload.kind}'s, which a DaemonSet does not take: it rolls node by node."
        fidelity = Fidelity.EXACT if kept else Fidelity.HARMLESS
        yield finding("update-strategy", workload.update_strategy.span, "updateStrategy", fidelity, (words, ""))
    if workload.priority_class:
        span = workload.priority_class_span or workload.span
        yield finding(
            "priority-class", span, f"priorityClassName {workload.priority_class}", Fidelity.EXACT, (_KEPT, "")
        )
    if workload.resources is not None:
        words = "Kept, but for Alloy the memory limit is at least 512Mi, since it needs more than Fluent Bit."
        per_agent = PerAgent(Fidelity.EXACT, Fidelity.EQUIVALENT)
        remedy = "Watch the agent's memory in the first days."
        yield Finding("workload/resources", workload.resources.span, "resources", per_agent, words, remedy)


# --- what is written on it -------------------------------------------------------------------------------------------


def carried_labels(workload: Workload) -> Mapping[str, str]:
    """What tells a mesh to leave the pod alone is kept; other labels are what Services and rules find Fluent Bit by."""
    return {key: text for key, text in workload.pod_labels.items() if "inject" in key}


def carried_annotations(workload: Workload) -> Mapping[str, str]:
    return {key: text for key, text in workload.pod_annotations.items() if not key.startswith(UNCARRIED_ANNOTATIONS)}


def _written_findings(workload: Workload) -> Iterator[Finding]:
    own = "Not carried over: Services, policies and rules find Fluent Bit by it; the agent has labels of its own."
    for key in workload.pod_labels:
        kept = key in carried_labels(workload)
        fidelity, words = (Fidelity.EXACT, _KEPT) if kept else (Fidelity.HARMLESS, own)
        yield finding("pod-label", workload.pod_labels_span or workload.span, f"label {key}", fidelity, (words, ""))
    about = "Not carried over: it speaks of Fluent Bit's container, its metrics, its configuration or its credentials."
    for key in workload.pod_annotations:
        kept = key in carried_annotations(workload)
        fidelity, words = (Fidelity.EXACT, _KEPT) if kept else (Fidelity.HARMLESS, about)
        span = workload.pod_annotations_span or workload.span
        yield finding("pod-annotation", span, f"annotation {key}", fidelity, (words, ""))
    aws = "Not carried over: the agent calls no AWS API and needs no role; Fluent Bit keeps its own until the end."
    for key in workload.service_account_annotations:
        words = aws if "amazonaws.com" in key else "Not carried over: the agent has an account of its own."
        span = workload.account_span or workload.span
        yield finding("account-annotation", span, f"annotation {key}", Fidelity.HARMLESS, (words, ""))


# --- what it may do --------------------------------------------------------------------------------------------------


def se_linux(workload: Workload) -> Plain:
    """SELinux decides on some nodes who reads their files: what lets Fluent Bit read them lets the agent."""
    both = (value(workload.security_context), value(workload.pod_security_context))
    return next((found for each in both if (found := _mapping(each).get("seLinuxOptions"))), None)


def _security_findings(workload: Workload) -> Iterator[Finding]:
    kept = "; the SELinux options are kept" if se_linux(workload) else ""
    parts = (("pod-security-context", workload.pod_security_context), ("security-context", workload.security_context))
    for slug, part in parts:
        if part is None:
            continue
        if _mapping(part.value).get("privileged") is True and not kept:
            words = "The agent is not privileged, which is enough while no SELinux policy guards the node's files."
            remedy = "On nodes that enforce SELinux give the agent seLinuxOptions, for example type spc_t."
            yield finding(slug, part.span, _camel(slug), Fidelity.EQUIVALENT, (words, remedy))
        else:
            words = f"The agent's own is stricter where it can be{kept}."
            yield finding(slug, part.span, _camel(slug), Fidelity.HARMLESS, (words, ""))


def _mapping(given: Plain) -> Mapping[str, Plain]:
    return given if isinstance(given, Mapping) else {}


def _camel(slug: str) -> str:
    first, *others = slug.split("-")
    return first + "".join(word.capitalize() for word in others)


# --- the rest --------------------------------------------------------------------------------------------------------


def _other_findings(workload: Workload) -> Iterator[Finding]:
    """The fields that the agent's pod has no use for, or gets from us."""
    span = workload.span
    if workload.kind != "DaemonSet":
        words = f"Fluent Bit runs as a {workload.kind}; the agent runs as a DaemonSet, once on each node."
        yield finding(
            "kind", span, f"kind {workload.kind}", Fidelity.APPROXIMATE, (words, "Check the nodes it will run on.")
        )
    if workload.image:
        words = "The agent has its own image."
        yield finding("image", workload.image_span or span, f"image {workload.image}", Fidelity.HARMLESS, (words, ""))
    if workload.host_network:
        words = (
            "The agent reaches the API and Loki over the pod network; the node's network was for IMDS and the kubelet."
        )
        yield finding("host-network", span, "hostNetwork true", Fidelity.HARMLESS, (words, ""))
    if workload.dns_policy:
        words = "Goes with the node's network, which the agent does not use."
        yield finding("dns-policy", span, f"dnsPolicy {workload.dns_policy}", Fidelity.HARMLESS, (words, ""))
    if workload.service_account:
        words = "The agent has an account of its own, which may list pods and nothing else."
        subject = f"serviceAccountName {workload.service_account}"
        yield finding("service-account", span, subject, Fidelity.HARMLESS, (words, ""))
    for rule in workload.rules:
        words = "Not carried over: the agent's account may get, list and watch pods, where a job asks the API for them."
        subject = f"rule on {', '.join(rule.targets)} ({', '.join(rule.verbs)})"
        yield finding("rbac-rule", rule.span, subject, Fidelity.HARMLESS, (words, ""))
    if workload.termination_grace_seconds is not None:
        words = "The agent gets 30 seconds: with Loki away both agents wait for the whole period."
        subject = f"terminationGracePeriodSeconds {workload.termination_grace_seconds}"
        yield finding("grace-period", span, subject, Fidelity.HARMLESS, (words, ""))


def _part_findings(workload: Workload) -> Iterator[Finding]:
    replaced = (
        ("dns-config", workload.dns_config, "Not carried over: the cluster's DNS finds Loki."),
        ("liveness-probe", workload.liveness_probe, "Fluent Bit's; the agent has a readiness probe of its own."),
        ("readiness-probe", workload.readiness_probe, "Fluent Bit's; the agent has one of its own."),
        ("ports", workload.ports, "Fluent Bit's; the agent shows its metrics on a port of its own."),
    )
    for slug, part, words in replaced:
        if part is not None:
            yield finding(slug, part.span, _camel(slug), Fidelity.HARMLESS, (words, ""))
    looked_at = "Look whether the agent needs what it does."
    added = (("init-containers", workload.init_containers), ("side-containers", workload.side_containers))
    for slug, part in added:
        if part is not None:
            words = "Not carried over: what it does for Fluent Bit is not known."
            yield finding(slug, part.span, _camel(slug), Fidelity.APPROXIMATE, (words, looked_at))
    for path, part in workload.others:
        words = "Not carried over: no entry depends on it."
        yield finding("other-field", part.span, path, Fidelity.HARMLESS, (words, ""))
