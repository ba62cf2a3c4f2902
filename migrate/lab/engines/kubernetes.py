"""Kubernetes' own programs: the newest line whose kubelet runs on cgroup v1 and with containerd 1.6."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

VERSION = "1.34.4"


def _engine(program: str, *probe: str) -> Engine:
    variables = (
        f"k8s.io/component-base/version.gitVersion=v{VERSION}",
        f"k8s.io/client-go/pkg/version.gitVersion=v{VERSION}",
    )
    source = GoBuild("kubernetes", f"k8s.io/kubernetes/cmd/{program}", variables)
    return Engine(program, VERSION, source, series="1.34", probe=probe or ("--version",), minutes=2)


APISERVER = _engine("kube-apiserver")
CONTROLLERS = _engine("kube-controller-manager")
SCHEDULER = _engine("kube-scheduler")
KUBELET = _engine("kubelet")
PROXY = _engine("kube-proxy")
KUBECTL = _engine("kubectl", "version", "--client")
