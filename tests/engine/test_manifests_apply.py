"""A real API server takes every kustomization as it stands: ours, and those of a plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.cli.main import app
from migrate.lab.control_plane import ControlPlane
from migrate.resources import manifests
from translators.diagnostics import Agent

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("control-plane")]
DEMO = Path(__file__).parents[2] / "migrate" / "lab" / "demo" / "fluent-bit.yaml"
FOLDERS = sorted(path.parent for path in manifests().rglob("kustomization.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(manifests())))
def test_our_manifests_are_taken_as_they_stand(folder: Path, control_plane: ControlPlane) -> None:
    answer = control_plane.kubectl("apply", "--validate=strict", "-k", str(folder))
    assert {line.split()[-1] for line in answer.splitlines() if line} <= {"created", "configured", "unchanged"}


def test_a_plans_manifests_are_taken_as_they_stand(agent: Agent, control_plane: ControlPlane, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    arguments = [
        "plan",
        "--fluent-bit",
        str(DEMO),
        "--cluster",
        "prod",
        "--auth-secret",
        "loki-push",
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    control_plane.kubectl("apply", "-k", str(out / str(agent)))
    found = control_plane.kubectl(
        "get", "daemonset", str(agent), "-n", "logging", "-o", "jsonpath={.spec.template.spec.volumes[*].name}"
    )
    assert "loki-auth" in found


UNUSUAL = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: fluent-bit, namespace: logging}
spec:
  strategy: {type: Recreate}
  selector: {matchLabels: {app: fb}}
  template:
    metadata:
      labels: {app: fb, sidecar.istio.io/inject: "false"}
      annotations: {container.apparmor.security.beta.kubernetes.io/fluent-bit: unconfined}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: fb}}}
      volumes:
      - {name: tmp, hostPath: {path: /tmp}}
      - {name: var, hostPath: {path: /var, type: Directory}}
      - {name: conf, configMap: {name: fluent-bit-config}}
      containers:
      - name: fluent-bit
        image: fluent/fluent-bit:3.1
        securityContext: {privileged: true, seLinuxOptions: {type: spc_t}}
        volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: var, mountPath: /var/log, subPath: log, mountPropagation: Bidirectional}
        - {name: conf, mountPath: /fluent-bit/etc}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fluent-bit-config, namespace: logging}
data:
  fluent-bit.conf: |
    [INPUT]
        Name tail
        Path /tmp/app/*.log, /var/log/app/*.log
    [OUTPUT]
        Name cloudwatch_logs
        Match *
        region eu-west-1
        log_group_name /app
        log_stream_prefix a-
"""


def test_what_a_daemonset_does_not_take_is_not_carried_over(
    agent: Agent, control_plane: ControlPlane, tmp_path: Path
) -> None:
    (tmp_path / "fluent-bit.yaml").write_text(UNUSUAL)
    out = tmp_path / "plan"
    arguments = ["plan", "--fluent-bit", str(tmp_path / "fluent-bit.yaml"), "--cluster", "prod", "--out", str(out)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    control_plane.kubectl("apply", "--validate=strict", "-k", str(out / str(agent)))
