"""What is needed to run an agent on each node, whatever writes it down: manifests or Helm values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from translators.diagnostics import Agent
from translators.workload.printer import Plain

NAMESPACE = "logging"
STATE_ROOT = "/var/lib/logmig"
"""On the node: positions belong in /var/lib, since /run is emptied by a reboot."""
IMAGES: Mapping[Agent, str] = {Agent.PROMTAIL: "grafana/promtail:3.6.11", Agent.ALLOY: "grafana/alloy:v1.18.1"}
"""By exact tag; 3.6 is the last line that has a Promtail (end of life since 2026-03-02)."""
INIT_IMAGE = "busybox:1.37.0"
PORTS: Mapping[Agent, int] = {Agent.PROMTAIL: 3101, Agent.ALLOY: 12345}
CONFIG_FILES: Mapping[Agent, str] = {Agent.PROMTAIL: "promtail.yaml", Agent.ALLOY: "config.alloy"}
STATE_MOUNTS: Mapping[Agent, str] = {Agent.PROMTAIL: "/var/lib/promtail", Agent.ALLOY: "/var/lib/alloy/data"}
AUTH_MOUNT = "/etc/loki-auth"


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable: a text, or a field or resource of the pod (one of the three)."""

    name: str
    value: str = ""
    field: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class HostPath:
    """A part of the node in the container. ``kind`` is Kubernetes' hostPath type, empty for no check."""

    name: str
    path: str
    mount_path: str = ""
    read_only: bool = True
    kind: str = ""
    propagation: str = ""

    @property
    def place(self) -> str:
        return self.mount_path or self.path


@dataclass(frozen=True, slots=True)
class Placement:
    """On which nodes, before whom, with how much: Kubernetes' own structures, carried over as they are."""

    tolerations: Plain = None
    node_selector: Plain = None
    affinity: Plain = None
    priority_class: str = ""
    resources: Plain = None
    update_strategy: Plain = None


@dataclass(frozen=True, slots=True)
class Setup:
    """One agent on each node.

    ``as_root``: it reads files that only root may (the journal, /var/log/messages); else it runs as 10001 with group 0.
    ``discovers``: it asks the API for pods; ``reads_nodes`` for nodes too. ``state_mount`` is where its positions are,
    ``hand_over_mount`` where it looks for converted ones besides, ``secret_mount`` where credentials of Loki are.
    ``auth_secret`` names a Secret with the keys ``username`` and ``password``.
    """

    agent: Agent
    namespace: str = NAMESPACE
    variables: tuple[Variable, ...] = ()
    mounts: tuple[HostPath, ...] = ()
    placement: Placement = field(default_factory=Placement)
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    se_linux: Plain = None
    host_aliases: Plain = None
    image_pull_secrets: Plain = None
    as_root: bool = False
    discovers: bool = True
    reads_nodes: bool = False
    auth_secret: str = ""
    state_mount: str = ""
    hand_over_mount: str = ""
    secret_mount: str = ""
    port: int = 0

    @property
    def name(self) -> str:
        return str(self.agent)

    @property
    def state_place(self) -> str:
        return self.state_mount or STATE_MOUNTS[self.agent]

    @property
    def secret_place(self) -> str:
        return self.secret_mount or AUTH_MOUNT

    @property
    def listens(self) -> int:
        return self.port or PORTS[self.agent]
