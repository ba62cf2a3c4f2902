"""CoreDNS, for the names of Services inside the real cluster."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

COREDNS = Engine("coredns", "1.15.0", GoBuild("coredns", "github.com/coredns/coredns"), probe=("-version",), minutes=2)
