"""Every engine we know, for ``make engines`` and for ``logmig doctor``."""

from __future__ import annotations

from migrate.lab.engines import alloy, containers, coredns, etcd, grafana, kubernetes, kwok, loki, moto, pods, promtail
from migrate.lab.engines.engine import Engine

ENGINES: tuple[Engine, ...] = (
    loki.LOKI,
    promtail.PROMTAIL,
    alloy.ALLOY,
    etcd.ETCD,
    kubernetes.APISERVER,
    kubernetes.KUBECTL,
    kubernetes.CONTROLLERS,
    kubernetes.SCHEDULER,
    kubernetes.KUBELET,
    kubernetes.PROXY,
    coredns.COREDNS,
    pods.PAUSE,
    pods.CHATTER,
    kwok.KWOK,
    loki.LOGCLI,
    grafana.TRANSFORMATIONS,
    moto.MOTO,
    containers.CONTAINERD,
    containers.CTR,
    containers.RUNC,
    containers.IPTABLES,
    containers.POD_NETWORK,
    containers.JOURNAL_REMOTE,
)
