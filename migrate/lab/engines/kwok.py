"""kwok, which plays thousands of nodes against a real API server."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

VERSION = "0.8.0"
KWOK = Engine(
    "kwok",
    VERSION,
    GoBuild("kwok", "sigs.k8s.io/kwok/cmd/kwok", (f"sigs.k8s.io/kwok/pkg/consts.Version=v{VERSION}",)),
    series="0.",
    minutes=2,
)
