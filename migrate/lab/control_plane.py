"""A real Kubernetes API without nodes: etcd and the API server, with Pods in it as kubelets would have left them."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import ssl
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrate.errors import WorldFailed
from migrate.lab.engines.etcd import ETCD
from migrate.lab.engines.kubernetes import APISERVER, KUBECTL
from migrate.lab.engines.provide import provide_binary
from migrate.lab.http import Answer, Client
from migrate.lab.node import ApiAccess
from migrate.lab.process import Process, free_port

ADVERTISED = "192.0.2.1"
"""An address for documentation: the API server insists on one that is no loopback, and nobody calls it."""
READY_SECONDS = 90.0


@dataclass(frozen=True)
class ControlPlane:
    """A running API server. ``token`` is an administrator's."""

    folder: Path
    port: int
    etcd_port: int
    token: str

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        return self.folder / "api" / "apiserver.crt"

    @property
    def access(self) -> ApiAccess:
        """What a pod of an administrator's service account would have."""
        return ApiAccess("127.0.0.1", self.port, self.token, self.authority.read_text())

    @property
    def client(self) -> Client:
        trusted = ssl.create_default_context(cafile=str(self.authority))
        return Client(self.url, {"Authorization": f"Bearer {self.token}"}, trusted)

    @property
    def kubeconfig(self) -> Path:
        """A configuration for kubectl and client libraries."""
        path = self.folder / "kubeconfig"
        cluster = {"server": self.url, "certificate-authority": str(self.authority)}
        settings = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "lab", "cluster": cluster}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
            "current-context": "lab",
        }
        path.touch(0o600)
        path.write_text(json.dumps(settings))
        return path

    def ready(self) -> bool:
        return self.authority.exists() and self.client.get("/readyz").good

    def kubectl(self, *arguments: str, text: str = "") -> str:
        """Run kubectl as the administrator; ``text`` is its standard input."""
        command = (*provide_binary(KUBECTL).command, "--kubeconfig", str(self.kubeconfig), *arguments)
        answer = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
        if answer.returncode:
            raise WorldFailed(f"kubectl {' '.join(arguments)}: {answer.stderr.strip()}")
        return answer.stdout

    def apply(self, manifest: str) -> None:
        """Apply objects as a user does."""
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=manifest)

    def place(self, pods: Iterable[Mapping[str, Any]]) -> None:
        """Put Pods into the store with their uid, node and status: no API call lets a user set those."""
        for pod in pods:
            text = json.dumps({"apiVersion": "v1", "kind": "Pod", **pod})
            key = f"/registry/pods/{pod['metadata']['namespace']}/{pod['metadata']['name']}"
            self._etcd("put", {"key": _text(key), "value": _text(text)})

    def pods(self) -> list[dict[str, Any]]:
        """All Pods, as the API returns them."""
        found: list[dict[str, Any]] = _good(self.client.get("/api/v1/pods")).json()["items"]
        return found

    def remove_pods(self) -> None:
        """Remove every Pod, at once."""
        self._etcd("deleterange", {"key": _text("/registry/pods/"), "range_end": _text("/registry/pods0")})

    def _etcd(self, verb: str, body: Mapping[str, str]) -> None:
        _good(Client(f"http://127.0.0.1:{self.etcd_port}").post(f"/v3/kv/{verb}", body))


@contextmanager
def running_control_plane(folder: Path) -> Iterator[ControlPlane]:
    """An empty API server with its state in ``folder``, ready."""
    folder.mkdir(parents=True, exist_ok=True)
    plane = ControlPlane(folder, free_port(), free_port(), secrets.token_hex(16))
    etcd, server = provide_binary(ETCD), provide_binary(APISERVER)
    _write_keys(plane)
    with ExitStack() as running:
        running.enter_context(Process("etcd", (*etcd.command, *_etcd_flags(plane)), folder / "etcd.log"))
        api = Process("kube-apiserver", (*server.command, *_server_flags(plane)), folder / "apiserver.log")
        running.enter_context(api)
        api.wait_until(plane.ready, "it was ready", READY_SECONDS)
        yield plane


def _write_keys(plane: ControlPlane) -> None:
    if shutil.which("openssl") is None:
        raise WorldFailed("the control plane needs openssl for the keys of its service accounts")
    key = plane.folder / "sa.key"
    subprocess.run(("openssl", "genrsa", "-out", str(key), "2048"), check=True, capture_output=True)
    key.chmod(0o600)
    tokens = plane.folder / "tokens.csv"
    tokens.touch(0o600)
    tokens.write_text(f"{plane.token},admin,admin,system:masters\n")


def _etcd_flags(plane: ControlPlane) -> tuple[str, ...]:
    client, peer = f"http://127.0.0.1:{plane.etcd_port}", f"http://127.0.0.1:{free_port()}"
    return (
        f"--data-dir={plane.folder / 'etcd'}",
        "--log-level=error",
        "--unsafe-no-fsync",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    )


def _server_flags(plane: ControlPlane) -> tuple[str, ...]:
    key = plane.folder / "sa.key"
    return (
        f"--etcd-servers=http://127.0.0.1:{plane.etcd_port}",
        f"--cert-dir={plane.folder / 'api'}",
        "--bind-address=127.0.0.1",
        f"--secure-port={plane.port}",
        f"--advertise-address={ADVERTISED}",
        "--service-cluster-ip-range=10.96.0.0/24",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={key}",
        f"--service-account-key-file={key}",
        "--authorization-mode=RBAC,Node",
        f"--token-auth-file={plane.folder / 'tokens.csv'}",
        "--allow-privileged",
    )


def _text(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _good(answer: Answer) -> Answer:
    if not answer.good:
        raise WorldFailed(f"the control plane answered {answer.status}: {answer.text.strip()[:500]}")
    return answer
