"""Which key of a Kubernetes object belongs below which, so that a text without indentation can be put back in shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    """A node. ``keys`` are its children by key; ``item`` is set for a list; ``free`` maps take any key with a value."""

    keys: Mapping[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    free: bool = False
    data: bool = False

    @property
    def scalar(self) -> bool:
        return not (self.keys or self.item or self.free or self.data)


TEXT = Shape()
FREE = Shape(free=True)
DATA = Shape(data=True)
_TEXTS = Shape(item=TEXT)


def _map(texts: str = "", **keys: Shape) -> Shape:
    return Shape({**dict.fromkeys(texts.split(), TEXT), **keys})


def _list(texts: str = "", **keys: Shape) -> Shape:
    return Shape(item=_map(texts, **keys))


_METADATA = _map(
    "name namespace generateName uid resourceVersion creationTimestamp generation", labels=FREE, annotations=FREE
)
_EXPRESSIONS = _list("key operator", values=_TEXTS)
_TERM = _map(matchExpressions=_EXPRESSIONS, matchFields=_EXPRESSIONS)
_SELECTOR = _map(matchLabels=FREE, matchExpressions=_EXPRESSIONS)
_POD_TERM = _map("topologyKey", labelSelector=_SELECTOR, namespaces=_TEXTS)
_POD_AFFINITY = _map(
    requiredDuringSchedulingIgnoredDuringExecution=Shape(item=_POD_TERM),
    preferredDuringSchedulingIgnoredDuringExecution=_list("weight", podAffinityTerm=_POD_TERM),
)
_AFFINITY = _map(
    nodeAffinity=_map(
        requiredDuringSchedulingIgnoredDuringExecution=_map(nodeSelectorTerms=Shape(item=_TERM)),
        preferredDuringSchedulingIgnoredDuringExecution=_list("weight", preference=_TERM),
    ),
    podAffinity=_POD_AFFINITY,
    podAntiAffinity=_POD_AFFINITY,
)
_SECURITY = _map(
    "privileged runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation fsGroup",
    capabilities=_map(add=_TEXTS, drop=_TEXTS),
    seccompProfile=_map("type localhostProfile"),
    seLinuxOptions=FREE,
)
_KEY = _map("name key optional")
_REFERENCE = _map("name optional")
_PROBE = _map(
    "initialDelaySeconds periodSeconds timeoutSeconds failureThreshold successThreshold",
    httpGet=_map("path port scheme host"),
    exec=_map(command=_TEXTS),
    tcpSocket=_map("port host"),
)
_CONTAINERS = _list(
    "name image imagePullPolicy workingDir terminationMessagePath terminationMessagePolicy",
    command=_TEXTS,
    args=_TEXTS,
    env=_list(
        "name value",
        valueFrom=_map(
            configMapKeyRef=_KEY,
            secretKeyRef=_KEY,
            fieldRef=_map("apiVersion fieldPath"),
            resourceFieldRef=_map("containerName resource divisor"),
        ),
    ),
    envFrom=_list("prefix", configMapRef=_REFERENCE, secretRef=_REFERENCE),
    ports=_list("name containerPort hostPort protocol"),
    resources=_map(limits=FREE, requests=FREE),
    volumeMounts=_list("name mountPath readOnly subPath mountPropagation"),
    securityContext=_SECURITY,
    livenessProbe=_PROBE,
    readinessProbe=_PROBE,
    startupProbe=_PROBE,
)
_KEY_PATHS = _list("key path mode")
_VOLUMES = _list(
    "name",
    hostPath=_map("path type"),
    configMap=_map("name defaultMode optional", items=_KEY_PATHS),
    secret=_map("secretName defaultMode optional", items=_KEY_PATHS),
    emptyDir=FREE,
    persistentVolumeClaim=_map("claimName readOnly"),
)
_POD = _map(
    "serviceAccountName serviceAccount terminationGracePeriodSeconds hostNetwork hostPID hostIPC dnsPolicy "
    "priorityClassName priority schedulerName restartPolicy automountServiceAccountToken enableServiceLinks",
    containers=_CONTAINERS,
    initContainers=_CONTAINERS,
    volumes=_VOLUMES,
    tolerations=_list("key operator value effect tolerationSeconds"),
    nodeSelector=FREE,
    affinity=_AFFINITY,
    securityContext=_SECURITY,
    imagePullSecrets=_list("name"),
    dnsConfig=_map(nameservers=_TEXTS, searches=_TEXTS, options=_list("name value")),
)
_ROLLING = _map("type", rollingUpdate=_map("maxUnavailable maxSurge"))
OBJECT = _map(
    "apiVersion kind immutable type",
    metadata=_METADATA,
    data=DATA,
    spec=_map(
        "replicas revisionHistoryLimit minReadySeconds",
        selector=_SELECTOR,
        template=_map(metadata=_METADATA, spec=_POD),
        updateStrategy=_ROLLING,
        strategy=_ROLLING,
    ),
    rules=_list(apiGroups=_TEXTS, resources=_TEXTS, verbs=_TEXTS, nonResourceURLs=_TEXTS, resourceNames=_TEXTS),
    roleRef=_map("apiGroup kind name"),
    subjects=_list("kind name namespace apiGroup"),
)
