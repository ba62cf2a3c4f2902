"""Loki and its command line, from Grafana's module."""

from __future__ import annotations

from migrate.lab.engines.engine import Engine, GoBuild

VERSION = "3.7.8"


def _build(program: str) -> GoBuild:
    return GoBuild(
        recipe="loki",
        package=f"github.com/grafana/loki/v3/cmd/{program}",
        variables=(f"github.com/grafana/loki/v3/pkg/util/build.Version={VERSION}",),
    )


LOKI = Engine("loki", VERSION, _build("loki"), series="3.7", image=f"grafana/loki:{VERSION}", minutes=4)
LOGCLI = Engine("logcli", VERSION, _build("logcli"), series="3.", minutes=2)
