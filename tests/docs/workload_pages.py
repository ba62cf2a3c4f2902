"""The pages of workload/ rules: what the agent's DaemonSet takes over from a real manifest of Fluent Bit's."""

from __future__ import annotations

from collections.abc import Mapping

from migrate.planning.build import Ingredients, build
from migrate.planning.model import Destination
from tests.docs.fluentbit_cases import manifest
from tests.docs.pages import TODO, block, page, sentence, told, worst_of
from translators.collection import TranslateOptions, translate
from translators.diagnostics import Agent, Finding
from translators.fluentbit.read import ReadOptions, read

POD = """      serviceAccountName: fluent-bit
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      dnsConfig: {options: [{name: ndots, value: "1"}]}
      priorityClassName: system-node-critical
      terminationGracePeriodSeconds: 10
      nodeSelector: {kubernetes.io/os: linux}
      hostAliases: [{ip: 10.0.0.1, hostnames: [proxy]}]
      imagePullSecrets: [{name: registry}]
      securityContext: {fsGroup: 0}
      shareProcessNamespace: true
      tolerations: [{operator: Exists}]
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions:
        [{key: kubernetes.io/arch, operator: In, values: [amd64]}]}]}}}
      initContainers: [{name: wait, image: busybox}]
"""
CONTAINER = (
    "env: [{name: TZ, value: Asia/Seoul}]",
    "resources: {limits: {memory: 200Mi}, requests: {cpu: 100m}}",
    "ports: [{containerPort: 2020}]",
    "livenessProbe: {httpGet: {path: /, port: 2020}}",
    "readinessProbe: {httpGet: {path: /, port: 2020}}",
    "securityContext: {privileged: true}",
)


def findings() -> tuple[Finding, ...]:
    """Of a manifest that has every field which we speak of."""
    files = {name: text.encode() for name, text in manifest(*CONTAINER, pod=POD).items()}
    text = files["fluent-bit.yaml"].decode()
    sided = text.replace("      volumes:\n", "        - {name: side, image: busybox}\n      volumes:\n", 1)
    updated = sided.replace("spec:\n  selector", "spec:\n  updateStrategy: {type: OnDelete}\n  selector", 1)
    annotated = updated.replace(
        "labels: {app: fluent-bit}\n    spec",
        "labels: {app: fluent-bit}\n      annotations: {prometheus.io/port: '2020'}\n    spec",
    )
    account = (
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: fluent-bit\n"
        "  annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/fluent-bit'}\n"
    )
    role = (
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: fluent-bit-role}\nrules:\n"
        "  - {apiGroups: [''], resources: [namespaces, pods, nodes/proxy], verbs: [get, list, watch]}\n"
    )
    files["fluent-bit.yaml"] = (annotated + account + role).encode()
    return _planned(files) + _planned(
        {"fluent-bit.yaml": updated.replace("kind: DaemonSet", "kind: Deployment").encode()}
    )


def _planned(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    reading = read(files, ReadOptions(cluster="prod"))
    made = translate(reading, TranslateOptions(cluster="prod"))
    plan, _ = build(Ingredients(reading, made, files, Destination(Agent.PROMTAIL, "http://loki")))
    return plan.findings


def pages() -> Mapping[str, str]:
    """Text by rule."""
    found: dict[str, Finding] = {}
    for finding in findings():
        if finding.rule.startswith("workload/"):
            found.setdefault(finding.rule, finding)
    return {rule: _page(finding) for rule, finding in found.items()}


def _page(finding: Finding) -> str:
    fidelity = worst_of(finding)
    field = finding.rule.partition("/")[2].replace("-", " ")
    return page(
        finding.rule,
        {
            "": [f"What becomes of the {field} of Fluent Bit's pod. {sentence(finding.message)}"],
            "Example in": [f"`{finding.subject}` in the manifest that runs Fluent Bit."],
            "Example out": [block("text", told(finding))],
            "Why": ["The agent runs where Fluent Bit ran: on the same nodes, with the same rights to read them."],
            "What to do": [sentence(finding.remedy) or TODO[fidelity]],
        },
    )
