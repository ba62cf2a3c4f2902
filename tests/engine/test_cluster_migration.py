"""A real cluster: the seed's manifest, translated, brings every line of pods that log into the Loki pod once."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.errors import WorldFailed
from migrate.lab.cluster import CHATTER_IMAGE, Cluster
from migrate.lab.loki import Tenant
from migrate.lab.stand_ins import load_images
from migrate.resources import manifests
from translators.diagnostics import Agent

pytestmark = pytest.mark.engine
NUMBERED = 3500
"""Lines of a kilobyte: at a rotation a megabyte, the file is renamed under the agent three times."""
STATE = Path("/var/lib/logmig")
STDOUT = [
    '{"level":"error","msg":"주문 실패","order":7}',
    '{"level":"info","msg":"nested","user":{"id":1,"tags":["a","b"]}}',
    "한글 로그 한 줄",
    "plain text with  two blanks and a trailing one ",
    "",
    "after an empty line",
    "long " + "가나다라" * 6000,
    "the line after the long one",
]
STDERR = [
    'Exception in thread "main" java.lang.IllegalStateException: 재고 없음',
    "\tat com.example.shop.Order.place(Order.java:42)",
    "Caused by: java.io.IOException: disk",
    "\t... 12 more",
    "ERROR after the trace",
]
WORKLOAD = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec:
  volumes: [{name: lines, configMap: {name: lines}}]
  containers:
  - name: web
    image: IMAGE
    args: ["-stdout", "/lines/stdout", "-stderr", "/lines/stderr"]
    volumeMounts: [{name: lines, mountPath: /lines}]
---
apiVersion: v1
kind: Pod
metadata: {name: busy-0, namespace: shop, labels: {app.kubernetes.io/name: busy}}
spec:
  containers:
  - {name: busy, image: IMAGE, args: ["-numbered", "COUNT", "-padding", "1000", "-every", "3ms"]}
---
apiVersion: v1
kind: Pod
metadata: {name: kube-proxy-like, namespace: shop}
spec:
  containers:
  - {name: app, image: IMAGE, args: ["-numbered", "3"]}
"""


TALKER = """
apiVersion: v1
kind: Pod
metadata: {name: talker, namespace: default}
spec:
  containers:
  - {name: talker, image: "%s", args: ["-numbered", "3"]}
"""


def plan(shared: Path, agent: Agent, out: Path) -> Path:
    """The plan folder's part that a person applies."""
    command = [str(Path(sys.executable).with_name("logmig")), "plan", "--fluent-bit", str(shared / "seed")]
    known = {"READ_FROM_HEAD": "On", "READ_FROM_TAIL": "Off", "AWS_REGION": "ap-northeast-2"}
    given = [word for name, value in known.items() for word in ("--env", f"{name}={value}")]
    options = ["--cluster", "prod", "--agent", str(agent), *given, "--out", str(out)]
    answer = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert answer.returncode in (0, 1), answer.stderr
    return out / str(agent)


def ready(cluster: Cluster, namespace: str, name: str) -> bool:
    form = "jsonpath={.items[*].status.containerStatuses[*].ready}"
    selector = f"app.kubernetes.io/name={name}"
    return cluster.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", form) == "true"


@pytest.fixture(scope="module")
def loki_pod(cluster: Cluster) -> Tenant:
    """The Loki of manifests/, as a pod; its own address is reached from the node."""
    text = cluster.kubectl("kustomize", str(manifests() / "base/loki"))
    load_images(cluster, text)
    cluster.apply(text)
    cluster.wait_until(lambda: ready(cluster, "loki", "loki"), "Loki")
    address = cluster.kubectl("get", "pod", "-n", "loki", "loki-0", "-o", "jsonpath={.status.podIP}")
    return Tenant(f"http://{address}:3100", "only")


@pytest.fixture
def agent_pod(cluster: Cluster, loki_pod: Tenant, agent: Agent, shared: Path, tmp_path: Path) -> Iterator[Agent]:
    """The seed's translation, applied as the plan says, and running on the node; its positions go with it."""
    shutil.rmtree(STATE / agent, ignore_errors=True)
    text = cluster.kubectl("kustomize", str(plan(shared, agent, tmp_path / "plan")))
    load_images(cluster, text)
    cluster.apply(text)
    cluster.wait_until(lambda: ready(cluster, "logging", str(agent)), str(agent))
    yield agent
    cluster.kubectl("delete", "daemonset", "-n", "logging", str(agent), "--wait=true")
    shutil.rmtree(STATE / agent, ignore_errors=True)


def apply_workload(cluster: Cluster, name: str) -> None:
    """Pods in a namespace of their own, whose lines come from a ConfigMap."""
    text = WORKLOAD.replace("IMAGE", CHATTER_IMAGE).replace("COUNT", str(NUMBERED)).replace("shop", name)
    load_images(cluster, text)
    lines = {"stdout": "".join(f"{line}\n" for line in STDOUT), "stderr": "".join(f"{line}\n" for line in STDERR)}
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "lines", "namespace": name},
        "data": lines,
    }
    namespace, _, pods = text.partition("---\n")
    cluster.apply(namespace)
    cluster.apply(json.dumps(settings))
    cluster.apply(pods)


def entries(loki: Tenant, namespace: str) -> list[tuple[dict[str, str], dict[str, str], str]]:
    """What Loki has of the namespace's application logs; busy's lines by last digit, to keep answers below 4 MB."""
    start = time.time_ns() - 3_600_000_000_000
    selector = f'{{namespace="{namespace}", log_type="application"}}'
    parts = ('!~ `"n":`', *(f'|~ `"n":[0-9]*{digit},`' for digit in range(10)))
    return [
        (dict(stream.labels), dict(entry.metadata), entry.line)
        for part in parts
        for stream in loki.entries(f"{selector} {part}", start, limit=5000)
        for entry in stream.entries
    ]


def expected() -> Counter[tuple[str, str, str]]:
    """Pod, stream and text of every line. Only an application log: kube-proxy's goes another way in the seed."""
    filler = "x" * 1000
    numbered = [f'{{"n":{number},"filler":"{filler}"}}' for number in range(NUMBERED)]
    return Counter(
        [("web-0", "stdout", line) for line in STDOUT]
        + [("web-0", "stderr", line) for line in STDERR]
        + [("busy-0", "stdout", line) for line in numbered]
    )


def test_every_line_arrives_once_with_the_right_labels(cluster: Cluster, loki_pod: Tenant, agent_pod: Agent) -> None:
    namespace = f"shop-{agent_pod}"
    apply_workload(cluster, namespace)
    wanted = expected()
    with contextlib.suppress(WorldFailed):
        cluster.wait_until(lambda: len(entries(loki_pod, namespace)) >= wanted.total(), f"{wanted.total()} lines", 90)
    found = entries(loki_pod, namespace)
    got = Counter((metadata.get("pod", ""), labels["stream"], line) for labels, metadata, line in found)
    assert wanted - got == Counter(), "lines that are missing"
    assert got - wanted == Counter(), "lines too many"
    for labels, metadata, _ in found:
        pod = metadata["pod"]
        # Loki itself adds service_name, from the app.
        assert labels == {
            "service_name": labels["app"],
            "cluster": "prod",
            "log_type": "application",
            "namespace": namespace,
            "app": {"web-0": "web", "busy-0": "busy"}[pod],
            "container": pod.partition("-")[0],
            "stream": labels["stream"],
        }
        assert metadata["node_name"] == "node-1"


def test_a_pod_logs_to_a_file_of_the_node(cluster: Cluster) -> None:
    load_images(cluster, TALKER % CHATTER_IMAGE)
    cluster.apply(TALKER % CHATTER_IMAGE)
    cluster.wait_until(lambda: cluster.kubectl("logs", "talker").count("\n") == 3, "three lines")
    (log,) = Path("/var/log/containers").glob("talker_default_talker-*.log")
    assert [line.split(" ", 3)[3] for line in log.read_text().splitlines()] == [
        f'{{"n":{number},"filler":""}}' for number in range(3)
    ]
