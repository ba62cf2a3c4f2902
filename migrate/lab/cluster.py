"""A real one-node Kubernetes on this machine: real pods, log files, rotation, RBAC, Services and DNS."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import WorldFailed
from migrate.lab.engines import containers, coredns, etcd, kubernetes, pods
from migrate.lab.engines.engine import Engine, Unavailable
from migrate.lab.engines.provide import SYSTEM_FOLDERS, beside, provide_binary
from migrate.lab.images import ImageRecipe, write_image

SCRIPT = Path(__file__).with_name("cluster.sh")
PROGRAMS: tuple[Engine, ...] = (
    etcd.ETCD,
    kubernetes.APISERVER,
    kubernetes.CONTROLLERS,
    kubernetes.SCHEDULER,
    kubernetes.KUBELET,
    kubernetes.PROXY,
    kubernetes.KUBECTL,
    coredns.COREDNS,
)
SYSTEM: tuple[Engine, ...] = (
    containers.CONTAINERD,
    containers.CTR,
    containers.RUNC,
    containers.POD_NETWORK,
    containers.IPTABLES,
)
PAUSE_IMAGE = "docker.io/local/pause:1"
CHATTER_IMAGE = "docker.io/local/chatter:1"
PREFIX = "logmig-cluster-"
KUBELET_PORT = 10250
NODE = "node-1"


@dataclass(frozen=True)
class Cluster:
    """The running cluster. Its only node is ``node-1``."""

    folder: Path
    programs: Path

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def kubectl(self, *arguments: str, text: str = "") -> str:
        """Run kubectl as the administrator; ``text`` is its standard input."""
        command = (str(self.programs / "kubectl"), "--kubeconfig", str(self.kubeconfig), *arguments)
        answer = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300, check=False)
        if answer.returncode:
            raise WorldFailed(f"kubectl {' '.join(arguments)}: {answer.stderr.strip()}")
        return answer.stdout

    def apply(self, manifest: str) -> None:
        """Apply objects as a user does."""
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=manifest)

    def load(self, recipe: ImageRecipe) -> None:
        """Make an image of a program and give it to the node, under the name that manifests use."""
        with tempfile.TemporaryDirectory() as scratch:
            archive = write_image(recipe, Path(scratch) / "image.tar")
            socket_path = str(self.folder / "containerd.sock")
            command = (_program(containers.CTR), "-a", socket_path, "-n", "k8s.io", "images", "import", str(archive))
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise WorldFailed(f"{recipe.reference} was not imported: {answer.stderr.strip()}")

    def load_engine(self, engine: Engine, reference: str, entrypoint: str) -> None:
        """The same for an engine of ours."""
        self.load(ImageRecipe(reference, Path(provide_binary(engine).path), entrypoint))

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
        """Ask until the answer is yes; no answer counts as no. Raise with the state of all pods after that time."""
        until = time.monotonic() + seconds
        while not _answer(ready):
            if time.monotonic() > until:
                raise WorldFailed(f"the cluster: no {what} in {seconds:.0f} s\n{self.state()}")
            time.sleep(0.5)

    def state(self) -> str:
        """Pods, the last words of those that crash, and warnings: for messages."""
        events = self.kubectl("get", "events", "-A", "--field-selector=type=Warning", "--sort-by=.lastTimestamp")
        pods = self.kubectl("get", "pods", "-A", "-o", "wide")
        crashing = [line.split()[:2] for line in pods.splitlines() if "CrashLoop" in line or "Error" in line]
        words = [self.kubectl("logs", "-n", namespace, name, "--tail=5") for namespace, name in crashing]
        return "\n".join((pods, *words, *events.splitlines()[-15:]))


def _answer(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except WorldFailed:
        return False


def obstacle() -> str:
    """Why this machine cannot hold the cluster; empty when it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "the one-node cluster needs Linux and root; elsewhere use kind and its kubeconfig"
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", KUBELET_PORT)) == 0:
            return f"a kubelet (or something else on port {KUBELET_PORT}) runs here already"
    return ""


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """The cluster, with its node ready; nothing of it is left behind."""
    _clear_what_the_dead_left()
    if reason := obstacle():
        raise Unavailable(reason, rule="lab/no-cluster")
    for engine in SYSTEM:
        provide_binary(engine)
    # The path of containerd's socket must stay short, and the kubelet's folders cannot lie on a tmpfs of pytest's.
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / "owner").write_text(str(os.getpid()))
    cluster = Cluster(folder / "state", beside(tuple(map(provide_binary, PROGRAMS)), folder / "bin"))
    try:
        _script("up", cluster)
        cluster.load_engine(pods.PAUSE, PAUSE_IMAGE, "/pause")
        yield cluster
    finally:
        _take_down(cluster)


def _take_down(cluster: Cluster) -> None:
    logs = _pod_logs(cluster)
    _script("down", cluster)
    _remove_logs(logs)
    shutil.rmtree(cluster.folder.parent, ignore_errors=True)


def _clear_what_the_dead_left() -> None:
    """A process that was killed could not take its cluster down."""
    for owner in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/owner"):
        if not Path(f"/proc/{owner.read_text()}").exists():
            _take_down(Cluster(owner.parent / "state", owner.parent / "bin"))


def _script(verb: str, cluster: Cluster) -> None:
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_FOLDERS)),
        "BIN": str(cluster.programs),
        "PAUSE_IMAGE": PAUSE_IMAGE,
    }
    command = ("bash", str(SCRIPT), verb, str(cluster.folder))
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if answer.returncode and verb == "up":
        raise WorldFailed(f"the cluster did not come up: {answer.stderr.strip()[-2000:]}")


def _pod_logs(cluster: Cluster) -> list[Path]:
    """The log folders that its pods leave on this machine."""
    form = '{range .items[*]}{.metadata.namespace}_{.metadata.name}_{.metadata.uid}{"\\n"}{end}'
    try:
        names = cluster.kubectl("get", "pods", "-A", "-o", f"jsonpath={form}").splitlines()
    except WorldFailed:
        return []
    return [Path("/var/log/pods") / name for name in names]


def _remove_logs(folders: list[Path]) -> None:
    for path in folders:
        shutil.rmtree(path, ignore_errors=True)
    links = Path("/var/log/containers")
    for link in links.iterdir() if links.exists() else ():
        if link.is_symlink() and not link.exists():
            link.unlink()


def _program(engine: Engine) -> str:
    return provide_binary(engine).path
