"""etcd, the store under the Kubernetes API."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

ETCD = Engine("etcd", "3.6.16", GoBuild("etcd", "go.etcd.io/etcd/server/v3"), series="3.")
