"""Promtail, from the last line of Loki's module that has it."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

VERSION = "3.6.15"
PROMTAIL = Engine(
    "promtail",
    VERSION,
    GoBuild(
        recipe="promtail",
        package="github.com/grafana/loki/v3/clients/cmd/promtail",
        variables=(f"github.com/grafana/loki/v3/pkg/util/build.Version={VERSION}",),
        tags=("promtail_journal_enabled",),
        cgo=True,
    ),
    series="3.6",
    minutes=4,
)
