"""A node of a cluster as an agent on it sees it: its own /var, /run and names, while all else is this machine's."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.engines.engine import Unavailable

FOLDERS = ("etc", "run/promtail", "run/alloy", "var/log", "var/lib/alloy/data", "var/lib/promtail")
"""What a kubelet would make of an agent's hostPath mounts, and what every node has."""
SERVICE_ACCOUNT = "run/secrets/kubernetes.io/serviceaccount"
ENTER = """
set -e
root=$1; shift
for part in etc/hosts etc/machine-id run var; do
  [ -e "$root/$part" ] && mount --bind "$root/$part" "/$part"
done
cd /
exec "$@"
"""


@dataclass(frozen=True)
class ApiAccess:
    """How a pod reaches the Kubernetes API: what the kubelet would mount and set."""

    host: str
    port: int
    token: str
    authority: str


@dataclass(frozen=True)
class Node:
    """A folder that is the root of a node: ``var/log`` holds its logs. ``hosts`` are names it can resolve."""

    root: Path
    hostname: str = "node-1"
    hosts: Mapping[str, str] = field(default_factory=dict)
    api: ApiAccess | None = None

    def prepare(self) -> None:
        """Make what an agent expects of any node; what is there stays."""
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        if not (self.root / "var/run").exists():
            (self.root / "var/run").symlink_to("/run")
        names = {"localhost": "127.0.0.1", **self.hosts}
        (self.root / "etc/hosts").write_text("".join(f"{address} {name}\n" for name, address in names.items()))
        if self.api is not None:
            self._mount_service_account(self.api)

    def inside(self, path: str) -> Path:
        """Where a path of the node is on this machine."""
        return self.root / path.lstrip("/")

    def write(self, path: str, text: str) -> str:
        """Put a file on the node; returns its path there."""
        place = self.inside(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
        return "/" + path.lstrip("/")

    def _mount_service_account(self, api: ApiAccess) -> None:
        folder = self.root / SERVICE_ACCOUNT
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "token").write_text(api.token)
        (folder / "ca.crt").write_text(api.authority)
        (folder / "namespace").write_text("logging")

    @property
    def environment(self) -> dict[str, str]:
        """What the agent's container would have in its environment."""
        found = {"HOSTNAME": self.hostname, "NODE_NAME": self.hostname, "TZ": "UTC"}
        if self.api is not None:
            found |= {"KUBERNETES_SERVICE_HOST": self.api.host, "KUBERNETES_SERVICE_PORT": str(self.api.port)}
        return found

    def command(self, *inner: str) -> tuple[str, ...]:
        """``inner``, run on this node: in a mount namespace of its own, which ends with it."""
        if sys.platform != "linux" or shutil.which("unshare") is None:
            raise Unavailable("agents run in a mount namespace, which needs Linux and unshare (util-linux)")
        if self.root.resolve().is_relative_to("/var") or self.root.resolve().is_relative_to("/run"):
            raise WorldFailed(f"a node's root cannot lie under /var or /run, which it replaces: {self.root}")
        as_root = () if os.geteuid() == 0 else ("--map-root-user",)
        return ("unshare", *as_root, "--mount", "sh", "-c", ENTER, "node", str(self.root.resolve()), *inner)
