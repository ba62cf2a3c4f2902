"""Grafana's own panel transformations, from the packages that its panels use."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, NodePackages

TRANSFORMATIONS = Engine("grafana-transformations", "13.2.3", NodePackages("grafana", "transform.mjs"))
